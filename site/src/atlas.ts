// The map that one can move, and the same places as a list beside it. It reads
// only what is in view: sums of areas from afar, each place when near. Where the
// reader is, and what they look at, stays on the phone.

import { all, el, one } from './dom';
import { at, locale, many, t } from './t';
import { codeAt, forgotten, json, tree, type Child, type Place, type Position } from './pohon';
import {
  boxOf, everything, figure, fragment, holds, isShare, kindsOf, meet, passes, progress, shade, sortAreas, sortPlaces, steps, viewOf,
  type Plan, type Region, type View,
} from './atlas-view';
import { areaRow, layers, measure, num, percent, placeRow, sentence, short } from './atlas-words';
import { older, vowPasses, vowRow, type Vow } from './atlas-vows';
import { World } from './atlas-world';
import type { Cell, Chart, Dot } from './atlas-map';

const region = JSON.parse(one('#atlas')!.dataset['region']!) as Region;
const kindOf = new Map(region.kinds.map((k) => [k.id, k]));
const get = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const form = get<HTMLFormElement>('pilihan');
const list = get<HTMLOListElement>('daftar');
const news = get('kabar');
const still = matchMedia('(prefers-reduced-motion: reduce)').matches;

let view = viewOf(location.hash);
let chart: Chart | null = null;
/** Where the person stands, once they asked. */
let here: Position | null = null;
let shown = 0;

const world = new World(tree, json);
let failed = false;
let waiting = 0;
let turn = 0;

/** Runs what has to be read, and notes what could not be. */
async function take(loads: (() => Promise<void>)[]): Promise<void> {
  waiting += loads.length;
  tell();
  await Promise.all(loads.map((load) => load().catch(() => { failed = true; }).finally(() => { waiting--; })));
}

/** Reads what the view still lacks, drawing as it arrives. */
async function refresh(): Promise<void> {
  const mine = ++turn;
  failed = false;
  draw();
  // A view that moved on starts anew; what failed waits for a tap.
  for (let step = 0; step < 6 && mine === turn && !failed && chart; step++) {
    const loads = world.lacks(chart.window, view);
    if (loads.length === 0) break;
    await take(loads);
    if (mine === turn) draw();
  }
  tell();
}

// What is shown

let drawn: { level: Plan['level']; areas: Child[]; places: Place[]; vows: { vow: Vow; place: Place }[]; more: number } = { level: 'kecamatan', areas: [], places: [], vows: [], more: 0 };
let queued = false;

function draw(): void {
  if (queued || !chart) return;
  queued = true;
  requestAnimationFrame(() => {
    queued = false;
    if (world.root) paint();
  });
}

const toneOf = (layer: string) => (layer === 'need' ? 'q' : layer === 'coverage' || layer === 'commitments' ? 'g' : 's');
const tone = (layer: string, n: number) => (n < 0 ? 'qn' : `${toneOf(layer)}${n}`);

const marksOf = { none: 'ring', committed: 'wedge', delivered: 'square', received: 'tick' } as const;

