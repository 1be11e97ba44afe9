import { test } from 'node:test';
import assert from 'node:assert/strict';
import { groups } from './atlas-groups';
import { outline } from './atlas-shape';
import { distance, Names, wordsOf, type Entry } from './atlas-search';
import {
  everything, figure, fragment, kindsOf, mostKecamatan, mostKota, passes, plan, progress, shade, sortAreas, sortPlaces, steps, viewOf, worth,
  type Box, type Region, type View,
} from './atlas-view';
import { stageOf, vowPasses, type Vow } from './atlas-vows';
import { World } from './atlas-world';
import { Tree, type Child, type Place, type Position, type Quantities, type Totals } from './pohon';
import type { Dot } from './atlas-map';

const q = (needed: number, committed = 0, delivered = 0, received = 0): Quantities => ({ needed, committed, delivered, received, remaining: needed - committed - delivered - received });

const region: Region = {
  root: '31', zone: { name: 'WIB', minutes: 420 }, box: [106, -7, 107, -6],
  kinds: [{ id: 'rw', name: 'RW', steward: 'Ketua RW', mark: 'round' }, { id: 'pesantren', name: 'Pesantren', steward: 'Pengurus', mark: 'square' }],
  programs: [{ id: 'pangan', name: 'Pangan' }, { id: 'umkm', name: 'UMKM' }],
  packages: [
    { id: 'sembako', program: 'pangan', name: 'Sembako', one: 'paket sembako', other: 'paket sembako', price: 200_000 },
    { id: 'siap-saji', program: 'pangan', name: 'Siap Saji', one: 'porsi', other: 'porsi', price: 45_000 },
    { id: 'alat', program: 'umkm', name: 'Alat', one: 'paket alat', other: 'paket alat', price: 0 },
    { id: 'modal', program: 'umkm', name: 'Modal', one: 'pinjaman', other: 'pinjaman', price: 0 },
  ],
  indicators: [{ id: 'positif', name: 'Positif', unit: 'orang', about: 'Kasus positif' }], flags: [{ id: 'bansos', name: 'Bansos', about: '' }],
  classes: {}, partners: {},
};

const place = (id: string, change: Partial<Place> & { need?: Record<string, Quantities> } = {}): Place => ({
  id, name: `RW ${id}`, kind: 'rw', program: ['pangan'], area: `31.74.01.1001.${id}`, point: [106.8, -6.2], households: 100, people: 400, steward: '', address: '',
  flags: [], indicators: {}, openCommitments: 0, coverage: null, updatedAt: '',
  needs: Object.entries(change.need ?? { sembako: q(100) }).map(([k, n]) => ({ id: k, package: k, unit: 'paket', confirmedOn: '', ...n })),
  ...change,
});

const totals = (change: Partial<Totals> = {}): Totals => ({
  recipients: 1, households: 10, people: 40, unreached: 0, kinds: { rw: 1 }, packages: {}, value: q(0), milliHouseholdDays: q(0), openCommitments: 0, demo: 0, ...change,
});
const child = (area: string, change: Partial<Totals> = {}, point: Position = [106.8, -6.2]): Child => ({ area, name: area, point, totals: totals(change) });

// Views in addresses

test('a view comes back from its address as it was', () => {
  const v: View = { layer: 'i:positif', area: '31.74.01', program: 'pangan', without: ['umkm', 'panti-asuhan'], state: 'delivered', forgotten: true, sort: 'households', place: '31.74.01.1001-pesantren-001', centre: [106.8123, -6.2], zoom: 14.25 };
  assert.deepEqual(viewOf(`#${fragment(v)}`), v);
  assert.equal(fragment(everything()), '');
  assert.equal(fragment({ ...everything(), sort: 'distance' }), '', 'where somebody stands is not passed on');
  assert.deepEqual(viewOf(''), everything());
  assert.equal(fragment({ ...everything(), area: '31.74.01' }), 'w=31.74.01');
});

test('what an address should not hold is left out', () => {
  for (const text of ['l=<script>', 'w=31.74/../..', 'p=%22%3E', 't=../../x', 's=<b>', 'o=random', 'o=distance', 'c=1e9,0', 'c=106,95', 'x=%00', 'w=31.74.01.1001.003']) {
    assert.deepEqual(viewOf(text), everything(), text);
  }
  assert.equal(viewOf('c=106.8,-6.2&z=900').zoom, 20);
  assert.equal(viewOf('c=106.8,-6.2&z=x').zoom, 13);
});

