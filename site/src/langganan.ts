// Reports by mail: asking for them, confirming that from the letter, ending it.
// Which of these it is stands in the fragment of the link, which browsers never
// send anywhere. Opening a link changes nothing: scanners of mail open all.

import { call, slug, type Answer, type FieldError } from './api';
import { all, el, one } from './dom';
import { commitmentOf } from './identity';
import { Form } from './isian';
import { button, row, saying, small, why } from './parts';
import { moment } from './words';

const element = one<HTMLFormElement>('#langganan')!;
const letter = one('#tautan')!;
const heading = one('#judul')!;
const title = heading.textContent!;
const kinds = ['monthly', 'weekly', 'daily'];
const names: Record<string, string> = { monthly: 'bulanan', weekly: 'mingguan', daily: 'harian' };

const chosen = () => kinds.filter((kind) => one<HTMLInputElement>(`input[name=${kind}]`, element)!.checked);
/** "bulanan", "bulanan dan harian", "bulanan, mingguan, dan harian" */
const listed = (all: string[]) => {
  const words = all.map((kind) => names[kind] ?? kind);
  return words.length < 3 ? words.join(' dan ') : `${words.slice(0, -1).join(', ')}, dan ${words.at(-1)}`;
};

const form = new Form(element, 'ksbb:langganan', { '/monthly required': 'Pilih sedikitnya satu laporan.' });

function refresh(): void {
  for (const box of all('.pick', element)) box.classList.toggle('on', one<HTMLInputElement>('input', box)!.checked);
}

async function submit(): Promise<void> {
  const wanted = chosen();
  const email = form.values()['email'] ?? '';
  const wrong: FieldError[] = [];
  if (wanted.length === 0) wrong.push({ pointer: '/monthly', code: 'required' });
  if (email === '') wrong.push({ pointer: '/email', code: 'required' });
  else if (!/^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(email)) wrong.push({ pointer: '/email', code: 'email' });
  form.mark(wrong);
  if (wrong.length > 0) return;
  const sent = await form.send<{ id: string; confirmBy: string }>((id) => `/v1/subscriptions/${id}`, { email, kinds: wanted, language: 'id' });
  if (!sent) return;
  const next = el('h2', { tabindex: -1 }, 'Satu langkah lagi: periksa e-mail Anda');
  one('#daftar')!.replaceChildren(next,
    el('p', {}, 'Kami mengirim surat ke ', el('b', {}, email), '. Buka tautan di dalamnya dan tekan ', el('b', {}, 'Ya, kirimi saya laporan'), ` sebelum ${moment(sent.confirmBy)}.`),
    el('p', { class: 'sub' }, 'Belum datang? Tunggu beberapa menit dan lihat juga folder spam. Ke satu alamat hanya beberapa surat sehari; kalau perlu, coba lagi besok.'),
    row(el('a', { class: 'btn ghost', href: '/laporan/' }, 'Baca laporan yang sudah terbit')));
  next.focus();
}

/** Shows one question or answer in place of the form. */
function show(head: string, ...children: (Node | null)[]): void {
  heading.textContent = head;
  one('#daftar')!.hidden = true;
  letter.hidden = false;
  letter.replaceChildren(...children.filter((c) => c !== null));
}

/** Takes the secret out of the address: it has done its work. */
const done = () => history.replaceState(null, '', location.pathname);

const again = () => row(el('a', { class: 'btn', href: '/laporan/' }, 'Baca laporan'), el('a', { class: 'btn ghost', href: '/langganan/' }, 'Langganan baru'));

async function acting(b: HTMLButtonElement, said: HTMLElement, path: string, secret?: string): Promise<Answer<{ kinds: string[] }>> {
  b.disabled = true;
  said.textContent = 'Mengirim …';
  const answer = await call<{ kinds: string[] }>('POST', path, undefined, secret);
  b.disabled = false;
  said.textContent = answer.kind === 'ok' ? '' : why(answer);
  return answer;
}

async function finish(b: HTMLButtonElement, said: HTMLElement, id: string, what: string): Promise<void> {
  const answer = await acting(b, said, `/v1/subscriptions/${id}/end`);
  if (answer.kind !== 'ok') return;
  done();
  show(what, el('p', {}, 'Alamat e-mail Anda sudah dihapus. Tidak ada laporan yang dikirim lagi.'), again());
  heading.focus();
}

/** The link of the first letter. */
function confirm(id: string, secret: string): void {
  const said = saying();
  show('Konfirmasi langganan',
    el('p', { class: 'sub' }, 'Anda yang meminta laporan lewat e-mail? Kalau bukan, alamat ini langsung dihapus.'),
    row(button('', 'Ya, kirimi saya laporan', async (b) => {
      const answer = await acting(b, said, `/v1/subscriptions/${id}/confirmation`, secret);
      if (answer.kind === 'refused' && slug(answer.problem) === 'not-found') return outdated();
      if (answer.kind !== 'ok') return;
      done();
      show('Langganan Anda aktif', el('p', {}, `Mulai sekarang laporan ${listed(answer.value.kinds)} dikirim ke e-mail Anda begitu terbit.`),
        small('Ingin berhenti? Tautannya ada di bagian bawah setiap surat.'), again());
      heading.focus();
    }), button('ghost', 'Bukan saya', (b) => void finish(b, said, id, 'Tidak jadi berlangganan'))),
    said);
}

function outdated(): void {
  done();
  show('Tautan ini tidak berlaku lagi',
    el('p', {}, 'Mungkin langganan ini sudah dihentikan, diganti dengan yang baru, atau terlambat dikonfirmasi. Alamat e-mailnya sudah dihapus.'), again());
  heading.focus();
}

/** The link at the foot of every report. */
function end(id: string): void {
  const said = saying();
  show('Berhenti berlangganan?',
    el('p', { class: 'sub' }, 'Laporan tidak dikirim lagi, dan alamat e-mail Anda langsung dihapus.'),
    row(button('', 'Ya, berhenti', (b) => void finish(b, said, id, 'Langganan sudah dihentikan')), el('a', { class: 'btn ghost', href: '/laporan/' }, 'Tidak jadi')),
    said);
}

function open(): void {
  const fragment = location.hash.slice(1);
  const asked = fragment.startsWith('l.') ? commitmentOf(fragment.slice(2)) : null;
  const ending = /^akhiri\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(fragment)?.[1];
  if (asked) confirm(asked, fragment);
  else if (ending) end(ending);
  else if (/^(l|akhiri)\b/.test(fragment)) {
    show('Tautan ini tidak lengkap', el('p', {}, 'Salin tautan dari e-mail secara utuh, lalu buka lagi.'), again());
  } else {
    heading.textContent = title;
    letter.hidden = true;
    one('#daftar')!.hidden = false;
  }
}

addEventListener('hashchange', open);
element.addEventListener('input', () => {
  refresh();
  form.keep();
});
element.addEventListener('submit', (event) => {
  event.preventDefault();
  void submit();
});
refresh();
open();
