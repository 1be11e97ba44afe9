// The drawn map: Leaflet moves it, supercluster groups what would lie on top of
// each other. It knows shapes, points and shades; what they mean, and every word,
// is its caller's. It is built once for all languages.

/// <reference path="./leaflet.d.ts" />
import { Map as LeafletMap } from 'leaflet/src/map/index.js';
import { SVG } from 'leaflet/src/layer/vector/SVG.js';
import 'leaflet/src/layer/vector/Renderer.getRenderer.js';
import { Polygon } from 'leaflet/src/layer/vector/Polygon.js';
import { Polyline } from 'leaflet/src/layer/vector/Polyline.js';
import { Marker } from 'leaflet/src/layer/marker/Marker.js';
import { DivIcon } from 'leaflet/src/layer/marker/DivIcon.js';
import type Supercluster from 'supercluster';
import { deepest, groups, type Sum } from './atlas-groups';
import { outline } from './atlas-shape';
import type { Box, Mark } from './atlas-view';
import type { Position } from './pohon';

/** An area as it is drawn. */
export interface Cell {
  code: string;
  rings: Position[][];
  point: Position;
  /** Its shade: "q3". */
  tone: string;
  name: string;
  /** What stands under the name. */
  note: string;
}

/** A place as it is drawn. */
export interface Dot {
  id: string;
  point: Position;
  tone: string;
  mark: Mark | 'tick' | 'wedge' | 'ring';
  title: string;
  /** Whether nothing has come here yet. */
  alarm: boolean;
}

export interface Wishes {
  /** What is seen first, and what the map cannot be moved away from. */
  box: Box;
  still: boolean;
  moved: () => void;
  /** An area was touched, or a mouse points at it. */
  area: (code: string, touched: boolean) => void;
  place: (id: string) => void;
  /** Says how many a group holds. */
  group: (n: number) => string;
}

const ns = 'http://www.w3.org/2000/svg';

