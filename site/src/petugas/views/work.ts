// What an officer does all day, in one part: the queue leads to commitments and
// back.

export { default as Commitments } from './commitment';
export { default as Queue } from './queue';
