import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from 'uqr';
import { isPlace, said, squares, type Words } from './poster';
import { snippetFor } from './sematkan';

const words: Words = {
  kinds: new Map([['rw', 'RW'], ['panti', 'Panti Asuhan']]),
  coarse: new Set(['panti']),
  things: new Map([['a', 'Paket A'], ['b', 'Paket B'], ['c', 'Paket C'], ['d', 'Paket D'], ['e', 'Paket E'], ['f', 'Paket F']]),
  areas: new Map([['31.74', 'Jakarta Selatan'], ['31.74.01', 'Tebet']]),
};

const place = (...open: string[]) => ({
  id: '31.74.01.1001.001', name: 'RW 001 Contoh', kind: 'rw', area: '31.74.01.1001.001', address: 'Balai RW', demo: true,
  needs: [{ package: 'x', remaining: 0 }, ...open.map((p) => ({ package: p, remaining: 3 }))],
});

test('a poster names what is open, and says how much more there is', () => {
  assert.deepEqual(said(place('a', 'b'), words), { kind: 'RW', where: 'Balai RW, Tebet, Jakarta Selatan', open: ['Paket A', 'Paket B'], more: 0 });
  assert.deepEqual(said(place('a', 'b', 'c', 'd', 'e', 'f'), words).open, ['Paket A', 'Paket B', 'Paket C', 'Paket D']);
  assert.equal(said(place('a', 'b', 'c', 'd', 'e', 'f'), words).more, 2);
  assert.equal(said(place('a', 'b', 'c', 'd', 'e'), words).more, 0, 'one more line is shorter than saying that there is one more');
  assert.deepEqual(said(place('unknown'), words).open, ['unknown'], 'no need is lost');
  assert.deepEqual(said(place(), words).open, []);
});

test('a poster tells no address that the page of the place does not tell', () => {
  const home = { ...place('a'), kind: 'panti' };
  assert.equal(said(home, words).where, 'Tebet, Jakarta Selatan');
});

test('an area that the address names is not named twice', () => {
  assert.equal(said({ ...place(), address: 'Balai RW, Tebet' }, words).where, 'Balai RW, Tebet, Jakarta Selatan');
});

test('the picture of a code has exactly its dark squares', () => {
  const url = 'https://ksbb.example/lokasi/31.74.01.1001.001/';
  const { side, path } = squares(url);
  const drawn = Array.from({ length: side }, () => Array<boolean>(side).fill(false));
  for (const [, x, y, w] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let i = 0; i < Number(w); i++) drawn[Number(y)]![Number(x) + i] = true;
  }
  assert.deepEqual(drawn, encode(url, { ecc: 'M', border: 0 }).data);
  assert.equal(path.replace(/M\d+ \d+h\d+v1h-\d+z/g, ''), '');
});

test('nothing but the id of a place is asked for', () => {
  for (const id of ['31.74.01.1001.001', '31.72.06.1003-panti-asuhan-001']) assert.ok(isPlace(id), id);
  for (const id of ['', '../manifest', '31/../x', 'a', '31.74?x', '31 74', '3'.repeat(81)]) assert.ok(!isPlace(id), id);
});

test('a snippet follows the choice of the area and stays one element', () => {
  const first = '<iframe src="https://ksbb.example/en/embed/31/" title="x" width="480"></iframe>';
  const second = snippetFor(first, '31.74', 'Kebutuhan di "A" & <b> $& B');
  assert.equal(second, '<iframe src="https://ksbb.example/en/embed/31.74/" title="Kebutuhan di &#34;A&#34; &amp; &lt;b&gt; $&amp; B" width="480"></iframe>');
  assert.equal(snippetFor(second, '31', 'x'), first);
});
