// The steward's page: who is coming, with what, when, and what arrived. It is
// made for an old phone: plain controls, large words, two taps to confirm. The
// secret is in the fragment and travels in the Authorization header only.

import { call, slug, type Answer } from './api';
import { appointed, goods, goodsOf, naming, type Delivery, type Line, type Verdict } from './commitment';
import { el, one } from './dom';
import './fragment';
import { uuid7 } from './identity';
import { button, facts, folded, note, outdated, row, saying, small, twice, why } from './parts';
import { whole } from './promise';
import { sheetNumber } from './sheet';
import { at, t } from './t';
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
  seen: { at: string; number: string; by: string }[];
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
naming(root);
const entry = one<HTMLFormElement>('#bast')!;
// Seeing a contact is written down, so what was seen stays for this visit.
const known = new Map<string, Contact>();

const methods: [string, string, string][] = [
  ['turns', t('Bergiliran'), t('Keluarga yang belum kebagian mendapat lebih dulu pada kiriman berikutnya.')],
  ['need', t('Yang paling membutuhkan dulu'), t('Misalnya lansia, keluarga dengan bayi, yang kehilangan pekerjaan.')],
  ['split', t('Dibagi rata'), t('Isi paket dibagi supaya semua keluarga mendapat.')],
  ['kitchen', t('Dimasak bersama'), t('Bahan dimasak di dapur umum dan dibagikan.')],
];

async function open(said = ''): Promise<void> {
  const fragment = location.hash.slice(1);
  const sheet = /^b\.([^.]+)\.([^.]+)$/.exec(fragment);
  entry.hidden = !!fragment;
  root.hidden = !fragment;
  if (!fragment) return;
  if (!root.firstChild) root.append(el('p', { class: 'sub' }, t('Membuka …')));
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
  history.replaceState(null, '', at('/pj/'));
  root.hidden = true;
  entry.hidden = false;
  one<HTMLInputElement>('#nomor', entry)!.value = bast;
  const out = one('#status-bast', entry)!;
  out.textContent = answer.kind === 'refused' && slug(answer.problem) === 'state' ? t('Kiriman dengan nomor BAST ini sudah dijawab. Kode hanya berlaku satu kali.')
    : answer.kind === 'refused' && slug(answer.problem) === 'not-found' ? t('Nomor BAST ini tidak dikenal. Periksa lagi nomornya.') : why(answer);
  one<HTMLInputElement>('#kode', entry)!.select();
}

function fail(answer: Answer<unknown>): void {
  const gone = answer.kind === 'refused' && ['not-found', 'denied'].includes(slug(answer.problem));
  root.replaceChildren(
    el('h2', {}, gone ? t('Tautan ini tidak berlaku') : t('Belum dapat dibuka')),
    el('p', {}, gone ? t('Mungkin tautannya terpotong, sudah dijawab, atau sudah diganti. Minta tautan baru kepada kelurahan, atau pakai kode di lembar BAST.') : why(answer)),
    row(gone ? button('', t('Pakai kode BAST'), () => {
      history.replaceState(null, '', at('/pj/'));
      void open();
    }) : button('', t('Coba lagi'), () => void open())));
}

