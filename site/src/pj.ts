// The steward's page: who is coming, with what, when, and what arrived. It is
// made for an old phone: plain controls, large words, two taps to confirm. The
// secret is in the fragment and travels in the Authorization header only.

import { call, slug, type Answer } from './api';
import { appointed, goods, goodsOf, sheetNumber, type Delivery, type Line, type Verdict } from './commitment';
import { el, one } from './dom';
import { uuid7 } from './identity';
import { button, facts, folded, note, outdated, row, saying, small, twice, why } from './parts';
import { whole } from './promise';
import { day, days, moment, number } from './words';

interface Coming {
  id: string;
  number: string;
  state: string;
  displayName: string;
  class: string;
  lines: Line[];
  period: { from: string; to: string };
  schedule?: { on: string; from?: string; to?: string };
  route: string;
  aggregatorName?: string;
  pledgedAt: string;
  contactBy?: string;
  contactedAt?: string;
  deliveries: Delivery[];
  bast: string;
  allowed: string[];
}

interface Need {
  id: string;
  package: string;
  name: string;
  unit: string;
  needed: number;
  remaining: number;
  received: number;
  confirmedOn?: string;
  stale: boolean;
}

interface Steward {
  scope: 'recipient' | 'commitment';
  recipient: { id: string; name: string; area: string; demo: boolean; households: number };
  paused: boolean;
  plan?: { method: string; on: string };
  planWanted: boolean;
  needs: Need[];
  commitments: Coming[];
  seen: { at: string; number: string }[];
}

interface Sheet {
  commitment: Coming;
  recipient: { id: string; name: string; area: string; demo: boolean };
}

interface Contact {
  name: string;
  phone: string;
  email: string;
  demo: boolean;
}

/** How the page was opened, and with it how an answer is sent. */
type Way = { secret: string } | { bast: string; code: string };

const root = one('#pj')!;
const news = one('#kabar')!;
const entry = one<HTMLFormElement>('#bast')!;
// Seeing a contact is written down, so what was seen stays for this visit.
const known = new Map<string, Contact>();

const methods: [string, string, string][] = [
  ['turns', 'Bergiliran', 'Keluarga yang belum kebagian mendapat lebih dulu pada kiriman berikutnya.'],
  ['need', 'Yang paling membutuhkan dulu', 'Misalnya lansia, keluarga dengan bayi, yang kehilangan pekerjaan.'],
  ['split', 'Dibagi rata', 'Isi paket dibagi supaya semua keluarga mendapat.'],
  ['kitchen', 'Dimasak bersama', 'Bahan dimasak di dapur umum dan dibagikan.'],
];

async function open(said = ''): Promise<void> {
  const fragment = location.hash.slice(1);
  const sheet = /^b\.([^.]+)\.([^.]+)$/.exec(fragment);
  entry.hidden = !!fragment;
  root.hidden = !fragment;
  if (!fragment) return;
  if (!root.firstChild) root.append(el('p', { class: 'sub' }, 'Membuka …'));
  if (sheet) return look(sheetNumber(decodeURIComponent(sheet[1]!)), sheet[2]!, said);
  const answer = await call<Steward>('GET', '/v1/steward', undefined, fragment);
  if (answer.kind === 'ok') show(answer.value, { secret: fragment }, said);
  else fail(answer);
}

/** Opens what is to be confirmed with the number and the code of a BAST sheet. */
async function look(bast: string, code: string, said: string): Promise<void> {
  const answer = await call<Sheet>('POST', `/v1/receipts/${encodeURIComponent(bast)}`, { code });
  if (answer.kind === 'ok') {
    single(answer.value, { bast, code }, said);
    return;
  }
  history.replaceState(null, '', '/pj/');
  root.hidden = true;
  entry.hidden = false;
  one<HTMLInputElement>('#nomor', entry)!.value = bast;
  const out = one('#status-bast', entry)!;
  out.textContent = answer.kind === 'refused' && slug(answer.problem) === 'state' ? 'Kiriman dengan nomor BAST ini sudah dijawab. Kode hanya berlaku satu kali.'
    : answer.kind === 'refused' && slug(answer.problem) === 'not-found' ? 'Nomor BAST ini tidak dikenal. Periksa lagi nomornya.' : why(answer);
  one<HTMLInputElement>('#kode', entry)!.select();
}

