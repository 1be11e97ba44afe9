// The public tree as a page reads it: the manifest names the root, areas name
// what is inside them, and a kecamatan names the files of its places. Every file
// but the manifest carries its hash in its name, so what was read once is right
// for ever and is never asked for twice.

export interface Quantities {
  needed: number;
  committed: number;
  delivered: number;
  received: number;
  remaining: number;
}

export interface Totals {
  recipients: number;
  households: number;
  people: number;
  unreached: number;
  kinds: Record<string, number>;
  packages: Record<string, Quantities>;
  /** In rupiah, at the reference price. */
  value: Quantities;
  milliHouseholdDays: Quantities;
  openCommitments: number;
  demo: number;
  /** Sums of what the region counts at each place. */
  indicators?: Record<string, number>;
  /** Places that carry a mark. */
  flags?: Record<string, number>;
}

export type Position = [lng: number, lat: number];

export interface Child {
  area: string;
  name: string;
  point: Position;
  totals: Totals;
  asOf?: string;
  path?: string;
}

/** What a leaf adds to one kelurahan. */
export interface LeafPart {
  asOf: string;
  totals: Totals;
  commitments?: string;
}

export interface Area {
  area: string;
  name: string;
  level: string;
  point: Position;
  asOf: string;
  totals: Totals;
  children: Child[];
  /** Files of the places, by leaf; of a kecamatan only. */
  recipients?: Record<string, string>;
  leaves?: Record<string, { path: string; asOf: string; kelurahan: Record<string, LeafPart> }>;
  /** Names of all places, of a kota only. */
  search?: { path: string };
}

export interface Manifest {
  generation: number;
  asOf: string;
  region: string;
  root: string;
}

export interface Need extends Quantities {
  id: string;
  package: string;
  unit: string;
  confirmedOn: string;
}

export interface Place {
  id: string;
  name: string;
  kind: string;
  program: string[];
  /** The code of its RW, or of its kelurahan. */
  area: string;
  point: Position;
  households: number;
  people: number;
  steward: string;
  address: string;
  flags: string[];
  indicators: Record<string, number>;
  needs: Need[];
  openCommitments: number;
  /** The part of the food needed that was received; null where none is needed. */
  coverage: number | null;
  demo?: boolean;
  closed?: boolean;
  updatedAt: string;
}

interface Leaf {
  features: { id: string; geometry: { coordinates: Position }; properties: Omit<Place, 'id' | 'point'> }[];
}

const levels = { provinsi: 2, kota: 5, kecamatan: 8, kelurahan: 13 };

/** The area of a level that holds the one with this code: codeAt('31.74.01.1001.003', 'kota') is "31.74". */
export const codeAt = (code: string, level: keyof typeof levels) => code.slice(0, levels[level]);

/** Files held at once: whoever wanders over a whole region must not fill a small phone. */
const most = 240;

/** How long a file may take before the page says so. */
const patience = 20_000;

/** Reads a JSON file of the site; path has no leading slash. */
export async function json<T>(path: string): Promise<T> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    const answer = await fetch(`/${path}`, { signal: stop.signal, credentials: 'omit' });
    if (!answer.ok) throw new Error(`read ${path}: ${answer.status}`);
    return (await answer.json()) as T;
  } finally {
    clearTimeout(timer);
  }
}

export class Tree {
  private known = new Map<string, Promise<unknown>>();
  private top: Promise<Manifest> | null = null;

  /** read stands for {@link json}. */
  constructor(private readonly read: <T>(path: string) => Promise<T> = json) {}

  /** The newest state of all, read once until {@link renew}. */
  manifest(): Promise<Manifest> {
    this.top ??= this.read<Manifest>('data/manifest.json').catch((e: unknown) => {
      this.top = null;
      throw e;
    });
    return this.top;
  }

  /** Lets the next question ask for the newest state. Files that stayed the same are not read again. */
  renew(): void {
    this.top = null;
  }

  /** A file whose path carries its hash. What could not be read is asked for again next time. */
  file<T>(path: string): Promise<T> {
    let found = this.known.get(path) as Promise<T> | undefined;
    if (!found) {
      found = this.read<T>(path);
      this.known.set(path, found);
      found.catch(() => this.known.delete(path));
      if (this.known.size > most) this.known.delete(this.known.keys().next().value!);
    }
    return found;
  }

  /** The provinsi, a kota or a kecamatan; null where nothing was published of it. */
  async area(code: string): Promise<Area | null> {
    let here = await this.file<Area>((await this.manifest()).root);
    while (here.area !== code) {
      const next = here.children.find((c) => code === c.area || code.startsWith(`${c.area}.`));
      if (!next?.path) return null;
      here = await this.file<Area>(next.path);
    }
    return here;
  }

  /** The places of one leaf of a kecamatan, such as "31.74.01-umum". */
  async leaf(kecamatan: Area, leaf: string): Promise<Place[]> {
    const path = kecamatan.recipients?.[leaf];
    if (!path) return [];
    return this.file<Leaf>(path).then((l) => l.features.map((f) => ({ ...f.properties, id: f.id, point: f.geometry.coordinates })));
  }

  /** Every place of a kecamatan, or of some groups of it. */
  async placesOf(code: string, groups?: string[]): Promise<Place[]> {
    const kecamatan = await this.area(codeAt(code, 'kecamatan'));
    if (!kecamatan) return [];
    const leaves = Object.keys(kecamatan.recipients ?? {}).filter((leaf) => !groups || groups.includes(groupOf(leaf)));
    return (await Promise.all(leaves.map((leaf) => this.leaf(kecamatan, leaf)))).flat();
  }
}

/** The group of a leaf: "umum" of "31.74.01-umum". */
export const groupOf = (leaf: string) => leaf.slice(leaf.indexOf('-') + 1);

/** The tree of this site, shared by all that reads it on a page. */
export const tree = new Tree();

export const manifest = () => tree.manifest();
export const area = (code: string) => tree.area(code);

/** Every place of the kecamatan that holds the area with this code. */
export const placesOf = (code: string, groups?: string[]) => tree.placesOf(code, groups);

/**
 * Whether a place needs something and got nothing yet of what stands in its
 * list. Aid outside the list is known to its own file only.
 */
export function forgotten(p: Place): boolean {
  return p.needs.some((n) => n.needed > 0) && p.needs.every((n) => n.delivered + n.received === 0);
}

/** Metres between two points, on the sphere. */
export function metresBetween(a: Position, b: Position): number {
  const rad = Math.PI / 180;
  const x = (b[0] - a[0]) * rad * Math.cos(((a[1] + b[1]) / 2) * rad);
  const y = (b[1] - a[1]) * rad;
  return Math.hypot(x, y) * 6_371_008.8;
}
