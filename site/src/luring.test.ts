import { test } from 'node:test';
import assert from 'node:assert/strict';
import { aged, keyOf, overflow, way, without } from './luring';
import { alikeOf, untouchedOf } from './sekitar';
import type { Place } from './pohon';

const origin = 'https://ksbb.example';
const asked = (path: string, change: Partial<Parameters<typeof way>[0]> = {}) =>
  way({ method: 'GET', url: new URL(path, origin), opened: true, special: false, ...change }, origin);

test('pages are kept, private ones and answers of the API never', () => {
  for (const path of ['/', '/en/', '/wilayah/31.74/', '/lokasi/31.74.01.1001.001/', '/bantu/x/', '/peta/?cari=rahasia', '/data/', '/aduan/']) assert.equal(asked(path), 'page', path);
  for (const path of ['/k/', '/k/#secret', '/en/k/', '/pj/', '/en/pj/', '/langganan/', '/petugas/', '/petugas/antre/', '/v1/challenge', '/v1/commitments/1/', '/_local/mail']) assert.equal(asked(path), 'network', path);
  assert.equal(asked('/', { method: 'POST' }), 'network');
  assert.equal(asked('/lokasi/x/', { special: true }), 'network', 'with an Authorization header');
  assert.equal(asked('/lokasi/x/', { opened: false }), 'network', 'a script reads the newest');
  assert.equal(way({ method: 'GET', url: new URL('https://other.example/'), opened: true, special: false }, origin), 'network');
});

test('figures that change in place are never answered from a copy', () => {
  for (const path of ['/data/manifest.json', '/data/v1/recipients/31.74.01.1001.001.json', '/data/v1/feed.atom', '/data/v1/shapes/31.74.json', '/data/v1/reports/index.json', '/gambar/x.png']) {
    assert.equal(asked(path, { opened: false }), 'network', path);
  }
  for (const path of ['/data/v1/areas/31.0123456789abcdef01234567.json', '/data/v1/recipients/31.74.01-umum.0123456789abcdef01234567.geojson']) {
    assert.equal(asked(path, { opened: false }), 'fixed', path);
  }
  for (const path of ['/aset/bantu.js', '/aset/en/bantu.js', '/aset/ksbb.css', '/favicon.svg']) assert.equal(asked(path, { opened: false }), 'asset', path);
  assert.equal(asked('/sw.js', { opened: false }), 'network');
});

test('neither a search nor a secret is written down', () => {
  assert.equal(keyOf(new URL('https://ksbb.example/peta/?cari=nama#rahasia')), 'https://ksbb.example/peta/');
});

test('the page without a signal speaks the language of the page that was wanted', () => {
  assert.equal(without('/en/lokasi/x/'), '/en/luring/');
  assert.equal(without('/lokasi/en/'), '/luring/');
});

test('the oldest copies go first, and no more than must', () => {
  const kept = [{ key: 'a', size: 5 }, { key: 'b', size: 1 }, { key: 'c', size: 1 }];
  assert.deepEqual(overflow(kept, 3, 7), []);
  assert.deepEqual(overflow(kept, 2, 7), ['a']);
  assert.deepEqual(overflow(kept, 3, 6), ['a']);
  assert.deepEqual(overflow(kept, 3, 1), ['a', 'b']);
  assert.deepEqual(overflow(kept, 0, 0), ['a', 'b', 'c']);
});

test('an old page says since when it is old, and nothing else', () => {
  assert.equal(aged('<!doctype html>\n<html lang="id">', '2026-05-22T06:05:00.000Z'), '<!doctype html>\n<html data-stored="2026-05-22T06:05:00.000Z" lang="id">');
  assert.equal(aged('<html lang="id">', '"><script>'), '<html data-stored="script" lang="id">');
});

const needs = (needed: number, received: number) => [{ id: 'n', package: 'sembako', unit: 'paket', needed, committed: 0, delivered: 0, received, remaining: needed - received, confirmedOn: '' }];
const place = (id: string, east: number, change: Partial<Place> = {}) => ({ id, name: id, kind: 'rw', point: [106.8 + east, -6.3], needs: needs(10, 0), closed: false, ...change }) as unknown as Place;
const here = { id: 'here', area: '31.74.01.1001.001', kind: 'rw', point: [106.8, -6.3] as [number, number], closed: false, needs: [] };

test('neighbours within a kilometre that have received nothing are named, nearest first', () => {
  const places = [
    place('far', 0.02), place('second', 0.006), place('first', 0.003), place('here', 0), place('closed', 0.001, { closed: true }),
    place('helped', 0.002, { needs: needs(10, 1) }), place('panti', 0.001, { kind: 'panti' }),
  ];
  const found = untouchedOf(here, places, ['panti']);
  assert.deepEqual(found.map((n) => n.id), ['first', 'second']);
  assert.ok(found[0]!.metres! > 300 && found[0]!.metres! < 350, `${found[0]!.metres}`);
});

test('who needs the same is offered, without a distance where a place is not shown exactly', () => {
  const places = [place('full', 0.001, { needs: needs(10, 10) }), place('panti', 0.002, { kind: 'panti' }), place('near', 0.003), place('other', 0.004), place('fourth', 0.005)];
  const found = alikeOf(here, places, ['panti'], 'sembako');
  assert.deepEqual(found.map((n) => [n.id, n.remaining, n.metres === null]), [['panti', 10, true], ['near', 10, false], ['other', 10, false]]);
  assert.deepEqual(alikeOf(here, places, [], 'sanitasi'), []);
});
