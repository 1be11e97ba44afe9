// Who may sign in as staff, and what each of them is limited to.

import { useState } from 'preact/hooks';
import { t } from '../../t';
import { api, type FieldError } from '../api';
import { go, to } from '../route';
import { useLoad, useMe, usePages, type Rows } from '../state';
import { Button, Check, Chip, Empty, Field, Form, Loaded, LoadedPages, Page, reasonless, Reason, say, Select, Table } from '../ui';
import type { ViewProps } from '../views';
import { instant, roles } from '../words';
import { AreaPick, at as said, Export, useAreas } from './kit';
import { areaName, region } from './region';

interface Officer {
  id: string;
  version: number;
  name: string;
  role: string;
  areas: string[];
  aggregator?: string;
  suspended: boolean;
  changedAt?: string;
}

/** What a role is for, in the words of who appoints. */
const duties: Record<string, string> = {
  admin: t('Semua pekerjaan, petugas lain, mitra penyalur, dan jejak.'), assessor: t('Penerima, kebutuhan, katalog, dan impor.'),
  verifier: t('Bukti, BAST, serta nama dan teks yang tampil.'), kelurahan: t('Komitmen dan aduan di kelurahannya sendiri.'),
  complaints: t('Aduan dan usulan, kecuali yang menyebut dirinya.'), aggregator: t('Titipan dan komitmen lewat mitranya sendiri.'),
};

export default function Officers({ parts }: ViewProps) {
  if (parts[0] === 'baru') return <Page title={t('Tambah petugas')} back={{ href: to('petugas'), text: t('Akun petugas') }}><Editor /></Page>;
  return parts[0] ? <One id={parts[0]} /> : <List />;
}

function Limits({ of: o }: { of: Officer }) {
  const all = useAreas();
  if (o.aggregator) return <>{region().partners[o.aggregator] ?? o.aggregator}</>;
  return <>{(o.areas ?? []).length > 0 ? o.areas.map((a) => areaName(all, a)).join('; ') : t('seluruh wilayah')}</>;
}

function List() {
  const found = usePages((cursor) => api.get<Rows<Officer>>('/v1/staff/officers', { cursor }), (a) => a.items, []);
  return (
    <Page wide title={t('Akun petugas')} actions={<><a class="btn short" href={to('petugas', 'baru')}>{t('Tambah petugas')}</a><Export list="officers" /></>}>
      <LoadedPages of={found} empty={<Empty title={t('Belum ada petugas tercatat.')}>{t('Tambahkan petugas setelah akunnya dibuat di penyedia identitas.')}</Empty>}>
        {(rows) => <Table caption={t('Akun petugas')} rows={rows} id={(o) => o.id} columns={[
          { head: t('Nama'), cell: (o) => <a href={to('petugas', o.id)}>{o.name}</a> },
          { head: t('Peran'), cell: (o) => roles[o.role] ?? o.role },
          { head: t('Batas'), cell: (o) => <Limits of={o} /> },
          { head: t('Keadaan'), cell: (o) => (o.suspended ? <Chip tone="alarm">{t('dinonaktifkan')}</Chip> : <Chip tone="good">{t('aktif')}</Chip>) },
        ]} />}
      </LoadedPages>
    </Page>
  );
}

function One({ id }: { id: string }) {
  const me = useMe();
  const load = useLoad(() => api.get<Officer>(`/v1/staff/officers/${encodeURIComponent(id)}`), [id]);
  return (
    <Page title={load.value?.name ?? t('Akun petugas')} back={{ href: to('petugas'), text: t('Akun petugas') }} actions={<a class="btn ghost short" href={to('jejak', { officer: id })}>{t('Jejaknya')}</a>}>
      <Loaded of={load}>{(o) => (o.id === me.id
        ? <><p class="note">{t('Ini akun Anda sendiri. Hanya admin lain yang dapat mengubahnya.')}</p><p>{roles[o.role]} · <Limits of={o} /></p></>
        : <>{o.changedAt && <p class="small">{t('Terakhir diubah %s', instant(o.changedAt))}</p>}<Editor key={o.version} of={o} /></>)}</Loaded>
    </Page>
  );
}

