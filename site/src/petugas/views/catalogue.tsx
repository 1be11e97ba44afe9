// What a region asks for: its programmes, and the packages with their contents
// and reference prices by date.

import { useState } from 'preact/hooks';
import { t } from '../../t';
import { rupiah } from '../../words';
import { api, type FieldError } from '../api';
import { go, to } from '../route';
import { mayDo, useLoad, useMe, type Rows } from '../state';
import { Button, Check, Chip, Empty, Facts, Field, Form, Lines, Loaded, Page, reasonless, Reason, say, Select, Table, Values } from '../ui';
import type { ViewProps } from '../views';
import { dayText, History, wholeAt, type Edition } from './kit';
import { nameIn, region } from './region';

interface Program { id: string; version: number; name: string; running: boolean; summary?: string; kinds: string[]; history?: Edition[] }
interface Price { from: string; amount: number }
interface Package {
  id: string;
  version: number;
  program: string;
  name: string;
  unit: string;
  per?: string;
  summary?: string;
  contents: string[];
  modality: string;
  directOnly?: boolean;
  equivalents?: boolean;
  once?: boolean;
  prices?: Price[];
  milliHouseholdDays?: number;
  kinds?: string[];
  note?: string;
  history?: Edition[];
}

const modalities: Record<string, string> = { goods: t('barang'), cash: t('uang tunai'), loan: t('pinjaman'), training: t('pelatihan'), service: t('jasa') };

export default function Catalogue({ parts }: ViewProps) {
  const [list, id, edit] = parts;
  if (list === 'program' && id) return <OneProgram id={id} />;
  if (list === 'paket' && id) return id === 'baru' ? <Page title={t('Tambah paket')} back={home()}><PackageForm /></Page> : <OnePackage id={id} edit={edit === 'ubah'} />;
  return <Lists />;
}

const home = () => ({ href: to('katalog'), text: t('Katalog') });

/** The price on a day. */
function priceOn(p: Package, day: string): Price | undefined {
  return (p.prices ?? []).filter((x) => x.from <= day).at(-1);
}

function Lists() {
  const me = useMe();
  const programs = useLoad(() => api.get<Rows<Program>>('/v1/staff/programs'), []);
  const packages = useLoad(() => api.get<Rows<Package>>('/v1/staff/packages'), []);
  return (
    <Page wide title={t('Katalog')} actions={mayDo(me, 'catalogue.edit') && <a class="btn short" href={to('katalog', 'paket', 'baru')}>{t('Tambah paket')}</a>}>
      <section>
        <h2>{t('Program')}</h2>
        <Loaded of={programs}>{({ items }) => (
          <Table caption={t('Program')} rows={items} id={(p) => p.id} columns={[
            { head: t('Nama'), cell: (p) => <a href={to('katalog', 'program', p.id)}>{p.name}</a> },
            { head: t('Keadaan'), cell: (p) => (p.running ? <Chip tone="good">{t('berjalan')}</Chip> : <Chip>{t('direncanakan')}</Chip>) },
            { head: t('Untuk'), cell: (p) => p.kinds.map((k) => nameIn(region().kinds, k)).join(', ') },
          ]} />
        )}</Loaded>
      </section>
      <section>
        <h2>{t('Paket')}</h2>
        <Loaded of={packages}>{({ items }) => (items.length === 0 ? <Empty title={t('Belum ada paket.')} /> : (
          <Table caption={t('Paket')} rows={items} id={(p) => p.id} columns={[
            { head: t('Nama'), cell: (p) => <a href={to('katalog', 'paket', p.id)}>{p.name}</a> },
            { head: t('Program'), cell: (p) => nameIn(region().programs, p.program) },
            { head: t('Bentuk'), cell: (p) => modalities[p.modality] ?? p.modality },
            { head: t('Harga acuan'), number: true, cell: (p) => priceText(p, me.today) },
          ]} />
        ))}</Loaded>
      </section>
    </Page>
  );
}

function priceText(p: Package, today: string): string {
  const price = priceOn(p, today);
  return price ? `${rupiah(price.amount)}/${p.per ?? p.unit}` : '–';
}

