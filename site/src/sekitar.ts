// What is around a place: who has received nothing yet, and who needs the same.
// The form asks for it before something is sent.

import { forgotten, metresBetween, placesOf, type Place, type Position } from './pohon';

/** The part of a place's own file that the form needs. */
export interface Here {
  id: string;
  area: string;
  kind: string;
  point: Position;
  closed: boolean;
  needs: { id: string; package: string; remaining: number }[];
}

export interface Near {
  id: string;
  name: string;
  /** In metres; null where the exact place is not shown. */
  metres: number | null;
  /** Units that nobody has promised yet of what was asked for. */
  remaining: number;
}

/** Places within a kilometre that have received nothing, nearest first. coarse are the kinds whose exact place is not shown. */
export async function untouched(h: Here, coarse: string[]): Promise<Near[]> {
  return coarse.includes(h.kind) ? [] : untouchedOf(h, await placesOf(h.area), coarse);
}

/** The nearest places that still need something of a package. */
export async function alike(h: Here, coarse: string[], wanted: string): Promise<Near[]> {
  return alikeOf(h, await placesOf(h.area), coarse, wanted);
}

export function untouchedOf(h: Here, places: Place[], coarse: string[], within = 1000): Near[] {
  return others(h, places, coarse).filter(([p, n]) => n.metres !== null && n.metres <= within && forgotten(p)).map(([, n]) => n);
}

export function alikeOf(h: Here, places: Place[], coarse: string[], wanted: string, most = 3): Near[] {
  return others(h, places, coarse)
    .map(([p, n]) => ({ ...n, remaining: p.needs.filter((x) => x.package === wanted).reduce((sum, x) => sum + x.remaining, 0) }))
    .filter((n) => n.remaining > 0)
    .slice(0, most);
}

function others(h: Here, places: Place[], coarse: string[]): [Place, Near][] {
  return places
    .filter((p) => p.id !== h.id && !p.closed)
    .map((p): [Place, number, boolean] => [p, metresBetween(h.point, p.point), coarse.includes(h.kind) || coarse.includes(p.kind)])
    .sort((a, b) => a[1] - b[1])
    .map(([p, metres, hidden]) => [p, { id: p.id, name: p.name, metres: hidden ? null : metres, remaining: 0 }]);
}
