// A sheet to print for one place, named by the address after the "#". It says
// what is needed in words and not in numbers, because it hangs longer than a
// number is true.

import { encode } from 'uqr';
import { all, el, one } from './dom';
import { at, locale, t } from './t';

/** The part of a place's file that a poster needs. */
export interface Place {
  id: string;
  name: string;
  kind: string;
  area: string;
  address: string;
  demo: boolean;
  needs: { package: string; remaining: number }[];
}

/** What the codes in a place's file mean. */
export interface Words {
  kinds: Map<string, string>;
  coarse: Set<string>;
  things: Map<string, string>;
  areas: Map<string, string>;
}

/** How many needs a poster lists before it says that there are more. */
const most = 4;

/** What a poster says of a place. */
export function said(p: Place, w: Words): { kind: string; where: string; open: string[]; more: number } {
  const address = w.coarse.has(p.kind) ? '' : p.address;
  const up = [p.area.slice(0, 8), p.area.slice(0, 5)].map((code) => w.areas.get(code) ?? '').filter((name) => name && !address.includes(name));
  const where = address ? [address, ...up] : up;
  const open = p.needs.filter((n) => n.remaining > 0).map((n) => w.things.get(n.package) ?? n.package);
  const listed = open.length > most + 1 ? most : open.length;
  return { kind: w.kinds.get(p.kind) ?? '', where: where.join(', '), open: open.slice(0, listed), more: open.length - listed };
}

/** The dark squares of a code as the path of an SVG, and how many there are in a row. */
export function squares(text: string): { side: number; path: string } {
  const { data, size } = encode(text, { ecc: 'M', border: 0 });
  let path = '';
  data.forEach((line, y) => {
    for (let x = 0; x < line.length; x++) {
      if (!line[x]) continue;
      const from = x;
      while (line[x + 1]) x++;
      path += `M${from} ${y}h${x + 1 - from}v1h-${x + 1 - from}z`;
    }
  });
  return { side: size, path };
}

function picture(text: string): SVGSVGElement {
  const { side, path } = squares(text);
  const room = 4; // empty squares around it, without which phones do not find it
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('viewBox', `${-room} ${-room} ${side + 2 * room} ${side + 2 * room}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', t('Kode QR ke halaman lokasi ini'));
  svg.setAttribute('shape-rendering', 'crispEdges');
  const ground = svg.appendChild(document.createElementNS(ns, 'path'));
  ground.setAttribute('fill', '#fff');
  ground.setAttribute('d', `M${-room} ${-room}h${side + 2 * room}v${side + 2 * room}h-${side + 2 * room}z`);
  svg.appendChild(document.createElementNS(ns, 'path')).setAttribute('d', path);
  return svg;
}

function words(): Words {
  const page = one<HTMLTemplateElement>('#kata')?.content ?? document;
  const read = (kind: string) => all<HTMLDataElement>(`.${kind}`, page).map((d): [string, string] => [d.value, d.textContent ?? '']);
  const coarse = all<HTMLDataElement>('[data-coarse]', page).map((d) => d.value);
  return { kinds: new Map(read('kind')), coarse: new Set(coarse), things: new Map(read('thing')), areas: new Map(read('area')) };
}

/** Ids of places are codes of areas, some with a kind and a number: nothing else is asked for. */
export const isPlace = (id: string) => /^[0-9][0-9a-z.-]{0,79}$/.test(id);

async function show(): Promise<void> {
  const news = one('#kabar');
  const sheet = one('#poster');
  const id = decodeURIComponent(location.hash.slice(1));
  if (!news || !sheet) return;
  sheet.hidden = true;
  one('#langkah')?.setAttribute('hidden', '');
  if (!isPlace(id)) {
    news.textContent = t('Buka poster lewat tombol “Poster” di halaman sebuah lokasi.');
    return;
  }
  news.textContent = t('Menyiapkan poster…');
  let place: Place;
  try {
    const answer = await fetch(`/data/v1/recipients/${encodeURIComponent(id)}.json`, { credentials: 'omit' });
    if (answer.status === 404 || answer.status === 403) {
      news.textContent = t('Lokasi ini tidak ada. Mungkin alamatnya terpotong saat disalin.');
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    place = (await answer.json()) as Place;
  } catch {
    news.replaceChildren(t('Data lokasi belum bisa diambil. Periksa sambungan Anda, lalu '), again(), '.');
    return;
  }
  if (decodeURIComponent(location.hash.slice(1)) !== id) return; // another place was asked for meanwhile
  const url = `${location.origin}${at(`/lokasi/${place.id}/`)}`;
  const s = said(place, words());
  const text = (selector: string, value: string) => {
    const node = one(selector);
    if (node) node.textContent = value;
  };
  text('#jenis', s.kind);
  text('#nama', place.name);
  text('#letak', s.where);
  // Broken after a slash, so that nobody types a hyphen that is none.
  const [host = '', ...rest] = url.replace(/^https?:\/\//, '').replace(/\/$/, '').split('/');
  one('#alamat')?.replaceChildren(host, ...rest.flatMap((part) => ['/', el('wbr'), part]));
  text('#saat', t('Keadaan %s', new Date().toLocaleDateString(locale, { day: 'numeric', month: 'long', year: 'numeric' })));
  one('#qr')?.replaceChildren(picture(url));
  const wants = one('#butuh');
  if (s.open.length > 0) {
    const items = s.open.map((name) => el('li', {}, name));
    if (s.more > 0) items.push(el('li', {}, t('dan %s lainnya', s.more)));
    wants?.replaceChildren(el('h3', {}, t('Yang masih dibutuhkan')), el('ul', {}, ...items));
  } else {
    wants?.replaceChildren(el('h3', {}, t('Kebutuhan yang tercatat sudah ada yang menjanjikan')), el('p', {}, t('Pindai untuk melihat keadaan terbaru.')));
  }
  one('#contoh')?.toggleAttribute('hidden', !place.demo);
  const back = one<HTMLAnchorElement>('#lokasi');
  if (back) back.href = at(`/lokasi/${place.id}/`);
  one('#langkah')?.removeAttribute('hidden');
  sheet.hidden = false;
  news.textContent = t('Poster %s siap dicetak.', place.name);
}

function again(): HTMLButtonElement {
  const b = el('button', { type: 'button', class: 'link' }, t('coba lagi'));
  b.addEventListener('click', () => void show());
  return b;
}

if (typeof document !== 'undefined' && one('#poster')) {
  document.documentElement.classList.add('sheet');
  one('#cetak')?.addEventListener('click', () => window.print());
  addEventListener('hashchange', () => void show());
  void show();
}
