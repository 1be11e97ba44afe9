// One place: what is known of it, what it needs, who answers for it, and how it
// came to be as it is.

import { useState } from 'preact/hooks';
import type { Position } from '../../pohon';
import { at, t } from '../../t';
import { number } from '../../words';
import { api, type Answer, type FieldError } from '../api';
import { go, to } from '../route';
import { mayDo, useLoad, useMe } from '../state';
import { Button, Check, Chip, Confirm, Dialog, Empty, Facts, Field, Form, Loaded, Page, Reason, reasonless, say, Select, Table, type Values } from '../ui';
import type { ViewProps } from '../views';
import { instant, roles } from '../words';
import { AreaPick, at as said, Copy, dayText, later, memberName, wholeAt } from './kit';
import type { Picking } from './picker';
import { nameIn, region } from './region';

export interface Mark { id: string; on: string; source: string; value?: number }
export interface NeedOf {
  id: string;
  package: string;
  program: string;
  needed: number;
  committed: number;
  delivered: number;
  received: number;
  confirmedOn: string;
  source: string;
  version: number;
  name: string;
  unit: string;
  remaining: number;
  stale: boolean;
}
export interface RecipientOf {
  id: string;
  version: number;
  name: string;
  kind: string;
  area: string;
  /** Of the kelurahan. */
  areaName: string;
  point: { lng: number; lat: number };
  households: number;
  people: number;
  address: string;
  steward: { name: string; phone?: string; email?: string };
  flags: Mark[];
  indicators: Mark[];
  needs: NeedOf[];
  closed: boolean;
  into?: string;
  demo: boolean;
  /** Commitments that hold a promise. */
  open: number;
  warnings: { code: string; metres?: number }[];
  versions: { version: number; from: string; by: string; change: string[] }[];
  looks: { at: string; by: string }[];
  duplicates: { id: string; name: string; why: string[] }[];
}

export default function Recipient({ parts, query }: ViewProps) {
  if (parts[0] === 'baru') return <Listing area={query.get('area') ?? ''} />;
  return <Known id={parts[0]!} edit={parts[1] === 'ubah'} about={query.get('kebutuhan') ?? ''} />;
}

/** about is the need that the queue asks somebody to confirm. */
function Known({ id, edit, about }: { id: string; edit: boolean; about: string }) {
  const load = useLoad(() => api.get<RecipientOf>(`/v1/staff/recipients/${id}`), [id]);
  const back = edit ? { href: to('penerima', id), text: load.value?.name ?? t('Penerima') } : { href: to('penerima'), text: t('Penerima') };
  return (
    <Page wide={!edit} title={edit ? t('Ubah penerima') : load.value?.name ?? t('Penerima')} back={back}
      actions={load.value && !edit && <Acts of={load.value} />}>
      <Loaded of={load}>{(r) => (edit ? <Editor of={r} /> : <Seen r={r} about={about} reload={load.reload} />)}</Loaded>
    </Page>
  );
}

function Acts({ of: r }: { of: RecipientOf }) {
  const me = useMe();
  return (
    <>
      {mayDo(me, 'recipients.edit') && !r.into && <a class="btn short" href={to('penerima', r.id, 'ubah')}>{t('Ubah')}</a>}
      <a class="btn ghost short" href={at(`/lokasi/${r.id}/`)} target="_blank" rel="noopener">{t('Halaman umum')}</a>
    </>
  );
}

const seers: Record<string, string> = { collaborator: t('Kolaborator'), officer: t('Petugas'), steward: t('Penanggung jawab') };
const suspicions: Record<string, string> = { name: t('nama sama'), near: t('kurang dari 50 m'), phone: t('nomor penanggung jawab sama') };

type Asking = 'close' | 'merge' | 'link' | 'asks' | { need: NeedOf | null } | { confirm: NeedOf } | null;