function fail(answer: Answer<unknown>): void {
  const gone = answer.kind === 'refused' && ['not-found', 'denied'].includes(slug(answer.problem));
  root.replaceChildren(
    el('h2', {}, gone ? 'Tautan ini tidak berlaku' : 'Belum dapat dibuka'),
    el('p', {}, gone ? 'Mungkin tautannya terpotong, sudah dijawab, atau sudah diganti. Minta tautan baru kepada kelurahan, atau pakai kode di lembar BAST.' : why(answer)),
    row(gone ? button('', 'Pakai kode BAST', () => {
      history.replaceState(null, '', '/pj/');
      void open();
    }) : button('', 'Coba lagi', () => void open())));
}

function begin(name: string, demo: boolean, said: string): HTMLElement[] {
  one('#judul')!.textContent = name;
  document.title = `${name} · KSBB`;
  news.textContent = said;
  if (said) {
    one('#judul')!.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  return demo ? [note('', 'Data contoh: lokasi dan orangnya dikarang. Tidak ada yang perlu dihubungi.')] : [];
}

/** Shows one delivery, opened with a BAST code. */
function single(s: Sheet, way: Way, said: string): void {
  root.replaceChildren(...begin(s.recipient.name, s.recipient.demo, said), el('h2', {}, 'Kiriman untuk lokasi Anda'), coming(s.commitment, way));
}

function show(s: Steward, way: Way & { secret: string }, said: string): void {
  // What waits for an answer stands first; the rest stays newest first.
  const waits = (c: Coming) => c.deliveries.some((d) => !d.answer || d.open);
  const all = s.commitments.filter((c) => c.state !== 'received');
  const open = [...all.filter(waits), ...all.filter((c) => !waits(c))];
  const past = s.commitments.filter((c) => c.state === 'received');
  const parts: (HTMLElement | null)[] = [
    ...begin(s.recipient.name, s.recipient.demo, said),
    open.length > 0 ? el('h2', {}, s.scope === 'commitment' ? 'Bantuan untuk lokasi Anda' : `Yang akan datang (${number(open.length)})`)
      : s.scope === 'recipient' ? el('p', { class: 'sub' }, `${past.length > 0 ? 'Tidak ada yang sedang menuju ke sini' : 'Belum ada yang berjanji'}. Begitu ada, kabarnya sampai lewat e-mail dan tampil di sini.`) : null,
    ...open.map((c) => coming(c, way)),
    past.length > 0 ? el('h2', {}, 'Sudah diterima') : null,
    ...past.map((c) => coming(c, way)),
  ];
  if (s.planWanted || s.plan) parts.push(plan(s, way));
  if (s.needs.length > 0) parts.push(el('h2', {}, 'Kebutuhan di lokasi Anda'), ...s.needs.map((n) => need(n, way)));
  if (s.scope === 'recipient') parts.push(el('h2', {}, 'Nomor Anda'), pause(s, way));
  root.replaceChildren(...parts.filter((p): p is HTMLElement => p !== null));
}

/** Does something and shows what came of it. */
async function act(b: HTMLButtonElement, out: HTMLElement, way: Way, method: string, path: string, body: unknown, done: string): Promise<void> {
  b.disabled = true;
  out.textContent = 'Mencatat …';
  const answer = 'secret' in way ? await call<Steward>(method, path, body, way.secret) : await call<Sheet>(method, path, body);
  b.disabled = false;
  if (answer.kind === 'ok') {
    if ('secret' in way) show(answer.value as Steward, way, done);
    else single(answer.value as Sheet, way, done);
  } else if ('secret' in way && outdated(answer)) void open(why(answer));
  else out.textContent = why(answer);
}

// --- Someone who is coming.

function coming(c: Coming, way: Way): HTMLElement {
  const late = c.deliveries.some((d) => d.open);
  const box = el('section', { class: `card${late ? ' late' : ''}` });
  arrived(c.id, c.deliveries.length);
  const left = c.lines.map((l) => l.outstanding);
  box.append(
    el('h3', { class: 'still' }, goodsOf(c.lines)),
    el('p', {}, 'dari ', el('b', {}, c.displayName), c.route === 'aggregator' ? `, lewat ${c.aggregatorName ?? 'mitra penyalur'}` : ''),
    c.state === 'received' ? '' : el('p', {}, c.schedule ? el('b', {}, `Datang ${appointed(c.schedule)}`) : `Rencana ${days(c.period)}, hari belum disepakati`),
    small(c.number));
  if ('secret' in way && c.state !== 'received') box.append(...talk(c, way));
  // A code confirms the one delivery that its sheet was printed for.
  const deliveries = 'bast' in way ? c.deliveries.filter((d) => d.number === way.bast) : c.deliveries;
  for (const d of deliveries) box.append(delivery(c, d, way));
  const rest = c.allowed.includes('receive') && left.some((n) => n > 0) && !c.deliveries.some((d) => !d.answer);
  if ('bast' in way ? rest && deliveries.length === 0 : rest) {
    // Goods come before reports do.
    const title = c.deliveries.length > 0 ? 'Sisanya sudah datang?' : 'Barang sudah datang?';
    const ask = (to: HTMLElement) => to.append(...answers(c, left, way, null));
    if ('secret' in way) box.append(folded(title, ask));
    else {
      box.append(el('h3', {}, title));
      ask(box);
    }
  }
  return box;
}

function talk(c: Coming, way: Way & { secret: string }): HTMLElement[] {
  const out = saying();
  const inner = el('div');
  const path = `/v1/steward/commitments/${c.id}`;
  const fill = (k: Contact) => {
    const digits = k.phone.replace(/\D/g, '');
    const text = `Halo ${k.name}, saya penanggung jawab lokasi KSBB. Terima kasih atas janji Anda: ${goodsOf(c.lines)} (${c.number}). Kapan akan diantar?`;
    inner.replaceChildren(el('p', {}, el('b', {}, k.name)), el('p', {}, k.phone),
      k.demo ? el('p', { class: 'note' }, 'Nomor contoh. Jangan dihubungi.')
        : row(el('a', { class: 'btn wa', href: `https://wa.me/${digits}?text=${encodeURIComponent(text)}`, rel: 'noopener noreferrer' }, 'Tulis lewat WhatsApp'),
          el('a', { class: 'btn ghost', href: `tel:+${digits}` }, 'Telepon')));
  };
  const seen = known.get(c.id);
  if (seen) fill(seen);
  else if (c.allowed.includes('contact')) {
    inner.append(row(button('ghost', 'Lihat kontaknya', (b) => {
      b.disabled = true;
      out.textContent = 'Membuka kontak …';
      void call<Contact>('POST', `${path}/contact`, {}, way.secret).then((answer) => {
        b.disabled = false;
        out.textContent = why(answer);
        if (answer.kind !== 'ok') return;
        known.set(c.id, answer.value);
        fill(answer.value);
      });
    })), small('Bahwa Anda membukanya dicatat dan terlihat olehnya.'));
  }
  const parts = [inner];
  if (c.contactedAt) parts.push(small(`Sudah dihubungi, ${moment(c.contactedAt)}.`));
  else if (c.allowed.includes('contacted')) {
    parts.push(row(button('', 'Sudah dihubungi', (b) => void act(b, out, way, 'POST', `${path}/contacted`, {}, 'Dicatat: sudah dihubungi.'))));
    if (c.contactBy) parts.push(small(`Paling lambat ${moment(c.contactBy)}. Setelah itu janjinya kembali ke peta.`));
  }
  parts.push(out);
  return parts;
}

const said: Record<Verdict, string> = { full: 'diterima lengkap', fewer: 'diterima kurang', none: 'tidak diterima' };

function delivery(c: Coming, d: Delivery, way: Way): HTMLElement {
  const box = el('div', { class: 'given' });
  if (!d.answer) {
    box.append(el('p', {}, `Dilaporkan diantar ${day(d.on)}: `, el('b', {}, goodsOf(c.lines, d.quantities)), '. Sudah Anda terima?'), small(d.number),
      ...answers(c, d.quantities, way, d));
    return box;
  }
  box.append(el('p', {}, el('b', {}, `Anda menjawab: ${said[d.answer]}`), d.answer === 'none' ? '' : ` (${goodsOf(c.lines, d.received)})`),
    small(`${d.number} · ${day(d.on)}${d.open ? ` · dilaporkan ${goodsOf(c.lines, d.quantities)}` : ''}`));
  // An answer may be put right while the two sides differ, and one that came
  // through other hands by the steward's own link.
  const own = 'secret' in way && way.secret.startsWith('s.');
  const weak = d.via === 'handover' || d.via === 'bast';
  if ('secret' in way && c.allowed.includes('receive') && (d.open || (own && weak))) {
    if (d.open) box.append(small('Jumlahnya berbeda dengan laporan. Yang dihitung angka Anda, sampai disepakati. Bicarakan dengan pengantarnya; keliru, ubah di sini.'));
    box.append(folded('Ubah jawaban', (to) => to.append(...answers(c, d.quantities, way, d))));
  }
  return box;
}

/** The three answers; d is null when nothing was reported yet. */
function answers(c: Coming, most: number[], way: Way, d: Delivery | null): HTMLElement[] {
  const out = saying();
  const place = el('div');
  const counted = most.map((_, i) => i).filter((i) => (most[i] ?? 0) > 0);
  const send = (b: HTMLButtonElement, answer: Verdict, lines?: { line: number; quantity: number }[]) => {
    const body = { answer, ...(lines && { lines }) };
    const done = answer === 'full' ? 'Dicatat: diterima lengkap. Terima kasih.' : answer === 'fewer' ? 'Dicatat: diterima kurang. Pengantar dan kelurahan diberi tahu.' : 'Dicatat: tidak diterima. Pengantar dan kelurahan diberi tahu.';
    if ('bast' in way) void act(b, out, way, 'PUT', `/v1/receipts/${encodeURIComponent(way.bast)}`, { code: way.code, ...body }, done);
    else void act(b, out, way, 'PUT', `/v1/steward/commitments/${c.id}/receipts/${d?.id ?? fresh(c.id, c.deliveries.length)}`, body, done);
  };
  const fewer = () => {
    const inputs = counted.map((i) => {
      const id = `n-${c.id}-${d?.id ?? 'baru'}-${i}`;
      const input = el('input', { id, inputmode: 'numeric', autocomplete: 'off' });
      return { i, input, box: el('div', {}, el('label', { for: id }, `Berapa ${goods(c.lines[i]!, 0).replace(/^0 /, '')} yang diterima?`, el('span', { class: 'hint' }, `Paling banyak ${number(most[i]!)}.`)), input) };
    });
    const go = el('button', { class: 'btn', type: 'submit' }, 'Simpan jumlah ini');
    const form = el('form', { novalidate: true }, ...inputs.map((n) => n.box), row(button('ghost', 'Tidak jadi', first), go));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const lines = inputs.map((n) => ({ line: n.i, quantity: whole(n.input.value || '0') }));
      const wrong = lines.findIndex((l) => Number.isNaN(l.quantity) || l.quantity > most[l.line]!);
      if (wrong >= 0) {
        out.textContent = `Tulis angka, paling banyak ${number(most[lines[wrong]!.line]!)}.`;
        inputs[wrong]!.input.focus();
      } else if (lines.every((l) => l.quantity === 0)) out.textContent = d ? 'Tidak ada yang diterima? Tekan Tidak jadi, lalu Tidak diterima.' : 'Tulis berapa yang diterima.';
      else send(go, 'fewer', lines);
    });
    place.replaceChildren(form);
    inputs[0]?.input.focus();
  };
  const sure = (kind: string, question: string, yes: string, answer: Verdict) => {
    const go = button(kind, yes, (b) => send(b, answer));
    place.replaceChildren(el('p', {}, el('b', {}, question)), row(button('ghost', 'Tidak jadi', first), go));
    go.focus();
  };
  function first(): void {
    out.textContent = '';
    const line = row(
      button('', 'Diterima lengkap', () => sure('', `Diterima: ${goodsOf(c.lines, most)}?`, 'Ya, lengkap', 'full')),
      button('ghost', 'Diterima kurang', fewer),
      d ? button('ghost', 'Tidak diterima', () => sure('danger', 'Tidak ada yang diterima?', 'Ya, tidak diterima', 'none')) : null);
    place.replaceChildren(line);
  }
  first();
  return [place, out];
}

