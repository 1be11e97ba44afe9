import { test } from 'node:test';
import assert from 'node:assert/strict';
import { withQuery } from './petugas/api';
import { routeOf, to } from './petugas/route';
import { Values } from './petugas/values';
import { fromNow } from './petugas/words';

test('an address of the console leads where it was made for', () => {
  const address = to('komitmen', '0198c0de-aaaa', { dari: 'evidence', bukti: '', area: '31.71' });
  assert.equal(address, '#/komitmen/0198c0de-aaaa?dari=evidence&area=31.71');
  const route = routeOf(address);
  assert.deepEqual([route.name, route.parts, [...route.query]], ['komitmen', ['0198c0de-aaaa'], [['dari', 'evidence'], ['area', '31.71']]]);
  const hostile = 'a/b?c#d%';
  assert.deepEqual(routeOf(to('penerima', hostile)).parts, [hostile]);
});

test('an address that was cut off is an address still', () => {
  assert.deepEqual(routeOf('').parts, []);
  assert.equal(routeOf('#/').name, '');
  assert.deepEqual(routeOf('#/komitmen/%E0%A4').parts, ['%E0%A4']);
});

test('a query holds what was chosen and nothing else', () => {
  assert.equal(withQuery('/v1/staff/queue', { tab: 'late', area: '', cursor: undefined, limit: 25 }), '/v1/staff/queue?tab=late&limit=25');
  assert.equal(withQuery('/v1/staff/queue'), '/v1/staff/queue');
});

test('figures are read as people type them, and nothing is made of what is none', () => {
  const form = new FormData();
  for (const [name, value] of Object.entries({ a: ' 1.250 ', b: '', c: '12 buah', d: '-3', e: '0' })) form.set(name, value);
  const v = new Values(form);
  assert.equal(v.number('a'), 1250);
  assert.equal(v.number('e'), 0);
  for (const name of ['b', 'c', 'd', 'missing']) assert.ok(Number.isNaN(v.number(name)), name);
  assert.equal(v.optional('b'), undefined);
});

test('deadlines are said in the unit that one plans in', () => {
  const now = Date.parse('2026-05-22T02:00:00Z');
  assert.equal(fromNow('2026-05-22T02:30:00Z', now), 'dalam 30 menit');
  assert.equal(fromNow('2026-05-21T20:00:00Z', now), '6 jam yang lalu');
  assert.equal(fromNow('2026-05-25T02:00:00Z', now), 'dalam 3 hari');
});