function Seen({ r, about, reload }: { r: RecipientOf; about: string; reload: () => void }) {
  const me = useMe();
  const reg = region();
  const [asking, ask] = useState<Asking>(() => {
    const stale = r.needs.find((n) => n.id === about && n.stale);
    return stale && mayDo(me, 'needs.confirm') ? { confirm: stale } : null;
  });
  const edits = mayDo(me, 'recipients.edit') && !r.into;
  const confirms = mayDo(me, 'needs.confirm') && !r.into;
  // Whoever may not change a place may have a colleague who may agree to it.
  const proposes = !edits && mayDo(me, 'changes.propose') && !r.closed;
  const done = (text: string) => () => {
    ask(null);
    say(text);
    reload();
  };
  const close = () => ask(null);
  return (
    <>
      <p class="chipline">
        <Chip>{nameIn(reg.kinds, r.kind)}</Chip>{' '}
        {r.into ? <Chip tone="sun">{t('digabung')}</Chip> : r.closed ? <Chip tone="alarm">{t('ditutup')}</Chip> : <Chip tone="good">{t('terbuka')}</Chip>}{' '}
        {r.demo && <Chip tone="sun">{t('data contoh')}</Chip>}
      </p>
      {r.into && <p class="note">{t('Sudah digabung ke')} <a href={to('penerima', r.into)}>{r.into}</a>.</p>}
      {r.warnings.map((w) => <p class="note" key={w.code}>{w.metres ? t('Titiknya %s m dari tengah kelurahan. Periksa peta.', number(w.metres)) : t('Titiknya jauh dari kelurahan ini. Periksa peta.')}</p>)}
      <section>
        <h2>{t('Kebutuhan')}</h2>
        {r.needs.length === 0 ? <Empty title={t('Belum ada kebutuhan tercatat.')}>{edits && t('Tambahkan supaya orang dapat membantu tempat ini.')}</Empty> : (
          <Table caption={t('Kebutuhan')} rows={r.needs} id={(n) => n.id} columns={[
            { head: t('Paket'), cell: (n) => n.name },
            { head: t('Dibutuhkan'), number: true, cell: (n) => number(n.needed) },
            { head: t('Dijanjikan'), number: true, cell: (n) => number(n.committed + n.delivered) },
            { head: t('Diterima'), number: true, cell: (n) => number(n.received) },
            { head: t('Sisa'), number: true, cell: (n) => <b>{number(n.remaining)}</b> },
            { head: t('Dipastikan'), cell: (n) => <>{dayText(n.confirmedOn)} {n.stale && <Chip tone="alarm">{t('usang')}</Chip>}</> },
            { head: t('Tindakan'), cell: (n) => <span class="acts-in">
              {edits && <Button kind="ghost" aria-label={t('Ubah kebutuhan %s', n.name)} act={() => ask({ need: n })}>{t('Ubah')}</Button>}
              {confirms && <Button kind="ghost" aria-label={t('Pastikan kebutuhan %s', n.name)} act={() => ask({ confirm: n })}>{t('Pastikan')}</Button>}
            </span> },
          ]} />
        )}
        {edits && <p class="row"><Button kind="ghost" act={() => ask({ need: null })}>{t('Tambah kebutuhan')}</Button></p>}
      </section>
      <div class="halves">
        <section class="card">
          <h2>{t('Penanggung jawab')}</h2>
          <Facts of={[[t('Nama'), r.steward.name || '–'], [t('Nomor telepon'), r.steward.phone || t('belum ada')], [t('E-mail'), r.steward.email || t('belum ada')]]} />
          <p class="small">{t('Kontak disamarkan. Yang perlu menghubungi membukanya dari komitmen, dengan alasan yang dicatat.')}</p>
          {mayDo(me, 'links.hand-over') && !r.into && <p class="row">
            <Button kind="ghost" act={() => ask('link')}>{t('Buat tautan baru')}</Button>
            <Button kind="ghost" act={() => ask('asks')}>{t('Tanya: masih butuh?')}</Button>
          </p>}
          {r.looks.length > 0 && <><h3>{t('Siapa yang melihat kontak ini')}</h3><ul class="rules">{r.looks.map((l) => <li key={l.at}>{seers[l.by] ?? l.by}, {instant(l.at)}</li>)}</ul></>}
        </section>
        <section class="card">
          <h2>{t('Tentang tempat ini')}</h2>
          <Facts of={[
            [t('Kode'), <code>{r.id}</code>], [t('Wilayah'), r.areaName], [t('Alamat'), r.address || '–'],
            ['KK', number(r.households)], [t('Jiwa'), number(r.people)],
            [t('Titik'), `${r.point.lat.toFixed(5)}, ${r.point.lng.toFixed(5)}`],
            ...r.flags.map((f): [string, string] => [nameIn(reg.flags, f.id), `${dayText(f.on)}, ${f.source}`]),
            ...r.indicators.map((i): [string, string] => [nameIn(reg.indicators, i.id), `${number(i.value ?? 0)} · ${dayText(i.on)}, ${i.source}`]),
          ]} />
        </section>
      </div>
      {r.duplicates.length > 0 && (
        <section class="card">
          <h2>{t('Mungkin tercatat dua kali')}</h2>
          <ul class="plain">{r.duplicates.map((d) => <li key={d.id}><a href={to('penerima', d.id)}>{d.name}</a> <span class="small">{d.why.map((w) => suspicions[w] ?? w).join(', ')}</span></li>)}</ul>
        </section>
      )}
      {r.versions.length > 0 && (
        <section>
          <h2>{t('Riwayat')}</h2>
          <ol class="time">{r.versions.map((v) => (
            <li key={v.version}><b>{v.change.length > 0 ? t('Diubah: %s', v.change.map(memberName).join(', ')) : t('Dicatat pertama kali')}</b><span class="small">{instant(v.from)} · {roles[v.by] ?? v.by}</span></li>
          ))}</ol>
        </section>
      )}
      {(edits || proposes) && <p class="row">
        <Button kind={r.closed ? 'ghost' : 'danger'} act={() => ask('close')}>{r.closed ? t('Buka kembali') : proposes ? t('Usulkan menutup tempat ini') : t('Tutup tempat ini')}</Button>
        <Button kind="danger" act={() => ask('merge')}>{proposes ? t('Usulkan menggabungkan') : t('Gabungkan ke tempat lain')}</Button>
      </p>}
      {asking === 'close' && <Confirm<unknown> title={r.closed ? t('Buka kembali %s?', r.name) : t('Tutup %s?', r.name)} verb={r.closed ? t('Buka kembali') : proposes ? t('Usulkan') : t('Tutup')} danger={!r.closed} close={close}
        send={(v, id) => {
          const second = () => proposed(r, id, 'close', {}, v.text('reason'));
          return proposes ? second() : api.post(`/v1/staff/recipients/${r.id}/closure`, { id, version: r.version, closed: !r.closed, reason: v.text('reason') })
            .then((answer) => (forTwo(answer) ? second() : answer));
        }}
        done={(value) => done(r.closed ? t('Tempat dibuka kembali.') : value === 'proposed' ? t('Usulan terkirim. Petugas lain yang memutuskan.') : t('Tempat ditutup.'))()}>
        {!r.closed && <p>{t('Tempat ini tidak menerima komitmen baru. Yang sudah dijanjikan tetap berjalan.')}</p>}
      </Confirm>}
      {asking === 'merge' && <Merge of={r} propose={proposes} close={close} done={(value) => done(value !== 'proposed' ? t('Sudah digabung.') : proposes ? t('Usulan terkirim. Petugas lain yang memutuskan.') : t('Diusulkan. Petugas kedua memutuskan: ada komitmen terbuka, atau jumlah di kecamatan ini turun banyak.'))()} />}
      {asking === 'link' && <StewardLink of={r} close={close} done={reload} />}
      {asking === 'asks' && <Asks of={r} close={close} />}
      {asking !== null && typeof asking === 'object' && 'need' in asking && <NeedForm of={r} need={asking.need} close={close} done={done(t('Kebutuhan tersimpan.'))} />}
      {asking !== null && typeof asking === 'object' && 'confirm' in asking && <Confirmation of={asking.confirm} close={close} done={done(t('Tercatat.'))} />}
    </>
  );
}

