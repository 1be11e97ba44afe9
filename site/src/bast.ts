// Checks a hand-over: its number against the public record, and a file against
// the fingerprints on it. The file is hashed here and sent nowhere.

import { all, el, one } from './dom';
import { fingerprint, printsIn, sheetNumber } from './sheet';
import { at, t } from './t';
import { most } from './upload';

const search = one<HTMLFormElement>('#cari');
const box = one('#berkas');
const answer = one('#jawab');

/** What came of looking up a record. */
type Found = { kind: 'record'; prints: Map<string, string> } | { kind: 'none' | 'lost' };

async function look(number: string): Promise<Found> {
  try {
    const response = await fetch(at(`/bast/${encodeURIComponent(number)}/`), { cache: 'no-store', credentials: 'omit' });
    if (response.ok) return { kind: 'record', prints: printsIn(await response.text()) };
    return { kind: response.status === 404 || response.status === 403 ? 'none' : 'lost' };
  } catch {
    return { kind: 'lost' };
  }
}

const notFound = { none: t('Nomor ini tidak tercatat. Periksa lagi setiap huruf dan angkanya. Penyerahan yang baru dilaporkan tampil dalam beberapa menit.'), lost: t('Catatannya belum dapat dibuka. Periksa sambungan internet, lalu coba lagi.') };

const complete = (number: string) => /^BAST-\w{4}-\w{4}-\d{1,2}$/.test(number);
const typed = () => sheetNumber(one<HTMLInputElement>('#nomor', search!)!.value);

// --- The number.

search?.addEventListener('submit', (event) => {
  event.preventDefault();
  const input = one<HTMLInputElement>('#nomor', search)!;
  const said = one('#status', search)!;
  const number = typed();
  input.toggleAttribute('aria-invalid', false);
  if (!complete(number)) {
    said.textContent = t('Tulis nomor BAST yang lengkap, misalnya BAST-7F3Q-21XA-1.');
    input.setAttribute('aria-invalid', 'true');
    input.focus();
    return;
  }
  said.textContent = t('Mencari …');
  void look(number).then((found) => {
    if (found.kind === 'record') location.assign(at(`/bast/${number}/`));
    else said.textContent = notFound[found.kind];
  });
});
if (search) one<HTMLButtonElement>('button', search)!.hidden = false;

// --- The file.

function say(kind: string, head: string, text: string, print?: string): void {
  answer!.replaceChildren(el('div', { class: `note ${kind}` }, el('b', {}, head), ` ${text}`,
    print ? el('p', { class: 'small' }, `${t('Sidik berkas ini:')} `, el('code', {}, `sha256-${print}`)) : null));
}

/** The fingerprints to compare with, or why there are none. */
async function known(): Promise<Map<string, string> | string> {
  if (!search) return new Map(all('[data-sidik]').map((li) => [li.dataset['sidik']!, one('b', li)?.textContent ?? '']));
  const number = typed();
  if (!complete(number)) return t('Tulis nomor BAST di atas supaya dapat dicocokkan.');
  const found = await look(number);
  return found.kind === 'record' ? found.prints : notFound[found.kind];
}

// A file that was chosen before its number was typed.
let waits: File | null = null;

async function check(file: File): Promise<void> {
  waits = null;
  for (const li of all('[data-sidik].on')) li.classList.remove('on');
  const no = t('Tidak cocok.');
  if (file.size > most) return say('bad', no, t('Berkas ini lebih besar dari 8 MB, jadi tidak mungkin yang tercatat.'));
  answer!.replaceChildren(el('p', { class: 'small' }, t('Menghitung sidik …')));
  let print: string;
  try {
    print = await fingerprint(file);
  } catch {
    return say('bad', t('Berkas ini tidak dapat dibaca.'), t('Pilih lagi.'));
  }
  const prints = await known();
  if (typeof prints === 'string') {
    waits = file;
    return say('', t('Belum dicocokkan.'), prints, print);
  }
  const what = prints.get(print);
  if (what === undefined) {
    return say('bad', no, t('Berkas ini bukan salah satu yang tercatat. Mungkin berkas lain, atau sudah diubah: dipotong, disimpan ulang, atau dikirim lewat aplikasi pesan.'), print);
  }
  one(`[data-sidik="${print}"]`)?.classList.add('on');
  say('good', t('Cocok.'), t('Berkas ini sama dengan yang tercatat: %s.', what), print);
}

search?.addEventListener('change', () => {
  if (waits && complete(typed())) void check(waits);
});

if (box) {
  box.hidden = false;
  const input = one<HTMLInputElement>('#pilih', box)!;
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    input.value = '';
    if (file) void check(file);
  });
  // Whatever is dropped beside the card would open in its place otherwise.
  for (const over of ['dragover', 'drop']) document.addEventListener(over, (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    const file = event.dataTransfer?.files[0];
    if (file) void check(file);
  });
}
