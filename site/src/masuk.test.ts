// Signing in to the console, as an attacker would like it to go. The page is one
// after the other what its tests make of it: they are told in their order.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';

const home = 'https://ksbb.contoh.example/petugas/';
const provider = 'https://masuk.contoh.example';

interface Sent { url: string; form: URLSearchParams; bearer: string }

const kept = new Map<string, string>();
const sent: Sent[] = [];
let address = new URL(home);
let led = '';
let who = 'vera';
let closed = 0;

const storage = {
  getItem: (k: string) => kept.get(k) ?? null,
  setItem: (k: string, v: string) => void kept.set(k, v),
  removeItem: (k: string) => void kept.delete(k),
};
const define = (name: string, value: unknown) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
define('sessionStorage', storage);
define('localStorage', new Proxy({}, { get() { throw new Error('the console keeps nothing for longer than a tab'); } }));
define('crypto', webcrypto);
define('history', { replaceState: (_: unknown, __: string, to: string) => { address = new URL(to); } });
define('location', {
  get origin() { return address.origin; }, get pathname() { return address.pathname; }, get search() { return address.search; },
  get hash() { return address.hash; }, set hash(h: string) { address.hash = h; }, assign: (to: string) => { led = to; },
});
define('dispatchEvent', () => true);
define('window', { close: () => { closed++; } });
define('fetch', async (url: string, init: { body?: unknown; headers?: Record<string, string> } = {}) => {
  sent.push({ url, form: init.body instanceof URLSearchParams ? init.body : new URLSearchParams(), bearer: init.headers?.Authorization ?? '' });
  const json = (v: unknown, status = 200) => new Response(JSON.stringify(v), { status, headers: { 'Content-Type': 'application/json' } });
  if (url === '/v1/staff/sign-in') return json({ base: provider, client: 'console' });
  if (url === '/v1/staff/me') return json({ id: who, name: who, may: [], areas: [] });
  if (url.endsWith('/oauth2/token')) return json({ access_token: `akses-${who}-${sent.length}`, refresh_token: `segar-${who}-${sent.length}`, expires_in: 900 });
  return new Response('');
});

const asked = (path: string) => sent.filter((s) => s.url === provider + path);
const until = async (happened: () => boolean) => { while (!happened()) await new Promise((done) => setTimeout(done, 5)); };
const keeps = (text: string) => [...kept.values(), address.href, led].some((v) => v.includes(text));

let session: typeof import('./petugas/session');
test.before(async () => { session = await import('./petugas/session'); });
test.afterEach(() => { sent.length = 0; });

test('a code that this page did not ask for is not exchanged', async () => {
  address = new URL(`${home}?code=curian&state=apa`);
  await session.begin();
  assert.equal(session.session.stand, 'signed-out');
  assert.equal(asked('/oauth2/token').length, 0);
  assert.equal(address.href, home, 'the code does not stay in the address');
});

test('a code with another state is not exchanged', async () => {
  await session.signIn();
  assert.equal(asked('/oauth2/token').length, 0);
  address = new URL(`${home}?code=curian&state=${encodeURIComponent(new URL(led).searchParams.get('state') + 'x')}`);
  await session.begin();
  assert.equal(session.session.stand, 'signed-out');
  assert.equal(asked('/oauth2/token').length, 0);
  // Nor may the right one be tried afterwards: a journey is good once.
  address = new URL(`${home}?code=curian&state=${encodeURIComponent(new URL(led).searchParams.get('state')!)}`);
  await session.begin();
  assert.equal(asked('/oauth2/token').length, 0);
});

test('whoever is sent to the provider proves on the way back that it was them, and comes back here alone', async () => {
  address = new URL(`${home}?utm=https://jahat.example#//jahat.example/`);
  await session.signIn();
  const to = new URL(led);
  assert.equal(to.origin + to.pathname, `${provider}/oauth2/authorize`);
  assert.equal(to.searchParams.get('redirect_uri'), home);
  assert.equal(to.searchParams.get('code_challenge_method'), 'S256');
  assert.equal(to.searchParams.get('response_type'), 'code');
  assert.ok((to.searchParams.get('state') ?? '').length >= 43);
  const journey = JSON.parse(kept.get('petugas:masuk') ?? '{}') as { verifier: string };
  const digest = await webcrypto.subtle.digest('SHA-256', new TextEncoder().encode(journey.verifier));
  assert.equal(to.searchParams.get('code_challenge'), Buffer.from(digest).toString('base64url'));
  assert.ok(!led.includes(journey.verifier), 'the verifier stays here');

  address = new URL(`${home}?code=kode&state=${encodeURIComponent(to.searchParams.get('state')!)}`);
  await session.begin();
  const [exchange] = asked('/oauth2/token');
  assert.equal(exchange?.form.get('code_verifier'), journey.verifier);
  assert.equal(exchange?.form.get('code'), 'kode');
  assert.equal(session.session.me?.id, 'vera');
  assert.equal(address.origin + address.pathname + address.search, home, 'one comes back to this page, whatever stood after it');
  assert.ok(!keeps('akses-') && !keeps('segar-'), 'tokens are in memory alone');
  assert.equal(kept.get('petugas:masuk'), undefined);
});

test('tokens of another tab are taken by nobody who did not ask for them', async () => {
  const quiet = session.borrow();
  who = 'jahat';
  const other = new BroadcastChannel('petugas');
  const became: string[] = [];
  const ignore = session.session.watch(() => became.push(session.session.stand));
  other.postMessage({ access: 'akses-jahat', refresh: 'segar-jahat', until: Date.now() + 900_000 });
  // Somebody else who leaves another tab leaves this one as it is; whoever is signed
  // in here and leaves there has left here, too.
  other.postMessage({ left: 'jahat' });
  other.postMessage({ left: 'vera' });
  await until(() => asked('/oauth2/revoke').length > 0);
  assert.deepEqual(became, ['signed-out']);
  assert.ok(!sent.some((s) => s.bearer.includes('jahat')));
  assert.equal(session.session.me, null);
  assert.match(asked('/oauth2/revoke')[0]?.form.get('token') ?? '', /^segar-vera-/);
  assert.equal(kept.get('petugas:pernah'), undefined, 'a reload signs nobody in');
  other.close();
  ignore();
  quiet();
});

test('signing out ends the tokens, tells the other tabs and leads to the provider', async () => {
  who = 'wira';
  await session.signIn();
  address = new URL(`${home}?code=kode&state=${encodeURIComponent(new URL(led).searchParams.get('state')!)}`);
  await session.begin();
  assert.equal(session.session.me?.id, 'wira');
  const heard: unknown[] = [];
  const other = new BroadcastChannel('petugas');
  other.onmessage = ({ data }: MessageEvent) => heard.push(data);
  await session.signOut();
  await until(() => heard.length > 0);
  other.close();
  assert.deepEqual(heard, [{ left: 'wira' }]);
  assert.match(asked('/oauth2/revoke')[0]?.form.get('token') ?? '', /^segar-wira-/);
  assert.equal(new URL(led).origin + new URL(led).pathname, `${provider}/logout`);
  assert.equal(new URL(led).searchParams.get('logout_uri'), home);
  assert.equal(session.holds(), false);
  const after = await session.asked('GET', '/v1/staff/me');
  assert.equal(after.kind, 'refused');
  assert.equal(closed, 0);
});