function OneProgram({ id }: { id: string }) {
  const me = useMe();
  const load = useLoad(() => api.get<Program>(`/v1/staff/programs/${id}`), [id]);
  return (
    <Page title={load.value?.name ?? t('Program')} back={home()}>
      <Loaded of={load}>{(p) => (
        <>
          {mayDo(me, 'catalogue.edit') ? (
            <Form label={t('Simpan')} key={p.version} cancel={() => go(to('katalog'))} done={() => {
              say(t('Tersimpan.'));
              load.reload();
            }} send={(v) => {
              const wrong = reasonless(v);
              if (!v.text('name')) wrong.unshift({ pointer: '/name', code: 'required' });
              return wrong.length > 0 ? wrong : api.put(`/v1/staff/programs/${id}`, {
                version: p.version, name: v.text('name'), running: v.on('running'), summary: v.text('summary'), kinds: v.all('kinds'), reason: v.text('reason'),
              });
            }}>
              <Field name="name" label={t('Nama')} value={p.name} maxLength={120} />
              <Lines name="summary" label={t('Ringkasan')} value={p.summary ?? ''} maxLength={300} />
              <Check name="running" label={t('Berjalan')} hint={t('Program yang tidak berjalan tampil tanpa menerima komitmen.')} checked={p.running} />
              <Kinds had={p.kinds} />
              <Reason />
            </Form>
          ) : <Facts of={[[t('Keadaan'), p.running ? t('berjalan') : t('direncanakan')], [t('Ringkasan'), p.summary ?? '–'], [t('Untuk'), p.kinds.map((k) => nameIn(region().kinds, k)).join(', ')]]} />}
          <History of={p.history} />
        </>
      )}</Loaded>
    </Page>
  );
}

function Kinds({ had }: { had: string[] }) {
  return (
    <fieldset>
      <legend>{t('Untuk penerima jenis apa')}</legend>
      {region().kinds.map((k) => (
        <div class="pick" key={k.id}><label><input type="checkbox" name="kinds" value={k.id} defaultChecked={had.includes(k.id)} /><span><b>{k.name}</b></span></label></div>
      ))}
    </fieldset>
  );
}

function OnePackage({ id, edit }: { id: string; edit: boolean }) {
  const me = useMe();
  const load = useLoad(() => api.get<Package>(`/v1/staff/packages/${id}`), [id]);
  const p = load.value;
  return (
    <Page title={p?.name ?? t('Paket')} back={edit ? { href: to('katalog', 'paket', id), text: p?.name ?? id } : home()}
      actions={p && !edit && mayDo(me, 'catalogue.edit') && <a class="btn short" href={to('katalog', 'paket', id, 'ubah')}>{t('Ubah')}</a>}>
      <Loaded of={load}>{(p) => (edit ? <PackageForm of={p} /> : (
        <>
          <Facts of={[
            [t('Program'), nameIn(region().programs, p.program)], [t('Bentuk'), modalities[p.modality] ?? p.modality], [t('Satuan'), p.unit],
            [t('Isi'), p.contents.join(', ') || '–'], p.directOnly ? [t('Cara'), t('harus diantar langsung')] : null,
            p.equivalents ? [t('Pengganti'), t('boleh bentuk lain yang setara')] : null, p.once ? [t('Berapa kali'), t('hanya 1×')] : null, p.note ? [t('Catatan'), p.note] : null,
          ]} />
          <h2>{t('Harga acuan')}</h2>
          {(p.prices ?? []).length === 0 ? <p class="small">{t('Tanpa harga acuan.')}</p> : (
            <ul class="plain">{[...p.prices!].reverse().map((x) => <li key={x.from} class="pickrow"><span>{t('mulai %s', dayText(x.from))} {x.from > me.today && <Chip tone="sun">{t('akan datang')}</Chip>}</span><b>{rupiah(x.amount)}</b></li>)}</ul>
          )}
          <History of={p.history} />
        </>
      ))}</Loaded>
    </Page>
  );
}

const next = (day: string) => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

