import { test } from 'node:test';
import assert from 'node:assert/strict';
import { codeAt, forgotten, groupOf, metresBetween, Tree, type Place } from './pohon';

const files: Record<string, unknown> = {
  'data/manifest.json': { generation: 3, asOf: '2026-05-22T02:00:00.000Z', region: '31', root: 'areas/31.a.json' },
  'areas/31.a.json': { area: '31', children: [{ area: '31.7', path: 'none' }, { area: '31.74', path: 'areas/31.74.b.json' }] },
  'areas/31.74.b.json': { area: '31.74', children: [{ area: '31.74.01', path: 'areas/31.74.01.c.json' }, { area: '31.74.02' }] },
  'areas/31.74.01.c.json': {
    area: '31.74.01', children: [{ area: '31.74.01.1001' }],
    recipients: { '31.74.01-umum': 'leaf/umum.json', '31.74.01.1001-umkm': 'leaf/umkm.json' },
  },
  'leaf/umum.json': { features: [{ id: '31.74.01.1001.003', geometry: { coordinates: [106.8, -6.2] }, properties: { name: 'RW 003', kind: 'rw', area: '31.74.01.1001.003' } }] },
  'leaf/umkm.json': { features: [{ id: 'u1', geometry: { coordinates: [106.81, -6.21] }, properties: { name: 'UMKM Contoh', kind: 'umkm', area: '31.74.01.1001' } }] },
};

function counted(): { tree: Tree; asked: string[]; broken: Set<string> } {
  const asked: string[] = [], broken = new Set<string>();
  const tree = new Tree(async <T>(path: string) => {
    asked.push(path);
    if (broken.has(path) || !(path in files)) throw new Error(`read ${path}: 404`);
    return files[path] as T;
  });
  return { tree, asked, broken };
}

test('a place is found from the manifest down, and no file is read twice', async () => {
  const { tree, asked } = counted();
  const [places] = await Promise.all([tree.placesOf('31.74.01.1001.003'), tree.area('31.74.01')]);
  assert.deepEqual(places.map((p) => [p.id, p.point]), [['31.74.01.1001.003', [106.8, -6.2]], ['u1', [106.81, -6.21]]]);
  assert.deepEqual((await tree.placesOf('31.74.01', ['umkm'])).map((p) => p.id), ['u1']);
  assert.equal(asked.length, 6);
  assert.equal(new Set(asked).size, 6);
});

test('an area that is not published is none, and does not pass for its neighbour', async () => {
  const { tree } = counted();
  assert.equal(await tree.area('31.74.02'), null);
  assert.equal(await tree.area('32'), null);
  assert.equal((await tree.area('31.74'))?.area, '31.74');
  assert.deepEqual(await tree.placesOf('31.75.01'), []);
});

test('what failed is asked for again, and only renewing asks for the manifest again', async () => {
  const { tree, asked, broken } = counted();
  broken.add('areas/31.74.b.json');
  await assert.rejects(tree.area('31.74'), /404/);
  broken.clear();
  assert.equal((await tree.area('31.74'))?.area, '31.74');
  tree.renew();
  await tree.area('31.74');
  assert.deepEqual(asked, ['data/manifest.json', 'areas/31.a.json', 'areas/31.74.b.json', 'areas/31.74.b.json', 'data/manifest.json']);
});

test('codes, groups and distances', () => {
  assert.equal(codeAt('31.74.01.1001.003', 'kelurahan'), '31.74.01.1001');
  assert.equal(codeAt('31.74.01.1001.003', 'kota'), '31.74');
  assert.equal(groupOf('31.74.01.1001-umkm'), 'umkm');
  // One minute of latitude is a nautical mile.
  assert.ok(Math.abs(metresBetween([106.8, -6.2], [106.8, -6.2 - 1 / 60]) - 1853) < 2);
  assert.ok(Math.abs(metresBetween([106.8, -6.2], [106.8 + 1 / 60, -6.2]) - 1842) < 3);
});

test('forgotten is who needs and got nothing; a commitment alone is nothing yet', () => {
  const at = (...needs: number[][]) => forgotten({ needs: needs.map(([needed, committed, delivered, received]) => ({ needed, committed, delivered, received })) } as unknown as Place);
  assert.equal(at([10, 10, 0, 0]), true);
  assert.equal(at([10, 0, 0, 0], [5, 0, 1, 0]), false);
  assert.equal(at([10, 0, 0, 1]), false);
  assert.equal(at([0, 0, 0, 0]), false);
  assert.equal(at(), false);
});
