// The card of one place on the map: everything public about it, and what one can
// do there. It is loaded when somebody chooses a place.

import { el } from './dom';
import { day, num, own, percent, size, thing, wants } from './atlas-words';
import { gift, stateOf, when, who, type Vow } from './atlas-vows';
import { at, many, t } from './t';
import type { Region } from './atlas-view';
import type { Place, Quantities } from './pohon';

interface File {
  id: string;
  name: string;
  kind: string;
  households: number;
  people: number;
  steward: string;
  address: string;
  closed: boolean;
  flags: { id: string; on: string; source: string }[];
  indicators: { id: string; value: number; on: string; source: string }[];
  needs: (Quantities & { package: string; confirmedOn: string })[];
  commitments: (Omit<Vow, 'recipient' | 'bast'> & { deliveries: { number: string }[] })[];
  updatedAt: string;
}

const ns = 'http://www.w3.org/2000/svg';

/** The stacked bar of a need, as every page draws it. */
function bar(q: Quantities, said: string): SVGElement {
  const svg = document.createElementNS(ns, 'svg');
  const set = (node: Element, all: Record<string, string>) => { for (const [k, v] of Object.entries(all)) node.setAttribute(k, v); return node; };
  set(svg, { class: 'bar', role: 'img', 'aria-label': said });
  svg.append(set(document.createElementNS(ns, 'rect'), { class: 'b0', width: '100%', height: '100%', fill: 'url(#open)' }));
  let x = 0;
  for (const [name, n] of [['b1', q.received], ['b2', q.delivered], ['b3', q.committed]] as const) {
    const width = q.needed > 0 ? (100 * n) / q.needed : 0;
    if (width > 0) svg.append(set(document.createElementNS(ns, 'rect'), { class: name, x: `${x}%`, width: `${width}%`, height: '100%' }));
    x += width;
  }
  return svg;
}

function need(n: File['needs'][number], region: Region): HTMLElement {
  const said = [
    n.received > 0 ? t('%s diterima', num(n.received)) : '',
    n.delivered > 0 ? t('%s dikirim, menunggu konfirmasi', num(n.delivered)) : '',
    n.committed > 0 ? t('%s dijanjikan', num(n.committed)) : '',
  ].filter(Boolean).join(' · ') || t('belum ada yang menjanjikan');
  const head = n.remaining > 0 ? t('Masih butuh %s', thing(region, n.package, n.remaining)) : n.received < n.needed ? t('Semua sudah ada yang menjanjikan: %s', thing(region, n.package, n.needed)) : t('Sudah cukup: %s', thing(region, n.package, n.needed));
  const open = n.needed > 0 ? percent(n.remaining / n.needed) : '0%';
  return el('div', { class: 'needs' }, el('h3', {}, head), bar(n, t('%s belum dijanjikan. %s', open, said)) as unknown as HTMLElement,
    el('p', { class: 'small' }, t('dari %s', num(n.needed)), ` · ${said}`, n.confirmedOn ? ` · ${t('dipastikan %s', day(n.confirmedOn))}` : ''));
}

function vow(c: File['commitments'][number], id: string, region: Region): HTMLElement {
  const v: Vow = { ...c, recipient: id };
  return el('li', { class: c.state === 'received' ? '' : 'wait' },
    el('b', {}, ...gift(v, region)),
    el('span', { class: 'small' }, t('oleh %s', who(v, region)), ` · ${c.number}`),
    el('span', { class: 'small' }, `${stateOf(v)} · ${when(v)}`),
    ...c.deliveries.map((d) => el('a', { href: at(`/bast/${d.number}/`), class: 'small' }, d.number)));
}

