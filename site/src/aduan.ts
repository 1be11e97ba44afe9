// The form for complaints, and, with a link, where one's own complaint stands.
// The secret is in the fragment, which browsers never send anywhere; it travels
// in the Authorization header only.

import { call, slug, type FieldError } from './api';
import { Files } from './bukti';
import { all, el, one } from './dom';
import './fragment';
import { commitmentOf, uuid7 } from './identity';
import { check, Form } from './isian';
import { button, copying, note, row, saying, small, why } from './parts';
import { at, lang, many, t } from './t';
import { lost, moment, problemText } from './words';

interface Complaint {
  id: string;
  ticket: string;
  class: string;
  state: string;
  receivedAt: string;
  dueBy: string;
  closedAt?: string;
  escalated: boolean;
  outcome?: string;
  messages: { id: string; at: string; from: string; text?: string }[];
  evidence: { id: string; state: string }[];
  open: boolean;
}

const element = one<HTMLFormElement>('#aduan')!;
const ticket = one('#tiket')!;
const front = one('#muka')!;
const news = one('#kabar')!;

// --- The city's own channels.

const today = new Date().toISOString().slice(0, 10);
for (const line of all('[data-from]')) {
  line.hidden = line.dataset['from']! > today || (line.dataset['until'] !== '' && line.dataset['until']! < today);
}

// --- The form.

const form = new Form(element, 'ksbb:aduan', {
  '/about/commitment unknown': t('Nomor ini tidak ada. Periksa lagi; nomornya dimulai dengan K.'),
  '/about/recipient unknown': t('Lokasi ini tidak ada lagi. Buka lagi dari peta.'),
  '/about/aggregator required': t('Pilih mitranya.'),
  '/area required': t('Pilih kelurahannya.'),
  '/text too_short': t('Terlalu pendek. Ceritakan apa yang terjadi.'),
});
const place = new URLSearchParams(location.search).get('lokasi') ?? '';
const clear = one<HTMLButtonElement>('#hapus')!;

const readers: Record<string, string> = {
  recipient: t('Petugas aduan tingkat kota.'),
  area: t('Petugas aduan tingkat kota, bukan kelurahan.'),
  aggregator: t('Petugas aduan tingkat provinsi.'),
  commitment: t('Petugas aduan tingkat kota atau provinsi.'),
};

function refresh(): void {
  const v = form.values();
  for (const box of all('.pick', element)) {
    const on = one<HTMLInputElement>('input[name=about]', box)?.checked ?? false;
    box.classList.toggle('on', on);
    const inner = one('.pick-body', box);
    if (inner) inner.hidden = !on;
  }
  const about = v['about'] ?? '';
  one('#di-mana')!.hidden = about === 'recipient' || about === 'commitment';
  one('#boleh-kosong')!.hidden = about === 'area';
  one('#pembaca')!.textContent = readers[about] ?? (v['area'] ? t('Petugas di kelurahan itu.') : t('Petugas aduan tingkat provinsi.'));
}

/** Names the place that the link speaks of, and makes it the first choice. */
async function prefill(): Promise<void> {
  if (!/^[\w.-]{1,100}$/.test(place)) return;
  const answer = await call<{ id: string; name: string }>('GET', `/data/v1/recipients/${place}.json`);
  if (answer.kind !== 'ok' || answer.value.id !== place) return;
  one('#lokasi')!.textContent = answer.value.name;
  one('#siapa-lokasi')!.hidden = false;
  one('#cari-lokasi')!.hidden = true;
  one<HTMLInputElement>('input[name=about][value=recipient]')!.checked = true;
  refresh();
}

function body(v: Record<string, string>): object {
  const about = v['about'] ?? '';
  const area = v['area'] ?? '';
  return {
    class: v['class'],
    text: v['text'],
    ...(about === 'recipient' && { about: { recipient: place } }),
    ...(about === 'area' && { about: { area } }),
    ...(about === 'aggregator' && { about: { aggregator: v['aggregator'] } }),
    ...(about === 'commitment' && { about: { commitment: v['commitment'] } }),
    ...((about === '' || about === 'aggregator') && area && { area }),
    ...(v['email'] && { contact: { email: v['email'] } }),
  };
}

