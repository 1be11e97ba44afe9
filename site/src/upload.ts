// Files as evidence on their way: made small on the phone, and uploaded to where
// only the platform reads them.

import { t } from './t';

/** No file on record is larger. */
export const most = 8 << 20;

const pdf = 'application/pdf';
const pictures = ['image/jpeg', 'image/png', 'image/webp'];
// Enough for a face and a heap of goods; a page of handwriting needs more.
const longest: Record<string, number> = { photo: 1600, bast: 2400, statement: 2400 };

/** What was wrong with a file, in the words of aid.EvidenceRefusal. */
export const refusals: Record<string, string> = {
  type: t('Berkas ini bukan gambar (JPEG, PNG, WebP) atau PDF.'),
  'too-large': t('Berkas ini lebih besar dari 8 MB. Ambil foto dengan mutu lebih rendah.'),
  pixels: t('Gambar ini terlalu besar untuk diperiksa. Ambil foto dengan ukuran lebih kecil.'),
  broken: t('Berkas ini rusak atau terpotong. Ambil foto baru, atau simpan ulang PDF-nya.'),
  active: t('PDF ini berisi program atau lampiran. Pindai ulang sebagai gambar.'),
  different: t('Yang sampai tidak sama dengan yang dikirim. Coba kirim lagi.'),
};

/** What may be chosen as a kind of evidence; a phone offers its camera too. */
export const offered = (kind: string) => [...pictures, ...(kind === 'photo' ? [] : [pdf])].join(',');

/** Leave to upload one file. */
export interface Ticket {
  id: string;
  url: string;
  headers: Record<string, string>;
  expires: string;
}

/** Makes a picture small and takes out what it tells of where and with what it was made. A text says why not. */
export async function prepared(file: File, kind: string): Promise<Blob | string> {
  if (file.type === pdf) return file.size > most ? refusals['too-large']! : file;
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, longest[kind]! / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
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

/** SHA-256 in hexadecimal, by the browser's own digest. */
export async function digest(body: Blob): Promise<string> {
  return Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', await body.arrayBuffer())), (b) => b.toString(16).padStart(2, '0')).join('');
}

/** Uploads and returns the status, 0 when nobody answered for so many milliseconds. The ticket lasts five minutes. */
export function upload(to: Pick<Ticket, 'url' | 'headers'>, body: Blob, progress: (share: number) => void, patience = 4 * 60_000): Promise<number> {
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
    x.timeout = patience;
    x.send(body);
  });
}