function begin(name: string, demo: boolean, said: string): HTMLElement[] {
  one('#judul')!.textContent = name;
  document.title = `${name} · KSBB`;
  news.textContent = said;
  if (said) {
    one('#judul')!.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  return demo ? [note('', t('Data contoh: lokasi dan orangnya dikarang. Tidak ada yang perlu dihubungi.'))] : [];
}

/** Shows one delivery, opened with a BAST code. */
function single(s: Sheet, way: Way, said: string): void {
  root.replaceChildren(...begin(s.recipient.name, s.recipient.demo, said), el('h2', {}, t('Kiriman untuk lokasi Anda')), coming(s.commitment, way));
}

function show(s: Steward, way: Way & { secret: string }, said: string): void {
  // What waits for an answer stands first; the rest stays newest first.
  const waits = (c: Coming) => c.deliveries.some((d) => !d.answer || d.open);
  const all = s.commitments.filter((c) => c.state !== 'received');
  const open = [...all.filter(waits), ...all.filter((c) => !waits(c))];
  const past = s.commitments.filter((c) => c.state === 'received');
  const parts: (HTMLElement | null)[] = [
    ...begin(s.recipient.name, s.recipient.demo, said),
    open.length > 0 ? el('h2', {}, s.scope === 'commitment' ? t('Bantuan untuk lokasi Anda') : t('Yang akan datang (%s)', number(open.length)))
      : s.scope === 'recipient' ? el('p', { class: 'sub' }, `${past.length > 0 ? t('Tidak ada yang sedang menuju ke sini.') : t('Belum ada yang berjanji.')} ${t('Begitu ada, kabarnya sampai lewat e-mail dan tampil di sini.')}`) : null,
    ...open.map((c) => coming(c, way)),
    past.length > 0 ? el('h2', {}, t('Sudah diterima')) : null,
    ...past.map((c) => coming(c, way)),
  ];
  if (s.planWanted || s.plan) parts.push(plan(s, way));
  if (s.needs.length > 0) parts.push(el('h2', {}, t('Kebutuhan di lokasi Anda')), ...s.needs.map((n) => need(n, way)));
  if (s.scope === 'recipient') parts.push(el('h2', {}, t('Nomor Anda')), pause(s, way));
  root.replaceChildren(...parts.filter((p): p is HTMLElement => p !== null));
}

/** Does something and shows what came of it. */
async function act(b: HTMLButtonElement, out: HTMLElement, way: Way, method: string, path: string, body: unknown, done: string): Promise<void> {
  b.disabled = true;
  out.textContent = t('Mencatat …');
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
    el('p', {}, `${t('dari')} `, el('b', {}, c.displayName), c.route === 'aggregator' ? `, ${c.aggregatorName ? t('lewat %s', c.aggregatorName) : t('lewat mitra penyalur')}` : ''),
    c.state === 'received' ? '' : el('p', {}, c.schedule ? el('b', {}, t('Datang %s', appointed(c.schedule))) : t('Rencana %s, hari belum disepakati', days(c.period))),
    small(c.number));
  if ('secret' in way && c.state !== 'received') box.append(...talk(c, way));
  // A code confirms the one delivery that its sheet was printed for.
  const deliveries = 'bast' in way ? c.deliveries.filter((d) => d.number === way.bast) : c.deliveries;
  for (const d of deliveries) box.append(delivery(c, d, way));
  const rest = c.allowed.includes('receive') && left.some((n) => n > 0) && !c.deliveries.some((d) => !d.answer);
  if ('bast' in way ? rest && deliveries.length === 0 : rest) {
    // Goods come before reports do.
    const title = c.deliveries.length > 0 ? t('Sisanya sudah datang?') : t('Barang sudah datang?');
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
    const text = t('Halo %s, saya penanggung jawab lokasi KSBB. Terima kasih atas komitmen Anda: %s (%s). Kapan akan diantar?', k.name, goodsOf(c.lines), c.number);
    inner.replaceChildren(el('p', {}, el('b', {}, k.name)), el('p', {}, k.phone),
      k.demo ? el('p', { class: 'note' }, t('Nomor contoh. Jangan dihubungi.'))
        : row(el('a', { class: 'btn wa', href: `https://wa.me/${digits}?text=${encodeURIComponent(text)}`, rel: 'noopener noreferrer' }, t('Tulis lewat WhatsApp')),
          el('a', { class: 'btn ghost', href: `tel:+${digits}` }, t('Telepon'))));
  };
  const seen = known.get(c.id);
  if (seen) fill(seen);
  else if (c.allowed.includes('contact')) {
    inner.append(row(button('ghost', t('Lihat kontaknya'), (b) => {
      b.disabled = true;
      out.textContent = t('Membuka kontak …');
      void call<Contact>('POST', `${path}/contact`, {}, way.secret).then((answer) => {
        b.disabled = false;
        out.textContent = why(answer);
        if (answer.kind !== 'ok') return;
        known.set(c.id, answer.value);
        fill(answer.value);
      });
    })), small(t('Bahwa Anda membukanya dicatat dan terlihat olehnya.')));
  }
  const parts = [inner];
  if (c.contactedAt) parts.push(small(t('Sudah dihubungi, %s.', moment(c.contactedAt))));
  else if (c.allowed.includes('contacted')) {
    parts.push(row(button('', t('Sudah dihubungi'), (b) => void act(b, out, way, 'POST', `${path}/contacted`, {}, t('Dicatat: sudah dihubungi.')))));
    if (c.contactBy) parts.push(small(t('Paling lambat %s. Setelah itu komitmennya kembali ke peta.', moment(c.contactBy))));
  }
  parts.push(out);
  return parts;
}

const said: Record<Verdict, string> = { full: t('Anda menjawab: diterima lengkap'), fewer: t('Anda menjawab: diterima kurang'), none: t('Anda menjawab: tidak diterima') };