// Filters, order, shades

test('a place passes the filters that fit it, and no other', () => {
  const p = place('003', { need: { sembako: q(100, 20, 0, 30), 'siap-saji': q(50) }, flags: ['bansos'] });
  const with_ = (change: Partial<View>) => passes(p, { ...everything(), ...change }, region);
  assert.ok(with_({}));
  assert.ok(with_({ program: 'pangan', state: 'committed', area: '31.74.01', layer: 'f:bansos' }));
  assert.ok(with_({ state: 'received' }) && with_({ state: 'open' }));
  for (const change of [{ without: ['rw'] }, { program: 'umkm' }, { area: '31.74.1' }, { area: '31.74.02' }, { state: 'delivered' }, { state: 'none' }, { forgotten: true }, { layer: 'f:other' }]) {
    assert.equal(with_(change), false, JSON.stringify(change));
  }
  assert.ok(passes(place('4', { need: { sembako: q(100, 100) } }), { ...everything(), forgotten: true }, region), 'a commitment is nothing yet');
});

test('a filter on a programme looks at its needs alone', () => {
  const p = place('5', { program: ['pangan', 'umkm'], need: { sembako: q(10, 0, 0, 10), alat: q(4) } });
  assert.equal(passes(p, { ...everything(), program: 'umkm', state: 'none' }, region), true);
  assert.equal(passes(p, { ...everything(), program: 'pangan', state: 'none' }, region), false);
  assert.equal(progress(p, 'umkm', region), 'none');
  assert.equal(progress(p, 'pangan', region), 'received');
});

test('needs add up by price, and units of different things never do', () => {
  const both = worth({ sembako: q(10, 5), 'siap-saji': q(100) }, region, '');
  assert.equal(both.needed, 10 * 200_000 + 100 * 45_000);
  assert.equal(both.remaining, 5 * 200_000 + 100 * 45_000);
  assert.deepEqual(worth({ alat: q(7), modal: q(9, 3) }, region, 'umkm'), q(9, 3));
  assert.equal(worth({ sembako: q(10) }, region, 'umkm').needed, 0);
});

test('places are ordered by what is open, by size, by name as people count, and by nearness with the forgotten first', () => {
  const at = (lat: number): Position => [106.8, lat];
  const all = [
    place('010', { name: 'RW 10', households: 50, need: { sembako: q(100, 0, 0, 90) }, point: at(-6.2001) }),
    place('002', { name: 'RW 2', households: 300, need: { sembako: q(40) }, point: at(-6.3) }),
    place('001', { name: 'RW 1', households: 200, need: { 'siap-saji': q(100) }, point: at(-6.25) }),
  ];
  const order = (sort: View['sort'], from: Position | null = null) => sortPlaces([...all], sort, region, '', from).map((p) => p.id);
  assert.deepEqual(order('need'), ['002', '001', '010']);
  assert.deepEqual(order('households'), ['002', '001', '010']);
  assert.deepEqual(order('name'), ['001', '002', '010']);
  assert.deepEqual(order('distance', at(-6.2)), ['001', '002', '010'], 'the nearest has received something');
  assert.deepEqual(sortAreas([child('a', { households: 5 }), child('b', { households: 9 })], 'households', region, '', null).map((c) => c.area), ['b', 'a']);
  assert.deepEqual(kindsOf([...all, child('a', { kinds: { rw: 4, pesantren: 2 } })], ['pesantren']), { rw: 7 });
});

test('a layer speaks of places and of areas in the same measure', () => {
  const p = place('1', { need: { sembako: q(100, 40) }, indicators: { positif: 3 }, flags: ['bansos'], coverage: 0.5 });
  const t = totals({ packages: { sembako: q(100, 40) }, indicators: { positif: 30 }, flags: { bansos: 4 }, milliHouseholdDays: q(1000, 0, 0, 250), households: 900 });
  const of = (layer: string) => [figure(layer, { place: p }, region, ''), figure(layer, { totals: t }, region, '')];
  assert.deepEqual(of('need'), [0.6, 0.6]);
  assert.deepEqual(of('coverage'), [0.5, 0.25]);
  assert.deepEqual(of('households'), [100, 900]);
  assert.deepEqual(of('i:positif'), [3, 30]);
  assert.deepEqual(of('f:bansos'), [1, 4]);
  assert.deepEqual(of('commitments').map((n) => Math.round(100 * n!)), [40, 40]);
  assert.equal(figure('need', { totals: totals() }, region, ''), null);
  assert.equal(figure('i:positif', { totals: totals() }, region, ''), null);
});