function paint(): void {
  const window = chart!.window;
  const p = world.plan(window, view.area);
  const root = world.root!;
  one('#contoh')!.hidden = root.totals.demo === 0;
  const { layer, program } = view;
  const upper = p.level === 'kota' ? root.children : p.kota.flatMap((code) => world.kota.get(code)?.children ?? []);
  const known = world.allKecamatan();
  const near = p.kecamatan.flatMap((code) => world.kecamatan.get(code)?.children ?? []);
  const inArea = (c: { area: string }) => !view.area || c.area === view.area || c.area.startsWith(`${view.area}.`) || view.area.startsWith(c.area);

  // Shares mean the same for small areas and large ones, counts do not.
  const figures = (areas: Child[]) => areas.map((c) => figure(layer, c, region, program));
  let cuts = steps(layer, figures(p.level === 'kota' ? root.children : known));
  const places = p.level === 'place' ? world.places(p, window).filter((x) => passes(x, view, region)) : [];
  if (p.level === 'place' && !isShare(layer)) cuts = steps(layer, places.map((x) => figure(layer, { place: x }, region, program)));

  const cells: Cell[] = [];
  const cell = (c: Child, plain: boolean) => cells.push({
    code: c.area, rings: world.rings(c.area), point: c.point, name: c.name,
    tone: plain ? 'qn' : tone(layer, shade(layer, figure(layer, c, region, program), cuts)),
    note: plain ? '' : view.forgotten ? many(c.totals.unreached, '%s lokasi', num(c.totals.unreached)) : short(layer, c, region, program),
  });
  if (p.level === 'place') {
    const loaded = new Set(near.map((c) => codeAt(c.area, 'kecamatan')));
    for (const c of near) cell(c, !isShare(layer) || !inArea(c));
    for (const c of known) if (!loaded.has(c.area)) cell(c, true);
  } else {
    for (const c of upper) cell(c, !inArea(c));
  }
  chart!.areas(cells, p.level === 'kota' ? 5 : 8);
  one('#atlas')!.dataset['level'] = p.level;

  chart!.places(places.map((x): Dot => {
    const state = progress(x, program, region);
    return {
      id: x.id, point: x.point, alarm: forgotten(x), title: `${x.name}: ${sentence(layer, x, region, program)}`,
      mark: layer === 'commitments' ? marksOf[state] : (kindOf.get(x.kind)?.mark ?? 'diamond'),
      tone: layer === 'commitments' ? `v-${state}` : layer.startsWith('f:') ? 's3' : tone(layer, shade(layer, figure(layer, { place: x }, region, program), cuts)),
    };
  }));

  const inView = places.filter((x) => holds(window, x.point));
  const areas = (p.level === 'place' ? [] : upper.filter((c) => inArea(c) && meet(world.box(c.area) ?? boxOf([c.point]), window))).slice();
  drawn = { level: p.level, areas, places: inView, vows: [], more: 0 };
  if (layer === 'commitments' && p.level === 'place') {
    const at = new Map(inView.map((x) => [x.id, x]));
    for (const file of world.vows(p, window)) {
      for (const vow of file.rows) {
        const place = at.get(vow.recipient);
        if (place && vowPasses(vow, view)) drawn.vows.push({ vow, place });
      }
      for (const [id, n] of Object.entries(file.more ?? {})) if (at.has(id)) drawn.more += n;
    }
    drawn.vows.sort((a, b) => (a.vow.pledgedAt < b.vow.pledgedAt ? 1 : -1));
  }
  legend(cuts, p.level);
  rows();
}

function legend(cuts: number[], level: Plan['level']): void {
  const { layer } = view;
  const written = (f: number) => (isShare(layer) ? percent(f) : num(f));
  const items: Node[] = [];
  const swatch = (name: string, words: string) => {
    const box = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    for (const [k, v] of Object.entries({ class: name, width: '100%', height: '100%', ...(name === 'q4' && { fill: 'url(#far)' }) })) rect.setAttribute(k, v);
    box.setAttribute('aria-hidden', 'true');
    box.append(rect);
    items.push(el('li', {}, box, words));
  };
  const first = layer === 'need' ? 0.25 : layer === 'coverage' || layer === 'commitments' ? 0.01 : 1;
  if (level !== 'place' || layer !== 'commitments') {
    if (!layer.startsWith('f:') || level !== 'place') {
      swatch(tone(layer, cuts.length > 0 ? 4 - cuts.length : 0), cuts[0] === undefined || cuts[0] <= first ? (layer === 'need' ? t('di bawah %s', written(0.25)) : '0') : t('di bawah %s', written(cuts[0])));
      cuts.forEach((c, i) => {
        const next = cuts[i + 1];
        const last = next === undefined ? 0 : isShare(layer) ? next - 0.01 : next - 1;
        swatch(tone(layer, 5 - cuts.length + i), next === undefined ? (isShare(layer) && c >= 1 ? written(c) : t('%s ke atas', written(c))) : written(last) === written(c) ? written(c) : `${written(c)}–${written(last)}`);
      });
    }
  }
  const marks: Node[] = [];
  const mark = (which: Dot['mark'], name: string, words: string, alarm = false) => marks.push(el('li', {}, map.sign({ mark: which, tone: name, alarm }) as unknown as HTMLElement, words));
  if (level === 'place' && layer === 'commitments') {
    mark('tick', 'v-received', t('diterima'));
    mark('square', 'v-delivered', t('dikirim, menunggu konfirmasi'));
    mark('wedge', 'v-committed', t('dijanjikan'));
    mark('ring', 'v-none', t('belum ada yang menjanjikan'));
  } else if (level === 'place') {
    for (const [m, words] of Object.entries(kindWords())) mark(m as Dot['mark'], 'plain', words);
  }
  if (level === 'place') mark('round', 'plain', t('belum menerima apa pun'), true);
  get('arti').replaceChildren(
    ...(items.length > 0 ? [el('ul', { class: 'legend' }, el('li', {}, measure(region, layer)), ...items)] : []),
    ...(marks.length > 0 ? [el('ul', { class: 'legend marks' }, ...marks)] : []),
  );
}