function NeedForm({ of: r, need, close, done }: { of: RecipientOf; need: NeedOf | null; close: () => void; done: () => void }) {
  const me = useMe();
  const reg = region();
  const free = reg.packages.filter((p) => !r.needs.some((n) => n.package === p.id));
  const promised = need ? need.committed + need.delivered + need.received : 0;
  return (
    <Confirm title={need ? need.name : t('Tambah kebutuhan')} verb={t('Simpan')} close={close} done={done}
      send={(v) => {
        const wrong: FieldError[] = [];
        const needed = wholeAt(v, 'needed', wrong);
        const pack = need?.package ?? v.text('package');
        if (!pack) wrong.push({ pointer: '/package', code: 'required' });
        if (!v.text('source')) wrong.push({ pointer: '/source', code: 'required' });
        if (wrong.length > 0) return wrong;
        return api.put(`/v1/staff/recipients/${r.id}/needs/${pack}`, { version: need?.version ?? 0, needed, confirmedOn: v.text('confirmedOn'), source: v.text('source'), reason: v.text('reason') });
      }}>
      {!need && <Select name="package" label={t('Paket')} empty={t('Pilih …')} options={free.map((p) => [p.id, p.name])} />}
      <Field name="needed" label={t('Jumlah yang dibutuhkan')} inputMode="numeric" value={need?.needed}
        hint={promised > 0 ? t('Sudah dijanjikan atau diterima: %s. Tidak dapat kurang dari itu.', number(promised)) : undefined} />
      <div class="two">
        <Field name="confirmedOn" label={t('Dipastikan tanggal')} type="date" max={me.today} value={me.today} />
        <Field name="source" label={t('Sumber')} value={need?.source} placeholder={t('misalnya: ketua RW')} maxLength={80} />
      </div>
    </Confirm>
  );
}