test('five shades part the areas, and who needs little is never painted as waiting', () => {
  const shares = Array.from({ length: 50 }, (_, i) => i / 49);
  const cuts = steps('need', shares);
  assert.equal(cuts.length, 4);
  const counts = [0, 0, 0, 0, 0];
  for (const s of shares.filter((x) => x >= 0.25)) counts[shade('need', s, cuts)]!++;
  assert.ok(Math.max(...counts) - Math.min(...counts) <= 2, String(counts));
  assert.equal(shade('need', 0.1, cuts), 0);
  assert.equal(shade('need', null, cuts), -1);
  assert.equal(shade('need', 1, steps('need', [1, 1, 1])), 4);
  assert.deepEqual(steps('need', [0.1, 0.2, null]), []);
  assert.equal(shade('households', 0, steps('households', [1, 2, 3])), 0);
});

test('a commitment shows where its state is asked for', () => {
  const vow = (state: string) => ({ state, program: 'pangan' }) as Vow;
  assert.deepEqual(['pledged', 'contacted', 'scheduled', 'signed', 'delivered', 'disputed', 'received'].map((s) => stageOf(vow(s))), ['committed', 'committed', 'committed', 'committed', 'delivered', 'delivered', 'received']);
  assert.ok(vowPasses(vow('signed'), { ...everything(), state: 'committed' }));
  assert.equal(vowPasses(vow('signed'), { ...everything(), state: 'received' }), false);
  assert.equal(vowPasses(vow('signed'), { ...everything(), program: 'umkm' }), false);
});

// Search

test('names are found half remembered, cut short, in any order', () => {
  const names = new Names();
  const rw = (n: string, kelurahan: string): Entry => ({ id: `${kelurahan}.${n}`, name: `RW ${n}`, kind: 'rw', area: kelurahan, more: kelurahan });
  names.add([
    { id: '31.73.01', name: 'Cengkareng', kind: 'area', area: '31.73.01' }, { id: '31.73.01.1001', name: 'Cengkareng Timur', kind: 'area', area: '31.73.01.1001' },
    { id: '31.71.01.1002', name: 'Cideng', kind: 'area', area: '31.71.01.1002' }, { id: 'p1', name: 'Pesantren Contoh Kenanga', kind: 'pesantren', area: '31.71.01.1002' },
    rw('003', 'Cideng'), rw('013', 'Cideng'), rw('003', 'Gambir'),
  ]);
  const first = (text: string) => names.find(text)[0]?.id;
  assert.equal(first('cengkareng timur'), '31.73.01.1001');
  assert.equal(first('timur cengk'), '31.73.01.1001');
  assert.equal(first('cengkarng'), '31.73.01');
  assert.equal(first('cengakreng'), '31.73.01', 'swapped letters');
  assert.equal(first('CIDENG'), '31.71.01.1002');
  assert.equal(first('cengkareng tmr'), '31.73.01.1001', 'vowels left out');
  assert.equal(first('kennaga'), 'p1');
  assert.deepEqual(names.find('rw3 cideng').map((e) => e.id), ['Cideng.003'], 'numbers are not guessed');
  assert.deepEqual(names.find('rw 04 cideng'), []);
  assert.deepEqual(names.find('zzzz'), []);
  assert.deepEqual(names.find('  '), []);
  names.add([{ id: 'p1', name: 'Pesantren Contoh Kenanga', kind: 'pesantren', area: '' }]);
  assert.equal(names.find('kenanga').length, 1, 'added twice, found once');
  assert.equal(names.find('rw', 2).length, 2);
});

test('words and their distance', () => {
  assert.deepEqual(wordsOf('RW03, Kp. Mélati'), ['rw', '3', 'kp', 'melati']);
  assert.equal(distance('tebet', 'tebet', 2), 0);
  assert.equal(distance('tebet', 'tebte', 2), 1);
  assert.equal(distance('tebet', 'tbet', 2), 1);
  assert.equal(distance('tebet', 'gambir', 2), 3);
});

