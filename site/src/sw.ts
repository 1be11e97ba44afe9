// The service worker: pages that were seen open without a signal, and a form
// that waits is sent when the signal comes back. It asks the network first, so
// nobody sees an old figure who could see the new one; an old page says that it
// is old, and figures that change in place are never answered from a copy.

import { call } from './api';
import { alone, channel, Outbox, phone, type Submitted } from './antre';
import { aged, keyOf, overflow, way, without, type Kept } from './luring';
import { payload, search, type Challenge } from './challenge';

// The types of the DOM know windows only.
interface Waits {
  waitUntil(p: Promise<unknown>): void;
}
interface Fetched extends Waits {
  request: Request;
  preloadResponse?: Promise<Response | undefined>;
  respondWith(r: Promise<Response>): void;
}
interface Scope {
  location: Location;
  registration: ServiceWorkerRegistration & { navigationPreload?: { enable(): Promise<void> } };
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', act: (e: Waits) => void): void;
  addEventListener(type: 'fetch', act: (e: Fetched) => void): void;
  addEventListener(type: 'message', act: (e: Waits & { data: unknown }) => void): void;
  addEventListener(type: 'sync', act: (e: Waits & { tag: string }) => void): void;
}
const scope = self as unknown as Scope;
const origin = scope.location.origin;

/** How many copies of each kind are kept, and how many bytes: 10 MB in all. */
const room = {
  page: { name: 'ksbb-1-halaman', most: 60, bytes: 4_000_000, each: 300_000 },
  asset: { name: 'ksbb-1-aset', most: 60, bytes: 1_500_000, each: 400_000 },
  fixed: { name: 'ksbb-1-berkas', most: 120, bytes: 4_500_000, each: 1_500_000 },
};
type Room = keyof typeof room;

/** How long a person waits before an older copy is better than none. */
const patience = 4_000;

/** What is needed without a signal and loaded by no page before, in both languages. */
const first = ['/luring/', '/en/luring/', '/aset/ksbb.css', '/favicon.svg', ...['', 'en/'].flatMap((l) => [`/aset/${l}awal.js`, `/aset/${l}tunggu.js`, `/aset/${l}sekitar.js`])];

scope.addEventListener('install', (event) => event.waitUntil(Promise.all([scope.skipWaiting(), gather(first, 'default')])));

scope.addEventListener('activate', (event) => event.waitUntil(Promise.all([
  scope.clients.claim(),
  scope.registration.navigationPreload?.enable(),
  caches.keys().then((names) => Promise.all(
    names.filter((n) => n.startsWith('ksbb-') && !Object.values(room).some((r) => r.name === n)).map((n) => caches.delete(n)))),
])));

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const by = wayOf(request);
  if (by === 'network') {
    // Nothing of it is kept; without a signal its place is taken by the page that says so.
    if (request.mode === 'navigate') event.respondWith(ask(event).catch(() => instead(url)));
    return;
  }
  event.respondWith(by === 'fixed' ? copyFirst(event, url) : networkFirst(event, url, by));
});

// A page that was opened before this worker was there asks to be kept as well.
scope.addEventListener('message', (event) => {
  const asked = (event.data as { keep?: unknown } | null)?.keep;
  if (Array.isArray(asked)) event.waitUntil(gather(asked.slice(0, 20).map(String), 'force-cache'));
});

scope.addEventListener('sync', (event) => {
  if (event.tag === channel) event.waitUntil(flush());
});

function wayOf(request: Request) {
  return way({
    method: request.method, url: new URL(request.url), opened: request.mode === 'navigate',
    special: request.headers.has('Authorization') || request.headers.has('Range'),
  }, origin);
}

async function copyFirst(event: Fetched, url: URL): Promise<Response> {
  const kept = await caches.match(keyOf(url));
  if (kept) return kept;
  const answer = await fetch(event.request);
  event.waitUntil(keep('fixed', keyOf(url), answer));
  return answer;
}

async function networkFirst(event: Fetched, url: URL, by: 'page' | 'asset'): Promise<Response> {
  const key = keyOf(url);
  const coming = ask(event).then((answer) => {
    if (answer.status >= 500) throw answer;
    event.waitUntil(keep(by, key, answer));
    return answer;
  });
  const settled = coming.catch(() => null);
  event.waitUntil(settled);
  const late = new Promise<null>((done) => setTimeout(() => done(null), patience));
  const answer = await Promise.race([settled, late]);
  if (answer) return answer;
  const kept = await caches.match(key);
  if (kept) return by === 'page' ? old(kept) : kept;
  try {
    return await coming;
  } catch (failed) {
    if (failed instanceof Response) return failed;
    return by === 'page' ? instead(url) : Response.error();
  }
}

/** The page that is shown where there is neither network nor copy. */
const instead = async (url: URL) => (await caches.match(origin + without(url.pathname))) ?? Response.error();

/** Asks the network. What the browser has begun to load already is not loaded twice. */
async function ask(event: Fetched): Promise<Response> {
  return (await event.preloadResponse) ?? fetch(event.request);
}

/** A kept page that says since when it is kept. */
async function old(kept: Response): Promise<Response> {
  return new Response(aged(await kept.text(), kept.headers.get('x-ksbb-stored') ?? ''), { headers: kept.headers });
}

/** Keeps a copy with its headers, which say what the page may do. */
async function keep(where: Room, key: string, answer: Response): Promise<void> {
  const { name, most, bytes, each } = room[where];
  if (answer.status !== 200 || answer.redirected || answer.type !== 'basic') return;
  if (where === 'page' && !/^text\/html/.test(answer.headers.get('Content-Type') ?? '')) return;
  const body = await answer.clone().blob();
  if (body.size > each) return;
  const headers = new Headers(answer.headers);
  // The copy is not compressed any more.
  headers.delete('Content-Encoding');
  headers.delete('Content-Length');
  headers.set('x-ksbb-stored', new Date().toISOString());
  headers.set('x-ksbb-size', String(body.size));
  const cache = await caches.open(name);
  await cache.put(key, new Response(body, { headers }));
  const kept: Kept[] = [];
  for (const k of await cache.keys()) kept.push({ key: k.url, size: Number((await cache.match(k))?.headers.get('x-ksbb-size')) });
  for (const gone of overflow(kept, most, bytes)) await cache.delete(gone);
}

/** Fetches and keeps what may be kept of some addresses. One that is missing stops none of the others. */
async function gather(paths: string[], cache: RequestCache): Promise<void> {
  await Promise.all(paths.map(async (path) => {
    const url = new URL(path, origin);
    const by = way({ method: 'GET', url, opened: url.pathname.endsWith('/'), special: false }, origin);
    if (by === 'network') return;
    const answer = await fetch(keyOf(url), { cache, credentials: 'omit' }).catch(() => null);
    if (answer) await keep(by, keyOf(url), answer);
  }));
}

/** Sends what waits, and tells the pages that are open. A failure lets the browser try again later. */
async function flush(): Promise<void> {
  const outbox = new Outbox(phone, alone, async (id, body) => {
    const answer = await call<Challenge>('GET', '/v1/challenge');
    if (answer.kind !== 'ok') return answer;
    const n = await search(answer.value);
    if (n < 0) return { kind: 'refused', problem: { type: '/masalah/challenge/' } };
    return call<Submitted>('PUT', `/v1/commitments/${id}`, { ...body, challenge: payload(answer.value, n) });
  });
  const known = await outbox.flush();
  if (known.length > 0) new BroadcastChannel(channel).postMessage('');
  if ((await outbox.all()).some((w) => w.state === 'waiting')) throw new Error('not sent yet');
}
