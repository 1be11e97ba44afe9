// Calls of the console. Each call that changes something carries an id that this
// page made, so that sending it again is harmless.

import type { Answer } from '../api';
import { uuid7 } from '../identity';
import { asked, fetched } from './session';

export type { Answer, FieldError, Problem } from '../api';

type Query = Record<string, string | number | boolean | undefined>;

/** Adds what is not empty to a path. */
export function withQuery(path: string, query: Query = {}): string {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(query)) if (v !== undefined && v !== '' && v !== false) q.set(k, String(v));
  const search = q.toString();
  return search ? `${path}?${search}` : path;
}

/** An id for something that this page makes. Make it once, before the first try. */
export const newID = () => uuid7(Date.now());

export const api = {
  get: <T>(path: string, query?: Query): Promise<Answer<T>> => asked<T>('GET', withQuery(path, query)),
  post: <T>(path: string, body: unknown = {}): Promise<Answer<T>> => asked<T>('POST', path, body),
  put: <T>(path: string, body: unknown): Promise<Answer<T>> => asked<T>('PUT', path, body),
  file: (path: string, query?: Query): Promise<Answer<Blob>> => fetched(withQuery(path, query)),
};
