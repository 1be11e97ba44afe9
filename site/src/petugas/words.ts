// What the console calls things, and how it writes instants shortly.

import { locale, t } from '../t';

export const roles: Record<string, string> = {
  admin: t('Pengelola'), assessor: t('Penilai'), verifier: t('Pemeriksa'), kelurahan: t('Kelurahan'), complaints: t('Petugas aduan'), aggregator: t('Mitra penyalur'),
};

/** States of a commitment. */
export const states: Record<string, string> = {
  submitted: t('Menunggu kode'), pledged: t('Dijanjikan'), contacted: t('Dihubungi'), scheduled: t('Terjadwal'), signed: t('Ditandatangani'), delivered: t('Dilaporkan'),
  received: t('Diterima'), disputed: t('Sengketa'), settled: t('Selesai'), dropped: t('Gugur'), lapsed: t('Kedaluwarsa'), withdrawn: t('Dibatalkan'),
};

export const stateTone = (state: string): 'good' | 'sun' | 'alarm' | 'plain' =>
  state === 'disputed' ? 'alarm' : state === 'received' || state === 'settled' ? 'good' : ['lapsed', 'withdrawn', 'dropped'].includes(state) ? 'plain' : 'sun';

/** What complaints are about. */
export const complaintClasses: Record<string, string> = {
  not_received: t('Bantuan tidak datang'), fewer: t('Kurang dari yang dijanjikan'), not_distributed: t('Datang, tetapi tidak dibagikan'), fictitious: t('Penerima fiktif'),
  double: t('Penerima ganda'), bad_quality: t('Mutu buruk'), not_eligible: t('Salah sasaran'), levy: t('Pungutan'), politics: t('Dipakai kampanye'), price: t('Harga janggal'), other: t('Hal lain'),
};

/** What ideas are about. */
export const ideaTopics: Record<string, string> = {
  help: t('Bantuan'), place: t('Lokasi'), data: t('Data'), partner: t('Kerja sama'), site: t('Situs ini'), other: t('Hal lain'),
};

/** What two officers change together. */
export const proposalKinds: Record<string, string> = {
  receipt: t('Mengubah jumlah yang sudah diterima'), totals: t('Mengizinkan angka umum turun'), close: t('Menutup penerima'), merge: t('Menggabungkan penerima'),
};

/** What a file shows. */
export const papers: Record<string, string> = { bast: t('Pindaian BAST'), photo: t('Foto serah terima'), statement: t('Surat yang ditandatangani') };

/** "22 Mei 2026, 09.00", in the zone of the reader. */
export const instant = (iso: string): string =>
  new Date(iso).toLocaleString(locale, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' });

const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });

/** "3 jam lalu", "dalam 2 hari". */
export function fromNow(iso: string, now: number): string {
  const minutes = Math.round((Date.parse(iso) - now) / 60_000);
  if (Math.abs(minutes) < 60) return relative.format(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return Math.abs(hours) < 48 ? relative.format(hours, 'hour') : relative.format(Math.round(hours / 24), 'day');
}