// Shapes

test('two neighbours become one outline', () => {
  const left: Position[] = [[0, 0], [1, 0], [1, 1], [0, 1]], right: Position[] = [[1, 0], [2, 0], [2, 1], [1, 1]];
  const lines = outline([left, right]);
  assert.equal(lines.length, 1);
  assert.equal(lines[0]!.length, 7, 'six sides, closed');
  const sides = lines[0]!.slice(1).map((p, i) => [lines[0]![i]!, p].map(String).sort().join(' '));
  assert.ok(!sides.includes('1,0 1,1'), 'the side they share is gone');
  assert.equal(outline([left, [[5, 5], [6, 5], [6, 6]]]).length, 2);
});

// A whole country of places

/**
 * A region of 500 kota, 7,285 kecamatan and half a million places, made as it is
 * asked for. Kecamatan are squares of 0.05 degrees, each of four kelurahan.
 */
function country() {
  const across = 25, perKota = 14.57, places = 500_000, kecamatan = 7285;
  const first = (k: number) => Math.floor(k * perKota), last = (k: number) => Math.min(kecamatan, Math.floor((k + 1) * perKota));
  const corner = (k: number, i: number): Position => [95 + (k % across) * 0.2 + (i % 4) * 0.05, -10 + Math.floor(k / across) * 0.2 + Math.floor(i / 4) * 0.05];
  const middle = ([lng, lat]: Position): Position => [lng + 0.025, lat + 0.025];
  const kotas = Array.from({ length: 500 }, (_, k) => `31.${k.toString(36).padStart(2, '0')}`);
  const inside = (k: number) => Array.from({ length: last(k) - first(k) }, (_, i) => ({ code: `${kotas[k]}.${String(i + 1).padStart(2, '0')}`, at: corner(k, i) }));
  const placesOf = (n: number) => Math.floor(((n + 1) * places) / kecamatan) - Math.floor((n * places) / kecamatan);
  const asked: string[] = [];
  let made = 0;
  const read = async <T>(path: string): Promise<T> => {
    asked.push(path);
    const [what, code = ''] = path.split(' ');
    const k = kotas.indexOf(code.slice(0, 5));
    const of: Record<string, () => unknown> = {
      'data/manifest.json': () => ({ generation: 1, asOf: '', region: '31', root: 'area 31' }),
      area: () => {
        if (code === '31') return { area: '31', children: kotas.map((c, i) => ({ ...child(c, {}, [95.1 + (i % across) * 0.2, -9.9 + Math.floor(i / across) * 0.2]), path: `area ${c}` })) };
        if (code.length === 5) return { area: code, children: inside(k).map(({ code: c, at }) => ({ ...child(c, {}, middle(at)), path: `area ${c}` })) };
        return { area: code, children: [], recipients: { [`${code}-umum`]: `leaf ${code}` } };
      },
      leaf: () => {
        const i = inside(k).findIndex((x) => x.code === code);
        const n = placesOf(first(k) + i), [lng, lat] = inside(k)[i]!.at;
        made += n;
        return { features: Array.from({ length: n }, (_, j) => ({ id: `${code}-${j}`, geometry: { coordinates: [lng + ((j * 0.618) % 1) * 0.05, lat + (j / n) * 0.05] }, properties: place('1') })) };
      },
    };
    const shape = /^data\/v1\/shapes\/(.+)\.json$/.exec(path);
    if (shape) {
      const shapes: Record<string, Position[][]> = {};
      for (const { code: c, at: [x, y] } of inside(kotas.indexOf(shape[1]!))) {
        for (const [j, [dx, dy]] of ([[0, 0], [0.025, 0], [0, 0.025], [0.025, 0.025]] as const).entries()) {
          shapes[`${c}.${1001 + j}`] = [[[x + dx, y + dy], [x + dx + 0.025, y + dy], [x + dx + 0.025, y + dy + 0.025], [x + dx, y + dy + 0.025]]];
        }
      }
      return { shapes } as T;
    }
    return of[what!]!() as T;
  };
  return { read, asked, kotas, kecamatan: kotas.reduce((n, _, k) => n + inside(k).length, 0), places: () => Array.from({ length: kecamatan }, (_, n) => placesOf(n)).reduce((a, b) => a + b, 0), made: () => made };
}

