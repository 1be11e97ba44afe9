// Choosing a point: the map is moved below a cross that stands still, which a
// thumb can do and a mouse, too. Who does not see the map types both numbers.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Cell, Chart, Dot } from '../../atlas-map';
import { boxOf, type Box } from '../../atlas-view';
import { codeAt, json, placesOf, type Position } from '../../pohon';
import { t } from '../../t';
import { areas, region } from './region';

type Rings = Position[][];

const round = (n: number) => Math.round(n * 1e6) / 1e6;

/** The shapes and places of the kecamatan around a kelurahan, by which one finds one's way, and what is seen first. */
async function ground(area: string): Promise<{ cells: Cell[]; dots: Dot[]; box: Box | null }> {
  const kota = codeAt(area, 'kota');
  const around = codeAt(area, 'kecamatan');
  const known = await json<{ shapes: Record<string, Rings> }>(`data/v1/shapes/${kota}.json`).then((s) => s.shapes, () => ({}) as Record<string, Rings>);
  const [names, places] = await Promise.all([areas(), placesOf(area).catch(() => [])]);
  const near = Object.entries(known).filter(([code]) => code.startsWith(around));
  const here = near.filter(([code]) => code === codeAt(area, 'kelurahan'));
  const cells = near.map(([code, rings]): Cell => {
    const box = boxOf(rings.flat());
    return { code, rings, point: [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2], tone: code === codeAt(area, 'kelurahan') ? 'q1' : 'plain', name: names.find(([c]) => c === code)?.[1] ?? '', note: '' };
  });
  const seen = (here.length > 0 ? here : near).flatMap(([, rings]) => rings.flat());
  const dots = places.filter((p) => p.area.startsWith(codeAt(area, 'kelurahan'))).map((p): Dot => ({ id: p.id, point: p.point, tone: 'q3', mark: 'round', title: p.name, alarm: false }));
  return { cells, dots, box: seen.length > 0 ? boxOf(seen) : null };
}

export interface Picking {
  point: Position | null;
  area: string;
  choose: (p: Position) => void;
}

/** A map to choose a point on. It starts at the point, or at the area. */
export default function Picker({ point, area, choose }: Picking) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart>();
  const [state, become] = useState<'loading' | 'there' | 'failed'>('loading');

  useEffect(() => {
    let wanted = true;
    // The map of the site, and what it needs of a style sheet: loaded by whoever opens this.
    if (!document.querySelector('link[href="/aset/atlas.css"]')) {
      document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: '/aset/atlas.css' }));
    }
    const path = '/aset/atlas-map.js';
    void Promise.all([import(path) as Promise<typeof import('../../atlas-map')>, ground(area)]).then(([map, { cells, dots, box }]) => {
      if (!wanted || !place.current) return;
      const c = new map.Chart(place.current, {
        box: box ?? region().box, still: true, moved: () => undefined, area: () => undefined, place: () => undefined, group: String,
      });
      c.areas(cells, 8);
      c.places(dots);
      if (point) c.go(point, 15);
      chart.current = c;
      become('there');
    }, () => wanted && become('failed'));
    return () => { wanted = false; };
  }, [area]);

  return (
    <div class="picker">
      <div style={{ position: 'relative', isolation: 'isolate', overflow: 'hidden', borderRadius: 'var(--round)' }}>
        <div ref={place} role="application" tabIndex={0} style={{ height: '18rem', background: 'var(--sky)' }}
          aria-label={t('Peta. Geser sampai titiknya di tengah; panah menggeser, tambah dan kurang memperbesar.')} />
        <svg viewBox="0 0 44 44" width="44" height="44" aria-hidden="true" style={{ position: 'absolute', left: 'calc(50% - 22px)', top: 'calc(50% - 22px)', zIndex: 1000, pointerEvents: 'none' }}>
          <path d="M22 3v14M22 27v14M3 22h14M27 22h14" stroke="#fff" stroke-width="5" /><path d="M22 3v14M22 27v14M3 22h14M27 22h14" stroke="#17211d" stroke-width="2" /><circle cx="22" cy="22" r="2.5" fill="#a3281d" />
        </svg>
        <div class="zoom" style={{ zIndex: 1100 }}>
          <button type="button" aria-label={t('Perbesar peta')} onClick={() => chart.current?.by(1)}>+</button>
          <button type="button" aria-label={t('Perkecil peta')} onClick={() => chart.current?.by(-1)}>−</button>
        </div>
      </div>
      <p class="small" role="status">{state === 'loading' ? t('Memuat peta …') : state === 'failed' ? t('Peta tidak dapat dimuat. Tulis koordinatnya saja.') : t('Geser peta sampai tanda silang tepat di lokasinya.')}</p>
      {state === 'there' && (
        <p class="row"><button type="button" class="btn ghost" onClick={() => {
          const [lng, lat] = chart.current!.centre;
          choose([round(lng), round(lat)]);
        }}>{t('Pakai titik di tengah')}</button></p>
      )}
    </div>
  );
}
