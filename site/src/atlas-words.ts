// What the map says: figures, legends and rows, in the language of the page.

import { el } from './dom';
import { forgotten, metresBetween, type Child, type Place, type Position } from './pohon';
import { lang, locale, many, t } from './t';
import { figure, isShare, needsOf, progress, type Progress, type Region, type View } from './atlas-view';

const grouped = new Intl.NumberFormat(locale);
const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
export const num = (n: number) => grouped.format(n);

/** A part of a whole, 0% only of nothing and 100% only of all. */
export const percent = (f: number) => `${f > 0 && f < 0.01 ? '<1' : f < 1 && f > 0.99 ? '99' : Math.round(100 * f)}%`;

export const far = (m: number) => (m < 950 ? `${num(Math.max(50, Math.round(m / 50) * 50))} m` : `${decimal.format(m / 1000)} km`);

/** "22 Mei 2026" of "2026-05-22" or of an instant. */
export const day = (d: string) => new Date(d.length > 10 ? d : `${d}T00:00:00Z`).toLocaleDateString(locale, { day: 'numeric', month: 'long', year: 'numeric', ...(d.length > 10 ? {} : { timeZone: 'UTC' }) });

/** What people wrote themselves stays as it is; English pages say which language that is. */
export const own = (text: string): HTMLElement | string => (lang === 'id' ? text : el('span', { lang: 'id' }, text));

export const layers = (region: Region, layer: string): string => {
  if (layer === 'need') return t('Masih dibutuhkan');
  if (layer === 'commitments') return t('Peta Komitmen');
  if (layer === 'coverage') return t('Cakupan pangan');
  if (layer === 'households') return t('Jumlah KK');
  return [...region.indicators, ...region.flags].find((x) => x.id === layer.slice(2))?.name ?? layer;
};

/** What the shades of a layer measure. */
export const measure = (region: Region, layer: string): string => {
  if (layer === 'need') return t('Kebutuhan yang belum dijanjikan siapa pun:');
  if (layer === 'commitments') return t('Kebutuhan yang sudah dijanjikan, dikirim, atau diterima:');
  if (layer === 'coverage') return t('Kebutuhan pangan yang sudah diterima:');
  if (layer === 'households') return t('Jumlah KK:');
  const indicator = region.indicators.find((i) => `i:${i.id}` === layer);
  if (indicator) return t('%s, dalam %s:', indicator.about, indicator.unit);
  return t('Lokasi bertanda “%s”:', layers(region, layer));
};

export const progressWords: Record<Progress, string> = {
  none: t('belum ada yang menjanjikan'),
  committed: t('dijanjikan'),
  delivered: t('dikirim, menunggu konfirmasi'),
  received: t('diterima'),
};

/** The figure of a layer for an area, short enough for the map. */
export function short(layer: string, of: Child, region: Region, program: string): string {
  const f = figure(layer, of, region, program);
  if (f === null) return '';
  return isShare(layer) ? percent(f) : num(f);
}

/** The figure of a layer, in a sentence. */
export function sentence(layer: string, of: Child | Place, region: Region, program: string): string {
  const f = figure(layer, 'kind' in of ? { place: of } : of, region, program);
  if (layer === 'need') return f === null ? t('belum ada kebutuhan tercatat') : t('%s belum dijanjikan', percent(f));
  if (layer === 'coverage') return f === null ? t('tidak ada kebutuhan pangan') : t('%s kebutuhan pangan sudah diterima', percent(f));
  if (layer === 'commitments') {
    if ('kind' in of) return progressWords[progress(of, program, region)];
    return f === null ? t('belum ada kebutuhan tercatat') : t('%s sudah dijanjikan · %s', percent(f), many(of.totals.openCommitments, '%s komitmen berjalan', num(of.totals.openCommitments)));
  }
  if (f === null) return t('belum ada data');
  if (layer === 'households') return many(f, '%s KK', num(f));
  const indicator = region.indicators.find((i) => `i:${i.id}` === layer);
  if (indicator) return `${indicator.name} ${num(f)} ${indicator.unit}`;
  if ('kind' in of) return layers(region, layer);
  return many(f, '%s lokasi bertanda', num(f));
}

