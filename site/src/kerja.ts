// The worker that solves a challenge, so that the form stays responsive.

import { solve, type Challenge } from './challenge';

onmessage = (event: MessageEvent<Challenge>) => postMessage(solve(event.data));