/** The kinds that are shown, by how they are drawn. */
function kindWords(): Partial<Record<Dot['mark'], string>> {
  const by: Partial<Record<Dot['mark'], string>> = {};
  const has = kindsOf(drawn.places, view.without);
  for (const k of region.kinds) if (has[k.id]) by[k.mark] = by[k.mark] ? `${by[k.mark]}, ${k.name}` : k.name;
  return by;
}

const lists = new Intl.ListFormat(locale);

/** Areas are few and long to scroll past on a phone; places are what one came for. */
const batch = () => (drawn.level === 'place' ? 50 : 12);

/** Writes the list under, or beside, the map. */
function rows(): void {
  const { level } = drawn;
  shown ||= batch();
  const go = (code: string) => () => { void goTo(code); get('peta').focus({ preventScroll: true }); one('.stage')!.scrollIntoView({ block: 'nearest' }); };
  const items: HTMLElement[] = [];
  let total = 0;
  one('.order')!.hidden = level === 'place' && view.layer === 'commitments';
  if (level === 'place' && view.layer === 'commitments') {
    total = drawn.vows.length;
    for (const { vow, place } of drawn.vows.slice(0, shown)) items.push(vowRow(vow, place, region, () => choose(place.id, true)));
    if (drawn.more > 0 && shown >= total) items.push(el('li', { class: 'small' }, older(drawn.more)));
    say(many(total, '%s komitmen di %s lokasi', num(total), num(new Set(drawn.vows.map((x) => x.place.id)).size)));
  } else if (level === 'place') {
    const sorted = sortPlaces(drawn.places, view.sort, region, view.program, here);
    total = sorted.length;
    for (const p of sorted.slice(0, shown)) items.push(placeRow(p, view, region, here, { place: at(`/lokasi/${p.id}/`), give: at(`/bantu/${p.id}/`) }, () => choose(p.id, true)));
    say(many(total, '%s lokasi ditampilkan', num(total)));
  } else {
    const sorted = sortAreas(drawn.areas, view.sort, region, view.program, here);
    total = sorted.length;
    for (const c of sorted.slice(0, shown)) items.push(areaRow(c, view, region, here, at(`/wilayah/${c.area}/`), go(c.area)));
    const n = Object.values(kindsOf(sorted, view.without)).reduce((a, b) => a + b, 0);
    say(total === 0 ? t('Tidak ada lokasi di bagian peta ini.') : t('%s di %s. Perbesar peta untuk melihat tiap lokasi.', many(n, '%s lokasi', num(n)), level === 'kota' ? many(total, '%s kota atau kabupaten', num(total)) : many(total, '%s kecamatan', num(total))));
  }
  if (total === 0) items.push(el('li', { class: 'empty' }, waiting > 0 ? t('Memuat …') : failed ? t('Data belum terbaca.') : t('Tidak ada yang cocok di bagian peta ini. Geser peta, perkecil, atau hapus saringan.')));
  const had = list.contains(document.activeElement);
  list.replaceChildren(...items);
  if (had) get('judul').focus();
  const more = get('lagi');
  more.hidden = total <= shown;
  more.textContent = t('Tampilkan %s lagi', num(Math.min(batch(), total - shown)));
  const counts = kindsOf(level === 'place' ? drawn.places : drawn.areas, view.without);
  get('jenis').replaceChildren(...region.kinds.filter((k) => counts[k.id]).map((k) => el('li', {}, `${k.name} `, el('b', {}, num(counts[k.id]!)))));
}

let saying = 0;
/** Says how many are shown; while more is being read, only once it rests, so that nobody hears every step. */
function say(text: string): void {
  clearTimeout(saying);
  const now = () => { if (get('banyak').textContent !== text) get('banyak').textContent = text; };
  if (waiting === 0) now();
  else saying = window.setTimeout(now, 300);
}