function Confirmation({ of: n, close, done }: { of: NeedOf; close: () => void; done: () => void }) {
  return (
    <Confirm title={t('Apakah %s masih dibutuhkan?', n.name)} verb={t('Simpan')} reason={false} close={close} done={done}
      send={(v, id) => (v.text('still') ? api.post(`/v1/staff/needs/${n.id}/confirmation`, { id, still: v.text('still') === 'ya' }) : [{ pointer: '/still', code: 'required' }])}>
      <Select name="still" label={t('Jawaban penanggung jawab')} empty={t('Pilih …')} options={[['ya', t('Masih butuh')], ['cukup', t('Sudah cukup')]]} />
    </Confirm>
  );
}

interface Handed { link?: string; message: string; whatsapp?: string }

function HandOn({ what, demo }: { what: Handed; demo: boolean }) {
  return (
    <>
      <p class="letter">{what.message}</p>
      <div class="row">
        {what.whatsapp && !demo && <a class="btn wa" href={what.whatsapp} target="_blank" rel="noopener noreferrer">{t('Kirim lewat WhatsApp')}</a>}
        <Copy label={t('Salin pesan')} text={what.message} />
        {what.link && <Copy label={t('Salin tautan')} text={what.link} />}
      </div>
      {demo && <p class="small">{t('Data contoh: nomornya dikarang, jadi tidak dapat dihubungi.')}</p>}
    </>
  );
}

