// The complaints desk: what waits for an answer, soonest first. The API sends
// nothing that names the unit of who reads it.

import { t } from '../../t';
import { api } from '../api';
import { to } from '../route';
import { useMe, usePages, type Rows } from '../state';
import { Chip, Empty, LoadedPages, Page, Select, Table } from '../ui';
import type { ViewProps } from '../views';
import { complaintClasses as classes } from '../words';
import One, { complaintStates, Due, waits, type Complaint } from './complaint';
import { AreaPick, Export, filled, useFilter } from './kit';

export default function Complaints(props: ViewProps) {
  return props.parts.length > 0 ? <One {...props} /> : <List {...props} />;
}

function List({ query }: ViewProps) {
  const me = useMe();
  const [get, set] = useFilter('aduan', query);
  const filter = { state: get('state'), class: get('class'), area: get('area') };
  const found = usePages((cursor) => filled((c) => api.get<Rows<Complaint>>('/v1/staff/complaints', { ...filter, cursor: c }), cursor), (a) => a.items, [filter]);
  return (
    <Page wide title={t('Aduan')} actions={<Export list="complaints" filter={filter} />}>
      <div class="card" role="search">
        <div class="two">
          <Select name="state" label={t('Keadaan')} value={filter.state} empty={t('Semua keadaan')} options={Object.entries(complaintStates)} change={(state) => set({ state })} />
          <Select name="class" label={t('Jenis')} value={filter.class} empty={t('Semua jenis')} options={Object.entries(classes)} change={(c) => set({ class: c })} />
        </div>
        {me.areas.length !== 1 && <AreaPick value={filter.area} change={(area) => set({ area: area.length > 2 ? area : '' })} />}
      </div>
      <LoadedPages of={found} empty={<Empty title={t('Tidak ada aduan di sini.')}>{t('Aduan yang menyebut unit Anda sendiri ditangani kantor di atasnya dan tidak tampil di sini.')}</Empty>}>
        {(rows) => <Table caption={t('Aduan')} rows={rows} id={(c) => c.id} columns={[
          { head: t('Nomor'), cell: (c) => <a href={to('aduan', c.id)}>{c.ticket}</a> },
          { head: t('Jenis'), cell: (c) => classes[c.class] ?? c.class },
          { head: t('Wilayah'), cell: (c) => c.areaName || t('tidak disebut') },
          { head: t('Tenggat'), cell: (c) => <><Due of={c} />{c.escalated && waits(c) && <> <Chip tone="alarm">{t('naik tingkat')}</Chip></>}</> },
          { head: t('Ditangani'), cell: (c) => c.assigned?.name ?? '–' },
        ]} />}
      </LoadedPages>
    </Page>
  );
}