/**
 * The id of a delivery that nobody reported, made before sending and kept until
 * it is there, so that a second tap is the same delivery.
 */
function fresh(commitment: string, n: number): string {
  const key = `ksbb:terima:${commitment}:${n}`;
  try {
    const id = localStorage.getItem(key) ?? uuid7(Date.now());
    localStorage.setItem(key, id);
    return id;
  } catch {
    return (made[key] ??= uuid7(Date.now()));
  }
}
const made: Record<string, string> = {};

/** Forgets the ids that are deliveries by now. */
function arrived(commitment: string, n: number): void {
  try {
    for (let i = 0; i < n; i++) localStorage.removeItem(`ksbb:terima:${commitment}:${i}`);
  } catch {
    // Nothing was kept, then.
  }
}

// --- The place itself.

function need(n: Need, way: Way): HTMLElement {
  const out = saying();
  const line = { name: n.name, unit: n.unit, need: n.id } as Line;
  const say = (b: HTMLButtonElement, stillNeeded: boolean, done: string) => void act(b, out, way, 'POST', `/v1/steward/needs/${encodeURIComponent(n.id)}/confirmation`, { stillNeeded }, done);
  const enough = twice('ghost', 'Sudah cukup', 'Ya, sudah cukup', (b) => say(b, false, 'Dicatat: sudah cukup. Terima kasih.'));
  return el('section', { class: 'card' },
    el('h3', {}, n.remaining > 0 ? `Masih butuh ${goods(line, n.remaining)}` : `${n.name}: semua sudah ada yang menjanjikan`),
    small(`Kebutuhan ${number(n.needed)}, diterima ${number(n.received)}.${n.confirmedOn ? ` Dipastikan ${day(n.confirmedOn)}.` : ''}`),
    n.stale ? el('p', { class: 'none' }, el('b', {}, 'Sudah lama tidak dipastikan. Masih benar?')) : null,
    row(button(n.stale ? '' : 'ghost', 'Masih butuh', (b) => say(b, true, 'Dicatat: masih butuh.'))),
    n.remaining > 0 ? enough : null, out);
}

