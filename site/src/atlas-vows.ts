// Who gives what, where, and in which state: the rows of the commitment map.

import { el } from './dom';
import { day, num, own, thing } from './atlas-words';
import { at, many, t } from './t';
import type { Region, View } from './atlas-view';
import type { Place } from './pohon';

/** One commitment as the tree tells it of a kelurahan. */
export interface Vow {
  number: string;
  recipient: string;
  state: string;
  name: string;
  class: string;
  program: string;
  route: string;
  aggregator?: string;
  period: { from: string; to: string };
  schedule?: { on: string; from?: string; to?: string };
  pledgedAt: string;
  lines: { package?: string; free?: string; equivalent?: string; unit: string; quantity: number; committed: number; delivered: number; received: number }[];
  bast?: string[];
}

export interface VowFile {
  rows: Vow[];
  /** How many older ones of a place are left out. */
  more?: Record<string, number>;
}

/** Where a commitment stands, as the filter names it. */
export function stageOf(v: Vow): 'committed' | 'delivered' | 'received' {
  if (v.state === 'delivered' || v.state === 'disputed') return 'delivered';
  return v.state === 'received' ? 'received' : 'committed';
}

const said: Record<string, string> = {
  pledged: t('dijanjikan, menunggu kontak'),
  contacted: t('sudah berbicara dengan penanggung jawab'),
  scheduled: t('sudah dijadwalkan'),
  signed: t('surat komitmen ditandatangani'),
  delivered: t('dikirim, menunggu konfirmasi'),
  received: t('diterima'),
  disputed: t('sedang dicocokkan'),
};

export const stateOf = (v: Vow) => said[v.state] ?? v.state;

/** Whether a commitment passes the filters; its place has passed those on places. */
export function vowPasses(v: Vow, view: View): boolean {
  if (view.program && v.program !== view.program) return false;
  if (view.state === 'none') return false;
  return view.state === '' || view.state === 'open' || stageOf(v) === view.state;
}

/** "50 paket sembako dan 3 tikar" */
export function gift(v: Vow, region: Region): Node[] {
  return v.lines.flatMap((l, i): (Node | string)[] => [
    ...(i > 0 ? [', '] : []),
    ...(l.package ? [thing(region, l.package, l.quantity)] : [`${num(l.quantity)} `, own(`${l.unit} ${l.free ?? ''}`)]),
    ...(l.equivalent ? [' (', t('berupa'), ' ', own(l.equivalent), ')'] : []),
  ]).map((x) => (typeof x === 'string' ? document.createTextNode(x) : x));
}

export function when(v: Vow): string {
  const s = v.schedule;
  if (s) return s.from ? t('dijadwalkan %s, pukul %s', day(s.on), [s.from, s.to].filter(Boolean).join('–')) : t('dijadwalkan %s', day(s.on));
  return v.period.from === v.period.to ? t('untuk %s', day(v.period.from)) : t('untuk %s – %s', day(v.period.from), day(v.period.to));
}

export function who(v: Vow, region: Region): string {
  const by = `${v.name} (${region.classes[v.class] ?? v.class})`;
  const partner = v.aggregator ? region.partners[v.aggregator] : '';
  return partner ? t('%s, lewat %s', by, partner) : by;
}

/** One commitment in the list. */
export function vowRow(v: Vow, place: Place, region: Region, show: () => void): HTMLElement {
  return el('li', { class: `vow ${stageOf(v)}` },
    el('a', { href: at(`/lokasi/${v.recipient}/`) },
      el('span', { class: 'line' }, el('b', {}, ...gift(v, region)), el('span', {}, v.number)),
      el('span', { class: 'need' }, t('dari %s untuk %s', who(v, region), place.name)),
      el('span', { class: 'small state' }, `${stateOf(v)} · ${when(v)}`)),
    el('p', { class: 'acts' },
      ...(v.bast ?? []).slice(0, 2).map((b) => el('a', { class: 'btn ghost', href: at(`/bast/${b}/`) }, b)),
      el('button', { type: 'button', class: 'btn ghost', 'aria-label': t('Lihat %s di peta', place.name), click: show }, t('Di peta'))));
}

export const older = (n: number) => many(n, 'dan %s komitmen yang lebih lama di halaman lokasinya', num(n));
