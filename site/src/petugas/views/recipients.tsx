// The places that receive aid: finding one, and what waits to be mended.

import { t } from '../../t';
import { number } from '../../words';
import { api } from '../api';
import { to } from '../route';
import { mayDo, useMe, usePages, type Rows } from '../state';
import { Check, Chip, Empty, LoadedPages, Page, Select, Table } from '../ui';
import type { ViewProps } from '../views';
import { AreaPick, Export, filled, useFilter } from './kit';
import Recipient from './recipient';
import { region } from './region';

interface Row {
  id: string;
  name: string;
  kindName: string;
  areaName: string;
  households: number;
  steward: string;
  closed: boolean;
  into?: string;
  needs: number;
  stale: boolean;
}

export default function Recipients(props: ViewProps) {
  return props.parts.length > 0 ? <Recipient {...props} /> : <List {...props} />;
}

function List({ query }: ViewProps) {
  const me = useMe();
  const [get, set] = useFilter('penerima', query);
  const own = me.areas.length > 0 ? me.areas[0]!.code : '';
  const [area, kind, q, closed] = [get('area') || own, get('kind'), get('q'), get('closed')];
  const asks = area.length > 2 || q !== '';
  const filter = { area, kind, q, closed };
  const found = usePages(
    (cursor) => (asks ? filled((c) => api.get<Rows<Row>>('/v1/staff/recipients', { ...filter, cursor: c }), cursor) : Promise.resolve({ kind: 'ok' as const, value: { items: [] } })),
    (a) => a.items, [filter]);
  return (
    <Page wide title={t('Penerima')} actions={<>
      {mayDo(me, 'recipients.edit') && <a class="btn short" href={to('penerima', 'baru', { area })}>{t('Tambah penerima')}</a>}
      {asks && <Export list="recipients" filter={filter} label={t('Unduh penerima')} />}
      {asks && <Export list="needs" filter={filter} label={t('Unduh kebutuhan')} />}
    </>}>
      <form class="card" role="search" onSubmit={(e) => {
        e.preventDefault();
        set({ q: String(new FormData(e.currentTarget).get('q') ?? '').trim() });
      }}>
        <label for="cari">{t('Cari nama, alamat, atau kode')}</label>
        <div class="seek"><div>
          <input id="cari" name="q" type="search" defaultValue={q} maxLength={80} autocomplete="off" enterkeyhint="search" />
          <button class="btn short" type="submit">{t('Cari')}</button>
        </div></div>
        <AreaPick value={area} change={(code) => set({ area: code })} />
        <div class="two">
          <Select name="kind" label={t('Jenis')} value={kind} empty={t('Semua jenis')} options={region().kinds.map((k) => [k.id, k.name])} change={(v) => set({ kind: v })} />
          <Check name="closed" label={t('Juga yang sudah ditutup')} checked={closed === 'true'} change={(on) => set({ closed: on ? 'true' : '' })} />
        </div>
      </form>
      {!asks ? <Empty title={t('Pilih wilayah atau ketik yang dicari.')}>{t('Daftar dibaca per wilayah supaya cepat, juga di ponsel.')}</Empty>
        : <LoadedPages of={found} empty={<Empty title={t('Tidak ada yang cocok.')}>{t('Coba wilayah yang lebih luas, atau hapus saringan jenis.')}</Empty>}>
          {(rows) => (
            <Table caption={t('Penerima')} rows={rows} id={(r) => r.id} columns={[
              { head: t('Nama'), cell: (r) => <a href={to('penerima', r.id)}>{r.name}</a> },
              { head: t('Jenis'), cell: (r) => r.kindName },
              { head: t('Wilayah'), cell: (r) => r.areaName },
              { head: 'KK', number: true, cell: (r) => number(r.households) },
              { head: t('Penanggung jawab'), cell: (r) => r.steward || '–' },
              { head: t('Keadaan'), cell: (r) => (r.into ? <Chip>{t('digabung')}</Chip> : r.closed ? <Chip>{t('ditutup')}</Chip> : r.stale ? <Chip tone="sun">{t('perlu dikonfirmasi')}</Chip> : <Chip tone="good">{t('terbuka')}</Chip>) },
            ]} />
          )}
        </LoadedPages>}
    </Page>
  );
}
