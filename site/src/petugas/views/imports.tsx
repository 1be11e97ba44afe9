// Lists that come as a file: from the template to what changes on the map. The
// file is read elsewhere, piece by piece; this page follows, and may be closed
// and opened again at any moment.

import { useState } from 'preact/hooks';
import { many, t } from '../../t';
import { digest, upload, type Ticket } from '../../upload';
import { number } from '../../words';
import { api, type Answer, type FieldError } from '../api';
import { go, to } from '../route';
import { useLoad, usePages, type Rows } from '../state';
import { Button, Chip, Confirm, Empty, Field, Form, Loaded, LoadedPages, Page, reasonless, Reason, say, Select, Table, type Tone } from '../ui';
import type { ViewProps } from '../views';
import { instant } from '../words';
import { take, useEvery } from './kit';
import { region } from './region';

interface Column { name: string; sample: string[]; field: string }
interface Difference { row: number; id: string; name: string; changes: { field: string; before: string; after: string }[] }
interface ImportField { id: string; name: string; required?: boolean; fixable?: boolean }
interface Import {
  id: string;
  list: string;
  name: string;
  state: string;
  at: string;
  by: { id: string; name: string };
  mine: boolean;
  progress: { rows: number; of: number };
  columns?: Column[];
  fields?: ImportField[];
  fixed?: Record<string, string>;
  /** What the file was found to be. */
  format?: string;
  summary?: { new: number; changed: number; same: number; errors: number; closed?: number };
  differences?: Difference[];
  pages?: number;
  needsSecond?: boolean;
  problem?: string;
  undoing?: boolean;
  skipped: number;
  /** Changes that were not taken back. */
  kept: number;
}

const lists: [string, string, string][] = [
  ['recipients', t('Penerima'), t('Nama, jenis, wilayah, titik, KK, jiwa, penanggung jawab.')],
  ['needs', t('Kebutuhan'), t('Berapa dari paket apa yang dibutuhkan tiap penerima.')],
  ['indicators', t('Indikator'), t('Angka per RW dari dinas, dengan tanggal dan sumber.')],
  ['flags', t('Tanda kelayakan'), t('Bansos, Jakpreneur, CAP 2019, sekolah: penerima mana yang termasuk.')],
];
const listName = (id: string) => lists.find(([l]) => l === id)?.[1] ?? id;

const states: Record<string, [string, Tone]> = {
  awaited: [t('menunggu berkas'), 'plain'], reading: [t('sedang dibaca'), 'sun'], mapping: [t('menunggu kolom dicocokkan'), 'sun'], preview: [t('menunggu diperiksa'), 'sun'],
  confirmed: [t('akan ditulis'), 'sun'], writing: [t('sedang ditulis'), 'sun'], done: [t('selesai'), 'good'], undone: [t('dibatalkan lagi'), 'plain'],
  refused: [t('ditolak'), 'alarm'], cancelled: [t('tidak jadi'), 'plain'],
};
const stateChip = (state: string) => <Chip tone={states[state]?.[1] ?? 'plain'}>{states[state]?.[0] ?? state}</Chip>;

export default function Imports({ parts }: ViewProps) {
  if (parts[0] === 'baru') return <Beginning />;
  return parts[0] ? <One id={parts[0]} /> : <List />;
}

function List() {
  const found = usePages((cursor) => api.get<Rows<Import>>('/v1/staff/recipients/imports', { cursor }), (a) => a.items, []);
  return (
    <Page wide title={t('Impor')} actions={<a class="btn short" href={to('impor', 'baru')}>{t('Impor berkas')}</a>}>
      <LoadedPages of={found} empty={<Empty title={t('Belum ada impor.')}><p>{t('Daftar dari dinas atau kelurahan dapat masuk sekaligus: unduh templatnya, isi, lalu unggah.')}</p></Empty>}>
        {(rows) => <Table caption={t('Impor')} rows={rows} id={(i) => i.id} columns={[
          { head: t('Berkas'), cell: (i) => <a href={to('impor', i.id)}>{i.name}</a> },
          { head: t('Daftar'), cell: (i) => listName(i.list) },
          { head: t('Keadaan'), cell: (i) => stateChip(i.state) },
          { head: t('Oleh'), cell: (i) => `${i.by.name}, ${instant(i.at)}` },
        ]} />}
      </LoadedPages>
    </Page>
  );
}