async function look(world: World, window: Box, v = everything()): Promise<number> {
  for (let step = 1; step < 10; step++) {
    const loads = world.lacks(window, v);
    if (loads.length === 0) return step;
    await Promise.all(loads.map((load) => load()));
  }
  throw new Error('a view never comes to rest');
}

/** The window of a map of so many pixels on a zoom. */
function windowOf([lng, lat]: Position, zoom: number, width: number, height: number): Box {
  const degrees = 360 / (256 * 2 ** zoom);
  return [lng - (width / 2) * degrees, lat - (height / 2) * degrees, lng + (width / 2) * degrees, lat + (height / 2) * degrees];
}

test('half a million places: a phone reads the files of a few areas and draws a few signs', async () => {
  const c = country();
  assert.equal(c.kecamatan, 7285);
  assert.equal(c.places(), 500_000);
  assert.equal(new Set(c.kotas).size, 500);
  const world = new World(new Tree(c.read), c.read);
  const middle: Position = [97.12, -8.12];

  let before = 0;
  const requests = () => { const n = c.asked.length - before; before = c.asked.length; return n; };
  await look(world, [94, -11, 101, -5]);
  assert.ok(requests() <= 2, 'from afar only the root is read');
  assert.equal(world.plan([94, -11, 101, -5], '').level, 'kota');

  const wide = windowOf(middle, 11.5, 360, 416);
  await look(world, wide);
  assert.equal(world.plan(wide, '').level, 'kecamatan');
  assert.ok(requests() <= 2 * mostKota, 'two files for each kota in view');
  assert.equal(c.made(), 0, 'no place is read before it can be seen');

  const near = windowOf(middle, 13, 360, 416);
  await look(world, near);
  const p = world.plan(near, '');
  assert.equal(p.level, 'place');
  const asked = requests();
  assert.ok(asked <= 2 * mostKecamatan + 2, `${asked} requests for ${p.kecamatan.length} kecamatan`);
  const places = world.places(p, near);
  assert.ok(places.length > 100 && places.length < 800, `${places.length} places`);

  const dots = places.map((x): Dot => ({ id: x.id, point: x.point, tone: 'q1', mark: 'round', title: '', alarm: false }));
  for (const zoom of [11, 12, 13, 14, 16]) {
    const seen = groups(dots).getClusters(windowOf(middle, zoom, 360, 416), zoom);
    const inside = dots.filter(({ point: [x, y] }) => { const b = windowOf(middle, zoom, 360, 416); return b[0] <= x && x <= b[2] && b[1] <= y && y <= b[3]; }).length;
    assert.ok(seen.length <= 130, `${seen.length} signs on zoom ${zoom} for ${inside} places`);
  }

  // Wandering reads what is new, and nothing twice.
  for (let i = 1; i <= 12; i++) await look(world, windowOf([middle[0] + i * 0.04, middle[1]], 13, 360, 416));
  const files = c.asked.filter((x) => !x.startsWith('data/manifest'));
  assert.equal(new Set(files).size, files.length, 'no file is read twice');
  assert.ok(c.asked.length < 120, `${c.asked.length} requests for a long walk`);
  assert.ok(c.made() < 6000, `${c.made()} places of 500,000 were read`);
});

test('a chosen area keeps its neighbours unread', () => {
  const kota = [{ code: '31.71', box: [0, 0, 1, 1] as Box }, { code: '31.72', box: [1, 0, 2, 1] as Box }];
  const kecamatan = [{ code: '31.71.01', box: [0, 0, 1, 1] as Box }, { code: '31.72.01', box: [1, 0, 2, 1] as Box }];
  assert.deepEqual(plan([0, 0, 2, 1], kota, kecamatan, ''), { level: 'place', kota: ['31.71', '31.72'], kecamatan: ['31.71.01', '31.72.01'] });
  assert.deepEqual(plan([0, 0, 2, 1], kota, kecamatan, '31.72.01.1001'), { level: 'place', kota: ['31.71', '31.72'], kecamatan: ['31.72.01'] });
  assert.deepEqual(plan([5, 5, 6, 6], kota, kecamatan, ''), { level: 'kecamatan', kota: [], kecamatan: [] });
});
