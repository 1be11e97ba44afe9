// Proof of work in the form of ALTCHA v1: find the number n for which
// SHA-256(salt + n) is the challenge. It costs a person nothing and a flood of
// forms something.

import { sha256 } from './sha256';

export interface Challenge {
  algorithm: string;
  challenge: string;
  salt: string;
  maxnumber?: number;
  signature: string;
}

/** Returns the number that solves c, or -1 when there is none. */
export function solve(c: Challenge): number {
  const text = new TextEncoder();
  const most = c.maxnumber ?? 1_000_000;
  for (let n = 0; n <= most; n++) {
    if (sha256(text.encode(c.salt + n)) === c.challenge) return n;
  }
  return -1;
}

/** Does what solve does, and lets others go first in between. */
export async function search(c: Challenge): Promise<number> {
  const text = new TextEncoder();
  const most = c.maxnumber ?? 1_000_000;
  for (let n = 0; n <= most; n++) {
    if (sha256(text.encode(c.salt + n)) === c.challenge) return n;
    if (n % 2000 === 1999) await new Promise((go) => setTimeout(go));
  }
  return -1;
}

/** Returns what the server wants to see: base64 of the challenge with its number. */
export function payload(c: Challenge, number: number): string {
  const { algorithm, challenge, salt, signature } = c;
  return btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
}
