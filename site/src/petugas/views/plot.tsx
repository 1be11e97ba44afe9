// Where a place is: its kelurahan among its neighbours, from the outlines that
// the public map has. No tiles, no third party.

import { useEffect, useState } from 'preact/hooks';
import { t } from '../../t';

type Rings = [number, number][][];

const kept = new Map<string, Promise<Record<string, Rings>>>();

function shapesOf(kota: string): Promise<Record<string, Rings>> {
  const known = kept.get(kota);
  if (known) return known;
  const asked = fetch(`/data/v1/shapes/${kota}.json`, { credentials: 'omit' })
    .then((r) => (r.ok ? (r.json() as Promise<{ shapes: Record<string, Rings> }>) : { shapes: {} }))
    .then((s) => s.shapes)
    .catch(() => {
      kept.delete(kota);
      return {};
    });
  kept.set(kota, asked);
  return asked;
}

const width = 320;
const height = 200;

export function Plot({ area, point, label }: { area: string; point?: [number, number] | undefined; label: string }) {
  const kota = area.split('.').slice(0, 2).join('.');
  const kelurahan = area.split('.').slice(0, 4).join('.');
  const [shapes, set] = useState<Record<string, Rings>>({});
  useEffect(() => {
    let wanted = true;
    void shapesOf(kota).then((s) => wanted && set(s));
    return () => { wanted = false; };
  }, [kota]);
  const own = shapes[kelurahan];
  if (!own) return point ? <p class="small">{t('Titik: %s, %s', point[1], point[0])}</p> : null;
  const all = own.flat();
  const [west, east] = [Math.min(...all.map((p) => p[0])), Math.max(...all.map((p) => p[0]))];
  const [south, north] = [Math.min(...all.map((p) => p[1])), Math.max(...all.map((p) => p[1]))];
  const shrink = Math.cos(((south + north) / 2) * Math.PI / 180);
  const scale = Math.min(width / ((east - west) * shrink), height / (north - south)) * .7;
  const [cx, cy] = [(west + east) / 2, (south + north) / 2];
  const x = (lng: number) => width / 2 + (lng - cx) * shrink * scale;
  const y = (lat: number) => height / 2 - (lat - cy) * scale;
  const path = (rings: Rings) => rings.map((ring) => `M${ring.map(([lng, lat]) => `${x(lng).toFixed(1)} ${y(lat).toFixed(1)}`).join('L')}Z`).join('');
  const near = (rings: Rings) => rings.some((ring) => ring.some(([lng, lat]) => x(lng) > 0 && x(lng) < width && y(lat) > 0 && y(lat) < height));
  return (
    <svg class="plot" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t('Letak %s', label)}>
      {Object.entries(shapes).map(([code, rings]) => code !== kelurahan && near(rings) && <path key={code} d={path(rings)} />)}
      <path class="own" d={path(own)} />
      {point && <circle cx={x(point[0])} cy={y(point[1])} r="6" />}
    </svg>
  );
}