/** Says how the reading goes, and of when the data are. */
function tell(): void {
  const wait = get('tunggu');
  wait.hidden = waiting === 0 && !failed && world.root !== null;
  if (failed && waiting === 0) {
    wait.replaceChildren(navigator.onLine ? t('Sebagian data belum terbaca.') : t('Anda sedang luring.'), ' ',
      el('button', { type: 'button', class: 'btn', click: () => void refresh() }, t('Coba lagi')));
  } else if (waiting > 0) wait.textContent = t('Memuat …');
  void tree.manifest().then((m) => {
    const age = (Date.now() - Date.parse(m.asOf)) / 3_600_000;
    // In the region's own time, which is not always the reader's.
    const local = new Date(Date.parse(m.asOf) + region.zone.minutes * 60_000);
    const when = `${local.toLocaleString(locale, { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: 'UTC' })} ${region.zone.name}`;
    get('segar').textContent = age > 24 ? t('Keadaan %s, %s hari yang lalu.', when, num(Math.floor(age / 24))) : t('Keadaan %s.', when);
  }, () => undefined);
}

// Acting

let chosenBefore: Element | null = null;

/** Shows the card of a place. */
function choose(id: string, centre: boolean): void {
  chosenBefore = document.activeElement;
  view.place = id;
  write();
  chart?.choose(id);
  const place = world.place(id);
  if (place && centre) chart?.go(place.point, Math.max(chart.zoom, 15.5));
  const box = get('kartu');
  box.hidden = false;
  box.replaceChildren(el('h2', { id: 'nama', tabindex: -1 }, place?.name ?? t('Memuat …')));
  box.setAttribute('aria-busy', 'true');
  void import('./atlas-card.js').then((m) => m.card(box, id, region, place ?? null, closeCard), () => closeCard()).then(() => {
    box.removeAttribute('aria-busy');
    one('#nama', box)?.focus({ preventScroll: true });
    box.scrollIntoView({ block: 'nearest', behavior: still ? 'auto' : 'smooth' });
  });
}

function closeCard(): void {
  const box = get('kartu');
  box.hidden = true;
  box.replaceChildren();
  view.place = '';
  chart?.choose('');
  write();
  (chosenBefore instanceof HTMLElement && chosenBefore.isConnected && chosenBefore !== document.body ? chosenBefore : get('peta')).focus({ preventScroll: true });
}

/** Brings an area, or a place that was found by name, into view. */
async function goTo(code: string, id = ''): Promise<void> {
  const box = () => world.box(code) ?? world.box(codeAt(code, 'kecamatan'));
  // Not read yet: its kota tells where it lies.
  if (!box()) await take(world.lacksOf(codeAt(code, 'kota')));
  const found = box();
  const near = world.child(code) ?? world.child(codeAt(code, 'kecamatan')) ?? world.child(codeAt(code, 'kota'));
  if (found) chart?.fit(found);
  else if (near) chart?.go(near.point, 13);
  if (!id) return;
  const place = await tree.placesOf(code).then((all) => all.find((p) => p.id === id), () => undefined);
  if (place) chart?.go(place.point, 16);
  choose(id, false);
}

let writing = 0;
/** Keeps the view in the address, so that it can be shared and come back to. */
function write(): void {
  clearTimeout(writing);
  writing = window.setTimeout(() => {
    if (chart) Object.assign(view, { centre: chart.centre, zoom: chart.zoom });
    const text = fragment(view);
    history.replaceState(history.state, '', text ? `#${text}` : location.pathname);
    // The other language opens on the same view.
    for (const a of all<HTMLAnchorElement>('a[hreflang]')) a.hash = text;
  }, 250);
}

/** Puts the view into the controls. */
function controls(): void {
  for (const input of all<HTMLInputElement>('input[name=layer]', form)) input.checked = input.value === view.layer;
  for (const input of all<HTMLInputElement>('input[name=kind]', form)) input.checked = !view.without.includes(input.value);
  (form.elements.namedItem('forgotten') as HTMLInputElement).checked = view.forgotten;
  get<HTMLSelectElement>('program').value = view.program;
  get<HTMLSelectElement>('state').value = view.state;
  get<HTMLSelectElement>('urut').value = view.sort;
  names();
}

const option = (value: string, text: string) => el('option', { value }, text);

/** Says what is chosen while the choices are folded. */
function names(): void {
  get('lapisan').textContent = layers(region, view.layer);
  const said = [
    view.forgotten ? t('belum menerima apa pun') : '',
    view.without.length > 0 ? many(region.kinds.length - view.without.length, '%s jenis lokasi', num(region.kinds.length - view.without.length)) : '',
    region.programs.find((p) => p.id === view.program)?.name ?? '',
    one<HTMLOptionElement>(`#state option[value="${view.state}"]`)?.value ? one(`#state option[value="${view.state}"]`)!.textContent! : '',
    areaName(view.area),
  ].filter(Boolean);
  get('saringan').textContent = said.length > 0 ? lists.format(said) : t('semua lokasi');
}

