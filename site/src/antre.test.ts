import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Outbox, type Alone, type Put, type Shelf, type Waiting } from './antre';
import type { Body } from './promise';

const body = (quantity: number) => ({ recipient: 'rw', lines: [{ need: 'rw:sembako', quantity }] }) as unknown as Body;
const form = (quantity = 7, recipient = 'rw') => ({ recipient, place: 'RW 03', id: `id-${recipient}`, body: body(quantity) });

/** A phone: what its tabs and its service worker share. */
function phone() {
  const kept = new Map<string, string>();
  let last: Promise<unknown> = Promise.resolve();
  const shelf: Shelf = {
    all: async () => [...kept.values()].map((w) => JSON.parse(w) as Waiting),
    put: async (w) => void kept.set(w.recipient, JSON.stringify(w)),
    remove: async (recipient) => void kept.delete(recipient),
  };
  const alone: Alone = (act) => {
    const mine = last.then(act);
    last = mine.catch(() => undefined);
    return mine;
  };
  return { kept, shelf, alone };
}

/** A server that holds a form under its id, and can be out of reach. */
function server() {
  const held = new Map<string, string>();
  const s: { held: Map<string, string>; asked: number; reachable: boolean; swallow: number; refuse: string | null; put: Put } = {
    held, asked: 0, reachable: true, swallow: 0, refuse: null,
    put: async (id, b) => {
      s.asked++;
      await new Promise((go) => setTimeout(go, 2));
      if (!s.reachable) return { kind: 'lost' };
      if (s.refuse) return { kind: 'refused', problem: { type: `/masalah/${s.refuse}/` } };
      const text = JSON.stringify(b);
      if (held.has(id) && held.get(id) !== text) return { kind: 'refused', problem: { type: '/masalah/already-exists/' } };
      held.set(id, text);
      if (s.swallow-- > 0) return { kind: 'lost' };
      return { kind: 'ok', value: { id, number: 'K-1', secret: 's', verifyBy: '2026-05-22T02:00:00Z' } };
    },
  };
  return s;
}

test('a form waits until there is a signal, then goes once', async () => {
  const p = phone(), s = server();
  const box = new Outbox(p.shelf, p.alone, s.put);
  s.reachable = false;
  await box.add(form());
  assert.deepEqual(await box.flush(), []);
  assert.equal((await box.find('rw'))?.state, 'waiting');
  s.reachable = true;
  const [sent] = await box.flush();
  assert.equal(sent?.state, 'sent');
  assert.equal(sent?.number, 'K-1');
  assert.deepEqual([...s.held.keys()], ['id-rw']);
  const asked = s.asked;
  assert.deepEqual(await box.flush(), [], 'what is sent is not sent again');
  assert.equal(s.asked, asked);
});

test('two tabs and a service worker send a form once between them', async () => {
  const p = phone(), s = server();
  const boxes = [1, 2, 3].map(() => new Outbox(p.shelf, p.alone, s.put));
  await boxes[0]!.add(form());
  const known = await Promise.all(boxes.map((b) => b.flush()));
  assert.equal(s.asked, 1);
  assert.equal(known.flat().length, 1);
});

test('a reload finds what waits', async () => {
  const p = phone(), s = server();
  s.reachable = false;
  await new Outbox(p.shelf, p.alone, s.put).add(form());
  s.reachable = true;
  await new Outbox(p.shelf, p.alone, s.put).flush();
  assert.equal(s.held.size, 1);
});

test('a form whose answer was lost is not there twice', async () => {
  const p = phone(), s = server();
  const box = new Outbox(p.shelf, p.alone, s.put);
  s.swallow = 1;
  await box.add(form());
  await box.flush();
  assert.equal((await box.find('rw'))?.state, 'waiting');
  await box.flush();
  assert.equal((await box.find('rw'))?.state, 'sent');
  assert.equal(s.held.size, 1);
});

test('a form that was changed after it arrived goes under another id', async () => {
  const p = phone(), s = server();
  const box = new Outbox(p.shelf, p.alone, s.put);
  s.held.set('id-rw', JSON.stringify(body(5)));
  await box.add(form(7));
  await box.flush();
  const w = await box.find('rw');
  assert.equal(w?.state, 'sent');
  assert.notEqual(w?.id, 'id-rw');
  assert.equal(s.held.get(w!.id), JSON.stringify(body(7)));
});

test('what is discarded is not sent', async () => {
  const p = phone(), s = server();
  const box = new Outbox(p.shelf, p.alone, s.put);
  await box.add(form());
  assert.equal((await box.take('rw'))?.state, 'waiting');
  await box.flush();
  assert.equal(s.asked, 0);
  assert.equal(p.kept.size, 0);
});

test('whoever discards while it is being sent hears that it is sent', async () => {
  const p = phone(), s = server();
  const box = new Outbox(p.shelf, p.alone, s.put);
  await box.add(form());
  const [, taken] = await Promise.all([box.flush(), box.take('rw')]);
  assert.equal(taken?.state, 'sent');
});

test('what the server refuses waits for a person, a busy server for another time', async () => {
  const p = phone(), s = server();
  const box = new Outbox(p.shelf, p.alone, s.put);
  await box.add(form());
  for (const passing of ['busy', 'challenge', 'quota']) {
    s.refuse = passing;
    await box.flush();
    assert.equal((await box.find('rw'))?.state, 'waiting', passing);
  }
  s.refuse = 'melebihi-sisa';
  await box.flush();
  const w = await box.find('rw');
  assert.equal(w?.state, 'refused');
  assert.match(w?.problem?.type ?? '', /melebihi-sisa/);
});

test('a form for one place does not displace one for another', async () => {
  const p = phone(), s = server();
  const box = new Outbox(p.shelf, p.alone, s.put);
  await box.add(form(7, 'a'));
  await box.add(form(8, 'b'));
  await box.add(form(9, 'b'));
  await box.flush();
  assert.deepEqual([...s.held].sort(), [['id-a', JSON.stringify(body(7))], ['id-b', JSON.stringify(body(9))]]);
});

test('nothing private waits longer than seven days', async () => {
  const p = phone(), s = server();
  let now = Date.UTC(2026, 4, 22);
  const box = new Outbox(p.shelf, p.alone, s.put, () => now);
  s.reachable = false;
  await box.add(form());
  now += 7 * 86_400_000 - 1;
  assert.ok(await box.find('rw'));
  now += 2;
  s.reachable = true;
  await box.flush();
  assert.equal(s.asked, 0);
  assert.equal(p.kept.size, 0);
});
