// Licensed bodies that carry gifts: their permits, what they declare to keep for
// their work, and whether they take new commitments.

import { useState } from 'preact/hooks';
import { many, t } from '../../t';
import { api, type FieldError } from '../api';
import { go, to } from '../route';
import { mayDo, useLoad, useMe, usePages, type Rows } from '../state';
import { Button, Chip, Confirm, Empty, Facts, Field, Form, Lines, Loaded, LoadedPages, Page, reasonless, Reason, say, Table } from '../ui';
import type { ViewProps } from '../views';
import { instant } from '../words';
import { dayText, Export, History, type Edition } from './kit';

export interface Aggregator {
  id: string;
  version: number;
  name: string;
  permit: { number: string; until: string; revoked?: string; evidence?: string };
  operatingShare?: number;
  frozen?: string;
  note?: string;
  takes: boolean;
  history?: Edition[];
}

export default function Aggregators({ parts }: ViewProps) {
  if (parts[0] === 'baru') return <Page title={t('Tambah mitra')} back={{ href: to('mitra'), text: t('Mitra penyalur') }}><Editor /></Page>;
  return parts[0] ? <One id={parts[0]} edit={parts[1] === 'ubah'} /> : <List />;
}

/** Whether it takes new commitments, and why not. */
function Standing({ of: a, today }: { of: Aggregator; today: string }) {
  if (a.frozen) return <Chip tone="alarm">{t('dibekukan')}</Chip>;
  const end = a.permit.revoked || a.permit.until;
  if (!a.takes) return <Chip tone="alarm">{t('izin habis')}</Chip>;
  const days = Math.round((Date.parse(end) - Date.parse(today)) / 86_400_000);
  return days <= 60 ? <Chip tone="sun">{many(days, 'izin habis dalam %s hari', days)}</Chip> : <Chip tone="good">{t('menerima titipan')}</Chip>;
}

function List() {
  const me = useMe();
  const found = usePages((cursor) => api.get<Rows<Aggregator>>('/v1/staff/aggregators', { cursor }), (a) => a.items, []);
  return (
    <Page wide title={t('Mitra penyalur')} actions={<>{mayDo(me, 'aggregators.edit') && <a class="btn short" href={to('mitra', 'baru')}>{t('Tambah mitra')}</a>}<Export list="aggregators" /></>}>
      <LoadedPages of={found} empty={<Empty title={t('Belum ada mitra penyalur.')}>{t('Bantuan tetap dapat diantar langsung.')}</Empty>}>
        {(rows) => <Table caption={t('Mitra penyalur')} rows={rows} id={(a) => a.id} columns={[
          { head: t('Nama'), cell: (a) => <a href={to('mitra', a.id)}>{a.name}</a> },
          { head: t('Keadaan'), cell: (a) => <Standing of={a} today={me.today} /> },
          { head: t('Nomor izin'), cell: (a) => a.permit.number || '–' },
          { head: t('Berlaku sampai'), cell: (a) => dayText(a.permit.until) },
          { head: t('Untuk operasional'), number: true, cell: (a) => (a.operatingShare === undefined ? '–' : `${a.operatingShare}%`) },
        ]} />}
      </LoadedPages>
    </Page>
  );
}

