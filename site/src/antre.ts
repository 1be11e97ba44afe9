// Forms that wait for a signal. A form that could not be sent waits on the phone
// and goes out once, whoever notices the signal first: the page, another tab, or
// the service worker. The id in it was chosen before the first sending, so even
// a sending whose answer was lost is harmless to repeat.
//
// What waits is private. It stays on this phone, at most seven days, and goes
// from here as soon as the form's own page knows what became of it.

import { slug, type Answer, type Problem } from './api';
import { uuid7 } from './identity';
import type { Body } from './promise';

/** What the server says of a form that it has taken. */
export interface Submitted {
  id: string;
  number: string;
  secret: string;
  verifyBy: string;
}

export interface Waiting {
  /** The place: one form waits for each. */
  recipient: string;
  /** What the place is called. */
  place: string;
  /** The commitment's id. */
  id: string;
  body: Body;
  /** When it began to wait, in milliseconds. */
  at: number;
  state: 'waiting' | 'sent' | 'refused';
  number?: string;
  problem?: Problem;
}

/** Where forms wait. */
export interface Shelf {
  all(): Promise<Waiting[]>;
  put(w: Waiting): Promise<void>;
  remove(recipient: string): Promise<void>;
}

export type Put = (id: string, body: Body) => Promise<Answer<Submitted>>;

/** Lets one act at a time happen in all tabs and the service worker. */
export type Alone = <T>(act: () => Promise<T>) => Promise<T>;

const week = 7 * 86_400_000;

/** Reasons for which the same form may be taken later. */
const passing = new Set(['busy', 'challenge', 'quota']);

export class Outbox {
  constructor(
    private readonly shelf: Shelf,
    private readonly alone: Alone,
    private readonly put: Put,
    private readonly now: () => number = Date.now,
  ) {}

  /** Lets a form wait, in the place of one that waits for the same recipient. */
  add(w: Omit<Waiting, 'at' | 'state'>): Promise<void> {
    return this.alone(() => this.shelf.put({ ...w, at: this.now(), state: 'waiting' }));
  }

  /** Everything there is, but for what is too old: that is deleted. */
  async all(): Promise<Waiting[]> {
    const found = await this.shelf.all();
    for (const w of found) if (this.now() - w.at > week) await this.shelf.remove(w.recipient);
    return found.filter((w) => this.now() - w.at <= week);
  }

  async find(recipient: string): Promise<Waiting | null> {
    return (await this.all()).find((w) => w.recipient === recipient) ?? null;
  }

  /** Takes a form out, and tells what had become of it by then. */
  take(recipient: string): Promise<Waiting | null> {
    return this.alone(async () => {
      const found = await this.find(recipient);
      await this.shelf.remove(recipient);
      return found;
    });
  }

  /** Sends what waits, and returns that of which more is known now. Whoever comes second finds it sent. */
  flush(): Promise<Waiting[]> {
    return this.alone(async () => {
      const known: Waiting[] = [];
      for (const w of await this.all()) {
        if (w.state !== 'waiting') continue;
        const answer = await this.send(w);
        if (answer.kind === 'lost') break; // the others would be, too
        if (answer.kind === 'ok') {
          w.state = 'sent';
          w.number = answer.value.number;
        } else if (passing.has(slug(answer.problem))) {
          continue;
        } else {
          w.state = 'refused';
          w.problem = answer.problem;
        }
        await this.shelf.put(w);
        known.push(w);
      }
      return known;
    });
  }

  private async send(w: Waiting): Promise<Answer<Submitted>> {
    const answer = await this.put(w.id, w.body);
    const why = answer.kind === 'refused' ? slug(answer.problem) : '';
    if (why === 'already-exists') {
      // An earlier sending arrived after all, with other contents. It holds
      // nothing and will be dropped, so this one goes under an id of its own,
      // which is written down before it is used.
      w.id = uuid7(this.now());
      await this.shelf.put(w);
      return this.put(w.id, w.body);
    }
    return why === 'challenge' ? this.put(w.id, w.body) : answer;
  }
}

/** One act at a time, in every tab and in the service worker. */
export const alone: Alone = (act) => (navigator.locks ? navigator.locks.request('ksbb-antre', act) as ReturnType<typeof act> : act());

const done = <T>(r: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    r.onsuccess = () => resolve(r.result);
    r.onerror = () => reject(r.error);
  });

/** The shelf in the storage that pages and the service worker share. */
export const phone: Shelf = {
  all: () => within('readonly', (s) => s.getAll() as IDBRequest<Waiting[]>),
  put: async (w) => void (await within('readwrite', (s) => s.put(w))),
  remove: async (recipient) => void (await within('readwrite', (s) => s.delete(recipient))),
};

async function within<T>(mode: IDBTransactionMode, act: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open('ksbb', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('antre', { keyPath: 'recipient' });
  const db = await done(opening);
  try {
    return await done(act(db.transaction('antre', mode).objectStore('antre')));
  } finally {
    db.close();
  }
}

/** What tells the other pages that something was sent. */
export const channel = 'ksbb-antre';

/** Remembered where a page can see without waiting that something may wait. */
export const flag = 'ksbb:antre';
