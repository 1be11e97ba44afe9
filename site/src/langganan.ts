// Reports by mail: asking for them, confirming that from the letter, ending it.
// Which of these it is stands in the fragment of the link, which browsers never
// send anywhere. Opening a link changes nothing: scanners of mail open all.

import { call, slug, type Answer, type FieldError } from './api';
import { all, el, one } from './dom';
import './fragment';
import { commitmentOf } from './identity';
import { Form } from './isian';
import { button, row, saying, small, why } from './parts';
import { at, lang, t } from './t';
import { moment } from './words';

const element = one<HTMLFormElement>('#langganan')!;
const letter = one('#tautan')!;
const heading = one('#judul')!;
const title = heading.textContent!;
const kinds = ['monthly', 'weekly', 'daily'];
const names: Record<string, string> = { monthly: t('bulanan'), weekly: t('mingguan'), daily: t('harian') };

const chosen = () => kinds.filter((kind) => one<HTMLInputElement>(`input[name=${kind}]`, element)!.checked);
/** "bulanan", "bulanan dan harian", "bulanan, mingguan, dan harian" */
const listed = (all: string[]) => {
  const words = all.map((kind) => names[kind] ?? kind);
  if (words.length < 2) return words.join('');
  const last = words.pop()!;
  return words.length === 1 ? t('%s dan %s', words[0]!, last) : t('%s, dan %s', words.join(', '), last);
};

const form = new Form(element, 'ksbb:langganan', { '/monthly required': t('Pilih sedikitnya satu laporan.') });

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
  const sent = await form.send<{ id: string; confirmBy: string }>((id) => `/v1/subscriptions/${id}`, { email, kinds: wanted, language: lang });
  if (!sent) return;
  const next = el('h2', { tabindex: -1 }, t('Satu langkah lagi: periksa e-mail Anda'));
  one('#daftar')!.replaceChildren(next,
    el('p', {}, `${t('Kami mengirim surat ke')} `, el('b', {}, email), `. ${t('Buka tautan di dalamnya dan tekan')} `, el('b', {}, t('Ya, kirimi saya laporan')), ` ${t('sebelum %s.', moment(sent.confirmBy))}`),
    el('p', { class: 'sub' }, t('Belum datang? Tunggu beberapa menit dan lihat juga folder spam. Ke satu alamat hanya beberapa surat sehari; kalau perlu, coba lagi besok.')),
    row(el('a', { class: 'btn ghost', href: at('/laporan/') }, t('Baca laporan yang sudah terbit'))));
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

const again = () => row(el('a', { class: 'btn', href: at('/laporan/') }, t('Ke halaman laporan')), el('a', { class: 'btn ghost', href: at('/langganan/') }, t('Langganan baru')));

async function acting(b: HTMLButtonElement, said: HTMLElement, path: string, secret?: string): Promise<Answer<{ kinds: string[] }>> {
  b.disabled = true;
  said.textContent = t('Mengirim …');
  const answer = await call<{ kinds: string[] }>('POST', path, undefined, secret);
  b.disabled = false;
  said.textContent = answer.kind === 'ok' ? '' : why(answer);
  return answer;
}

async function finish(b: HTMLButtonElement, said: HTMLElement, id: string, what: string): Promise<void> {
  const answer = await acting(b, said, `/v1/subscriptions/${id}/end`);
  if (answer.kind !== 'ok') return;
  done();
  show(what, el('p', {}, t('Alamat e-mail Anda sudah dihapus. Tidak ada laporan yang dikirim lagi.')), again());
  heading.focus();
}

/** The link of the first letter. */
function confirm(id: string, secret: string): void {
  const said = saying();
  show(t('Konfirmasi langganan'),
    el('p', { class: 'sub' }, t('Anda yang meminta laporan lewat e-mail? Kalau bukan, alamat ini langsung dihapus.')),
    row(button('', t('Ya, kirimi saya laporan'), async (b) => {
      const answer = await acting(b, said, `/v1/subscriptions/${id}/confirmation`, secret);
      if (answer.kind === 'refused' && slug(answer.problem) === 'not-found') return outdated();
      if (answer.kind !== 'ok') return;
      done();
      show(t('Langganan Anda aktif'), el('p', {}, t('Mulai sekarang laporan %s dikirim ke e-mail Anda begitu terbit.', listed(answer.value.kinds))),
        small(t('Ingin berhenti? Tautannya ada di bagian bawah setiap surat.')), again());
      heading.focus();
    }), button('ghost', t('Bukan saya'), (b) => void finish(b, said, id, t('Tidak jadi berlangganan')))),
    said);
}

function outdated(): void {
  done();
  show(t('Tautan ini tidak berlaku lagi'),
    el('p', {}, t('Mungkin langganan ini sudah dihentikan, diganti dengan yang baru, atau terlambat dikonfirmasi. Alamat e-mailnya sudah dihapus.')), again());
  heading.focus();
}

/** The link at the foot of every report. */
function end(id: string): void {
  const said = saying();
  show(t('Berhenti berlangganan?'),
    el('p', { class: 'sub' }, t('Laporan tidak dikirim lagi, dan alamat e-mail Anda langsung dihapus.')),
    row(button('', t('Ya, berhenti'), (b) => void finish(b, said, id, t('Langganan sudah dihentikan'))), el('a', { class: 'btn ghost', href: at('/laporan/') }, t('Tidak jadi'))),
    said);
}

function open(): void {
  const fragment = location.hash.slice(1);
  const asked = fragment.startsWith('l.') ? commitmentOf(fragment.slice(2)) : null;
  const ending = /^akhiri\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(fragment)?.[1];
  if (asked) confirm(asked, fragment);
  else if (ending) end(ending);
  else if (/^(l|akhiri)\b/.test(fragment)) {
    show(t('Tautan ini tidak lengkap'), el('p', {}, t('Salin tautan dari e-mail secara utuh, lalu buka lagi.')), again());
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
