// Pooled gifts of one's own aggregator: taken in once, given out in parts. What
// is left is shown while a part is filled in; the API decides.

import { useEffect, useState } from 'preact/hooks';
import { placesOf, type Place } from '../../pohon';
import { at, t } from '../../t';
import { number } from '../../words';
import { api, newID, type FieldError } from '../api';
import { go, to } from '../route';
import { mayDo, useLoad, useMe, usePages, type Rows } from '../state';
import { Button, Check, Chip, Dialog, Empty, Facts, Field, Form, Lines, Loaded, LoadedPages, Page, say, Select, Table } from '../ui';
import type { ViewProps } from '../views';
import { states, stateTone } from '../words';
import { AreaPick, at as said, dayText, wholeAt } from './kit';
import { nameIn, region } from './region';

interface Part {
  id: string;
  number: string;
  state: string;
  recipient: { id: string; name: string };
  areaName: string;
  lines: { package: string; name: string; quantity: number; received: number }[];
}
interface Pool {
  id: string;
  donor: { name?: string; shown: string; class: string; email?: string; phone?: string };
  lines: { package: string; name: string; unit: string; quantity: number; given: number; left: number }[];
  receivedOn: string;
  note?: string;
  parts?: Part[];
}

/** "50 paket sembako, 3 porsi makanan siap saji" */
const goods = (lines: { package: string; name: string }[], count: (i: number) => number) => lines
  .map((l, i) => `${number(count(i))} ${region().packages.find((p) => p.id === l.package)?.[count(i) === 1 ? 'one' : 'other'] ?? l.name}`).join(', ');

export default function Pools({ parts }: ViewProps) {
  if (parts[0] === 'baru') return <Intake />;
  return parts[0] ? <One id={parts[0]} /> : <List />;
}

const home = () => ({ href: to('titipan'), text: t('Titipan') });

function List() {
  const me = useMe();
  const found = usePages((cursor) => api.get<Rows<Pool>>('/v1/staff/pools', { cursor }), (a) => a.items, []);
  return (
    <Page wide title={t('Titipan')} actions={mayDo(me, 'pools.take') && <a class="btn short" href={to('titipan', 'baru')}>{t('Terima titipan')}</a>}>
      <p class="sub">{t('Titipan sendiri tidak dihitung. Yang dihitung adalah tiap bagian yang Anda teruskan, satu kali.')}</p>
      <LoadedPages of={found} empty={<Empty title={t('Belum ada titipan.')}>{t('Catat yang dititipkan donatur, lalu bagikan ke beberapa lokasi.')}</Empty>}>
        {(rows) => <Table caption={t('Titipan')} rows={rows} id={(p) => p.id} columns={[
          { head: t('Dari'), cell: (p) => <a href={to('titipan', p.id)}>{p.donor.shown}</a> },
          { head: t('Diterima'), cell: (p) => dayText(p.receivedOn) },
          { head: t('Isi'), cell: (p) => goods(p.lines, (i) => p.lines[i]!.quantity) },
          { head: t('Sisa'), cell: (p) => (p.lines.every((l) => l.left === 0) ? <Chip tone="good">{t('habis dibagikan')}</Chip> : goods(p.lines, (i) => p.lines[i]!.left)) },
        ]} />}
      </LoadedPages>
    </Page>
  );
}