// --- Sending the file.

const most = 64 << 20;
const types: Record<string, string> = { csv: 'text/csv', xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' };

function Beginning() {
  const [list, choose] = useState('');
  const [sent, send] = useState<number | null>(null);
  const begin = async (file: File, body: object): Promise<Answer<Ticket>> => {
    send(0);
    const answer = await api.post<Ticket>('/v1/staff/recipients/imports', { ...body, length: file.size, sha256: await digest(file) });
    if (answer.kind === 'ok') {
      const status = await upload(answer.value, file, send, 0);
      // 412: an earlier try arrived after all.
      if (status !== 200 && status !== 412) {
        send(null);
        return status === 0 ? { kind: 'lost' } : { kind: 'refused', problem: { type: '/masalah/malformed/', status } };
      }
    }
    send(null);
    return answer;
  };
  return (
    <Page title={t('Impor berkas')} back={{ href: to('impor'), text: t('Impor') }}>
      <p class="sub">{t('Tidak ada yang berubah sebelum Anda memeriksa perbedaannya dan menyetujuinya.')}</p>
      <Form<Ticket> label={t('Unggah dan baca')} done={(ticket) => go(to('impor', ticket.id))} send={(v, id) => {
        const wrong: FieldError[] = [];
        const file = v.file('file');
        if (!v.text('list')) wrong.push({ pointer: '/list', code: 'required' });
        const ending = file?.name.split('.').pop()?.toLowerCase() ?? '';
        if (!file) wrong.push({ pointer: '/file', code: 'required' });
        else if (!types[ending]) wrong.push({ pointer: '/file', code: 'unknown' });
        else if (file.size > most) wrong.push({ pointer: '/file', code: 'too_long' });
        wrong.push(...reasonless(v));
        return wrong.length > 0 ? wrong : begin(file!, { id, list: v.text('list'), name: file!.name, type: types[ending], program: v.optional('program'), encoding: ending === 'csv' ? v.optional('encoding') : undefined, reason: v.text('reason') });
      }}>
        <Select name="list" label={t('Daftar apa?')} empty={t('Pilih …')} options={lists.map(([id, name]) => [id, name])} change={choose} />
        {list && <div class="card">
          <p>{lists.find(([id]) => id === list)?.[2]}</p>
          <p class="row">
            <Button kind="ghost" act={() => take(`/v1/staff/templates/${list}.xlsx`, `${t('templat')}-${list}.xlsx`)}>{t('Templat XLSX')}</Button>
            <Button kind="ghost" act={() => take(`/v1/staff/templates/${list}.csv`, `${t('templat')}-${list}.csv`)}>{t('Templat CSV')}</Button>
          </p>
          {list === 'needs' && <Select name="program" label={t('Hanya paket dari program')} empty={t('Semua program')} options={region().programs.map((p) => [p.id, p.name])} />}
        </div>}
        <Field name="file" label={t('Berkas CSV atau XLSX')} type="file" accept=".csv,.xlsx" hint={t('Paling besar 64 MB. Rumus tidak dibaca; simpan nilainya.')} />
        <Reason label={t('Dari mana data ini?')} />
        <details><summary>{t('Huruf di CSV tampak rusak?')}</summary>
          <Select name="encoding" label={t('Pengodean huruf')} hint={t('Biasanya dikenali sendiri. Coba yang lain bila nama di pratinjau tampak rusak.')} empty={t('Kenali sendiri')} options={[['utf-8', 'UTF-8'], ['windows-1252', 'Windows-1252']]} />
        </details>
        {sent !== null && <p role="status" class="small">{sent > 0 ? t('Mengunggah … %s%', Math.floor(sent * 100)) : t('Menghitung sidik berkas …')}<progress max={1} value={sent} aria-label={t('Terunggah')} /></p>}
      </Form>
    </Page>
  );
}

// --- Following it.

const busy = ['awaited', 'reading', 'confirmed', 'writing'];

function One({ id }: { id: string }) {
  const [page, turn] = useState(0);
  const load = useLoad(() => api.get<Import>(`/v1/staff/recipients/imports/${id}`, { page: page || undefined }), [id, page]);
  const i = load.value;
  useEvery(i && busy.includes(i.state) ? 1500 : null, load.reload);
  return (
    <Page wide title={i ? i.name : t('Impor')} back={{ href: to('impor'), text: t('Impor') }}>
      <Loaded of={load}>{(i) => (
        <>
          <p class="chipline"><Chip>{listName(i.list)}</Chip> {stateChip(i.state)} <span class="small">{[i.format, i.by.name, instant(i.at)].filter(Boolean).join(' · ')}</span></p>
          {i.problem && <div class="note bad" role="alert"><p>{i.problem}</p></div>}
          <div aria-live="polite">{busy.includes(i.state) && <Progress of={i} />}</div>
          {i.state === 'mapping' && <Mapping of={i} done={load.reload} />}
          {i.summary && <Summary of={i} />}
          {i.state === 'preview' && <Decide of={i} done={load.reload} />}
          {i.differences && i.state !== 'mapping' && <Differences of={i} page={page} turn={turn} />}
          {i.state === 'done' && <Done of={i} done={load.reload} />}
          {i.state === 'undone' && i.kept > 0 && <p class="note">{many(i.kept, '%s baris tidak dikembalikan karena sudah diubah orang lain.', number(i.kept))}</p>}
          {['refused', 'cancelled', 'undone'].includes(i.state) && <p class="row"><a class="btn" href={to('impor', 'baru')}>{t('Impor berkas lain')}</a></p>}
        </>
      )}</Loaded>
    </Page>
  );
}

function Progress({ of: i }: { of: Import }) {
  const { rows, of } = i.progress;
  const text = i.undoing ? t('Mengembalikan seperti semula …') : i.state === 'awaited' ? t('Menunggu berkas sampai …') : i.state === 'reading' ? t('Membaca …') : t('Menulis …');
  return (
    <div class="card">
      <p><b>{text}</b> {of > 0 ? t('%s dari %s baris', number(rows), number(of)) : rows > 0 && many(rows, '%s baris', number(rows))}</p>
      <progress {...(of > 0 && { max: of, value: rows })} aria-label={text} />
      <p class="small">{t('Halaman ini boleh ditutup; pekerjaannya tetap berjalan.')}</p>
    </div>
  );
}

function Mapping({ of: i, done }: { of: Import; done: () => void }) {
  const fields = i.fields ?? [];
  const columns = i.columns ?? [];
  // Fields that no column has may be the same for all rows.
  const [used, use] = useState(columns.map((c) => c.field));
  const open = fields.filter((f) => f.fixable && !used.includes(f.id));
  const lacking = fields.filter((f) => f.required && !f.fixable && !used.includes(f.id));
  return (
    <section class="card">
      <h2>{t('Cocokkan kolom')}</h2>
      <p class="small">{t('Diingat untuk berkas berikutnya dengan judul kolom yang sama.')}</p>
      <Form label={t('Baca dengan kolom ini')} done={done} send={(v, id) => {
        const of = Object.fromEntries(columns.map((c, n) => [c.name, v.text(`columns/${n}`)]));
        const fixed = Object.fromEntries(fields.map((f) => [f.id, v.text(`fixed/${f.id}`)]).filter(([, x]) => x));
        const wrong = fields.filter((f) => f.required && f.fixable && !Object.values(of).includes(f.id) && !fixed[f.id]).map((f): FieldError => ({ pointer: `/fixed/${f.id}`, code: 'required' }));
        if (lacking.length > 0) wrong.unshift({ pointer: '/columns/0', code: 'required' });
        return wrong.length > 0 ? wrong : api.post(`/v1/staff/recipients/imports/${i.id}/mapping`, { id, columns: of, fixed });
      }}>
        {columns.map((c, n) => (
          <Select key={c.name} name={`columns/${n}`} label={c.name || t('Kolom %s', n + 1)} hint={c.sample.filter(Boolean).join(' · ') || t('kosong')} value={c.field} empty={t('Tidak dipakai')}
            options={fields.map((f) => [f.id, f.required ? `${f.name} *` : f.name])} change={(f) => use(used.map((was, m) => (m === n ? f : was)))} />
        ))}
        {lacking.length > 0 && <p class="note">{t('Belum ada kolom untuk: %s. Pilih di atas.', lacking.map((f) => f.name).join(', '))}</p>}
        {open.length > 0 && <fieldset><legend>{t('Tidak ada kolomnya')}</legend>
          {open.map((f) => <Fixed key={f.id} field={f} value={i.fixed?.[f.id]} />)}
        </fieldset>}
      </Form>
    </section>
  );
}

function Fixed({ field: f, value }: { field: ImportField; value: string | undefined }) {
  const name = `fixed/${f.id}`;
  const label = f.required ? `${f.name} *` : f.name;
  const known: Record<string, { id: string; name: string }[]> = { flag: region().flags, indicator: region().indicators, package: region().packages, kind: region().kinds };
  const options = known[f.id];
  if (f.id === 'on') return <Field name={name} label={label} type="date" value={value} />;
  if (options) return <Select name={name} label={label} value={value} empty={t('Kosong')} options={options.map((o) => [o.id, o.name])} />;
  return <Field name={name} label={label} value={value} hint={t('Sama untuk semua baris. Boleh kosong bila tidak wajib.')} />;
}

function Summary({ of: i }: { of: Import }) {
  const s = i.summary!;
  return (
    <>
      <ul class="nums">
        <li><b>{number(s.new)}</b><span>{t('baru')}</span></li>
        <li><b>{number(s.changed)}</b><span>{t('berubah')}</span></li>
        <li><b>{number(s.same)}</b><span>{t('sama')}</span></li>
        <li><b class={s.errors > 0 ? 'none' : undefined}>{number(s.errors)}</b><span>{t('baris salah')}</span></li>
      </ul>
      {s.errors > 0 && (
        <div class="note">
          <p>{many(s.errors, '%s baris tidak dapat dibaca. Baris lain tetap dapat ditulis; perbaiki yang salah lalu impor lagi.', number(s.errors))}</p>
          <Button kind="ghost" act={() => take(`/v1/staff/recipients/imports/${i.id}/errors.csv`, `${t('salah')}-${i.name.replace(/\.\w+$/, '')}.csv`)}>{t('Unduh baris yang salah')}</Button>
        </div>
      )}
    </>
  );
}

function Decide({ of: i, done }: { of: Import; done: () => void }) {
  const [asking, ask] = useState<'write' | 'cancel' | null>(null);
  const s = i.summary ?? { new: 0, changed: 0, same: 0, errors: 0 };
  const n = s.new + s.changed + (s.closed ?? 0);
  const path = `/v1/staff/recipients/imports/${i.id}`;
  const close = () => ask(null);
  const end = () => {
    close();
    done();
  };
  const other = i.needsSecond && i.mine;
  return (
    <>
      {i.needsSecond && <p class="note">{other ? t('Kebutuhan turun lebih dari seperlima. Petugas lain harus memeriksa dan menyetujuinya.') : t('Kebutuhan turun lebih dari seperlima. Periksa baik-baik sebelum menyetujui.')}</p>}
      {n === 0 && <p class="note">{t('Tidak ada yang akan berubah.')}</p>}
      <div class="card stick">
        {n > 0 && !other && <Button act={() => ask('write')}>{many(n, 'Tulis %s perubahan', number(n))}</Button>}
        <Button kind="ghost" act={() => ask('cancel')}>{t('Tidak jadi')}</Button>
      </div>
      {asking === 'write' && <Confirm title={many(n, 'Tulis %s perubahan?', number(n))} verb={t('Tulis')} reason={false} close={close} done={end} send={(_, id) => api.post(`${path}/confirmation`, { id })}>
        <p>{t('Peta umum ikut berubah. Impor ini dapat dikembalikan seluruhnya sesudahnya.')}</p>
      </Confirm>}
      {asking === 'cancel' && <Confirm title={t('Tidak jadi mengimpor?')} verb={t('Tidak jadi')} danger reason={false} close={close} done={end} send={(_, id) => api.post(`${path}/cancellation`, { id })}>
        <p>{t('Tidak ada yang ditulis. Berkasnya terhapus sendiri sesudah 90 hari.')}</p>
      </Confirm>}
    </>
  );
}

function Differences({ of: i, page, turn }: { of: Import; page: number; turn: (n: number) => void }) {
  const rows = i.differences!;
  const name = (id: string) => i.fields?.find((f) => f.id === id)?.name ?? id;
  if (rows.length === 0) return null;
  return (
    <section>
      <h2>{t('Perbedaannya')}</h2>
      <Table caption={t('Perbedaannya')} rows={rows} id={(d) => `${d.row}${d.id}`} columns={[
        { head: t('Nama'), cell: (d) => <>{d.name || d.id}<span class="small"> {t('baris %s', number(d.row))}</span></> },
        { head: t('Perubahan'), cell: (d) => (
          <ul class="rules">{d.changes.map((c) => <li key={c.field}>{name(c.field)}: {c.before !== '' && <><del>{c.before}</del> → </>}<b>{c.after === '' ? t('kosong') : c.after}</b></li>)}</ul>
        ) },
      ]} />
      {(i.pages ?? 1) > 1 && <p class="row">
        {page > 0 && <Button kind="ghost" act={() => turn(page - 1)}>{t('Sebelumnya')}</Button>}
        <span class="small" role="status">{t('Halaman %s dari %s', number(page + 1), number(i.pages!))}</span>
        {page + 1 < i.pages! && <Button kind="ghost" act={() => turn(page + 1)}>{t('Berikutnya')}</Button>}
      </p>}
    </section>
  );
}

function Done({ of: i, done }: { of: Import; done: () => void }) {
  const [asking, ask] = useState(false);
  return (
    <>
      <div class="note good"><p><b>{t('Sudah ditulis.')}</b> {t('Peta umum ikut berubah sebentar lagi.')}</p>
        {i.skipped > 0 && <p class="small">{many(i.skipped, '%s baris dilewati karena baru saja diubah orang lain.', number(i.skipped))}</p>}
      </div>
      <p class="row">
        <a class="btn" href={to('penerima')}>{t('Lihat penerima')}</a>
        <Button kind="danger" act={() => ask(true)}>{t('Kembalikan seperti semula')}</Button>
      </p>
      {asking && <Confirm title={t('Kembalikan impor ini?')} verb={t('Kembalikan')} danger close={() => ask(false)}
        send={(v, id) => api.post(`/v1/staff/recipients/imports/${i.id}/undo`, { id, reason: v.text('reason') })}
        done={() => {
          ask(false);
          say(t('Pengembalian dimulai.'));
          done();
        }}>
        <p>{t('Yang ditulis impor ini kembali seperti sebelumnya, dan tercatat sebagai koreksi. Yang diubah sesudahnya tetap.')}</p>
      </Confirm>}
    </>
  );
}
