// Files as evidence: made small on the phone, uploaded to where only the
// platform reads them, and followed until they are judged.

import { el } from './dom';
import { button, why } from './parts';
import { fingerprint, most } from './sheet';
import { t } from './t';
import { unheard } from './words';
import type { Evidence, Page } from './commitment';

const pictures = ['image/jpeg', 'image/png', 'image/webp'];
// Enough for a face and a heap of goods; a page of handwriting needs more.
const longest: Record<string, number> = { photo: 1600, bast: 2400, statement: 2400 };

/** What was wrong with a file, in the words of aid.EvidenceRefusal. */
const refusals: Record<string, string> = {
  type: t('Berkas ini bukan gambar (JPEG, PNG, WebP) atau PDF.'),
  'too-large': t('Berkas ini lebih besar dari 8 MB. Ambil foto dengan mutu lebih rendah.'),
  pixels: t('Gambar ini terlalu besar untuk diperiksa. Ambil foto dengan ukuran lebih kecil.'),
  broken: t('Berkas ini rusak atau terpotong. Ambil foto baru, atau simpan ulang PDF-nya.'),
  active: t('PDF ini berisi program atau lampiran. Pindai ulang sebagai gambar.'),
  different: t('Yang sampai tidak sama dengan yang dikirim. Coba kirim lagi.'),
};

interface Ticket {
  id: string;
  url: string;
  headers: Record<string, string>;
  expires: string;
}

interface Item {
  kind: string;
  id?: string;
  /** slow: uploaded, and still being judged; it may be named already. */
  state: 'busy' | 'slow' | 'accepted' | 'refused' | 'failed';
  /** What was sent in the place of a picture. Its fingerprint is the one on record. */
  copy?: Blob;
  li: HTMLLIElement;
}

/** A list of files that a person adds to and takes from. */
export class Files {
  readonly box = el('ul', { class: 'files' });
  private items: Item[] = [];

  /** final: what was accepted cannot be taken away again. */
  constructor(private readonly page: Pick<Page, 'call'>, private readonly changed: () => void, private readonly final = false) {}

  /** The files that may be named as evidence. */
  accepted(): { id: string; kind: string }[] {
    return this.items.flatMap((i) => ((i.state === 'accepted' || i.state === 'slow') && i.id ? [{ id: i.id, kind: i.kind }] : []));
  }

  /** Those, and the ones that are still being judged. */
  sent(): { id: string; kind: string }[] {
    return this.items.flatMap((i) => (i.state !== 'refused' && i.id ? [{ id: i.id, kind: i.kind }] : []));
  }

  busy(): boolean {
    return this.items.some((i) => i.state === 'busy');
  }

  /** A button that opens the camera or the files of the phone. before runs first. */
  picker(kind: string, text: string, before: () => void = () => {}): HTMLElement {
    const input = el('input', { type: 'file', class: 'unseen', accept: [...pictures, ...(kind === 'photo' ? [] : ['application/pdf'])].join(',') });
    input.addEventListener('click', before);
    input.addEventListener('change', () => {
      for (const file of input.files ?? []) this.add(kind, file);
      input.value = '';
    });
    return el('label', { class: 'btn ghost file' }, input, text);
  }

  /** Follows a file that was sent before this page was opened. */
  resume(kind: string, id: string): void {
    const item = this.put(kind);
    item.id = id;
    void this.judge(item);
  }

  private add(kind: string, file: File): void {
    const item = this.put(kind);
    const go = async () => {
      item.state = 'busy';
      this.say(item, t('Mengecilkan …'));
      const body = await prepared(file, kind);
      if (typeof body === 'string') return this.end(item, 'refused', body);
      if (body !== file) item.copy = body;
      await this.send(item, body, go);
    };
    void go();
  }

  private put(kind: string): Item {
    const item: Item = { kind, state: 'busy', li: el('li') };
    this.items.push(item);
    this.box.append(item.li);
    return item;
  }

  private async send(item: Item, body: Blob, again: () => Promise<void>): Promise<void> {
    this.say(item, t('Menyiapkan pengiriman …'));
    const announced = await this.page.call<Ticket>('POST', 'evidence', { kind: item.kind, type: body.type, length: body.size, sha256: await fingerprint(body) });
    if (announced.kind !== 'ok') return this.end(item, 'failed', why(announced), again);
    const bar = el('progress', { max: 100, 'aria-label': t('Terkirim') });
    this.say(item, t('Mengirim …'), bar);
    const status = await upload(announced.value, body, (share) => { bar.value = share * 100; });
    // 412: an earlier try with the same ticket arrived after all.
    if (status !== 200 && status !== 412) return this.end(item, 'failed', status === 0 ? unheard() : t('Pengiriman berkas ditolak. Coba lagi.'), again);
    item.id = announced.value.id;
    this.changed();
    await this.judge(item);
  }

