// Commitments: one by itself, or a list of them.

import { goodsOf } from '../../commitment';
import { t } from '../../t';
import { day, days } from '../../words';
import { api } from '../api';
import type { Promised } from '../case';
import { go, to } from '../route';
import { useMe, usePages, type Rows } from '../state';
import { Chip, Empty, LoadedPages, Page, Select, Table } from '../ui';
import type { ViewProps } from '../views';
import { states, stateTone } from '../words';
import { Beside, Clock } from './beside';
import { AreaPick } from './kit';

export default function Commitments({ parts, query }: ViewProps) {
  const [id] = parts;
  return id ? <One id={id} query={query} /> : <All query={query} />;
}

function One({ id, query }: { id: string; query: URLSearchParams }) {
  const from = query.get('dari');
  const back = from ? { href: to('antrean', from), text: t('Antrean') } : { href: to('komitmen'), text: t('Komitmen') };
  return (
    <Page title={t('Rincian komitmen')} back={back} wide>
      <Beside id={id} evidence={query.get('bukti') ?? undefined} done={(undone) => from && !undone && go(to('antrean', from))} heading={({ commitment: c }) => <h2 class="numbered">{c.number} <span>{c.name}</span></h2>} />
    </Page>
  );
}

const listed = ['pledged', 'contacted', 'scheduled', 'signed', 'delivered', 'received', 'disputed', 'lapsed', 'withdrawn'];

function All({ query }: { query: URLSearchParams }) {
  const me = useMe();
  const get = (name: string) => query.get(name) ?? '';
  const [number, state, place] = [get('nomor'), get('keadaan'), get('penerima')];
  // Whoever has one kelurahan need not choose it.
  const area = get('area') || (me.areas.length === 1 ? me.areas[0]!.code : me.role === 'aggregator' ? me.region.root : '');
  const enough = number !== '' || place !== '' || me.role === 'aggregator' || area.split('.').length >= 3;
  const list = usePages(
    (cursor) => (enough ? api.get<Rows<Promised>>('/v1/staff/commitments', number ? { number } : { state, recipient: place, area: place ? '' : area, cursor }) : Promise.resolve({ kind: 'ok' as const, value: { items: [] } as Rows<Promised> })),
    (a) => a.items, [number, state, area, place, enough],
  );
  const filter = (change: Record<string, string>) => go(to('komitmen', { area: get('area'), keadaan: state, penerima: place, ...change }), true);
  return (
    <Page title={t('Komitmen')} wide actions={
      <form class="find" role="search" onSubmit={(e) => {
        e.preventDefault();
        const typed = new FormData(e.currentTarget).get('nomor');
        go(to('komitmen', { nomor: typeof typed === 'string' ? typed.trim() : '' }));
      }}>
        <label class="unseen" for="nomor">{t('Nomor komitmen')}</label>
        <input id="nomor" name="nomor" type="search" defaultValue={number} placeholder="K-7F3Q-21XA" autocomplete="off" autocapitalize="characters" spellcheck={false} maxLength={30} />
        <button type="submit" class="btn short ghost">{t('Cari')}</button>
      </form>
    }>
      {number ? <p class="line"><span>{t('Nomor %s', number)}</span> <a href={to('komitmen')}>{t('Hapus pencarian')}</a></p> : (
        <div class="filters">
          {me.role !== 'aggregator' && me.areas.length !== 1 && <AreaPick value={area} change={(code) => filter({ area: code, penerima: '' })} />}
          <Select name="keadaan" label={t('Keadaan')} value={state} empty={t('Semua')} options={listed.map((s) => [s, states[s] ?? s])} change={(s) => filter({ keadaan: s })} />
        </div>
      )}
      {!enough ? <Empty title={t('Pilih kecamatan atau kelurahan.')}>{t('Atau cari dengan nomor komitmen.')}</Empty> : (
        <LoadedPages of={list} empty={<Empty title={t('Tidak ada komitmen yang cocok.')}>{t('Periksa lagi nomornya, atau longgarkan saringannya.')}</Empty>}>
          {(rows) => (
            <Table caption={t('Komitmen')} rows={rows} id={(c) => c.id} columns={[
              { head: t('Nomor'), cell: (c) => <a href={to('komitmen', c.id)}>{c.number}</a> },
              { head: t('Keadaan'), cell: (c) => <><Chip tone={stateTone(c.state)}>{states[c.state] ?? c.state}</Chip> <Clock of={c} /></> },
              { head: t('Barang'), cell: (c) => goodsOf(c.lines) },
              { head: t('Dari'), cell: (c) => c.name },
              { head: t('Untuk'), cell: (c) => <>{c.recipient.name}<span class="small block">{c.areaName}</span></> },
              { head: t('Rencana'), cell: (c) => (c.schedule ? day(c.schedule.on) : days(c.period)) },
            ]} />
          )}
        </LoadedPages>
      )}
    </Page>
  );
}