function Editor({ of: o }: { of?: Officer }) {
  const all = useAreas();
  const [role, become] = useState(o?.role ?? '');
  const [areas, limit] = useState<string[]>(o?.areas ?? []);
  const [next, pick] = useState('');
  const [turn, again] = useState(0);
  const wants = role === 'kelurahan' ? 4 : 2;
  return (
    <Form label={t('Simpan')} cancel={() => go(to('petugas'))} done={() => {
      say(t('Tersimpan. Berlaku pada tindakan berikutnya.'));
      go(to('petugas'));
    }} send={(v) => {
      const wrong: FieldError[] = [];
      const id = o?.id ?? v.text('sub');
      if (!/^[\w:.@-]{1,128}$/.test(id)) wrong.push({ pointer: '/sub', code: id ? 'unknown' : 'required' });
      if (!v.text('name')) wrong.push({ pointer: '/name', code: 'required' });
      if (!role) wrong.push({ pointer: '/role', code: 'required' });
      const chosen = role === 'aggregator' ? [] : [...new Set([...areas, ...(next.split('.').length >= wants ? [next] : [])])];
      if (role === 'kelurahan' && chosen.length === 0) wrong.push({ pointer: '/areas/0', code: 'required' });
      if (role === 'aggregator' && !v.text('aggregator')) wrong.push({ pointer: '/aggregator', code: 'required' });
      wrong.push(...reasonless(v));
      if (wrong.length > 0) return wrong;
      return api.put(`/v1/staff/officers/${encodeURIComponent(id)}`, {
        version: o?.version ?? 0, name: v.text('name'), role, areas: chosen, ...(role === 'aggregator' && { aggregator: v.text('aggregator') }),
        suspended: v.on('suspended'), reason: v.text('reason'),
      }).then((a) => said(a, (p) => (p.startsWith('/areas') ? '/areas/0' : p)));
    }}>
      {!o && <Field name="sub" label={t('Kode akun')} hint={t('Dari penyedia identitas, biasanya disebut sub. Bukan kata sandi.')} maxLength={128} />}
      <Field name="name" label={t('Nama')} value={o?.name} maxLength={80} />
      <Select name="role" label={t('Peran')} value={role} empty={t('Pilih …')} options={Object.entries(roles)} hint={duties[role]} change={become} />
      {role === 'aggregator' && <Select name="aggregator" label={t('Mitra penyalur')} value={o?.aggregator} empty={t('Pilih …')} options={Object.entries(region().partners)} />}
      {role !== '' && role !== 'aggregator' && (
        <fieldset>
          <legend>{role === 'kelurahan' ? t('Kelurahannya') : t('Dibatasi ke wilayah')}</legend>
          {areas.length === 0 && role !== 'kelurahan' && <p class="small">{t('Tanpa batas berarti seluruh wilayah.')}</p>}
          <ul class="plain">{areas.map((a) => <li key={a} class="pickrow"><span>{areaName(all, a)}</span> <Button kind="quiet" aria-label={t('Hapus %s', areaName(all, a))} act={() => limit(areas.filter((x) => x !== a))}>{t('Hapus')}</Button></li>)}</ul>
          <AreaPick key={turn} name="areas" value={next} change={pick} />
          <p class="row"><Button kind="ghost" disabled={next.split('.').length < wants} act={() => {
            limit([...new Set([...areas, next])].sort());
            pick('');
            again(turn + 1);
          }}>{t('Tambah wilayah ini')}</Button></p>
        </fieldset>
      )}
      {o && <Check name="suspended" label={t('Nonaktifkan')} hint={t('Langsung tidak dapat berbuat apa-apa, walau masih masuk.')} checked={o.suspended} />}
      <Reason />
    </Form>
  );
}