  private async judge(item: Item): Promise<void> {
    this.say(item, t('Memeriksa berkas …'));
    for (let wait = 300; ; wait = Math.min(wait * 1.5, 5000)) {
      // Nobody should have to stand by: what is named is judged all the same. A
      // signature has to be judged first.
      if (wait === 5000 && item.state === 'busy' && item.kind !== 'statement') {
        this.end(item, 'slow', t('Masih diperiksa. Laporan sudah boleh dikirim.'));
      }
      const answer = await this.page.call<Evidence>('GET', `evidence/${item.id}`);
      if (!this.items.includes(item)) return;
      if (answer.kind === 'refused') return this.end(item, 'refused', why(answer));
      if (answer.kind === 'ok' && answer.value.state === 'refused') {
        return this.end(item, 'refused', refusals[answer.value.refusal ?? ''] ?? t('Berkas ini tidak dapat dipakai.'));
      }
      if (answer.kind === 'ok' && answer.value.state === 'accepted') return this.end(item, 'accepted', t('Diterima.'), undefined, answer.value.preview);
      await new Promise((done) => setTimeout(done, wait));
    }
  }

  private say(item: Item, text: string, ...more: Node[]): void {
    item.li.className = '';
    item.li.replaceChildren(el('p', { role: 'status' }, el('b', {}, names[item.kind] ?? t('Berkas ini')), ' ', text), ...more);
  }

  private end(item: Item, state: Item['state'], text: string, again?: () => Promise<void>, preview?: string): void {
    item.state = state;
    this.say(item, text);
    if (state === 'refused' || state === 'failed') item.li.className = 'bad';
    if (preview) item.li.prepend(el('img', { src: preview, alt: '', width: 64, height: 64, referrerpolicy: 'no-referrer' }));
    // Only a hand-over has a public record to compare a file with.
    if (item.copy && !this.final && (state === 'accepted' || state === 'slow')) {
      item.li.append(el('a', { class: 'btn ghost', href: URL.createObjectURL(item.copy), download: `${item.kind}-${item.id!.slice(0, 8)}.jpg` }, t('Simpan salinan')));
    }
    if (again) item.li.append(button('ghost', t('Coba lagi'), () => void again()));
    if (!this.final || state !== 'accepted') item.li.append(button('ghost', t('Hapus'), () => {
      this.items = this.items.filter((i) => i !== item);
      item.li.remove();
      this.changed();
    }));
    this.changed();
  }
}

const names: Record<string, string> = { photo: t('Foto'), bast: 'BAST', statement: t('Surat') };

/** Makes a picture small and takes out what it tells of where and with what it was made. A text says why not. */
async function prepared(file: File, kind: string): Promise<Blob | string> {
  if (file.type === 'application/pdf') return file.size > most ? refusals['too-large']! : file;
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, longest[kind]! / Math.max(bitmap.width, bitmap.height));
    const canvas = el('canvas', { width: Math.max(1, Math.round(bitmap.width * scale)), height: Math.max(1, Math.round(bitmap.height * scale)) });
    const paint = canvas.getContext('2d')!;
    paint.fillStyle = '#fff'; // where the picture lets through, JPEG would be black
    paint.fillRect(0, 0, canvas.width, canvas.height);
    paint.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const small = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.85));
    if (small) return small;
  } catch {
    // This browser cannot read it; the platform may.
  }
  if (!pictures.includes(file.type)) return refusals['type']!;
  return file.size > most ? refusals['too-large']! : file;
}

/** Uploads and returns the status, 0 when nobody answered. */
function upload(to: Ticket, body: Blob, progress: (share: number) => void): Promise<number> {
  return new Promise((done) => {
    const x = new XMLHttpRequest();
    x.open('PUT', to.url);
    for (const [name, value] of Object.entries(to.headers)) {
      // The browser sets these itself, and forbids a script to.
      if (!/^(host|content-length)$/i.test(name)) x.setRequestHeader(name, value);
    }
    x.upload.onprogress = (event) => progress(event.lengthComputable ? event.loaded / event.total : 0);
    x.onload = () => done(x.status);
    x.onerror = x.onabort = x.ontimeout = () => done(0);
    x.timeout = 4 * 60_000; // the ticket lasts five minutes
    x.send(body);
  });
}
