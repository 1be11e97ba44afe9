// What the map shows, as plain rules: which areas have to be read for a view,
// which places pass the filters, how they are ordered and coloured, and how a
// view is written into an address so that it can be shared. Nothing here draws.

import { codeAt, forgotten, metresBetween, type Child, type Place, type Position, type Quantities, type Totals } from './pohon';

/** West, south, east, north, in degrees. */
export type Box = [number, number, number, number];

export const meet = (a: Box, b: Box) => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
export const holds = (b: Box, [lng, lat]: Position) => b[0] <= lng && lng <= b[2] && b[1] <= lat && lat <= b[3];

/** The smallest box around points. */
export function boxOf(points: Iterable<Position>): Box {
  const b: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lng, lat] of points) {
    b[0] = Math.min(b[0], lng); b[1] = Math.min(b[1], lat);
    b[2] = Math.max(b[2], lng); b[3] = Math.max(b[3], lat);
  }
  return b;
}

/** What the region is made of, as the page tells it. */
export interface Region {
  root: string;
  /** Its own time: what it is called, and minutes east of UTC. */
  zone: { name: string; minutes: number };
  /** What is seen first. */
  box: Box;
  kinds: { id: string; name: string; steward: string; mark: Mark }[];
  programs: { id: string; name: string }[];
  packages: { id: string; program: string; name: string; one: string; other: string; price: number }[];
  indicators: { id: string; name: string; unit: string; about: string }[];
  flags: { id: string; name: string; about: string }[];
  classes: Record<string, string>;
  partners: Record<string, string>;
}

/** The outline of a place on the map: an area of its own, a house with many people, anything else. */
export type Mark = 'round' | 'square' | 'diamond';

/** What somebody has chosen to see. Empty means everything. */
export interface View {
  /** "need", "coverage", "households", "commitments", "i:<indicator>" or "f:<flag>". */
  layer: string;
  area: string;
  program: string;
  /** Kinds left out. */
  without: string[];
  state: string;
  forgotten: boolean;
  sort: Sort;
  /** The chosen place. */
  place: string;
  centre: Position | null;
  zoom: number;
}

export const sorts = ['need', 'households', 'name', 'distance'] as const;
export type Sort = (typeof sorts)[number];

export const everything = (): View => ({
  layer: 'need', area: '', program: '', without: [], state: '', forgotten: false, sort: 'need', place: '', centre: null, zoom: 0,
});

/** Writes a view as the fragment of an address, without "#". */
export function fragment(v: View): string {
  const parts: string[] = [];
  const add = (key: string, value: string) => { if (value) parts.push(`${key}=${encodeURIComponent(value).replace(/%(2C|3A)/g, decodeURIComponent)}`); };
  add('l', v.layer === 'need' ? '' : v.layer);
  add('w', v.area);
  add('p', v.program);
  add('x', v.without.join(','));
  add('s', v.state);
  add('b', v.forgotten ? '1' : '');
  // Nearness belongs to where somebody stands, which no address holds.
  add('o', v.sort === 'need' || v.sort === 'distance' ? '' : v.sort);
  add('t', v.place);
  if (v.centre) {
    add('c', v.centre.map((d) => d.toFixed(4)).join(','));
    add('z', String(Math.round(v.zoom * 100) / 100));
  }
  return parts.join('&');
}