function wrongIn(v: Record<string, string>): FieldError[] {
  const wrong = check(v, element, 'class');
  const missing = (pointer: string) => wrong.splice(Math.min(1, wrong.length), 0, { pointer, code: 'required' });
  if (v['about'] === 'area' && !v['area']) missing('/area');
  if (v['about'] === 'aggregator' && !v['aggregator']) missing('/about/aggregator');
  if (v['about'] === 'commitment' && !v['commitment']) missing('/about/commitment');
  return wrong;
}

async function submit(): Promise<void> {
  const v = form.values();
  const wrong = wrongIn(v);
  form.mark(wrong);
  if (wrong.length > 0) return;
  const sent = await form.send<{ secret: string }>((id) => `/v1/complaints/${id}`, body(v));
  if (!sent) return;
  element.reset();
  history.pushState(null, '', at(`/aduan/#${sent.secret}`));
  await open(t('Aduan terkirim. Simpan tautan di bawah ini: hanya dengan itu Anda dapat melihat jawabannya.'));
}

function kept(on: boolean): void {
  clear.hidden = !on;
  one('#tersimpan')!.textContent = on ? t('Tersimpan di ponsel ini sampai terkirim.') : '';
}

// --- One's own complaint.

const states: Record<string, string> = {
  received: t('Diterima, menunggu petugas'),
  assigned: t('Sedang ditangani petugas'),
  answered: t('Sudah dijawab'),
  closed: t('Sudah selesai'),
};

const outcomes: Record<string, string> = {
  resolved: t('Terbukti dan sudah dibereskan.'),
  explained: t('Sudah dijelaskan.'),
  unfounded: t('Tidak terbukti.'),
  forwarded: t('Diteruskan ke instansi lain.'),
  duplicate: t('Sudah ada aduan lain tentang hal yang sama.'),
};

/** The id of the complaint that a secret belongs to, or null when it cannot be one. */
const idOf = (secret: string) => (secret.startsWith('a.') ? commitmentOf(secret.slice(2)) : null);

async function open(said = ''): Promise<void> {
  const secret = location.hash.slice(1);
  const follows = secret.startsWith('a.');
  front.hidden = follows;
  ticket.hidden = !follows;
  news.textContent = said;
  if (!follows) return;
  const id = idOf(secret);
  const answer = id ? await call<Complaint>('GET', `/v1/complaints/${id}`, undefined, secret) : null;
  if (answer?.kind === 'ok') return show(answer.value, secret);
  const gone = answer === null || (answer.kind === 'refused' && slug(answer.problem) === 'not-found');
  ticket.replaceChildren(
    el('h1', {}, gone ? t('Aduan ini tidak ditemukan') : t('Belum dapat dibuka')),
    el('p', { class: 'sub' }, gone
      ? t('Tautannya tidak lengkap, atau isinya sudah dihapus karena selesai lebih dari 90 hari.')
      : answer.kind === 'refused' ? problemText(answer.problem) : lost()),
    row(gone ? el('a', { class: 'btn', href: at('/aduan/') }, t('Ke halaman aduan')) : button('', t('Coba lagi'), () => void open())));
}