function delivery(c: Coming, d: Delivery, way: Way): HTMLElement {
  const box = el('div', { class: 'given' });
  if (!d.answer) {
    box.append(el('p', {}, `${t('Dilaporkan diantar %s:', day(d.on))} `, el('b', {}, goodsOf(c.lines, d.quantities)), `. ${t('Sudah Anda terima?')}`), small(d.number),
      ...answers(c, d.quantities, way, d));
    return box;
  }
  box.append(el('p', {}, el('b', {}, said[d.answer]), d.answer === 'none' ? '' : ` (${goodsOf(c.lines, d.received)})`),
    small(`${d.number} · ${day(d.on)}${d.open ? ` · ${t('dilaporkan %s', goodsOf(c.lines, d.quantities))}` : ''}`));
  // An answer may be put right while the two sides differ, and one that came
  // through other hands by the steward's own link.
  const own = 'secret' in way && way.secret.startsWith('s.');
  const weak = d.via === 'handover' || d.via === 'bast';
  if ('secret' in way && c.allowed.includes('receive') && (d.open || (own && weak))) {
    if (d.open) box.append(small(t('Jumlahnya berbeda dengan laporan. Yang dihitung angka Anda, sampai disepakati. Bicarakan dengan pengantarnya; keliru, ubah di sini.')));
    box.append(folded(t('Ubah jawaban'), (to) => to.append(...answers(c, d.quantities, way, d))));
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
    const done = answer === 'full' ? t('Dicatat: diterima lengkap. Terima kasih.') : answer === 'fewer' ? t('Dicatat: diterima kurang. Pengantar dan kelurahan diberi tahu.') : t('Dicatat: tidak diterima. Pengantar dan kelurahan diberi tahu.');
    if ('bast' in way) void act(b, out, way, 'PUT', `/v1/receipts/${encodeURIComponent(way.bast)}`, { code: way.code, ...body }, done);
    else void act(b, out, way, 'PUT', `/v1/steward/commitments/${c.id}/receipts/${d?.id ?? fresh(c.id, c.deliveries.length)}`, body, done);
  };
  const fewer = () => {
    const inputs = counted.map((i) => {
      const id = `n-${c.id}-${d?.id ?? 'baru'}-${i}`;
      const input = el('input', { id, inputmode: 'numeric', autocomplete: 'off' });
      return { i, input, box: el('div', {}, el('label', { for: id }, t('Berapa %s yang diterima?', goods(c.lines[i]!, 0).replace(/^0 /, '')), el('span', { class: 'hint' }, t('Paling banyak %s.', number(most[i]!)))), input) };
    });
    const go = el('button', { class: 'btn', type: 'submit' }, t('Simpan jumlah ini'));
    const form = el('form', { novalidate: true }, ...inputs.map((n) => n.box), row(button('ghost', t('Tidak jadi'), first), go));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const lines = inputs.map((n) => ({ line: n.i, quantity: whole(n.input.value || '0') }));
      const wrong = lines.findIndex((l) => Number.isNaN(l.quantity) || l.quantity > most[l.line]!);
      if (wrong >= 0) {
        out.textContent = t('Tulis angka, paling banyak %s.', number(most[lines[wrong]!.line]!));
        inputs[wrong]!.input.focus();
      } else if (lines.every((l) => l.quantity === 0)) out.textContent = d ? t('Tidak ada yang diterima? Tekan Tidak jadi, lalu Tidak diterima.') : t('Tulis berapa yang diterima.');
      else send(go, 'fewer', lines);
    });
    place.replaceChildren(form);
    inputs[0]?.input.focus();
  };
  const sure = (kind: string, question: string, yes: string, answer: Verdict) => {
    const go = button(kind, yes, (b) => send(b, answer));
    place.replaceChildren(el('p', {}, el('b', {}, question)), row(button('ghost', t('Tidak jadi'), first), go));
    go.focus();
  };
  function first(): void {
    out.textContent = '';
    const line = row(
      button('', t('Diterima lengkap'), () => sure('', t('Diterima: %s?', goodsOf(c.lines, most)), t('Ya, lengkap'), 'full')),
      button('ghost', t('Diterima kurang'), fewer),
      d ? button('ghost', t('Tidak diterima'), () => sure('danger', t('Tidak ada yang diterima?'), t('Ya, tidak diterima'), 'none')) : null);
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
  const line = { name: n.name, unit: n.unit, need: n.id, package: n.package } as Line;
  const say = (b: HTMLButtonElement, stillNeeded: boolean, done: string) => void act(b, out, way, 'POST', `/v1/steward/needs/${encodeURIComponent(n.id)}/confirmation`, { stillNeeded }, done);
  const enough = twice('ghost', t('Sudah cukup'), t('Ya, sudah cukup'), (b) => say(b, false, t('Dicatat: sudah cukup. Terima kasih.')));
  return el('section', { class: 'card' },
    el('h3', {}, n.remaining > 0 ? t('Masih butuh %s', goods(line, n.remaining)) : t('%s: semua sudah ada yang menjanjikan', goods(line, n.needed))),
    small(`${t('Kebutuhan %s, diterima %s.', number(n.needed), number(n.received))}${n.confirmedOn ? ` ${t('Dipastikan %s.', day(n.confirmedOn))}` : ''}`),
    n.stale ? el('p', { class: 'none' }, el('b', {}, t('Sudah lama tidak dipastikan. Masih benar?'))) : null,
    row(button(n.stale ? '' : 'ghost', t('Masih butuh'), (b) => say(b, true, t('Dicatat: masih butuh.')))),
    n.remaining > 0 ? enough : null, out);
}