/** Fills box with the card of a place. known is what the map has read of it. */
export async function card(box: HTMLElement, id: string, region: Region, known: Place | null, close: () => void): Promise<void> {
  const shut = el('button', { type: 'button', class: 'shut', 'aria-label': t('Tutup kartu'), click: close }, '×');
  let f: File;
  try {
    const answer = await fetch(`/data/v1/recipients/${encodeURIComponent(id)}.json`, { credentials: 'omit' });
    if (!answer.ok) throw new Error(`read place ${id}: ${answer.status}`);
    f = (await answer.json()) as File;
  } catch {
    box.replaceChildren(shut, el('h2', { id: 'nama', tabindex: -1 }, known?.name ?? t('Lokasi ini tidak terbaca')),
      el('p', {}, navigator.onLine ? t('Rinciannya belum terbaca.') : t('Anda sedang luring; rinciannya belum tersimpan.')),
      ...(known ? [el('p', {}, wants(known, region, ''))] : []),
      el('p', { class: 'row' }, el('button', { type: 'button', class: 'btn', click: () => void card(box, id, region, known, close) }, t('Coba lagi')),
        ...(known ? [el('a', { class: 'btn ghost', href: at(`/lokasi/${id}/`) }, t('Halaman lokasi'))] : [])));
    return;
  }
  const kind = region.kinds.find((k) => k.id === f.kind);
  const flags = f.flags.map((x) => ({ ...x, name: region.flags.find((k) => k.id === x.id)?.name ?? x.id }));
  const url = `${location.origin}${at(`/lokasi/${id}/`)}`;
  const text = `${f.name}: ${known ? wants(known, region, '') : kind?.name ?? ''}`;
  const share = el('button', { type: 'button', class: 'btn ghost' }, t('Bagikan'));
  const said = el('p', { class: 'small status', role: 'status' });
  share.addEventListener('click', () => {
    const copy = () => navigator.clipboard.writeText(url).then(() => { said.textContent = t('Tautan lokasi disalin.'); }, () => { said.replaceChildren(el('a', { href: url }, url)); });
    if ('share' in navigator) navigator.share({ text, url }).catch((e: unknown) => { if (!(e instanceof DOMException && e.name === 'AbortError')) void copy(); });
    else void copy();
  });
  const counts = [...f.commitments].sort((a, b) => (a.pledgedAt < b.pledgedAt ? 1 : -1));
  box.replaceChildren(el('div', {},
    shut,
    el('h2', { id: 'nama', tabindex: -1 }, f.name),
    el('ul', { class: 'chips' },
      el('li', {}, kind?.name ?? f.kind), size(f) ? el('li', {}, size(f)) : null,
      f.steward ? el('li', {}, `${kind?.steward ?? t('Penanggung jawab')}: ${f.steward}`) : null,
      ...flags.map((x) => el('li', { class: 'sun' }, x.name))),
    f.address ? el('p', { class: 'small sub' }, own(f.address)) : null,
    ...(f.needs.length > 0 ? f.needs.map((n) => need(n, region)) : [el('p', { class: 'sub' }, t('Belum ada kebutuhan yang tercatat di sini.'))]),
    f.closed ? el('p', { class: 'note' }, t('Lokasi ini sedang tidak menerima komitmen baru.')) : null,
    el('p', { class: 'row' },
      f.closed ? null : el('a', { class: 'btn', href: at(`/bantu/${id}/`) }, t('Bantu')),
      el('a', { class: 'btn ghost', href: at(`/lokasi/${id}/`) }, t('Halaman lokasi')), share),
    said,
    counts.length > 0 ? el('h3', {}, many(counts.length, '%s komitmen', num(counts.length))) : null,
    counts.length > 0 ? el('ol', { class: 'time' }, ...counts.slice(0, 5).map((c) => vow(c, id, region))) : null,
    counts.length > 5 ? el('p', { class: 'small' }, el('a', { href: at(`/lokasi/${id}/`) }, t('Semua komitmen di halaman lokasi'))) : null,
    f.indicators.length + flags.length > 0 ? el('dl', { class: 'facts' },
      ...f.indicators.map((i) => fact(region.indicators.find((k) => k.id === i.id)?.name ?? i.id, num(i.value), i)),
      ...flags.map((x) => fact(x.name, t('ya'), x))) : null,
    el('p', { class: 'small sub' }, t('Terakhir berubah %s.', day(f.updatedAt)))));
}

const fact = (name: string, value: string, of: { on: string; source: string }) =>
  el('div', {}, el('dt', {}, name), el('dd', {}, value, el('br'), el('span', { class: 'small' }, day(of.on), ' · ', own(of.source))));
