// What the pages say, and how they write numbers and dates.

import { slug, type FieldError, type Problem } from './api';
import { lang, locale, many, t } from './t';

const grouped = new Intl.NumberFormat(locale);

/** as is the language of a text that is not for the reader of the page. */
export const number = (n: number, as = lang) => (as === lang ? grouped.format(n) : n.toLocaleString('id-ID'));
export const rupiah = (n: number) => `Rp${grouped.format(n)}`;

/** "Jumat, 22 Mei 2026 pukul 09.00 WIB", in the zone of the reader. */
export function moment(iso: string): string {
  return new Date(iso).toLocaleString(locale, {
    weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short',
  });
}

/** "22 Mei 2026" of "2026-05-22", whatever the zone of the reader. */
export function day(d: string, as = locale): string {
  return new Date(`${d}T00:00:00Z`).toLocaleDateString(as, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
}

/** "22–24 Mei 2026": both days, without saying twice what they share. */
export function days(p: { from: string; to: string }, as = locale): string {
  const [from, to] = [day(p.from, as), day(p.to, as)];
  if (from === to) return from;
  if (p.from.slice(0, 7) === p.to.slice(0, 7)) return `${Number(p.from.slice(8))}–${to}`;
  if (p.from.slice(0, 4) === p.to.slice(0, 4)) return `${from.slice(0, -5)} – ${to}`;
  return `${from} – ${to}`;
}

/** "41 jam 12 mnt" */
export function span(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  const hours = Math.floor(minutes / 60);
  return hours > 0 ? t('%s jam %s mnt', number(hours), minutes % 60) : t('%s mnt', minutes);
}

export function metres(m: number): string {
  if (m < 950) return `${number(Math.max(50, Math.round(m / 50) * 50))} m`;
  return `${number(Math.round(m / 100) / 10)} km`;
}

const fields: Record<string, string> = {
  required: t('Bagian ini perlu diisi.'),
  unknown: t('Pilihan ini tidak dikenal. Pilih dari daftar.'),
  too_long: t('Terlalu panjang. Tolong singkat.'),
  too_short: t('Terlalu pendek.'),
  too_small: t('Terlalu kecil. Paling sedikit 1.'),
  too_large: t('Terlalu besar untuk satu komitmen.'),
  over: t('Lebih banyak daripada yang masih dibutuhkan.'),
  not_allowed: t('Tidak berlaku untuk paket ini. Kosongkan saja.'),
  not_running: t('Program ini belum berjalan.'),
  closed: t('Lokasi ini sedang tidak menerima komitmen baru.'),
  past: t('Tanggal ini sudah lewat.'),
  future: t('Tanggal ini belum tiba.'),
  time: t('Tulis jam yang benar.'),
  order: t('Tanggal akhir harus sama atau sesudah tanggal mulai.'),
  text: t('Ada tanda yang tidak dapat ditampilkan. Ketik ulang tanpa tanda khusus.'),
  email: t('Alamat e-mail ini belum lengkap. Contoh: nama@contoh.id'),
  phone: t('Nomor ini belum lengkap. Contoh: 0812 3456 7890, atau +65 … dari luar negeri.'),
  date: t('Tulis tanggal yang benar.'),
  direct_only: t('Bantuan ini harus diantar langsung, lewat penanggung jawab lokasi.'),
  permit: t('Izin mitra ini tidak berlaku sampai tanggal itu. Pilih mitra lain.'),
  frozen: t('Mitra ini sedang tidak menerima komitmen baru. Pilih mitra lain.'),
  accepted: t('Centang dulu tanda setuju.'),
  signed: t('Ketik nama Anda sebagai tanda tangan.'),
  mixed_program: t('Satu komitmen hanya untuk satu program.'),
  duplicate: t('Kebutuhan ini sudah ada di komitmen Anda.'),
  no_price: t('Tulis perkiraan nilainya dalam rupiah.'),
};

const special: Record<string, string> = {
  '/lines required': t('Pilih sedikitnya satu bantuan.'),
  '/lines too_long': t('Terlalu banyak baris untuk satu komitmen.'),
  '/period/from too_large': t('Tanggal ini masih terlalu jauh.'),
  '/period/to too_large': t('Jangka waktunya terlalu panjang untuk satu komitmen.'),
  '/on too_large': t('Tanggal ini masih terlalu jauh.'),
  '/date past': t('Tanggal ini sebelum komitmennya dibuat.'),
  '/from required': t('Tulis jam mulai dan selesai, atau kosongkan keduanya.'),
  '/to required': t('Tulis jam mulai dan selesai, atau kosongkan keduanya.'),
  '/to order': t('Jam selesai harus sesudah jam mulai.'),
  '/lines too_small': t('Tulis jumlahnya, sedikitnya 1.'),
};

/** What is wrong with one field, from the code of the API. */
export function fieldText(e: FieldError): string {
  return special[`${e.pointer} ${e.code}`] ?? fields[e.code] ?? t('Periksa lagi bagian ini.');
}

const problems: Record<string, string> = {
  malformed: t('Isian tidak terbaca oleh server. Muat ulang halaman ini, isian Anda tetap tersimpan.'),
  denied: t('Permintaan ini tidak diizinkan.'),
  'not-found': t('Tidak ditemukan. Periksa lagi tautannya.'),
  'already-exists': t('Isian ini berbeda dengan yang sudah terkirim.'),
  stale: t('Ada perubahan sejak halaman ini dibuka. Muat ulang lalu coba lagi.'),
  'too-large': t('Isian terlalu besar untuk dikirim. Singkat keterangannya.'),
  'media-type': t('Isian tidak terbaca oleh server. Muat ulang halaman ini.'),
  invalid: t('Ada bagian yang perlu diperbaiki.'),
  busy: t('Server sedang sangat ramai. Tunggu sebentar lalu coba lagi.'),
  'melebihi-sisa': t('Sudah ada yang lebih dulu menjanjikan bantuan ini.'),
  state: t('Langkah ini sudah tidak dapat dilakukan. Muat ulang untuk melihat keadaan terbaru.'),
  challenge: t('Pemeriksaan otomatis belum berhasil. Coba kirim sekali lagi.'),
  code: t('Kode salah.'),
  expired: t('Waktunya sudah habis. Komitmen ini tidak berlaku lagi dan tidak menahan apa pun. Silakan buat komitmen baru.'),
  quota: t('Batas harian sudah tercapai. Coba lagi besok.'),
};

/** What happened, from the type of a problem. */
export function problemText(p: Problem): string {
  const s = slug(p);
  if (s === 'code' && p.left !== undefined) {
    return p.left > 0 ? many(p.left, 'Kode salah. Masih bisa mencoba %s kali.', p.left) : t('Kode salah. Kesempatan mencoba sudah habis.');
  }
  return problems[s] ?? t('Ada gangguan di pihak kami. Isian Anda tidak hilang. Coba lagi sebentar lagi.');
}

/** What to say when nobody knows whether a tap arrived. */
export const unheard = () =>
  navigator.onLine
    ? t('Belum ada jawaban dari server. Tekan lagi, tidak akan tercatat dua kali.')
    : t('Anda sedang luring. Tekan lagi setelah ada sinyal, tidak akan tercatat dua kali.');

export const lost = () =>
  navigator.onLine
    ? t('Belum ada jawaban dari server. Isian tersimpan di ponsel ini. Kirim lagi, tidak akan terkirim dua kali.')
    : t('Anda sedang luring. Isian tersimpan di ponsel ini. Kirim lagi setelah ada sinyal, tidak akan terkirim dua kali.');