const areaName = (code: string): string => (code ? world.child(code)?.name ?? code : '');

/** Fills the two lists of areas with what is known. */
async function areas(): Promise<void> {
  const [upper, lower] = [get<HTMLSelectElement>('kota'), get<HTMLSelectElement>('kecamatan')];
  if (world.root && upper.options.length === 1) upper.append(...world.root.children.map((c) => option(c.area, c.name)));
  const code = view.area ? codeAt(view.area, 'kota') : '';
  upper.value = code;
  const inside = code ? await tree.area(code).catch(() => null) : null;
  if (inside) world.kota.set(code, inside);
  lower.replaceChildren(lower.options[0]!, ...(inside?.children ?? []).slice().sort((a, b) => a.name.localeCompare(b.name)).map((c) => option(c.area, c.name)));
  lower.disabled = !inside;
  lower.value = view.area.length >= 8 ? codeAt(view.area, 'kecamatan') : '';
  names();
}

function changed(): void {
  shown = 0;
  names();
  write();
  void refresh();
}

form.addEventListener('change', (event) => {
  const input = event.target as HTMLInputElement | HTMLSelectElement;
  switch (input.name) {
    case 'layer': view.layer = input.value; break;
    case 'kind': view.without = all<HTMLInputElement>('input[name=kind]', form).filter((i) => !i.checked).map((i) => i.value); break;
    case 'forgotten': view.forgotten = (input as HTMLInputElement).checked; break;
    case 'program': view.program = input.value; break;
    case 'state': view.state = input.value; break;
    case 'kota':
    case 'kecamatan':
      view.area = input.value || (input.name === 'kecamatan' ? codeAt(view.area, 'kota') : '');
      void areas();
      if (view.area) void goTo(view.area);
      else chart?.fit(region.box);
      break;
  }
  changed();
});

get('kartu').addEventListener('keydown', (event) => { if (event.key === 'Escape') closeCard(); });

form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('reset', (event) => {
  event.preventDefault();
  view = { ...everything(), layer: view.layer, sort: view.sort, place: view.place };
  controls();
  void areas();
  changed();
});

get<HTMLSelectElement>('urut').addEventListener('change', (event) => {
  view.sort = (event.target as HTMLSelectElement).value as View['sort'];
  shown = 0;
  write();
  draw();
});

get('lagi').addEventListener('click', () => {
  const first = shown;
  shown += batch();
  rows();
  one('a, button', list.children[first] ?? list)?.focus();
});

get('dekat').addEventListener('click', () => chart?.by(1));
get('jauh').addEventListener('click', () => chart?.by(-1));
get('utuh').addEventListener('click', () => chart?.fit(region.box));

/** Half a kilometre around a position. */
const blur = (degrees: number) => Math.round(degrees * 200) / 200;

get('saya').addEventListener('click', (event) => {
  const button = event.currentTarget as HTMLButtonElement;
  if (!('geolocation' in navigator)) {
    news.textContent = t('Letak Anda tidak dapat dibaca. Cari nama wilayah Anda di atas.');
    return;
  }
  button.disabled = true;
  news.textContent = t('Mencari letak Anda …');
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      button.disabled = false;
      here = [coords.longitude, coords.latitude];
      const [west, south, east, north] = region.box;
      if (!holds([west - 1, south - 1, east + 1, north + 1], here)) {
        here = null;
        news.textContent = t('Anda berada di luar wilayah peta ini.');
        return;
      }
      chart?.here(here);
      // Beside where they stand, for the middle of the map is passed on with its address.
      chart?.go([blur(here[0]), blur(here[1])], 15);
      const sort = get<HTMLSelectElement>('urut');
      sort.options[3]!.disabled = false;
      sort.value = view.sort = 'distance';
      news.textContent = t('Daftar diurutkan dari yang terdekat; yang belum menerima apa pun lebih dulu. Letak Anda tidak dikirim ke mana pun.');
      changed();
    },
    () => {
      button.disabled = false;
      news.textContent = t('Letak Anda tidak dapat dibaca. Cari nama wilayah Anda di atas.');
    },
    { maximumAge: 300_000, timeout: 15_000 },
  );
});