function svg(tag: string, attributes: Record<string, string | number>, ...children: (Node | string)[]): SVGElement {
  const node = document.createElementNS(ns, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

const forms: Record<Dot['mark'], string> = {
  round: 'M22 13a9 9 0 1 1 0 18 9 9 0 0 1 0-18z',
  square: 'M14 14h16v16H14z',
  diamond: 'M22 11l11 11-11 11-11-11z',
  tick: 'M22 13a9 9 0 1 1 0 18 9 9 0 0 1 0-18z',
  wedge: 'M22 12l10.5 18h-21z',
  ring: 'M22 13a9 9 0 1 1 0 18 9 9 0 0 1 0-18z',
};

/** The sign of a place, 44 by 44, which is what a finger can hit. */
export function sign(dot: Pick<Dot, 'tone' | 'mark' | 'alarm'>, chosen = false): SVGElement {
  const s = svg('svg', { viewBox: '0 0 44 44', width: 44, height: 44, class: `sign ${dot.mark}${dot.alarm ? ' alarm' : ''}${chosen ? ' on' : ''}`, 'aria-hidden': 'true' });
  if (dot.alarm) s.append(svg('path', { class: 'halo', d: forms[dot.mark] }));
  s.append(svg('path', { class: dot.tone, d: forms[dot.mark], ...(dot.tone === 'q4' && { fill: 'url(#far)' }) }));
  if (dot.mark === 'tick') s.append(svg('path', { class: 'tickmark', d: 'M17.5 22.5l3.2 3.2 6-6.6' }));
  return s;
}

export class Chart {
  private readonly map: LeafletMap;
  private cells = new Map<string, { cell: Cell; shape: Polygon | null; label: Marker | null }>();
  private frontier: Polyline | null = null;
  private frontierOf = '';
  private groups: Supercluster<{ dot: Dot }, Sum> | null = null;
  private dots = new Map<string, Dot>();
  private markers = new Map<string, Marker>();
  private chosen = '';
  private own: Marker | null = null;
  private touching = false;

  constructor(element: HTMLElement, private readonly wishes: Wishes) {
    const { box, still } = wishes;
    this.map = new LeafletMap(element, {
      attributionControl: false, zoomControl: false, zoomSnap: 0.25, zoomDelta: 1, minZoom: 5, maxZoom: 18,
      zoomAnimation: !still, fadeAnimation: false, markerZoomAnimation: !still, inertia: !still, scrollWheelZoom: false,
      renderer: new SVG({ padding: 0.4 }), maxBoundsViscosity: 0.6,
    });
    this.fit(box, false);
    const [width, height] = [box[2] - box[0], box[3] - box[1]];
    const room = 2.5 * Math.max(width, height, 0.5);
    this.map.setMaxBounds([[box[1] - room, box[0] - room], [box[3] + room, box[2] + room]]);
    this.map.on('moveend', () => {
      this.drawDots();
      this.thin();
      wishes.moved();
    });
    // A finger makes the events of a mouse, too, after its own.
    for (const type of ['pointerdown', 'pointermove']) element.addEventListener(type, (e) => { this.touching = (e as PointerEvent).pointerType === 'touch'; }, true);
    // A wheel over a map that nobody has touched scrolls the page.
    this.map.on('focus click', () => this.map.scrollWheelZoom.enable());
    this.map.on('blur', () => this.map.scrollWheelZoom.disable());
    element.addEventListener('mouseleave', () => this.map.scrollWheelZoom.disable());
  }

  get window(): Box {
    const b = this.map.getBounds();
    return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];
  }

  get centre(): Position {
    const c = this.map.getCenter();
    return [c.lng, c.lat];
  }

  get zoom(): number {
    return this.map.getZoom();
  }

  fit(box: Box, moving = !this.wishes.still): void {
    this.map.fitBounds([[box[1], box[0]], [box[3], box[2]]], { animate: moving, padding: [4, 4] });
  }

  go(to: Position, zoom: number): void {
    this.map.setView([to[1], to[0]], zoom, { animate: !this.wishes.still });
  }

  by(steps: number): void {
    this.map.zoomIn(steps, { animate: !this.wishes.still });
  }

  resized(): void {
    this.map.invalidateSize({ animate: false });
  }

  /** Marks where the person stands. */
  here(point: Position): void {
    this.own?.remove();
    this.own = this.marker(point, svg('svg', { viewBox: '0 0 44 44', width: 44, height: 44, class: 'sign here', 'aria-hidden': 'true' },
      svg('circle', { cx: 22, cy: 22, r: 12 }), svg('circle', { cx: 22, cy: 22, r: 5 })), 'here', 900).addTo(this.map);
  }

  /** Draws these areas and no others. border is the level whose outlines stand out: the length of its codes. */
  areas(cells: Cell[], border: number): void {
    const now = new Set(cells.map((c) => c.code));
    for (const [code, old] of this.cells) {
      if (now.has(code)) continue;
      old.shape?.remove();
      old.label?.remove();
      this.cells.delete(code);
    }
    for (const cell of cells) {
      const old = this.cells.get(cell.code);
      const same = old && old.cell.rings === cell.rings;
      if (old && !same) old.shape?.remove();
      old?.label?.remove();
      const shape = same ? old.shape : cell.rings.length > 0 ? this.shape(cell) : null;
      shape?.setStyle({ fillColor: cell.tone === 'q4' ? 'url(#far)' : '#000' });
      shape?.getElement()?.setAttribute('class', `leaflet-interactive cell ${cell.tone}`);
      this.cells.set(cell.code, { cell, shape, label: this.label(cell) });
    }
    this.drawFrontier(cells, border);
    this.thin();
  }

  /** Draws these places and no others. */
  places(dots: Dot[]): void {
    this.dots = new Map(dots.map((d) => [d.id, d]));
    for (const m of this.markers.values()) m.remove();
    this.markers.clear();
    this.groups = groups(dots);
    this.drawDots();
  }

  /** Marks the chosen place, or none. */
  choose(id: string): void {
    for (const key of [this.chosen, id]) {
      this.markers.get(`p${key}`)?.remove();
      this.markers.delete(`p${key}`);
    }
    this.chosen = id;
    this.drawDots();
  }

  /** Draws what the window holds: at most as many signs as have room in it. */
  private drawDots(): void {
    if (!this.groups) return;
    const [west, south, east, north] = this.window;
    const found = this.groups.getClusters([west, south, east, north], Math.floor(this.zoom + 0.01));
    const kept = new Set<string>();
    for (const f of found) {
      const point = f.geometry.coordinates as Position;
      const p = f.properties;
      if ('cluster' in p && p.cluster) {
        const key = `c${p.cluster_id}`;
        kept.add(key);
        if (!this.markers.has(key)) this.markers.set(key, this.group(point, p.cluster_id, p.point_count, p.alarms, p.tones));
      } else if ('dot' in p) {
        const key = `p${p.dot.id}`;
        kept.add(key);
        if (!this.markers.has(key)) this.markers.set(key, this.dot(p.dot, p.dot.id === this.chosen));
      }
    }
    // The chosen one is seen even where it would vanish in a group.
    const chosen = this.dots.get(this.chosen);
    if (chosen) {
      kept.add(`p${chosen.id}`);
      if (!this.markers.has(`p${chosen.id}`)) this.markers.set(`p${chosen.id}`, this.dot(chosen, true));
    }
    for (const [key, marker] of this.markers) {
      if (kept.has(key)) continue;
      marker.remove();
      this.markers.delete(key);
    }
  }

  private marker(point: Position, html: HTMLElement | SVGElement, name: string, above = 0): Marker {
    return new Marker([point[1], point[0]], {
      // Reached by the list, not by hundreds of presses on Tab.
      keyboard: false, alt: '', zIndexOffset: above,
      icon: new DivIcon({ html: html as HTMLElement, className: `pin ${name}`, iconSize: [44, 44] }),
    });
  }

  private dot(dot: Dot, chosen: boolean): Marker {
    const m = this.marker(dot.point, sign(dot, chosen), '', chosen ? 1000 : 0);
    m.options.title = dot.title;
    return m.on('click', () => this.wishes.place(dot.id)).addTo(this.map);
  }

  private group(point: Position, id: number, n: number, alarms: number, tones: Record<string, number>): Marker {
    const tone = Object.entries(tones).reduce((a, b) => (b[1] > a[1] ? b : a))[0];
    const text = n < 1000 ? String(n) : `${Math.floor(n / 1000)}k`;
    const face = svg('svg', { viewBox: '0 0 44 44', width: 44, height: 44, class: `sign${alarms > 0 ? ' alarm' : ''}`, 'aria-hidden': 'true' },
      svg('circle', { class: 'halo', cx: 22, cy: 22, r: 20 }),
      svg('circle', { class: tone, cx: 22, cy: 22, r: 18, ...(tone === 'q4' && { fill: 'url(#far)' }) }),
      svg('circle', { class: 'face', cx: 22, cy: 22, r: 12.5 }),
      svg('text', { x: 22, y: 26.5, 'text-anchor': 'middle' }, text));
    const m = this.marker(point, face, 'group');
    m.options.title = this.wishes.group(n);
    return m.on('click', () => this.go(point, Math.min(deepest, this.groups!.getClusterExpansionZoom(id)))).addTo(this.map);
  }

  private shape(cell: Cell): Polygon {
    const shape = new Polygon(cell.rings.map((ring) => ring.map(([lng, lat]) => [lat, lng] as [number, number])), {
      className: `cell ${cell.tone}`, weight: 0.7, color: '#fff', fillOpacity: 1, smoothFactor: 0.5,
    });
    shape.on('click', () => this.wishes.area(cell.code, true));
    shape.on('mouseover', () => {
      if (!this.touching) this.wishes.area(cell.code, false);
    });
    return shape.addTo(this.map).bringToBack();
  }

  private label(cell: Cell): Marker {
    const box = document.createElement('div');
    box.append(Object.assign(document.createElement('span'), { textContent: cell.name }));
    if (cell.note) box.append(Object.assign(document.createElement('i'), { textContent: cell.note }));
    return new Marker([cell.point[1], cell.point[0]], {
      keyboard: false, alt: '', interactive: false, zIndexOffset: -1000,
      icon: new DivIcon({ html: box, className: 'label', iconSize: [0, 0] }),
    }).addTo(this.map);
  }

  private drawFrontier(cells: Cell[], border: number): void {
    const key = `${border} ${cells.map((c) => c.code).join()}`;
    if (key === this.frontierOf) return;
    this.frontierOf = key;
    this.frontier?.remove();
    this.frontier = null;
    const parts = new Map<string, Position[][]>();
    for (const c of cells) parts.set(c.code.slice(0, border), [...(parts.get(c.code.slice(0, border)) ?? []), ...c.rings]);
    const lines = [...parts.values()].flatMap(outline).map((line) => line.map(([lng, lat]) => [lat, lng] as [number, number]));
    if (lines.length > 0) this.frontier = new Polyline(lines, { className: 'frontier', interactive: false, weight: 1.6, color: '#fff' }).addTo(this.map);
  }

  /** Leaves out names that would cover another one, those of small areas first. */
  private thin(): void {
    const size = (c: { shape: Polygon | null }) => {
      const b = c.shape?.getBounds();
      return b?.isValid() ? (b.getEast() - b.getWest()) * (b.getNorth() - b.getSouth()) : 0;
    };
    const taken: DOMRect[] = [];
    for (const { label } of [...this.cells.values()].sort((a, b) => size(b) - size(a))) {
      const element = label?.getElement()?.firstElementChild as HTMLElement | null | undefined;
      if (!element) continue;
      element.classList.remove('out');
      const r = element.getBoundingClientRect();
      const covers = taken.some((o) => r.left < o.right && o.left < r.right && r.top < o.bottom && o.top < r.bottom);
      element.classList.toggle('out', covers);
      if (!covers) taken.push(r);
    }
  }
}