function show(c: Complaint, secret: string): void {
  const sentence = one<HTMLOptionElement>(`#class option[value="${CSS.escape(c.class)}"]`)?.text ?? c.class;
  const waits = c.state === 'received' || c.state === 'assigned';
  const late = waits && Date.parse(c.dueBy) < Date.now();
  document.title = `${t('Aduan %s', c.ticket)} · KSBB`;
  const heading = el('h1', { tabindex: -1 }, sentence);
  ticket.replaceChildren(
    el('p', { class: 'small sub' }, t('Aduan %s · hanya untuk Anda', c.ticket)), heading,
    el('ul', { class: 'chips' }, el('li', { class: waits ? 'sun' : '' }, states[c.state] ?? c.state), c.escalated && waits ? el('li', { class: 'alarm' }, t('Naik ke kantor di atasnya')) : null),
    waits
      ? note(late ? 'bad' : '', late
        ? t('Tenggat jawaban %s sudah lewat. Kantor di atasnya diberi tahu.', moment(c.dueBy))
        : t('Dijawab paling lambat %s.', moment(c.dueBy)))
      : note('good', `${outcomes[c.outcome ?? ''] ?? t('Sudah dijawab.')}${c.open ? ` ${t('Kalau belum puas, tulis lagi di bawah: waktunya mulai lagi dari awal.')}` : ''}`),
    el('h2', {}, t('Percakapan')),
    el('ol', { class: 'time' }, ...c.messages.map((m) => (m.from === 'you'
      ? el('li', {}, el('b', {}, t('Pesan Anda terkirim')), el('span', { class: 'small' }, moment(m.at)))
      : el('li', {}, el('b', {}, t('Jawaban petugas')), el('span', { class: 'small' }, moment(m.at)), el('p', { class: 'letter', lang: lang !== 'id' && 'id' }, m.text ?? '')))),
    waits ? el('li', { class: 'wait' }, el('b', {}, t('Jawaban petugas'))) : null),
    el('p', { class: 'small sub' }, t('Isi pesan Anda sengaja tidak ditampilkan lagi. Kalau ponsel ini dibuka orang lain, ia tidak dapat membacanya.')),
    c.open ? writing(c, secret) : '',
    c.open ? photos(c, secret) : '',
    el('h2', {}, t('Simpan tautan ini')),
    el('p', { class: 'sub' }, t('Hanya dengan tautan ini aduan dapat dibuka lagi. Tidak ada yang dapat mengirimkannya ulang, karena kami tidak tahu siapa Anda. Jangan dibagikan.')),
    copying(t('Salin tautan'), `${location.origin}${at('/aduan/')}#${secret}`),
    row(el('a', { class: 'btn ghost', href: at('/') }, t('Ke peta'))));
  heading.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function writing(c: Complaint, secret: string): HTMLElement {
  const said = saying();
  const text = el('textarea', { id: 'pesan', rows: 4, maxlength: 4000 });
  let last = { text: '', id: '' };
  const go = el('button', { class: 'btn', type: 'submit' }, t('Kirim pesan'));
  const box = el('form', { class: 'card', novalidate: true }, el('label', { for: 'pesan' }, t('Tulis lagi kepada petugas')), text, row(go), said);
  box.addEventListener('submit', (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (words === '') {
      said.textContent = t('Tulis dulu pesannya.');
      text.focus();
      return;
    }
    // The same words keep their id, so that sending them again is harmless.
    if (last.text !== words) last = { text: words, id: uuid7(Date.now()) };
    go.disabled = true;
    said.textContent = t('Mengirim …');
    void call<Complaint>('POST', `/v1/complaints/${c.id}/messages`, { id: last.id, text: words }, secret).then((answer) => {
      go.disabled = false;
      if (answer.kind === 'ok') {
        show(answer.value, secret);
        news.textContent = t('Pesan terkirim.');
      } else said.textContent = why(answer);
    });
  });
  return box;
}

function photos(c: Complaint, secret: string): HTMLElement {
  const files = new Files({
    // A complaint knows one kind of file.
    call: (method, what, sent) => {
      const { kind: _, ...rest } = (sent ?? {}) as Record<string, unknown>;
      return call(method, `/v1/complaints/${c.id}/${what}`, sent === undefined ? undefined : rest, secret);
    },
  }, () => {}, true);
  const there = c.evidence.filter((e) => e.state !== 'refused').length;
  return el('div', { class: 'card' },
    el('h3', {}, t('Foto')),
    small(t('Foto dikecilkan dulu di ponsel ini; biasanya catatan tempat di dalamnya ikut terbuang. Hanya petugas yang melihatnya, tidak pernah ditampilkan.')),
    there > 0 ? small(many(there, '%s foto sudah terlampir.', there)) : '',
    files.box, row(files.picker('photo', t('Tambahkan foto'))));
}

// --- Begin.

element.addEventListener('input', () => {
  refresh();
  kept(form.keep());
});
element.addEventListener('submit', (event) => {
  event.preventDefault();
  void submit();
});
clear.addEventListener('click', () => {
  form.forget();
  location.replace(location.pathname + location.search);
});
addEventListener('hashchange', () => void open());
addEventListener('popstate', () => void open());
// A draft about a place whose link is not this one would name nobody.
if (form.values()['about'] === 'recipient') one<HTMLInputElement>('input[name=about][value=""]')!.checked = true;
kept(form.kept());
refresh();
void prefill();
void open();
