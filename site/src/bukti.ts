// Files as evidence on the pages of collaborators and stewards: chosen, uploaded,
// and followed until they are judged.

import { el } from './dom';
import { button, why } from './parts';
import { fingerprint } from './sheet';
import { t } from './t';
import { offered, prepared, refusals, upload, type Ticket } from './upload';
import { unheard } from './words';
import type { Evidence, Page } from './commitment';

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
    const input = el('input', { type: 'file', class: 'unseen', accept: offered(kind) });
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
