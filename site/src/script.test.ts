import { createHash } from 'node:crypto';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { sha256 } from './sha256';
import { payload, solve } from './challenge';
import { commitmentOf, uuid7 } from './identity';
import { slug } from './api';
import { appointed, goodsOf, listed, step, type Commitment, type Delivery, type Line } from './commitment';
import { bodyOf, check, plus, whole, type Offer } from './promise';
import { ago } from './ago';
import { fingerprint, printsIn, sheetNumber } from './sheet';
import { days } from './words';

test('sha256 agrees with the platform at every padding length', () => {
  for (let n = 0; n < 200; n++) {
    const bytes = Uint8Array.from({ length: n }, (_, i) => (i * 31 + n) & 255);
    assert.equal(sha256(bytes), createHash('sha256').update(bytes).digest('hex'), `length ${n}`);
  }
});

test('solve finds the number and payload carries it', () => {
  const salt = 'a1b2?expires=1800000000&';
  const c = { algorithm: 'SHA-256', salt, challenge: createHash('sha256').update(`${salt}4321`).digest('hex'), maxnumber: 5000, signature: 'ff' };
  assert.equal(solve(c), 4321);
  assert.deepEqual(JSON.parse(atob(payload(c, 4321))), { algorithm: 'SHA-256', challenge: c.challenge, number: 4321, salt, signature: 'ff' });
  assert.equal(solve({ ...c, maxnumber: 4320 }), -1);
});

test('uuid7 holds the instant, the version and the variant', () => {
  const now = Date.UTC(2026, 4, 22, 2, 0, 0, 123);
  const id = uuid7(now, new Uint8Array(16).fill(255));
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(parseInt(id.replace(/-/g, '').slice(0, 12), 16), now);
});

test('a private link leads back to its commitment, a damaged one to none', () => {
  const id = '0198c0de-aaaa-7bbb-8ccc-0123456789ab';
  const secret = Buffer.concat([Buffer.from(id.replace(/-/g, ''), 'hex'), Buffer.alloc(20, 0xfb)]).toString('base64url');
  assert.equal(commitmentOf(secret), id);
  assert.equal(commitmentOf(secret.slice(1)), null);
  assert.equal(commitmentOf(`${secret}.`), null);
  assert.equal(commitmentOf(''), null);
});

test('slug reads the type of a problem, relative or absolute', () => {
  assert.equal(slug({ type: '/masalah/melebihi-sisa/' }), 'melebihi-sisa');
  assert.equal(slug({ type: 'https://ksbb.example/masalah/busy' }), 'busy');
  assert.equal(slug({ type: 'about:blank' }), 'fault');
});

const offers: Offer[] = [
  { id: 'rw:sembako', program: 'pangan', remaining: 240, direct: false },
  { id: 'rw:siap-saji', program: 'pangan', remaining: 90, direct: true },
  { id: 'rw:sanitasi', program: 'permukiman', remaining: 3, direct: false },
];
const limits = { units: 100_000, lead: 90, period: 90 };
const filled = (): Record<string, string[]> => ({
  program: ['pangan'], need: ['rw:sembako', 'rw:sanitasi'], 'quantity:rw:sembako': ['50'], 'equivalent:rw:sembako': ['beras 10 kg'], 'quantity:rw:sanitasi': ['1'],
  from: ['2026-05-23'], to: ['2026-05-29'], route: ['direct'], aggregator: ['pmi'], name: [' Siti Contoh '], class: ['individual'], showName: ['no'],
  email: ['siti@contoh.invalid'], phone: ['0812 3456 7890'], goods: ['1'], accepted: ['1'], consent: ['1'], signedBy: ['Siti Contoh'],
});
const wrong = (change: Record<string, string[]>) =>
  check(bodyOf('rw', offers, { ...filled(), ...change }), offers, limits, '2026-05-22').map((e) => `${e.pointer} ${e.code}`);

