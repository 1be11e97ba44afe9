// Who is signed in. Tokens live in the memory of this page alone: never in
// storage, in an address or in a log. What survives the way to the identity
// provider and back is the verifier of PKCE, which is worth nothing without the
// code, and where in the console one was.

import { call, type Answer } from '../api';

/** What the identity provider gives. */
interface Tokens {
  access: string;
  refresh: string;
  /** When the access token ends, in milliseconds since 1970. */
  until: number;
}

interface Provider {
  base: string;
  client: string;
}

interface Journey {
  state: string;
  verifier: string;
  back: string;
  /** True in a tab that was opened only to sign in again for another one. */
  lends: boolean;
}

export interface Me {
  id: string;
  name: string;
  role: string;
  areas: { code: string; name: string }[];
  aggregator?: { id: string; name: string };
  /** Deeds of aid.Deed, such as "commitments.read". */
  may: string[];
  region: { name: string; root: string; demo: boolean };
  /** The region's day, YYYY-MM-DD. */
  today: string;
  exports?: string[];
}

/** signed-out asks for signing in; over was signed in, and still holds what was typed. */
export type Stand = 'opening' | 'signed-out' | 'refused' | 'lost' | 'in' | 'over';

const journeyKey = 'petugas:masuk';
const signedKey = 'petugas:pernah';
const channel = 'petugas';

let tokens: Tokens | null = null;
let provider: Provider | null = null;
let stand: Stand = 'opening';
let me: Me | null = null;
const watchers = new Set<() => void>();

export const session = {
  get stand() { return stand; },
  get me() { return me; },
  /** Calls back after each change; returns what ends that. */
  watch(changed: () => void): () => void {
    watchers.add(changed);
    return () => watchers.delete(changed);
  },
};

function become(next: Stand): void {
  stand = next;
  for (const changed of watchers) changed();
}

const encoded = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

const random = () => encoded(crypto.getRandomValues(new Uint8Array(32)));