function One({ id, edit }: { id: string; edit: boolean }) {
  const me = useMe();
  const load = useLoad(() => api.get<Aggregator>(`/v1/staff/aggregators/${id}`), [id]);
  const [asking, ask] = useState(false);
  const edits = mayDo(me, 'aggregators.edit');
  const a = load.value;
  return (
    <Page title={a?.name ?? t('Mitra penyalur')} back={edit ? { href: to('mitra', id), text: a?.name ?? id } : { href: to('mitra'), text: t('Mitra penyalur') }}
      actions={a && edits && !edit && <a class="btn short" href={to('mitra', id, 'ubah')}>{t('Ubah')}</a>}>
      <Loaded of={load}>{(a) => (edit ? <Editor of={a} /> : (
        <>
          <p class="chipline"><Standing of={a} today={me.today} /></p>
          {a.frozen && <p class="note bad">{t('Dibekukan sejak %s. Tidak menerima komitmen baru; yang sudah ada tetap berjalan.', instant(a.frozen))}</p>}
          <Facts of={[
            [t('Nomor izin'), a.permit.number || '–'], [t('Berlaku sampai'), dayText(a.permit.until)], a.permit.revoked ? [t('Dicabut'), dayText(a.permit.revoked)] : null,
            [t('Bukti izin'), a.permit.evidence || '–'], [t('Untuk operasional'), a.operatingShare === undefined ? t('belum dinyatakan') : `${a.operatingShare}%`], a.note ? [t('Catatan'), a.note] : null,
          ]} />
          {edits && <p class="row"><Button kind={a.frozen ? 'ghost' : 'danger'} act={() => ask(true)}>{a.frozen ? t('Cairkan lagi') : t('Bekukan')}</Button></p>}
          <History of={a.history} />
          {asking && <Confirm title={a.frozen ? t('Cairkan %s?', a.name) : t('Bekukan %s?', a.name)} verb={a.frozen ? t('Cairkan') : t('Bekukan')} danger={!a.frozen} close={() => ask(false)}
            send={(v, call) => api.post(`/v1/staff/aggregators/${id}/freeze`, { id: call, frozen: !a.frozen, reason: v.text('reason') })}
            done={() => {
              ask(false);
              say(a.frozen ? t('Menerima komitmen lagi.') : t('Dibekukan. Tidak ada komitmen baru mulai saat ini.'));
              load.reload();
            }}>
            <p>{a.frozen ? t('Mitra ini kembali dapat dipilih di formulir.') : t('Mulai saat ini tidak ada komitmen baru lewat mitra ini. Yang sudah ada tetap berjalan, dan riwayatnya tetap tampil.')}</p>
          </Confirm>}
        </>
      ))}</Loaded>
    </Page>
  );
}

function Editor({ of: a }: { of?: Aggregator }) {
  return (
    <Form label={t('Simpan')} cancel={() => go(a ? to('mitra', a.id) : to('mitra'))} done={() => {
      say(t('Tersimpan.'));
      go(to('mitra'));
    }} send={(v) => {
      const wrong: FieldError[] = [];
      for (const name of ['name', 'permit/number', 'permit/until']) if (!v.text(name)) wrong.push({ pointer: `/${name}`, code: 'required' });
      const id = a?.id ?? v.text('id');
      if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) wrong.push({ pointer: '/id', code: id ? 'unknown' : 'required' });
      const share = v.text('operatingShare').replace(',', '.');
      if (share && !(Number(share) >= 0 && Number(share) <= 100)) wrong.push({ pointer: '/operatingShare', code: 'too_large' });
      wrong.push(...reasonless(v));
      if (wrong.length > 0) return wrong;
      return api.put(`/v1/staff/aggregators/${id}`, {
        version: a?.version ?? 0, name: v.text('name'),
        permit: { ...a?.permit, number: v.text('permit/number'), until: v.text('permit/until'), ...(v.text('permit/evidence') && { evidence: v.text('permit/evidence') }) },
        ...(share && { operatingShare: Number(share) }), ...(v.text('note') && { note: v.text('note') }), reason: v.text('reason'),
      });
    }}>
      {!a && <Field name="id" label={t('Kode singkat')} hint={t('Huruf kecil, angka, dan tanda hubung. Tidak dapat diubah lagi.')} maxLength={40} />}
      <Field name="name" label={t('Nama')} value={a?.name} maxLength={120} />
      <div class="two">
        <Field name="permit/number" label={t('Nomor izin')} value={a?.permit.number} maxLength={80} />
        <Field name="permit/until" label={t('Berlaku sampai')} type="date" value={a?.permit.until} />
      </div>
      <Field name="permit/evidence" label={t('Bukti izin')} value={a?.permit.evidence} hint={t('Nomor surat atau tempat berkasnya disimpan.')} maxLength={200} />
      <Field name="operatingShare" label={t('Untuk operasional (%)')} value={a?.operatingShare} inputMode="decimal" hint={t('Bagian titipan yang dinyatakan dipakai untuk biaya kerja. Tampil untuk umum.')} />
      <Lines name="note" label={t('Catatan')} value={a?.note ?? ''} maxLength={500} />
      <Reason />
    </Form>
  );
}
