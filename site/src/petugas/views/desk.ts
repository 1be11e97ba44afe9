// What people write and what staff do, in one part: complaints, ideas,
// corrections, reports, officers and their trail.

export { default as audit } from './audit';
export { default as complaints } from './complaints';
export { default as ideas } from './ideas';
export { default as officers } from './officers';
export { default as proposals } from './proposals';
export { default as reports } from './reports';