test('the body holds the chosen programme only, and no aggregator on the direct route', () => {
  assert.deepEqual(bodyOf('rw', offers, filled()), {
    recipient: 'rw', program: 'pangan', lines: [{ need: 'rw:sembako', quantity: 50, equivalent: 'beras 10 kg' }],
    period: { from: '2026-05-23', to: '2026-05-29' }, route: 'direct',
    collaborator: { name: 'Siti Contoh', class: 'individual', showName: false, email: 'siti@contoh.invalid', phone: '0812 3456 7890' },
    statement: { accepted: true, signedBy: 'Siti Contoh' }, language: 'id',
  });
});

test('what is filled in well passes, each mistake is named', () => {
  assert.deepEqual(wrong({}), []);
  assert.deepEqual(wrong({ need: [] }), ['/lines required']);
  assert.deepEqual(wrong({ 'quantity:rw:sembako': ['0'] }), ['/lines/0/quantity too_small']);
  assert.deepEqual(wrong({ 'quantity:rw:sembako': ['-5'] }), ['/lines/0/quantity too_small']);
  assert.deepEqual(wrong({ 'quantity:rw:sembako': ['241'] }), ['/lines/0/quantity over']);
  assert.deepEqual(wrong({ 'quantity:rw:sembako': ['1.000.000'] }), ['/lines/0/quantity too_large']);
  assert.deepEqual(wrong({ from: ['2026-05-21'] }), ['/period/from past']);
  assert.deepEqual(wrong({ from: [], to: ['2026-05-23'] }), ['/period/from required']);
  assert.deepEqual(wrong({ to: ['2026-05-22'] }), ['/period/to order']);
  assert.deepEqual(wrong({ to: ['2026-12-31'] }), ['/period/to too_large']);
  assert.deepEqual(wrong({ route: ['aggregator'], aggregator: [] }), ['/aggregator required']);
  assert.deepEqual(wrong({ route: ['aggregator'], need: ['rw:siap-saji'], 'quantity:rw:siap-saji': ['9'] }), ['/route direct_only']);
  assert.deepEqual(wrong({ email: ['siti@contoh'] }), ['/collaborator/email email']);
  assert.deepEqual(wrong({ phone: ['abc'] }), ['/collaborator/phone phone']);
  assert.deepEqual(wrong({ consent: [] }), ['/statement/accepted accepted']);
  assert.deepEqual(wrong({ signedBy: ['  '] }), ['/statement/signedBy signed']);
  assert.deepEqual(wrong({ need: [], free: ['1'] }), ['/lines/0/free/description required', '/lines/0/free/unit required', '/lines/0/free/quantity too_small', '/lines/0/free/value too_small']);
});

test('numbers are read as people write them', () => {
  assert.equal(whole('1.250'), 1250);
  assert.equal(whole('Rp 2.000.000'), 2_000_000);
  for (const text of ['', '12,5', '1e9', '-3', 'dua']) assert.ok(Number.isNaN(whole(text)), text);
});

test('days pass month and leap year, and periods say nothing twice', () => {
  assert.equal(plus('2028-02-28', 2), '2028-03-01');
  assert.equal(days({ from: '2026-05-22', to: '2026-05-24' }), '22–24 Mei 2026');
  assert.equal(days({ from: '2026-05-30', to: '2026-06-02' }), '30 Mei – 2 Juni 2026');
  assert.equal(days({ from: '2026-12-30', to: '2027-01-02' }), '30 Desember 2026 – 2 Januari 2027');
});

const lines = [
  { need: 'a', name: 'Paket Sembako', unit: 'paket', quantity: 50 },
  { free: 'tikar', name: 'tikar', unit: 'buah', quantity: 3 },
  { need: 'c', name: 'Paket THR per orang', unit: 'orang', quantity: 8, equivalent: 'beras' },
] as unknown as Line[];

test('goods are said as people say them, and only those there are', () => {
  assert.equal(goodsOf(lines), '50 paket sembako, 3 buah tikar dan 8 THR per orang (berupa beras)');
  assert.equal(goodsOf(lines, [1250, 0, 0]), '1.250 paket sembako');
  assert.equal(goodsOf(lines, [0, 0, 0]), 'tidak ada barang');
  assert.equal(listed(['a', 'b']), 'a dan b');
  assert.equal(appointed({ on: '2026-05-23', from: '09:00', to: '11:30' }), '23 Mei 2026, pukul 09.00–11.30');
  assert.equal(appointed({ on: '2026-05-23' }), '23 Mei 2026');
});