function StewardLink({ of: r, close, done }: { of: RecipientOf; close: () => void; done: () => void }) {
  const [made, set] = useState<Handed | null>(null);
  const end = () => {
    close();
    if (made) done();
  };
  if (made) {
    return (
      <Dialog title={t('Tautan baru untuk %s', r.steward.name || r.name)} close={end}>
        <p class="note">{t('Hanya tampil sekali ini. Tautan yang lama sudah tidak berlaku.')}</p>
        <HandOn what={made} demo={r.demo} />
        <p class="row"><Button act={end}>{t('Selesai')}</Button></p>
      </Dialog>
    );
  }
  return (
    <Confirm<Handed> title={t('Buat tautan baru?')} verb={t('Buat tautan')} close={close} done={set}
      send={(v, id) => api.post<Handed>(`/v1/staff/recipients/${r.id}/steward-link`, { id, reason: v.text('reason') })}>
      <p>{t('Tautan lama penanggung jawab langsung mati. Berikan yang baru hanya kepada orangnya.')}</p>
    </Confirm>
  );
}

function Asks({ of: r, close }: { of: RecipientOf; close: () => void }) {
  const [made, set] = useState<Handed | null>(null);
  if (made) {
    return (
      <Dialog title={t('Tanya: masih butuh?')} close={close}>
        <HandOn what={made} demo={r.demo} />
        <p class="row"><Button act={close}>{t('Selesai')}</Button></p>
      </Dialog>
    );
  }
  return (
    <Confirm<Handed> title={t('Tanya: masih butuh?')} verb={t('Siapkan pesan')} reason={false} close={close} done={set}
      send={(_, id) => api.post<Handed>(`/v1/staff/recipients/${r.id}/asks`, { id })}>
      <p>{t('Kami siapkan pesan singkat untuk %s. Anda sendiri yang mengirimnya.', r.steward.name || t('penanggung jawab'))}</p>
    </Confirm>
  );
}

/** Whether a change was refused because it takes two officers. */
const forTwo = (a: Answer<unknown>): boolean =>
  a.kind === 'refused' && (a.problem.errors ?? []).some((e) => e.code === 'promised' || e.code === 'two_officers');

/** Asks a second officer for a change of a place. */
const proposed = (r: RecipientOf, id: string, kind: string, change: object, reason: string): Promise<Answer<unknown>> =>
  api.put(`/v1/staff/proposals/${id}`, { kind, object: `recipient/${r.id}`, change, reason })
    .then((a) => (a.kind === 'ok' ? { kind: 'ok' as const, value: 'proposed' } : said(a, (p) => p.replace('/change', ''))));

function Merge({ of: r, propose, close, done }: { of: RecipientOf; propose: boolean; close: () => void; done: (value: unknown) => void }) {
  return (
    <Confirm<unknown> title={t('Gabungkan %s', r.name)} verb={propose ? t('Usulkan') : t('Gabungkan')} danger close={close} done={done}
      send={(v, id) => {
        const [into, reason] = [v.text('into'), v.text('reason')];
        if (!into) return [{ pointer: '/into', code: 'required' }];
        const second = () => proposed(r, id, 'merge', { into }, reason);
        // Where something is promised, two people have to agree.
        return propose ? second() : api.post(`/v1/staff/recipients/${r.id}/merge`, { id, version: r.version, into, reason })
          .then((answer) => (forTwo(answer) ? second() : answer));
      }}>
      <p>{t('Tempat ini ditutup dan menunjuk ke yang lain. Bila masih ada komitmen terbuka, petugas kedua harus menyetujuinya.')}</p>
      {r.duplicates.length > 0
        ? <Select name="into" label={t('Yang tetap ada')} empty={t('Pilih …')} options={r.duplicates.map((d) => [d.id, `${d.name} · ${d.id}`])} />
        : <Field name="into" label={t('Kode tempat yang tetap ada')} hint={t('Terlihat di halaman tempat itu, bagian Kode.')} maxLength={80} />}
    </Confirm>
  );
}

// --- Listing and editing.

const Picker = later<Picking>(() => import('./picker'));