function pause(s: Steward, way: Way): HTMLElement {
  const out = saying();
  return el('section', { class: 'card' },
    el('p', {}, s.paused ? 'Nomor Anda sedang tidak ditampilkan kepada siapa pun. Anda yang menghubungi para pengantar.' : 'Nomor Anda hanya ditampilkan kepada orang yang berjanji ke lokasi ini, dan setiap kali dicatat.'),
    row(button(s.paused ? '' : 'ghost', s.paused ? 'Tampilkan lagi nomor saya' : 'Jeda nomor saya', (b) =>
      void act(b, out, way, 'POST', '/v1/steward/contact', { paused: !s.paused }, s.paused ? 'Nomor Anda ditampilkan lagi.' : 'Nomor Anda dijeda.'))), out,
    folded('Siapa yang melihat nomor saya', (to) => to.append(s.seen.length === 0 ? small('Belum ada.')
      : el('ul', { class: 'rules' }, ...s.seen.map((x) => el('li', {}, `Janji ${x.number}, ${moment(x.at)}`))))));
}

function plan(s: Steward, way: Way): HTMLElement {
  const out = saying();
  const picks = methods.map(([value, title, text]) => {
    const input = el('input', { type: 'radio', name: 'cara', value });
    input.checked = s.plan?.method === value;
    return el('div', { class: 'pick' }, el('label', {}, input, el('span', {}, el('b', {}, title), small(text))));
  });
  const go = el('button', { class: 'btn', type: 'submit' }, 'Simpan');
  const form = el('form', { novalidate: true }, el('fieldset', {}, el('legend', {}, 'Bagaimana membaginya?'), ...picks), row(go), out);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const method = one<HTMLInputElement>('input:checked', form)?.value;
    if (!method) out.textContent = 'Pilih salah satu.';
    else void act(go, out, way, 'PUT', '/v1/steward/plan', { method }, 'Dicatat. Cara membaginya tampil di halaman lokasi.');
  });
  if (s.plan) {
    const chosen = methods.find(([value]) => value === s.plan!.method)?.[1] ?? s.plan.method;
    return el('section', { class: 'card' }, facts([['Cara membagi', chosen]]), folded('Ubah cara membagi', (to) => to.append(form)));
  }
  return el('section', { class: 'card' }, el('h2', {}, 'Cukup untuk semua?'),
    el('p', {}, `Yang dijanjikan lebih sedikit daripada ${number(s.recipient.households)} keluarga di sini. Warga ingin tahu siapa yang mendapat lebih dulu. Pilihan Anda tampil di halaman lokasi.`), form);
}

entry.addEventListener('submit', (event) => {
  event.preventDefault();
  const bast = sheetNumber(one<HTMLInputElement>('#nomor', entry)!.value);
  const code = one<HTMLInputElement>('#kode', entry)!.value.replace(/[\s.-]/g, '').toUpperCase();
  const out = one('#status-bast', entry)!;
  if (bast === '' || code.length !== 6) {
    out.textContent = bast === '' ? 'Tulis nomor BAST-nya.' : 'Kodenya enam huruf atau angka.';
    return;
  }
  out.textContent = 'Memeriksa …';
  history.replaceState(null, '', `#b.${encodeURIComponent(bast)}.${code}`);
  void open();
});

addEventListener('hashchange', () => {
  known.clear();
  root.replaceChildren();
  void open();
});
void open();