async function challengeOf(verifier: string): Promise<string> {
  return encoded(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
}

/** This page without what stands after it: where the provider leads back to. */
const home = () => location.origin + location.pathname;

async function whereTo(): Promise<Answer<Provider>> {
  if (provider) return { kind: 'ok', value: provider };
  const answer = await call<Provider>('GET', '/v1/staff/sign-in');
  if (answer.kind === 'ok') provider = answer.value;
  return answer;
}

/** Leads to the identity provider, and back to where one is. */
export async function signIn(lends = false): Promise<void> {
  become('opening');
  const at = await whereTo();
  if (at.kind !== 'ok') {
    become('lost');
    return;
  }
  const journey: Journey = { state: random(), verifier: random(), back: lends ? '' : location.hash, lends };
  sessionStorage.setItem(journeyKey, JSON.stringify(journey));
  const query = new URLSearchParams({
    response_type: 'code', client_id: at.value.client, redirect_uri: home(), scope: 'openid email profile',
    state: journey.state, code_challenge: await challengeOf(journey.verifier), code_challenge_method: 'S256',
  });
  location.assign(`${at.value.base}/oauth2/authorize?${query}`);
}

/** Begins: takes up the way back from the provider, or asks for signing in. */
export async function begin(): Promise<void> {
  const query = new URLSearchParams(location.search);
  const stored = sessionStorage.getItem(journeyKey);
  sessionStorage.removeItem(journeyKey);
  const journey = stored ? (JSON.parse(stored) as Journey) : null;
  if (query.has('code') || query.has('error')) {
    // The code is good once, and should not stay in the address.
    history.replaceState(null, '', home() + (journey?.back ?? ''));
    dispatchEvent(new Event('hashchange'));
    const code = query.get('code');
    // A code that this page did not ask for may be somebody else's.
    if (!code || !journey || query.get('state') !== journey.state) {
      sessionStorage.removeItem(signedKey);
      become(code || query.get('error') === 'access_denied' ? 'signed-out' : 'refused');
      return;
    }
    const got = await exchange({ grant_type: 'authorization_code', code, redirect_uri: home(), code_verifier: journey.verifier });
    if (got !== 'ok') {
      become(got === 'lost' ? 'lost' : 'refused');
      return;
    }
    sessionStorage.setItem(signedKey, '1');
    if (journey.lends) {
      lend();
      return;
    }
    await meet();
    return;
  }
  if (location.hash === '#/masuk-lagi') return signIn(true);
  // After a reload the provider still knows who it was, so nobody has to ask.
  if (sessionStorage.getItem(signedKey)) return signIn();
  become('signed-out');
}

/** Asks for tokens. */
async function exchange(form: Record<string, string>): Promise<'ok' | 'refused' | 'lost'> {
  const at = await whereTo();
  if (at.kind !== 'ok') return 'lost';
  try {
    const response = await fetch(`${at.value.base}/oauth2/token`, {
      method: 'POST', body: new URLSearchParams({ client_id: at.value.client, ...form }),
      cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer',
    });
    if (!response.ok) return response.status >= 500 ? 'lost' : 'refused';
    const got = (await response.json()) as { access_token: string; refresh_token?: string; expires_in: number };
    tokens = { access: got.access_token, refresh: got.refresh_token ?? tokens?.refresh ?? '', until: Date.now() + got.expires_in * 1000 };
    return 'ok';
  } catch {
    return 'lost';
  }
}

/** Asks the API who that is. */
export async function meet(): Promise<void> {
  const answer = await call<Me>('GET', '/v1/staff/me', undefined, tokens?.access);
  if (answer.kind === 'ok') {
    me = answer.value;
    become('in');
  } else {
    become(answer.kind === 'lost' ? 'lost' : 'refused');
  }
}

/** Tells whether tokens are held, so that trying again need not sign in again. */
export const holds = () => tokens !== null;

// --- Staying signed in.

// Asked for early enough that a call does not set out with a token that ends on its way.
const early = 60_000;
let renewing: Promise<'ok' | 'refused' | 'lost'> | null = null;

function renew(): Promise<'ok' | 'refused' | 'lost'> {
  // Refresh tokens are good once, so calls that set out together ask together.
  renewing ??= exchange({ grant_type: 'refresh_token', refresh_token: tokens?.refresh ?? '' }).finally(() => { renewing = null; });
  return renewing;
}

/**
 * Makes a call as who is signed in. When the session is over, the page keeps what
 * was typed and asks to sign in again.
 */
async function signed<T>(send: (token: string) => Promise<Answer<T>>): Promise<Answer<T>> {
  if (!tokens) return { kind: 'refused', problem: { type: '/masalah/denied/', status: 401 } };
  const freshly = async () => {
    const got = await renew();
    return got === 'ok' ? send(tokens?.access ?? '') : got === 'lost' ? { kind: 'lost' as const } : over();
  };
  if (tokens.until - Date.now() < early) return freshly();
  const answer = await send(tokens.access);
  return answer.kind === 'refused' && answer.problem.status === 401 ? freshly() : answer;
}

/** Calls the API. */
export const asked = <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> => signed((token) => call<T>(method, path, body, token));

/** Fetches a file from the API, which may take longer than an answer. */
export const fetched = (path: string): Promise<Answer<Blob>> => signed(async (token) => {
  try {
    const response = await fetch(path, { headers: { Authorization: `Bearer ${token}` }, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' });
    if (response.ok) return { kind: 'ok', value: await response.blob() };
    if (response.status >= 500) return { kind: 'lost' };
    const known = (response.headers.get('Content-Type') ?? '').includes('problem+json');
    return { kind: 'refused', problem: known ? await response.json() : { type: '/masalah/fault/', status: response.status } };
  } catch {
    return { kind: 'lost' };
  }
});

function over(): Answer<never> {
  become('over');
  return { kind: 'refused', problem: { type: '/masalah/denied/', status: 401 } };
}

// --- Signing in again in another tab, so that this page keeps what was typed.

/** Hands the tokens of this tab to the one that asked for them, and closes it. */
function lend(): void {
  const to = new BroadcastChannel(channel);
  to.postMessage(tokens);
  to.close();
  tokens = null;
  window.close();
  // A browser that does not let a script close its tab.
  become('signed-out');
}

/** Says in all tabs that somebody signed out. */
interface Left { left: string }

/**
 * Waits for tokens from a tab that signs in again. Someone else's end the session
 * for good, and so does whoever signs out in another tab.
 */
export function borrow(): () => void {
  const from = new BroadcastChannel(channel);
  from.onmessage = async ({ data }: MessageEvent<Tokens | Left>) => {
    const was = me?.id;
    if ('left' in data) {
      if (was === data.left) await forget();
      return;
    }
    // Only a page whose session is over has asked for any.
    if (stand !== 'over') return;
    const answer = await call<Me>('GET', '/v1/staff/me', undefined, data.access);
    if (answer.kind !== 'ok') return;
    tokens = data;
    me = answer.value;
    if (me.id !== was) {
      // What was typed was another's.
      location.hash = '';
      for (const gone of ends) gone();
    }
    become('in');
  };
  return () => from.close();
}

const ends = new Set<() => void>();

/** Calls back when somebody else takes over the page, who must see nothing of who was there before. */
export function onTakeOver(gone: () => void): () => void {
  ends.add(gone);
  return () => ends.delete(gone);
}

/** Ends the session of this tab, with nothing left of it, and says where that was told. */
async function forget(leads = false): Promise<Provider | null> {
  const at = await whereTo();
  const refresh = tokens?.refresh;
  tokens = null;
  me = null;
  sessionStorage.removeItem(signedKey);
  // Nothing stays on the page for whoever goes back to it.
  become(leads && at.kind === 'ok' ? 'opening' : 'signed-out');
  if (at.kind !== 'ok') return null;
  if (refresh) {
    await fetch(`${at.value.base}/oauth2/revoke`, {
      method: 'POST', body: new URLSearchParams({ client_id: at.value.client, token: refresh }),
      cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer',
    }).catch(() => undefined);
  }
  return at.value;
}

/** Ends the session, in all tabs and at the provider. */
export async function signOut(): Promise<void> {
  const others = new BroadcastChannel(channel);
  if (me) others.postMessage({ left: me.id } satisfies Left);
  others.close();
  const at = await forget(true);
  if (at) location.assign(`${at.base}/logout?${new URLSearchParams({ client_id: at.client, logout_uri: home() })}`);
}