function Intake() {
  const me = useMe();
  const reg = region();
  const [rows, set] = useState<number[]>([0]);
  const [chosen, choose] = useState<Record<number, string>>({});
  return (
    <Page title={t('Terima titipan')} back={home()}>
      <Form<{ id?: string }> label={t('Simpan titipan')} cancel={() => go(to('titipan'))} done={({ id }) => {
        say(t('Titipan tercatat.'));
        go(to('titipan', id!));
      }} send={(v, id) => {
        const wrong: FieldError[] = [];
        for (const name of ['donor/name', 'donor/class', 'receivedOn']) if (!v.text(name)) wrong.push({ pointer: `/${name}`, code: 'required' });
        const lines = rows.map((_, i) => {
          const pack = v.text(`lines/${i}/package`);
          if (!pack) wrong.push({ pointer: `/lines/${i}/package`, code: 'required' });
          const quantity = wholeAt(v, `lines/${i}/quantity`, wrong, 1);
          const value = v.text(`lines/${i}/value`) ? wholeAt(v, `lines/${i}/value`, wrong) : 0;
          return { package: pack, quantity, ...(value > 0 && { value }) };
        });
        if (wrong.length > 0) return wrong;
        const [email, phone] = [v.text('donor/email'), v.text('donor/phone')];
        return api.put(`/v1/staff/pools/${id}`, {
          donor: { name: v.text('donor/name'), class: v.text('donor/class'), showName: v.on('donor/showName'), ...(email && { email }), ...(phone && { phone }) },
          lines, receivedOn: v.text('receivedOn'), ...(v.text('note') && { note: v.text('note') }),
        }).then((a) => (a.kind === 'ok' ? { kind: 'ok' as const, value: { id } } : a));
      }}>
        <Field name="donor/name" label={t('Nama donatur')} maxLength={80} />
        <Select name="donor/class" label={t('Golongan')} empty={t('Pilih …')} options={Object.entries(reg.classes)} />
        <Check name="donor/showName" label={t('Tampilkan namanya')} hint={t('Bila tidak, tertulis Hamba Allah.')} checked />
        <div class="two">
          <Field name="donor/email" label={t('E-mail')} type="email" hint={t('Boleh kosong. Tidak pernah tampil.')} />
          <Field name="donor/phone" label={t('Nomor telepon')} type="tel" hint={t('Boleh kosong. Tidak pernah tampil.')} />
        </div>
        {rows.map((key, i) => {
          const pack = reg.packages.find((p) => p.id === chosen[key]);
          return (
            <fieldset key={key}>
              <legend>{t('Barang %s', i + 1)}</legend>
              <div class="two">
                <Select name={`lines/${i}/package`} label={t('Paket')} empty={t('Pilih …')} options={reg.packages.map((p) => [p.id, p.name])} change={(id) => choose({ ...chosen, [key]: id })} />
                <Field name={`lines/${i}/quantity`} label={t('Jumlah')} inputMode="numeric" />
              </div>
              {pack && pack.price === 0 && <Field name={`lines/${i}/value`} label={t('Perkiraan nilai seluruhnya (Rp)')} inputMode="numeric" />}
              {rows.length > 1 && <Button kind="quiet" act={() => set(rows.filter((k) => k !== key))}>{t('Hapus barang ini')}</Button>}
            </fieldset>
          );
        })}
        <p class="row"><Button kind="ghost" act={() => set([...rows, Math.max(...rows) + 1])}>{t('Tambah barang')}</Button></p>
        <Field name="receivedOn" label={t('Diterima tanggal')} type="date" max={me.today} value={me.today} />
        <Lines name="note" label={t('Catatan')} hint={t('Hanya untuk mitra ini.')} maxLength={500} />
      </Form>
    </Page>
  );
}

function One({ id }: { id: string }) {
  const load = useLoad(() => api.get<Pool>(`/v1/staff/pools/${id}`), [id]);
  const [giving, give] = useState(false);
  return (
    <Page wide title={load.value ? t('Titipan %s', load.value.donor.shown) : t('Titipan')} back={home()}
      actions={load.value?.lines.some((l) => l.left > 0) && <Button act={() => give(true)}>{t('Bagikan ke lokasi')}</Button>}>
      <Loaded of={load}>{(p) => (
        <>
          <Facts of={[[t('Golongan'), region().classes[p.donor.class] ?? p.donor.class], [t('Diterima'), dayText(p.receivedOn)], p.donor.name ? [t('Donatur'), [p.donor.name, p.donor.phone, p.donor.email].filter(Boolean).join(' · ')] : null, p.note ? [t('Catatan'), p.note] : null]} />
          <h2>{t('Isi')}</h2>
          <Table caption={t('Isi')} rows={p.lines} id={(l) => l.package} columns={[
            { head: t('Paket'), cell: (l) => l.name },
            { head: t('Diterima'), number: true, cell: (l) => number(l.quantity) },
            { head: t('Dibagikan'), number: true, cell: (l) => number(l.given) },
            { head: t('Sisa'), number: true, cell: (l) => <b>{number(l.left)}</b> },
          ]} />
          <h2>{t('Yang sudah dibagikan')}</h2>
          {(p.parts ?? []).length === 0 ? <Empty title={t('Belum ada yang dibagikan.')} /> : (
            <Table caption={t('Yang sudah dibagikan')} rows={p.parts!} id={(x) => x.id} columns={[
              { head: t('Lokasi'), cell: (x) => <><a href={to('komitmen', x.id)}>{x.recipient.name}</a> <span class="small">{x.areaName}</span></> },
              { head: t('Nomor'), cell: (x) => x.number },
              { head: t('Keadaan'), cell: (x) => <Chip tone={stateTone(x.state)}>{states[x.state] ?? x.state}</Chip> },
              { head: t('Jumlah'), cell: (x) => goods(x.lines, (i) => x.lines[i]!.quantity) },
            ]} />
          )}
          {giving && <Giving of={p} close={() => give(false)} done={() => {
            give(false);
            say(t('Bagian ini menjadi komitmen. Penanggung jawab lokasi diberi tahu.'));
            load.reload();
          }} />}
        </>
      )}</Loaded>
    </Page>
  );
}