export const thing = (region: Region, id: string, n: number): string => {
  const p = region.packages.find((k) => k.id === id);
  return `${num(n)} ${p ? (n === 1 ? p.one : p.other) : id}`;
};

/** "Butuh 240 paket sembako, +2 lagi": what a place still needs. */
export function wants(p: Place, region: Region, program: string): string {
  const needs = Object.entries(needsOf(p))
    .filter(([id, q]) => q.remaining > 0 && (!program || region.packages.find((k) => k.id === id)?.program === program))
    .sort(([a, x], [b, y]) => y.remaining * price(region, b) - x.remaining * price(region, a) || y.remaining - x.remaining);
  if (p.needs.length === 0) return t('Belum ada kebutuhan tercatat');
  const first = needs[0];
  if (!first) return t('Sudah cukup');
  const said = thing(region, first[0], first[1].remaining);
  return needs.length > 1 ? t('Butuh %s, +%s lagi', said, num(needs.length - 1)) : t('Butuh %s', said);
}

const price = (region: Region, id: string) => region.packages.find((k) => k.id === id)?.price ?? 0;

/** How large a place is: "420 KK · 1.612 jiwa", or heads alone where there are no households. */
export function size(p: { households: number; people: number }): string {
  const parts = [];
  if (p.households > 0) parts.push(many(p.households, '%s KK', num(p.households)));
  if (p.people > 0) parts.push(many(p.people, '%s jiwa', num(p.people)));
  return parts.join(' · ');
}

/** One place in the list. */
export function placeRow(p: Place, v: View, region: Region, from: Position | null, links: { place: string; give: string }, show: () => void): HTMLElement {
  const kind = region.kinds.find((k) => k.id === p.kind);
  // "RW 003" says what it is.
  const facts = [kind?.mark === 'round' || p.name.startsWith(kind?.name ?? '') ? '' : kind?.name, size(p), from ? far(metresBetween(p.point, from)) : ''].filter(Boolean).join(' · ');
  return el('li', {},
    el('a', { href: links.place },
      el('span', { class: 'line' }, el('b', {}, p.name), el('span', {}, facts)),
      // An institution is found by its address, an RW by its name.
      kind?.mark === 'square' && p.address ? el('span', { class: 'small where' }, own(p.address)) : null,
      el('span', { class: 'need' }, v.layer === 'need' || v.layer === 'commitments' ? wants(p, region, v.program) : `${sentence(v.layer, p, region, v.program)} · ${wants(p, region, v.program)}`),
      forgotten(p) ? el('span', { class: 'none' }, t('Belum menerima apa pun')) : el('span', { class: 'small' }, progressWords[progress(p, v.program, region)])),
    el('p', { class: 'acts' },
      p.closed ? null : el('a', { class: 'btn', href: links.give, 'aria-label': t('Bantu %s', p.name) }, t('Bantu')),
      el('button', { type: 'button', class: 'btn ghost', 'aria-label': t('Lihat %s di peta', p.name), click: show }, t('Di peta'))));
}

/** One area in the list. */
export function areaRow(c: Child, v: View, region: Region, from: Position | null, link: string, show: () => void): HTMLElement {
  const facts = [many(c.totals.households, '%s KK', num(c.totals.households)), from ? far(metresBetween(c.point, from)) : ''].filter(Boolean).join(' · ');
  return el('li', {},
    el('a', { href: link },
      el('span', { class: 'line' }, el('b', {}, c.name), el('span', {}, facts)),
      el('span', { class: 'need' }, sentence(v.layer, c, region, v.program)),
      c.totals.unreached > 0 ? el('span', { class: 'none' }, many(c.totals.unreached, '%s lokasi belum menerima apa pun', num(c.totals.unreached))) : null),
    el('p', { class: 'acts' }, el('button', { type: 'button', class: 'btn ghost', 'aria-label': t('Lihat %s di peta', c.name), click: show }, t('Di peta'))));
}
