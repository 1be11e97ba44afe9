// Calls to the API and their refusals.

export interface FieldError {
  pointer: string;
  code: string;
  detail?: string;
}

export interface Nearby {
  id: string;
  name: string;
  remaining: number;
  metres: number;
}

/** A problem document, RFC 9457, with the members that KSBB adds. */
export interface Problem {
  type: string;
  title?: string;
  status?: number;
  detail?: string;
  errors?: FieldError[];
  remaining?: number;
  need?: string;
  nearby?: Nearby[];
  state?: string;
  allowed?: string[];
  left?: number;
}

/** What came of a call. `lost` means that nobody knows whether it arrived. */
export type Answer<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'refused'; problem: Problem }
  | { kind: 'lost' };

/** The last part of a problem's type: "melebihi-sisa" of "/masalah/melebihi-sisa/". */
export function slug(p: Problem): string {
  return /\/masalah\/([a-z-]+)\/?$/.exec(p.type)?.[1] ?? 'fault';
}

const patience = 25_000;

export async function call<T>(method: string, path: string, body?: unknown, secret?: string): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: 'application/json, application/problem+json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (secret) headers['Authorization'] = `Bearer ${secret}`;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: stop.signal,
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
    const text = await response.text();
    if (response.ok) return { kind: 'ok', value: JSON.parse(text || 'null') as T };
    // Behind a failing server stands a gateway that speaks its own language.
    if (!(response.headers.get('Content-Type') ?? '').includes('problem+json')) {
      return response.status >= 500 ? { kind: 'lost' } : { kind: 'refused', problem: { type: '/masalah/fault/', status: response.status } };
    }
    const problem = JSON.parse(text) as Problem;
    return slug(problem) === 'fault' ? { kind: 'lost' } : { kind: 'refused', problem };
  } catch {
    return { kind: 'lost' };
  } finally {
    clearTimeout(timer);
  }
}