const plus = (day: string, n: number) => new Date(Date.parse(`${day}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10);

function Giving({ of: p, close, done }: { of: Pool; close: () => void; done: () => void }) {
  const me = useMe();
  const [area, pick] = useState('');
  const [places, found] = useState<Place[] | null>(null);
  const [chosen, choose] = useState('');
  const [commitment] = useState(newID);
  const [taken, take] = useState<Record<string, number>>({});
  const narrow = area.split('.').length >= 3;
  // Needs are public, so they are read from the files of the map.
  useEffect(() => {
    found(null);
    choose('');
    if (!narrow) return;
    let wanted = true;
    const holds = new Set(p.lines.filter((l) => l.left > 0).map((l) => l.package));
    void placesOf(area).then((all) => wanted && found(all.filter((x) => !x.closed && (x.area === area || x.area.startsWith(`${area}.`)) && x.needs.some((n) => n.remaining > 0 && holds.has(n.package)))), () => wanted && found([]));
    return () => { wanted = false; };
  }, [area]);
  const place = places?.find((x) => x.id === chosen);
  const needs = place?.needs.filter((n) => n.remaining > 0 && p.lines.some((l) => l.package === n.package && l.left > 0)) ?? [];
  return (
    <Dialog title={t('Bagikan ke lokasi')} close={close}>
      <Form label={t('Bagikan')} cancel={close} done={done} send={(v) => {
        const wrong: FieldError[] = [];
        if (!chosen) wrong.push({ pointer: '/recipient', code: 'required' });
        for (const name of ['period/from', 'period/to']) if (!v.text(name)) wrong.push({ pointer: `/${name}`, code: 'required' });
        const lines = needs.flatMap((n) => (v.text(`quantity/${n.id}`) ? [{ need: n.id, quantity: wholeAt(v, `quantity/${n.id}`, wrong, 1) }] : []));
        if (chosen && lines.length === 0) wrong.push({ pointer: `/quantity/${needs[0]?.id ?? ''}`, code: 'required' });
        return wrong.length > 0 ? wrong : api.put(`/v1/staff/pools/${p.id}/parts/${commitment}`, { recipient: chosen, lines, period: { from: v.text('period/from'), to: v.text('period/to') } })
          .then((a) => said(a, (p) => p.replace(/^\/lines\/(\d+)\/.*/, (_, i) => `/quantity/${lines[Number(i)]?.need}`)));
      }}>
        <AreaPick value={area} needed change={pick} />
        {narrow && places !== null && places.length === 0 && <p class="note">{t('Tidak ada lokasi di sini yang masih membutuhkan isi titipan ini.')}</p>}
        {narrow && places === null && <p class="small" role="status">{t('Memuat …')}</p>}
        {(places?.length ?? 0) > 0 && <Select name="recipient" label={t('Lokasi yang masih butuh')} empty={t('Pilih …')} options={places!.map((x) => [x.id, x.name])} change={choose} />}
        {place && <>
          <p class="small"><a href={at(`/lokasi/${place.id}/`)} target="_blank" rel="noopener">{t('Halaman lokasi')}</a></p>
          {needs.map((n) => {
            const left = p.lines.find((l) => l.package === n.package)!.left;
            return <Field key={n.id} name={`quantity/${n.id}`} label={nameIn(region().packages, n.package)} inputMode="numeric"
              hint={t('Masih dibutuhkan %s. Sisa titipan sesudah ini %s.', number(n.remaining), number(Math.max(0, left - (taken[n.id] ?? 0))))}
              onInput={(e) => take({ ...taken, [n.id]: Number(e.currentTarget.value.replace(/\D/g, '')) || 0 })} />;
          })}
        </>}
        <div class="two">
          <Field name="period/from" label={t('Diantar mulai')} type="date" min={me.today} value={me.today} />
          <Field name="period/to" label={t('Paling lambat')} type="date" min={me.today} value={plus(me.today, 7)} />
        </div>
      </Form>
    </Dialog>
  );
}