function Listing({ area }: { area: string }) {
  return <Page title={t('Tambah penerima')} back={{ href: to('penerima'), text: t('Penerima') }}><Editor area={area} /></Page>;
}

/** The form of a place, new or known. */
function Editor({ of: r, area = '' }: { of?: RecipientOf; area?: string }) {
  const me = useMe();
  const reg = region();
  const [where, move] = useState(r ? r.area.split('.').slice(0, 4).join('.') : area);
  const [kind, become] = useState(r?.kind ?? '');
  const [point, aim] = useState<Position | null>(r ? [r.point.lng, r.point.lat] : null);
  const [map, open] = useState(false);
  const territorial = reg.kinds.find((k) => k.id === kind)?.mark === 'round';

  const identity = (v: Values, wrong: FieldError[]): [id: string, area: string] => {
    if (r) return [r.id, r.area];
    if (where.split('.').length < 4) wrong.push({ pointer: '/area/0', code: 'required' });
    if (!kind) wrong.push({ pointer: '/kind', code: 'required' });
    const n = wholeAt(v, 'number', wrong, 1);
    const rw = `${where}.${String(n).padStart(3, '0')}`;
    return territorial ? [rw, rw] : [`${where}-${kind}-${n}`, where];
  };
  const marks = (v: Values, of: 'flags' | 'indicators', wrong: FieldError[]): Mark[] => {
    const list = of === 'flags' ? reg.flags : reg.indicators;
    return list.filter(({ id }) => (of === 'flags' ? v.on(`flag/${id}`) : v.text(`value/${id}`) !== '')).map(({ id }) => ({
      id, on: v.text(`on/${id}`) || me.today, source: v.text(`source/${id}`) || t('petugas'),
      ...(of === 'indicators' && { value: wholeAt(v, `value/${id}`, wrong) }),
    }));
  };
  return (
    <Form<{ id?: string }> label={t('Simpan')} cancel={() => go(r ? to('penerima', r.id) : to('penerima'))}
      send={(v) => {
        const wrong: FieldError[] = [];
        const [id, area] = identity(v, wrong);
        if (!v.text('name')) wrong.push({ pointer: '/name', code: 'required' });
        const households = wholeAt(v, 'households', wrong);
        const people = wholeAt(v, 'people', wrong);
        const [lat, lng] = [Number(v.text('lat').replace(',', '.')), Number(v.text('lng').replace(',', '.'))];
        if (!v.text('lat') || !Number.isFinite(lat) || Math.abs(lat) > 90) wrong.push({ pointer: '/lat', code: v.text('lat') ? 'unknown' : 'required' });
        if (!v.text('lng') || !Number.isFinite(lng) || Math.abs(lng) > 180) wrong.push({ pointer: '/lng', code: v.text('lng') ? 'unknown' : 'required' });
        const [phone, email] = [v.text('steward/phone'), v.text('steward/email')];
        const body = {
          version: r?.version ?? 0, name: v.text('name'), kind, area, point: { lng, lat }, households, people, address: v.text('address'),
          // A contact that is not typed again stays as it is.
          steward: { name: v.text('steward/name'), ...(phone && { phone }), ...(email && { email }) },
          flags: marks(v, 'flags', wrong), indicators: marks(v, 'indicators', wrong), reason: v.text('reason'),
        };
        wrong.push(...reasonless(v));
        return wrong.length > 0 ? wrong : api.put<{ id?: string }>(`/v1/staff/recipients/${id}`, body)
          .then((a) => (a.kind === 'ok' ? { kind: 'ok' as const, value: { id } } : said(a, (p) => (p.startsWith('/point') ? '/lat' : p === '/id' ? '/number' : p))));
      }}
      done={({ id }) => {
        say(t('Tersimpan. Peta umum ikut berubah sebentar lagi.'));
        go(to('penerima', id!));
      }}>
      {!r && <>
        <AreaPick name="area" value={where} needed change={move} />
        <div class="two">
          <Select name="kind" label={t('Jenis')} empty={t('Pilih …')} value={kind} options={reg.kinds.map((k) => [k.id, k.name])} change={become} />
          <Field name="number" label={territorial ? t('Nomor RW') : t('Nomor urut')} inputMode="numeric" maxLength={9}
            hint={territorial ? undefined : t('Belum dipakai tempat sejenis di kelurahan ini. Menjadi bagian kodenya.')} />
        </div>
      </>}
      {r && <p class="small">{r.areaName} · {nameIn(reg.kinds, r.kind)} · <code>{r.id}</code></p>}
      <Field name="name" label={t('Nama')} value={r?.name} maxLength={120} />
      <Field name="address" label={t('Alamat')} value={r?.address} maxLength={200} />
      <div class="two">
        <Field name="households" label={t('Jumlah KK')} inputMode="numeric" value={r?.households} />
        <Field name="people" label={t('Jumlah jiwa')} inputMode="numeric" value={r?.people} />
      </div>
      <fieldset>
        <legend>{t('Titik di peta')}</legend>
        <div class="two" key={point?.join()}>
          <Field name="lat" label={t('Lintang')} inputMode="text" value={point?.[1]} placeholder="-6.17" />
          <Field name="lng" label={t('Bujur')} inputMode="text" value={point?.[0]} placeholder="106.82" />
        </div>
        {map ? <Picker point={point} area={where} choose={(p) => { aim(p); open(false); say(t('Titik diambil dari peta.')); }} />
          : <p class="row"><Button kind="ghost" disabled={where.length < 5} act={() => open(true)}>{t('Pilih di peta')}</Button></p>}
      </fieldset>
      <fieldset>
        <legend>{t('Penanggung jawab')}</legend>
        <Field name="steward/name" label={t('Nama')} value={r?.steward.name} hint={t('Tampil untuk umum.')} maxLength={80} />
        <div class="two">
          <Field name="steward/phone" label={t('Telepon baru')} type="tel" hint={r?.steward.phone ? t('Sekarang %s. Kosong berarti tetap.', r.steward.phone) : t('Tidak pernah tampil untuk umum.')} />
          <Field name="steward/email" label={t('E-mail baru')} type="email" hint={r?.steward.email ? t('Sekarang %s. Kosong berarti tetap.', r.steward.email) : undefined} />
        </div>
      </fieldset>
      {reg.flags.length > 0 && <Marks title={t('Tanda')} list={reg.flags} had={r?.flags ?? []} flag />}
      {reg.indicators.length > 0 && <Marks title={t('Indikator')} list={reg.indicators} had={r?.indicators ?? []} />}
      <Reason />
    </Form>
  );
}

/** Flags and indicators, each with the day and the source that it has. */
function Marks({ title, list, had, flag }: { title: string; list: { id: string; name: string; about: string }[]; had: Mark[]; flag?: boolean }) {
  const me = useMe();
  const [on, turn] = useState(had.map((m) => m.id));
  return (
    <details class="card">
      <summary>{title}{had.length > 0 && ` (${number(had.length)})`}</summary>
      {list.map(({ id, name, about }) => {
        const was = had.find((m) => m.id === id);
        return (
          <fieldset key={id}>
            <legend class={flag ? 'unseen' : undefined}>{name}</legend>
            {flag ? <Check name={`flag/${id}`} label={name} hint={about} checked={!!was} change={(set) => turn(set ? [...on, id] : on.filter((x) => x !== id))} />
              : <Field name={`value/${id}`} label={t('Jumlah')} hint={about} inputMode="numeric" value={was?.value} />}
            {(!flag || on.includes(id)) && <div class="two">
              <Field name={`on/${id}`} label={t('Per tanggal')} type="date" max={me.today} value={was?.on ?? me.today} />
              <Field name={`source/${id}`} label={t('Sumber')} value={was?.source} maxLength={80} />
            </div>}
          </fieldset>
        );
      })}
    </details>
  );
}
