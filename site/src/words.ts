// What the pages say, and how they write numbers and dates.

import { slug, type FieldError, type Problem } from './api';

const grouped = new Intl.NumberFormat('id-ID');

export const number = (n: number) => grouped.format(n);
export const rupiah = (n: number) => `Rp${grouped.format(n)}`;

/** "Jumat, 22 Mei 2026 pukul 09.00 WIB", in the zone of the reader. */
export function moment(iso: string): string {
  return new Date(iso).toLocaleString('id-ID', {
    weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short',
  });
}

/** "22 Mei 2026" of "2026-05-22", whatever the zone of the reader. */
export function day(d: string): string {
  return new Date(`${d}T00:00:00Z`).toLocaleDateString('id-ID', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
}

/** "22–24 Mei 2026": both days, without saying twice what they share. */
export function days(p: { from: string; to: string }): string {
  const [from, to] = [day(p.from), day(p.to)];
  if (from === to) return from;
  if (p.from.slice(0, 7) === p.to.slice(0, 7)) return `${Number(p.from.slice(8))}–${to}`;
  if (p.from.slice(0, 4) === p.to.slice(0, 4)) return `${from.slice(0, -5)} – ${to}`;
  return `${from} – ${to}`;
}

/** "41 jam 12 mnt" */
export function span(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  const hours = Math.floor(minutes / 60);
  return hours > 0 ? `${number(hours)} jam ${minutes % 60} mnt` : `${minutes} mnt`;
}

export function metres(m: number): string {
  if (m < 950) return `${number(Math.max(50, Math.round(m / 50) * 50))} m`;
  return `${number(Math.round(m / 100) / 10)} km`;
}

const fields: Record<string, string> = {
  required: 'Bagian ini perlu diisi.',
  unknown: 'Pilihan ini tidak dikenal. Pilih dari daftar.',
  too_long: 'Terlalu panjang. Tolong singkat.',
  too_short: 'Terlalu pendek.',
  too_small: 'Terlalu kecil. Paling sedikit 1.',
  too_large: 'Terlalu besar untuk satu janji.',
  over: 'Lebih banyak daripada yang masih dibutuhkan.',
  not_allowed: 'Tidak berlaku untuk paket ini. Kosongkan saja.',
  not_running: 'Program ini belum berjalan.',
  closed: 'Lokasi ini sedang tidak menerima janji baru.',
  past: 'Tanggal ini sudah lewat.',
  future: 'Tanggal ini belum tiba.',
  time: 'Tulis jam yang benar.',
  order: 'Tanggal akhir harus sama atau sesudah tanggal mulai.',
  text: 'Ada tanda yang tidak dapat ditampilkan. Ketik ulang tanpa tanda khusus.',
  email: 'Alamat e-mail ini belum lengkap. Contoh: nama@contoh.id',
  phone: 'Nomor ini belum lengkap. Contoh: 0812 3456 7890, atau +65 … dari luar negeri.',
  date: 'Tulis tanggal yang benar.',
  direct_only: 'Bantuan ini harus diantar langsung, lewat penanggung jawab lokasi.',
  permit: 'Izin mitra ini tidak berlaku sampai tanggal itu. Pilih mitra lain.',
  accepted: 'Centang dulu tanda setuju.',
  signed: 'Ketik nama Anda sebagai tanda tangan.',
  mixed_program: 'Satu janji hanya untuk satu program.',
  duplicate: 'Kebutuhan ini sudah ada di janji Anda.',
  no_price: 'Tulis perkiraan nilainya dalam rupiah.',
};

const special: Record<string, string> = {
  '/lines required': 'Pilih sedikitnya satu bantuan.',
  '/lines too_long': 'Terlalu banyak baris untuk satu janji.',
  '/period/from too_large': 'Tanggal ini masih terlalu jauh.',
  '/period/to too_large': 'Jangka waktunya terlalu panjang untuk satu janji.',
  '/on too_large': 'Tanggal ini masih terlalu jauh.',
  '/date past': 'Tanggal ini sebelum janjinya dibuat.',
  '/from required': 'Tulis jam mulai dan selesai, atau kosongkan keduanya.',
  '/to required': 'Tulis jam mulai dan selesai, atau kosongkan keduanya.',
  '/to order': 'Jam selesai harus sesudah jam mulai.',
  '/lines too_small': 'Tulis jumlahnya, sedikitnya 1.',
};

/** What is wrong with one field, from the code of the API. */
export function fieldText(e: FieldError): string {
  return special[`${e.pointer} ${e.code}`] ?? fields[e.code] ?? 'Periksa lagi bagian ini.';
}

const problems: Record<string, string> = {
  malformed: 'Isian tidak terbaca oleh server. Muat ulang halaman ini, isian Anda tetap tersimpan.',
  denied: 'Permintaan ini tidak diizinkan.',
  'not-found': 'Tidak ditemukan. Periksa lagi tautannya.',
  'already-exists': 'Isian ini berbeda dengan yang sudah terkirim.',
  stale: 'Ada perubahan sejak halaman ini dibuka. Muat ulang lalu coba lagi.',
  'too-large': 'Isian terlalu besar untuk dikirim. Singkat keterangannya.',
  'media-type': 'Isian tidak terbaca oleh server. Muat ulang halaman ini.',
  invalid: 'Ada bagian yang perlu diperbaiki.',
  busy: 'Server sedang sangat ramai. Tunggu sebentar lalu coba lagi.',
  'melebihi-sisa': 'Sudah ada yang lebih dulu menjanjikan bantuan ini.',
  state: 'Langkah ini sudah tidak dapat dilakukan. Muat ulang untuk melihat keadaan terbaru.',
  challenge: 'Pemeriksaan otomatis belum berhasil. Coba kirim sekali lagi.',
  code: 'Kode salah.',
  expired: 'Waktunya sudah habis. Janji ini tidak berlaku lagi dan tidak menahan apa pun. Silakan buat janji baru.',
  quota: 'Batas harian sudah tercapai. Coba lagi besok.',
};

/** What happened, from the type of a problem. */
export function problemText(p: Problem): string {
  const s = slug(p);
  if (s === 'code' && p.left !== undefined) {
    return p.left > 0 ? `Kode salah. Masih bisa mencoba ${p.left} kali.` : 'Kode salah. Kesempatan mencoba sudah habis.';
  }
  return problems[s] ?? 'Ada gangguan di pihak kami. Isian Anda tidak hilang. Coba lagi sebentar lagi.';
}

/** What to say when nobody knows whether a tap arrived. */
export const unheard = () =>
  navigator.onLine
    ? 'Belum ada jawaban dari server. Tekan lagi, tidak akan tercatat dua kali.'
    : 'Anda sedang luring. Tekan lagi setelah ada sinyal, tidak akan tercatat dua kali.';

export const lost = () =>
  navigator.onLine
    ? 'Belum ada jawaban dari server. Isian tersimpan di ponsel ini. Kirim lagi, tidak akan terkirim dua kali.'
    : 'Anda sedang luring. Isian tersimpan di ponsel ini. Kirim lagi setelah ada sinyal, tidak akan terkirim dua kali.';