function PackageForm({ of: p }: { of?: Package }) {
  const me = useMe();
  const reg = region();
  const [prices, set] = useState<Price[]>(p?.prices ?? []);
  const [adding, add] = useState(false);
  return (
    <Form label={t('Simpan')} cancel={() => go(p ? to('katalog', 'paket', p.id) : to('katalog'))} done={() => {
      say(t('Tersimpan.'));
      go(to('katalog'));
    }} send={(v) => {
      const wrong: FieldError[] = [];
      const id = p?.id ?? v.text('id');
      if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) wrong.push({ pointer: '/id', code: id ? 'unknown' : 'required' });
      for (const name of p ? ['name', 'unit'] : ['name', 'unit', 'program', 'modality']) if (!v.text(name)) wrong.push({ pointer: `/${name}`, code: 'required' });
      const all = adding ? [...prices, newPrice(v, wrong)] : prices;
      wrong.push(...reasonless(v));
      if (wrong.length > 0) return wrong;
      return api.put(`/v1/staff/packages/${id}`, {
        version: p?.version ?? 0, program: p?.program ?? v.text('program'), name: v.text('name'), unit: v.text('unit'), ...(v.text('per') && { per: v.text('per') }), summary: v.text('summary'),
        contents: v.text('contents').split('\n').map((c) => c.trim()).filter(Boolean), modality: p?.modality ?? v.text('modality'),
        directOnly: v.on('directOnly'), equivalents: v.on('equivalents'), once: v.on('once'), prices: all,
        ...(p?.milliHouseholdDays && { milliHouseholdDays: p.milliHouseholdDays }), ...(p?.kinds && { kinds: p.kinds }), note: v.text('note'), reason: v.text('reason'),
      });
    }}>
      {!p && <Field name="id" label={t('Kode singkat')} hint={t('Huruf kecil, angka, dan tanda hubung. Tidak dapat diubah lagi.')} maxLength={40} />}
      <Field name="name" label={t('Nama')} value={p?.name} maxLength={120} />
      <div class="two">
        {!p && <Select name="program" label={t('Program')} empty={t('Pilih …')} options={reg.programs.map((x) => [x.id, x.name])} />}
        {!p && <Select name="modality" label={t('Bentuk')} empty={t('Pilih …')} options={Object.entries(modalities)} />}
        <Field name="unit" label={t('Satuan')} value={p?.unit} placeholder={t('paket')} maxLength={30} />
        <Field name="per" label={t('Satu satuan untuk')} value={p?.per} placeholder={t('KK/minggu')} maxLength={30} />
      </div>
      <Lines name="summary" label={t('Ringkasan')} value={p?.summary ?? ''} rows={2} maxLength={300} />
      <Lines name="contents" label={t('Isi')} hint={t('Satu barang per baris.')} value={(p?.contents ?? []).join('\n')} rows={6} />
      <Check name="equivalents" label={t('Boleh bentuk lain yang setara')} checked={p?.equivalents ?? false} />
      <Check name="directOnly" label={t('Harus diantar langsung')} hint={t('Tidak lewat mitra penyalur, misalnya makanan siap saji.')} checked={p?.directOnly ?? false} />
      <Check name="once" label={t('Hanya sekali untuk tiap penerima')} checked={p?.once ?? false} />
      <fieldset>
        <legend>{t('Harga acuan')}</legend>
        <ul class="plain">{prices.map((x) => (
          <li key={x.from} class="pickrow"><span>{t('mulai %s', dayText(x.from))}</span><b>{rupiah(x.amount)}</b>
            {x.from > me.today && <Button kind="quiet" aria-label={t('Hapus harga mulai %s', dayText(x.from))} act={() => set(prices.filter((y) => y !== x))}>{t('Hapus')}</Button>}</li>
        ))}</ul>
        {adding ? (
          <div class="two">
            <Field name="price/from" label={t('Mulai tanggal')} type="date" min={p ? next(me.today) : me.today} value={p ? next(me.today) : me.today} hint={p && t('Paling cepat besok: yang sudah dijanjikan tetap memakai harga hari itu.')} />
            <Field name="price/amount" label={t('Rupiah per satuan')} inputMode="numeric" />
          </div>
        ) : <p class="row"><Button kind="ghost" act={() => add(true)}>{t('Tambah harga baru')}</Button></p>}
      </fieldset>
      <Lines name="note" label={t('Catatan')} value={p?.note ?? ''} rows={2} maxLength={500} />
      <Reason />
    </Form>
  );
}

function newPrice(v: Values, wrong: FieldError[]): Price {
  const from = v.text('price/from');
  if (!from) wrong.push({ pointer: '/price/from', code: 'required' });
  return { from, amount: wholeAt(v, 'price/amount', wrong, 1) };
}