get('bagi').addEventListener('click', () => {
  if (chart) Object.assign(view, { centre: chart.centre, zoom: chart.zoom });
  const url = `${location.origin}${location.pathname}#${fragment(view)}`;
  const text = t('%s di peta KSBB', layers(region, view.layer));
  const copy = () => navigator.clipboard.writeText(url).then(
    () => { news.textContent = t('Tautan peta disalin. Siapa pun yang membukanya melihat bagian peta yang sama.'); },
    () => { news.replaceChildren(t('Salin tautan ini:'), ' ', el('a', { href: url }, url)); });
  if ('share' in navigator) navigator.share({ title: document.title, text, url }).catch((e: unknown) => { if (!(e instanceof DOMException && e.name === 'AbortError')) void copy(); });
  else void copy();
});

/** The line that names what a finger or a mouse is on. */
const spot = el('div', { class: 'spot' }, el('p', {}, t('Sentuh peta untuk melihat nama dan keadaannya.')));
let spotted = '';
/** A touch says what lies there, a second one goes in; a mouse has said so before it clicks. */
function point(code: string, touched: boolean): void {
  const c = world.child(code);
  if (!c) return;
  if (touched && code === spotted && drawn.level !== 'place') return void goTo(code);
  spotted = code;
  spot.replaceChildren(
    el('p', {}, el('b', {}, c.name), sentence(view.layer, c, region, view.program)),
    el('a', { class: 'btn ghost', href: at(`/wilayah/${c.area}/`), 'aria-label': t('Buka halaman %s', c.name) }, t('Buka')));
}

// Beginning

/** What draws, once it is here. */
let map: typeof import('./atlas-map');

const search = get<HTMLInputElement>('cari');
let searching: Promise<void> | null = null;
/** The search is read when somebody begins to search. */
const beginSearch = () => (searching ??= import('./atlas-find.js').then((m) => m.find(search, get('hasil'), get('temuan'), {
  region, tree, near: () => [...world.kota.keys()],
  open: (entry) => {
    void goTo(entry.kind === 'area' ? entry.id : entry.area, entry.kind === 'area' ? '' : entry.id);
  },
}), () => { searching = null; }));
search.addEventListener('focus', () => void beginSearch());

async function begin(): Promise<void> {
  const question = new URLSearchParams(location.search).get('cari');
  if (question) {
    search.value = question.slice(0, 80);
    void beginSearch().then(() => search.dispatchEvent(new Event('input')));
  }
  one('.stage .frame')!.after(spot);
  controls();
  // The same file in every language, so its address is written out.
  const path = '/aset/atlas-map.js';
  try {
    [map] = await Promise.all([import(path) as Promise<typeof import('./atlas-map')>, tree.manifest().catch(() => null)]);
  } catch {
    get('tunggu').replaceChildren(t('Peta tidak dapat dimuat.'), ' ', el('a', { class: 'btn', href: at('/') }, t('Buka peta ringan')));
    return;
  }
  const first = { ...view };
  chart = new map.Chart(get('peta'), {
    box: region.box, still, moved: () => { shown = 0; write(); void refresh(); }, area: point,
    place: (id) => choose(id, false), group: (n) => many(n, '%s lokasi, perbesar', num(n)),
  });
  if (first.centre) chart.go(first.centre, first.zoom);
  await refresh();
  void areas();
  if (!first.centre && first.area) await goTo(first.area);
  if (first.place) choose(first.place, !first.centre);
  new ResizeObserver(() => chart?.resized()).observe(get('peta'));
}

addEventListener('hashchange', () => {
  const next = viewOf(location.hash);
  if (fragment(next) === fragment(view)) return;
  view = next;
  controls();
  void areas();
  if (view.centre) chart?.go(view.centre, view.zoom);
  else if (view.area) void goTo(view.area);
  if (view.place) choose(view.place, !view.centre);
  else if (!get('kartu').hidden) closeCard();
  changed();
});

// Whoever comes back to the page, or to the network, sees the newest state.
const renew = () => {
  if (document.visibilityState !== 'visible' || !navigator.onLine) return;
  tree.renew();
  void tree.manifest().then((m) => {
    if (m.root === rootPath) return;
    rootPath = m.root;
    world.renew();
    void refresh();
  }, () => undefined);
};
let rootPath = '';
void tree.manifest().then((m) => { rootPath = m.root; }, () => undefined);
addEventListener('online', renew);
document.addEventListener('visibilitychange', renew);

void begin();
