// What is wrong with what an officer entered, and why something was refused, from
// the codes of the API. Collaborators are told the same in their own words.

import { slug } from '../api';
import { t } from '../t';
import { number } from '../words';
import type { FieldError, Problem } from './api';

const fields: Record<string, string> = {
  required: t('Bagian ini perlu diisi.'),
  unknown: t('Pilihan ini tidak dikenal. Pilih dari daftar.'),
  too_long: t('Terlalu panjang. Tolong singkat.'),
  too_short: t('Terlalu pendek.'),
  too_small: t('Terlalu kecil.'),
  too_large: t('Terlalu besar.'),
  type: t('Isian ini tidak terbaca. Tulis lagi.'),
  text: t('Ada tanda yang tidak dapat ditampilkan. Ketik ulang tanpa tanda khusus.'),
  email: t('Alamat e-mail ini belum lengkap. Contoh: nama@contoh.id'),
  phone: t('Nomor ini belum lengkap. Contoh: 0812 3456 7890, atau +65 … dari luar negeri.'),
  date: t('Tulis tanggal yang benar.'),
  time: t('Tulis jam yang benar.'),
  past: t('Tanggal ini sudah lewat.'),
  future: t('Tanggal ini belum tiba.'),
  order: t('Tanggal akhir harus sama atau sesudah tanggal mulai.'),
  not_allowed: t('Tidak berlaku di sini. Kosongkan saja.'),
  not_running: t('Program ini belum berjalan.'),
  closed: t('Penerima ini sudah ditutup.'),
  duplicate: t('Ini sudah ada di daftar.'),
  twice: t('Disebut dua kali.'),
  mixed_program: t('Satu komitmen hanya untuk satu program.'),
  direct_only: t('Bantuan ini harus diantar langsung, lewat penanggung jawab lokasi.'),
  permit: t('Izin mitra ini tidak berlaku sampai tanggal itu. Pilih mitra lain.'),
  frozen: t('Mitra ini sedang tidak menerima komitmen baru. Pilih mitra lain.'),
  over: t('Lebih banyak daripada yang masih dibutuhkan.'),
  // Where places are, and what they are.
  outside: t('Titik ini di luar wilayah.'),
  swapped: t('Lintang dan bujur tertukar.'),
  other: t('Tidak sama dengan yang ada di kode penerima.'),
  leaf: t('Penerima jenis ini dicatat di tempat lain. Tutup yang ini, lalu tambahkan yang baru.'),
  kind: t('Paket ini bukan untuk penerima jenis ini.'),
  // The catalogue, and pooled gifts.
  fixed: t('Ini tidak dapat diubah lagi, karena sudah dipakai.'),
  catalogue: t('Isian ini tidak cocok dengan bagian lain katalog.'),
  not_in_pool: t('Titipan ini tidak berisi paket itu.'),
  // What two officers do together.
  unapproved: t('BAST ini belum disetujui petugas lain.'),
  same_officer: t('Anda sendiri yang menyetujui BAST ini. Petugas lain yang mencatat penerimaannya.'),
  two_officers: t('Jumlah di kecamatan ini akan turun lebih dari seperlima. Usulkan koreksi total dahulu; setelah petugas lain setuju, ulangi dalam satu hari.'),
  unchanged: t('Angka ini sudah yang berlaku sekarang.'),
};

const special: Record<string, string> = {
  '/on too_large': t('Tanggal ini masih terlalu jauh.'),
  '/date past': t('Tanggal ini sebelum komitmennya dibuat.'),
  '/from required': t('Tulis jam mulai dan selesai, atau kosongkan keduanya.'),
  '/to required': t('Tulis jam mulai dan selesai, atau kosongkan keduanya.'),
  '/to order': t('Jam selesai harus sesudah jam mulai.'),
  '/into promised': t('Masih ada janji ke penerima ini. Usulkan penggabungannya; petugas lain yang memutuskan.'),
};

/** What is wrong with one field. Where a figure says how much, it is said too. */
export function fieldText(e: FieldError): string {
  const text = special[`${e.pointer} ${e.code}`] ?? fields[e.code];
  if (text) return text;
  const figure = number(Number(/^\d+/.exec(e.detail ?? '')?.[0] ?? 0));
  if (e.code === 'promised') return t('Sudah dijanjikan %s; tidak dapat kurang dari itu.', figure);
  if (e.code === 'pool') return t('Titipan ini tinggal %s.', figure);
  return t('Periksa lagi bagian ini.');
}

const problems: Record<string, string> = {
  denied: t('Peran Anda tidak berhak melakukan ini.'),
  'not-found': t('Tidak ditemukan, atau bukan bagian wilayah Anda.'),
  stale: t('Petugas lain baru saja mengubahnya. Muat ulang untuk melihat perubahan itu, lalu putuskan lagi.'),
  state: t('Langkah ini tidak berlaku lagi. Muat ulang untuk melihat keadaan terbaru.'),
  quota: t('Batas harian Anda sudah tercapai. Coba lagi besok.'),
  'already-exists': t('Ini sudah tersimpan dengan isi yang berbeda. Muat ulang dahulu.'),
  malformed: t('Isian tidak terbaca oleh server. Muat ulang halaman ini.'),
  'media-type': t('Isian tidak terbaca oleh server. Muat ulang halaman ini.'),
  'too-large': t('Isian terlalu besar untuk dikirim. Singkat keterangannya.'),
  invalid: t('Ada bagian yang perlu diperbaiki.'),
  busy: t('Server sedang sangat ramai. Tunggu sebentar lalu coba lagi.'),
  expired: t('Waktunya sudah habis.'),
  'melebihi-sisa': t('Sudah ada yang lebih dulu menjanjikan bantuan ini.'),
};

/** What happened, from the type of a problem. */
export const problemText = (p: Problem): string => problems[slug(p)] ?? t('Ada gangguan di pihak kami. Isian Anda tidak hilang. Coba lagi sebentar lagi.');
