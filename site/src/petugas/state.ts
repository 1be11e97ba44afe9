// What views hold: answers of the API while they load, fail and load again, and
// what is known of who is signed in.

import { createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { Answer, Problem } from './api';
import { session, type Me } from './session';

export type { Me } from './session';

export const MeContext = createContext<Me | null>(null);

/** Who is signed in. Views are shown to nobody else. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error('nobody is signed in');
  return me;
}

/** Tells whether whoever is signed in may do a deed at all; the API decides for each object. */
export const mayDo = (me: Me, deed: string) => me.may.includes(deed);

/** Redraws when the session changes. */
export function useSession(): typeof session {
  const [, redraw] = useState(0);
  useEffect(() => session.watch(() => redraw((n) => n + 1)), []);
  return session;
}

/** An answer of the API on its way. value stays while it is asked for again. */
export interface Load<T> {
  kind: 'loading' | 'ok' | 'refused' | 'lost';
  value?: T;
  problem?: Problem;
  /** True once waiting has become long. */
  slow: boolean;
  /** Asks again, and keeps what is shown until the answer is there. */
  reload: () => void;
  /** Puts a value in the place of the answer, such as what a change answered. */
  set: (value: T) => void;
}

const long = 4_000;

/**
 * Asks at once, and again whenever one of deps changes: what was there before is
 * forgotten then, and an answer that comes too late is not shown.
 */
export function useLoad<T>(ask: () => Promise<Answer<T>>, deps: readonly unknown[]): Load<T> {
  const [held, hold] = useState<Omit<Load<T>, 'reload' | 'set'>>({ kind: 'loading', slow: false });
  const [turn, again] = useState(0);
  const key = JSON.stringify(deps);
  const keyed = useRef(key);
  const fresh = keyed.current !== key;
  useEffect(() => {
    let wanted = true;
    keyed.current = key;
    hold((was) => ({ ...(fresh ? {} : was), kind: 'loading', slow: false }));
    const timer = setTimeout(() => wanted && hold((was) => ({ ...was, slow: true })), long);
    void ask().then((answer) => {
      clearTimeout(timer);
      if (!wanted) return;
      if (answer.kind === 'ok') hold({ kind: 'ok', value: answer.value, slow: false });
      else hold((was) => ({ ...was, kind: answer.kind, slow: false, ...(answer.kind === 'refused' && { problem: answer.problem }) }));
    });
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [key, turn]);
  const now = fresh ? { kind: 'loading' as const, slow: false } : held;
  return { ...now, reload: () => again((n) => n + 1), set: (value) => hold({ kind: 'ok', value, slow: false }) };
}

/** One page of a list, as the API answers. */
export interface Rows<T> {
  items: T[];
  next?: string;
}

/** A list that is read page by page. */
export interface Pages<T> extends Omit<Load<T[]>, 'set'> {
  /** Asks for the next page; absent at the end. */
  more?: () => void;
}

/** Like useLoad, for answers with a cursor. */
export function usePages<T, A extends { next?: string }>(ask: (cursor: string) => Promise<Answer<A>>, items: (answer: A) => T[], deps: readonly unknown[]): Pages<T> {
  const first = useLoad(() => ask(''), deps);
  const [later, add] = useState<{ of?: A | undefined; items: T[]; next?: string | undefined }>({ items: [] });
  const [busy, wait] = useState(false);
  const here = first.value !== undefined && later.of === first.value ? later : { items: [] as T[], next: first.value?.next };
  const shown = first.value && [...items(first.value), ...here.items];
  const next = here.next;
  const of = first.value;
  return {
    kind: busy ? 'loading' : first.kind,
    slow: first.slow,
    reload: first.reload,
    ...(first.problem && { problem: first.problem }),
    ...(shown && { value: shown }),
    ...(next && !busy && {
      more: () => {
        wait(true);
        void ask(next).then((answer) => {
          wait(false);
          if (answer.kind === 'ok') add({ of, items: [...here.items, ...items(answer.value)], next: answer.value.next });
        });
      },
    }),
  };
}

/** True while the browser has no network. */
export function useOffline(): boolean {
  const [off, set] = useState(!navigator.onLine);
  useEffect(() => {
    const look = () => set(!navigator.onLine);
    for (const change of ['online', 'offline']) addEventListener(change, look);
    return () => {
      for (const change of ['online', 'offline']) removeEventListener(change, look);
    };
  }, []);
  return off;
}
