// The proof of work that opens a form, made in the background so that the page
// stays responsive.

import { call, type Problem } from './api';
import { payload, type Challenge } from './challenge';
import { trusted } from './trusted';

let solver: string | undefined;

export class Proof {
  private running: Promise<string | Problem | null> | null = null;
  private since = 0;

  /** Starts working, unless a fresh answer is there or on its way. */
  begin(): void {
    // Challenges live ten minutes; a fresh one is cheaper than a refusal.
    if (!this.running || Date.now() - this.since > 8 * 60_000) {
      this.since = Date.now();
      this.running = make();
    }
  }

  /** Returns the answer, once: the payload, why there is none, or null when the server could not be reached. */
  async take(): Promise<string | Problem | null> {
    this.begin();
    const answer = await this.running!;
    this.running = null;
    return answer;
  }
}

async function make(): Promise<string | Problem | null> {
  const answer = await call<Challenge>('GET', '/v1/challenge');
  if (answer.kind === 'lost') return null;
  if (answer.kind === 'refused') return answer.problem;
  const challenge = answer.value;
  const n = await new Promise<number>((done) => {
    const worker = new Worker((solver ??= trusted('ksbb-pekerja', '/aset/kerja.js')));
    worker.onmessage = (event: MessageEvent<number>) => { worker.terminate(); done(event.data); };
    worker.onerror = () => { worker.terminate(); done(-1); };
    worker.postMessage(challenge);
  });
  return n < 0 ? { type: '/masalah/challenge/' } : payload(challenge, n);
}
