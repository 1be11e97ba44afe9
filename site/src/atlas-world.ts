// What the map has read so far, and what it still lacks for a window. However
// large the region, a window needs the files of a few areas.

import { around, boxOf, meet, plan, type Box, type Ground, type Plan, type View } from './atlas-view';
import { codeAt, type Area, type Child, type Place, type Position, type Tree } from './pohon';
import type { VowFile } from './atlas-vows';

export type Rings = Position[][];

/** Leaves held at once: far more than any window needs, far fewer than a region has. */
const most = 400;

export class World {
  root: Area | null = null;
  readonly kota = new Map<string, Area>();
  readonly kecamatan = new Map<string, Area>();
  private readonly leaves = new Map<string, Place[]>();
  private readonly vowFiles = new Map<string, VowFile>();
  private readonly shapes = new Map<string, Record<string, Rings>>();
  private readonly boxes = new Map<string, Box>();
  /** The boxes of the kelurahan of each kecamatan. */
  private readonly parts = new Map<string, Box[]>();
  private readonly drawn = new Map<string, Rings>();

  /** read reads a file that changes in place. */
  constructor(private readonly tree: Tree, private readonly read: <T>(path: string) => Promise<T>) {}

  /** Forgets what a newer state of all replaces. */
  renew(): void {
    this.root = null;
    this.kota.clear();
    this.kecamatan.clear();
  }

  /** Says what a window shows, as far as is known. */
  plan(window: Box, chosen: string): Plan {
    return plan(window, this.ground(this.root?.children ?? []), this.ground(this.allKecamatan()), chosen);
  }

  allKecamatan(): Child[] {
    return [...this.kota.values()].flatMap((k) => k.children);
  }

  /** An area that was read as part of a larger one. */
  child(code: string): Child | undefined {
    return [this.root, this.kota.get(codeAt(code, 'kota')), this.kecamatan.get(codeAt(code, 'kecamatan'))].flatMap((a) => a?.children ?? []).find((c) => c.area === code);
  }

  place(id: string): Place | undefined {
    for (const places of this.leaves.values()) {
      const found = places.find((p) => p.id === id);
      if (found) return found;
    }
    return undefined;
  }

  box(code: string): Box | undefined {
    return this.boxes.get(code);
  }

  /** The shape of an area: the same each time, so that what is drawn is known again. Empty where none is known. */
  rings(code: string): Rings {
    const had = this.drawn.get(code);
    if (had) return had;
    const known = this.shapes.get(codeAt(code, 'kota'));
    if (!known) return [];
    const found = known[code] ?? Object.entries(known).filter(([k]) => k.startsWith(`${code}.`)).flatMap(([, rings]) => rings);
    this.drawn.set(code, found);
    return found;
  }

  /** The places that were read of the kecamatan of a plan and can be in a window. */
  places(p: Plan, window: Box): Place[] {
    return p.kecamatan.flatMap((code) => this.leavesIn(code, window).flatMap(([, path]) => this.leaves.get(path) ?? []));
  }

  /** Who gives what there. */
  vows(p: Plan, window: Box): VowFile[] {
    return p.kecamatan.flatMap((code) => this.vowPaths(code, window)).flatMap((path) => this.vowFiles.get(path) ?? []);
  }

  /** Lists what has to be read before a window can be drawn; read it, and ask again, for each file names others. */
  lacks(window: Box, v: Pick<View, 'area' | 'layer'>): (() => Promise<void>)[] {
    if (!this.root) return [async () => { this.root = await this.tree.area((await this.tree.manifest()).region); }];
    const all: (() => Promise<void>)[] = [];
    const p = this.plan(window, v.area);
    for (const code of p.kota) all.push(...this.lacksOf(code));
    for (const code of p.kecamatan) {
      const area = this.kecamatan.get(code);
      if (!area) {
        all.push(async () => { const a = await this.tree.area(code); if (a) this.kecamatan.set(code, a); });
        continue;
      }
      for (const [leaf, path] of this.leavesIn(code, window)) {
        if (!this.leaves.has(path)) all.push(() => this.keepLeaf(area, leaf, path));
      }
      for (const path of v.layer === 'commitments' ? this.vowPaths(code, window) : []) {
        if (!this.vowFiles.has(path)) all.push(async () => { this.vowFiles.set(path, await this.tree.file<VowFile>(path)); });
      }
    }
    return all;
  }

  /** What has to be read before the inside of a kota can be drawn. */
  lacksOf(code: string): (() => Promise<void>)[] {
    const all: (() => Promise<void>)[] = [];
    if (!this.kota.has(code)) all.push(async () => { const a = await this.tree.area(code); if (a) this.kota.set(code, a); });
    // A region without outlines is still a map of points.
    if (!this.shapes.has(code)) all.push(async () => this.keep(code, await this.read<{ shapes: Record<string, Rings> }>(`data/v1/shapes/${code}.json`).then((s) => s.shapes, () => ({}))));
    return all;
  }

  private async keepLeaf(area: Area, leaf: string, path: string): Promise<void> {
    this.leaves.set(path, await this.tree.leaf(area, leaf));
    if (this.leaves.size > most) this.leaves.delete(this.leaves.keys().next().value!);
  }

  private keep(code: string, shapes: Record<string, Rings>): void {
    if (this.shapes.has(code)) return;
    this.shapes.set(code, shapes);
    for (const [kelurahan, rings] of Object.entries(shapes)) {
      const b = boxOf(rings.flat());
      const kecamatan = codeAt(kelurahan, 'kecamatan');
      this.parts.set(kecamatan, [...(this.parts.get(kecamatan) ?? []), b]);
      for (const up of [kelurahan, kecamatan, code]) {
        const had = this.boxes.get(up);
        this.boxes.set(up, had ? boxOf([[had[0], had[1]], [had[2], had[3]], [b[0], b[1]], [b[2], b[3]]]) : b);
      }
    }
  }

  private ground(areas: Child[]): Ground[] {
    return around(areas).map((g) => {
      const parts = this.parts.get(g.code);
      return { code: g.code, box: this.boxes.get(g.code) ?? g.box, ...(parts && { parts }) };
    });
  }

  /** Whether an area, or a leaf of it, can hold anything that is in a window. */
  private inside(code: string, window: Box): boolean {
    const box = this.boxes.get(code);
    return !box || meet(box, window);
  }

  private leavesIn(code: string, window: Box): [leaf: string, path: string][] {
    return Object.entries(this.kecamatan.get(code)?.recipients ?? {}).filter(([leaf]) => this.inside(leaf.slice(0, leaf.indexOf('-')), window));
  }

  private vowPaths(code: string, window: Box): string[] {
    return this.leavesIn(code, window).flatMap(([leaf]) =>
      Object.entries(this.kecamatan.get(code)?.leaves?.[leaf]?.kelurahan ?? {}).flatMap(([kelurahan, part]) => (part.commitments && this.inside(kelurahan, window) ? [part.commitments] : [])));
  }
}