function pause(s: Steward, way: Way): HTMLElement {
  const out = saying();
  return el('section', { class: 'card' },
    el('p', {}, s.paused ? t('Nomor Anda sedang tidak ditampilkan kepada siapa pun. Anda yang menghubungi para pengantar.') : t('Nomor Anda hanya ditampilkan kepada orang yang berjanji ke lokasi ini, dan setiap kali dicatat.')),
    row(button(s.paused ? '' : 'ghost', s.paused ? t('Tampilkan lagi nomor saya') : t('Jeda nomor saya'), (b) =>
      void act(b, out, way, 'POST', '/v1/steward/contact', { paused: !s.paused }, s.paused ? t('Nomor Anda ditampilkan lagi.') : t('Nomor Anda dijeda.')))), out,
    folded(t('Siapa yang melihat nomor saya'), (to) => to.append(s.seen.length === 0 ? small(t('Belum ada.'))
      : el('ul', { class: 'rules' }, ...s.seen.map((x) => el('li', {}, x.by === 'officer' ? t('Petugas, untuk komitmen %s, %s', x.number, moment(x.at)) : t('Komitmen %s, %s', x.number, moment(x.at))))))));
}

function plan(s: Steward, way: Way): HTMLElement {
  const out = saying();
  const picks = methods.map(([value, title, text]) => {
    const input = el('input', { type: 'radio', name: 'cara', value });
    input.checked = s.plan?.method === value;
    return el('div', { class: 'pick' }, el('label', {}, input, el('span', {}, el('b', {}, title), small(text))));
  });
  const go = el('button', { class: 'btn', type: 'submit' }, t('Simpan'));
  const form = el('form', { novalidate: true }, el('fieldset', {}, el('legend', {}, t('Bagaimana membaginya?')), ...picks), row(go), out);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const method = one<HTMLInputElement>('input:checked', form)?.value;
    if (!method) out.textContent = t('Pilih salah satu.');
    else void act(go, out, way, 'PUT', '/v1/steward/plan', { method }, t('Dicatat. Cara membaginya tampil di halaman lokasi.'));
  });
  if (s.plan) {
    const chosen = methods.find(([value]) => value === s.plan!.method)?.[1] ?? s.plan.method;
    return el('section', { class: 'card' }, facts([[t('Cara membagi'), chosen]]), folded(t('Ubah cara membagi'), (to) => to.append(form)));
  }
  return el('section', { class: 'card' }, el('h2', {}, t('Cukup untuk semua?')),
    el('p', {}, t('Yang dijanjikan lebih sedikit daripada %s keluarga di sini. Warga ingin tahu siapa yang mendapat lebih dulu. Pilihan Anda tampil di halaman lokasi.', number(s.recipient.households))), form);
}

entry.addEventListener('submit', (event) => {
  event.preventDefault();
  const bast = sheetNumber(one<HTMLInputElement>('#nomor', entry)!.value);
  const code = one<HTMLInputElement>('#kode', entry)!.value.replace(/[\s.-]/g, '').toUpperCase();
  const out = one('#status-bast', entry)!;
  if (bast === '' || code.length !== 6) {
    out.textContent = bast === '' ? t('Tulis nomor BAST-nya.') : t('Kodenya enam huruf atau angka.');
    return;
  }
  out.textContent = t('Memeriksa …');
  history.replaceState(null, '', `#b.${encodeURIComponent(bast)}.${code}`);
  void open();
});

addEventListener('hashchange', () => {
  known.clear();
  root.replaceChildren();
  void open();
});
void open();