test('one thing is next, from the code to the thanks', () => {
  const at = (c: Partial<Commitment>) => step({ deliveries: [], ...c } as Commitment);
  const contactedAt = '2026-05-22T01:00:00Z', signedAt = contactedAt, schedule = { on: '2026-05-23' };
  const delivery = (d: Partial<Delivery>) => ({ open: false, ...d }) as Delivery;
  assert.equal(at({ state: 'submitted' }), 'code');
  assert.equal(at({ state: 'pledged' }), 'contact');
  assert.equal(at({ state: 'signed', signedAt }), 'contact', 'signing does not stop the clock');
  assert.equal(at({ state: 'contacted', contactedAt }), 'schedule');
  assert.equal(at({ state: 'scheduled', contactedAt, schedule }), 'sign');
  assert.equal(at({ state: 'signed', contactedAt, signedAt }), 'deliver', 'the day may stay open');
  assert.equal(at({ state: 'delivered', contactedAt, signedAt, deliveries: [delivery({})] }), 'answer');
  assert.equal(at({ state: 'delivered', contactedAt, signedAt, deliveries: [delivery({ answer: 'full' })] }), 'deliver', 'a part has arrived');
  assert.equal(at({ state: 'disputed', contactedAt, signedAt, deliveries: [delivery({}), delivery({ answer: 'fewer', open: true })] }), 'dispute');
  assert.equal(at({ state: 'received', deliveries: [delivery({ answer: 'full' })] }), 'done');
  for (const state of ['lapsed', 'withdrawn', 'dropped']) assert.equal(at({ state }), 'over', state);
});

test('the number of a sheet is read as people write it', () => {
  for (const typed of ['BAST-7F3Q-21XA-2', 'bast 7f3q 21xa 2', '7F3Q.2IXA.2', ' 7f3q21xa2 ']) assert.equal(sheetNumber(typed), 'BAST-7F3Q-21XA-2', typed);
  for (const typed of ['K-7F3Q-21XA', '', 'BAST-7F3Q']) assert.equal(sheetNumber(typed), typed);
});

test('a file on record is recognised, and one that differs by a byte is not', async () => {
  const kept = new TextEncoder().encode('%PDF-1.7 berita acara');
  const print = createHash('sha256').update(kept).digest('hex');
  const other = 'ab'.repeat(32);
  const record = printsIn(`<ul><li data-sidik="${print}"><b>Pindaian BAST</b><code>sha256-${print}</code></li><li data-sidik="${other}"><b>Foto serah terima</b></li></ul>`);
  assert.deepEqual([...record], [[print, 'Pindaian BAST'], [other, 'Foto serah terima']]);
  assert.equal(record.get(await fingerprint(new Blob([kept]))), 'Pindaian BAST');
  const changed = Uint8Array.from(kept);
  changed[changed.length - 1]! ^= 1;
  assert.equal(record.get(await fingerprint(new Blob([changed]))), undefined);
  assert.equal(printsIn('<p>sha256-abc</p>').size, 0);
});

test('an age is never younger than the latest clock says', () => {
  const at = '2026-05-22T01:00:00Z';
  const now = Date.parse(at);
  assert.equal(ago(at, now + 59_000), 'kurang dari satu menit lalu');
  assert.equal(ago(at, now + 4 * 60_000), '4 menit lalu');
  assert.equal(ago(at, now - 3_600_000, now + 3 * 3_600_000), '3 jam lalu');
  assert.equal(ago(at, now + 50 * 3_600_000, 0), '2 hari lalu');
  assert.equal(ago(at, now - 60_000), 'kurang dari satu menit lalu');
});

test('English readers write their numbers in English', () => {
  assert.equal(whole('1,250', 'en'), 1250);
  assert.ok(Number.isNaN(whole('1.250', 'en')));
  assert.ok(Number.isNaN(whole('1,250', 'id')));
});