/** Reads a fragment. What it does not know is left as it is at first. */
export function viewOf(text: string): View {
  const v = everything();
  const of = new URLSearchParams(text.replace(/^#/, ''));
  const word = (key: string, pattern: RegExp) => {
    const value = of.get(key) ?? '';
    return pattern.test(value) ? value : '';
  };
  v.layer = word('l', /^(need|coverage|households|commitments|[if]:[a-z0-9-]{1,40})$/) || 'need';
  v.area = word('w', /^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$/);
  v.program = word('p', /^[a-z0-9-]{1,40}$/);
  v.without = word('x', /^[a-z0-9,-]{1,400}$/).split(',').filter(Boolean);
  v.state = word('s', /^[a-z]{1,20}$/);
  v.forgotten = of.get('b') === '1';
  v.sort = sorts.find((s) => s === of.get('o') && s !== 'distance') ?? 'need';
  v.place = word('t', /^[A-Za-z0-9.-]{1,80}$/);
  const [lng, lat] = word('c', /^-?\d{1,3}(\.\d+)?,-?\d{1,2}(\.\d+)?$/).split(',').map(Number);
  if (lng !== undefined && lat !== undefined && Math.abs(lat) < 86) {
    v.centre = [lng, lat];
    v.zoom = Math.min(20, Math.max(3, Number(of.get('z')) || 13));
  }
  return v;
}

// Which files a view needs

/** An area with the box it lies in, guessed from its neighbours while no shape is known. */
export interface Ground {
  code: string;
  box: Box;
  /** The boxes of what it is made of, where those are known: they leave out the corners. */
  parts?: Box[];
}

/** Beyond these many in view, only the sums of the areas above are read and drawn. */
export const mostKota = 12;
export const mostKecamatan = 9;

export interface Plan {
  /** What is drawn: whole kota, whole kecamatan, or each place. */
  level: 'kota' | 'kecamatan' | 'place';
  kota: string[];
  kecamatan: string[];
}

/** Says what a window on the map needs; kecamatan holds those of the kota that are known. Around a chosen area no place is read. */
export function plan(window: Box, kota: Ground[], kecamatan: Ground[], chosen: string): Plan {
  const within = (g: Ground) => meet(g.box, window) && (!g.parts || g.parts.some((b) => meet(b, window)));
  const wide = kota.filter(within).map((g) => g.code);
  if (wide.length > mostKota) return { level: 'kota', kota: [], kecamatan: [] };
  const near = kecamatan.filter((g) => wide.includes(codeAt(g.code, 'kota')) && within(g) && (!chosen || g.code.startsWith(chosen) || chosen.startsWith(g.code))).map((g) => g.code);
  return near.length > mostKecamatan || near.length === 0
    ? { level: 'kecamatan', kota: wide, kecamatan: [] }
    : { level: 'place', kota: wide, kecamatan: near };
}

/** Boxes of areas of which only the middle is known: as far as the next middle. */
export function around(areas: { area: string; point: Position }[]): Ground[] {
  return areas.map(({ area, point: [lng, lat] }) => {
    let reach = Infinity;
    for (const o of areas) if (o.area !== area) reach = Math.min(reach, Math.max(Math.abs(o.point[0] - lng), Math.abs(o.point[1] - lat)));
    if (reach === Infinity) reach = 0.05;
    return { code: area, box: [lng - reach, lat - reach, lng + reach, lat + reach] };
  });
}

// What is needed, and how much of it is open

const nothing: Quantities = { needed: 0, committed: 0, delivered: 0, received: 0, remaining: 0 };
const plus = (a: Quantities, b: Quantities, n: number): Quantities => ({
  needed: a.needed + n * b.needed, committed: a.committed + n * b.committed, delivered: a.delivered + n * b.delivered,
  received: a.received + n * b.received, remaining: a.remaining + n * b.remaining,
});

/**
 * Adds up what is needed, by reference price. Where nothing has a price the
 * package that most is needed of stands for all: units are never added.
 */
export function worth(packages: Record<string, Quantities>, region: Region, program: string): Quantities {
  let sum = nothing, largest = nothing;
  for (const p of region.packages) {
    const q = packages[p.id];
    if (!q || (program && p.program !== program)) continue;
    if (p.price > 0) sum = plus(sum, q, p.price);
    else if (q.needed > largest.needed) largest = q;
  }
  return sum.needed > 0 ? sum : largest;
}

/** The needs of a place by package, of one programme or of all. */
export function needsOf(p: Place): Record<string, Quantities> {
  const by: Record<string, Quantities> = {};
  for (const n of p.needs) by[n.package] = plus(by[n.package] ?? nothing, n, 1);
  return by;
}

/** The part that nobody has promised, 1 only where nobody promised anything; null where nothing is needed. */
export const open = (q: Quantities): number | null => (q.needed > 0 ? q.remaining / q.needed : null);

/** What a layer says of an area or a place: a part of a whole or a count. Null where there is nothing to say. */
export function figure(layer: string, of: { totals: Totals } | { place: Place }, region: Region, program: string): number | null {
  const t = 'totals' in of ? of.totals : null;
  const p = 'place' in of ? of.place : null;
  if (layer === 'coverage') {
    if (p) return p.coverage;
    return t!.milliHouseholdDays.needed > 0 ? t!.milliHouseholdDays.received / t!.milliHouseholdDays.needed : null;
  }
  if (layer === 'households') return p ? p.households : t!.households;
  if (layer.startsWith('i:')) return (p ? p.indicators : t!.indicators)?.[layer.slice(2)] ?? null;
  if (layer.startsWith('f:')) return p ? Number(p.flags.includes(layer.slice(2))) : (t!.flags?.[layer.slice(2)] ?? null);
  const q = worth(p ? needsOf(p) : t!.packages, region, program);
  return layer === 'commitments' ? (q.needed > 0 ? 1 - q.remaining / q.needed : null) : open(q);
}

/** Whether a layer speaks of parts of a whole, which are the same for small and large areas. */
export const isShare = (layer: string) => layer === 'need' || layer === 'coverage' || layer === 'commitments';

/** Below this open share nobody is coloured as waiting, however well all others fare. */
const enough = 0.25;

/** The steps that part figures into up to five groups of about the same size. */
export function steps(layer: string, figures: (number | null)[]): number[] {
  const known = figures
    .filter((f): f is number => f !== null && (layer === 'need' ? f >= enough : f > 0))
    .map((f) => (isShare(layer) ? Math.round(f * 100) / 100 : f))
    .sort((a, b) => a - b);
  const cuts: number[] = [];
  for (let k = 1; k < 5 && known.length > 0; k++) cuts.push(known[Math.floor((known.length * k) / 5)]!);
  return [...new Set(cuts)];
}

/** The shade of a figure, from 0 to 4; -1 where there is nothing to say. */
export function shade(layer: string, f: number | null, cuts: number[]): number {
  if (f === null) return -1;
  if (layer === 'need' ? f < enough : f <= 0) return 0;
  const rounded = isShare(layer) ? Math.round(f * 100) / 100 : f;
  return 4 - cuts.filter((c) => rounded < c).length;
}

// Places

/** How far aid for a place has come: what is furthest from its end and has begun counts. */
export type Progress = 'none' | 'committed' | 'delivered' | 'received';

export function progress(p: Place, program = '', region?: Region): Progress {
  const needs = p.needs.filter((n) => !program || region?.packages.find((k) => k.id === n.package)?.program === program);
  if (needs.some((n) => n.delivered > 0)) return 'delivered';
  if (needs.some((n) => n.committed > 0)) return 'committed';
  return needs.some((n) => n.received > 0) ? 'received' : 'none';
}

/** Whether a place passes the filters. */
export function passes(p: Place, v: View, region: Region): boolean {
  if (v.without.includes(p.kind)) return false;
  if (v.area && p.area !== v.area && !p.area.startsWith(`${v.area}.`)) return false;
  if (v.program && !p.program.includes(v.program)) return false;
  if (v.forgotten && !forgotten(p)) return false;
  const flag = v.layer.startsWith('f:') ? v.layer.slice(2) : '';
  if (flag && !p.flags.includes(flag)) return false;
  const needs = v.program ? p.needs.filter((n) => region.packages.find((k) => k.id === n.package)?.program === v.program) : p.needs;
  switch (v.state) {
    case 'open': return needs.some((n) => n.remaining > 0);
    case 'none': return needs.some((n) => n.needed > 0) && needs.every((n) => n.committed + n.delivered + n.received === 0);
    case 'committed': return needs.some((n) => n.committed > 0);
    case 'delivered': return needs.some((n) => n.delivered > 0);
    case 'received': return needs.some((n) => n.received > 0);
    default: return true;
  }
}

/** The states that one can ask for, in the order of a commitment's life. */
export const states = ['open', 'none', 'committed', 'delivered', 'received'] as const;

/** Orders places in place. from is where distances are counted from; forgotten ones come first then. */
export function sortPlaces(places: Place[], sort: Sort, region: Region, program: string, from: Position | null): Place[] {
  const key = new Map<Place, number>();
  const by = (f: (p: Place) => number) => { for (const p of places) key.set(p, f(p)); };
  if (sort === 'households') by((p) => -p.households);
  else if (sort === 'distance' && from) by((p) => (forgotten(p) ? 0 : 1e9) + metresBetween(p.point, from));
  else if (sort !== 'name') by((p) => -worth(needsOf(p), region, program).remaining);
  return places.sort((a, b) => (key.get(a) ?? 0) - (key.get(b) ?? 0) || a.name.localeCompare(b.name, 'id', { numeric: true }) || (a.id < b.id ? -1 : 1));
}

/** Orders areas in place. */
export function sortAreas<T extends Child>(areas: T[], sort: Sort, region: Region, program: string, from: Position | null): T[] {
  const key = (c: T) => {
    if (sort === 'households') return -c.totals.households;
    if (sort === 'distance' && from) return metresBetween(c.point, from);
    return sort === 'name' ? 0 : -worth(c.totals.packages, region, program).remaining;
  };
  return areas.sort((a, b) => key(a) - key(b) || a.name.localeCompare(b.name, 'id'));
}

/** Counts by kind, of places or of sums, without the kinds left out. */
export function kindsOf(all: (Place | Child)[], without: string[]): Record<string, number> {
  const n: Record<string, number> = {};
  const add = (kind: string, k: number) => { if (!without.includes(kind)) n[kind] = (n[kind] ?? 0) + k; };
  for (const one of all) {
    if ('kind' in one) add(one.kind, 1);
    else for (const [kind, k] of Object.entries(one.totals.kinds)) add(kind, k);
  }
  return n;
}
