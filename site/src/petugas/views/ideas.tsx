// What people suggest. Nothing of it is shown to anybody until it was read here.

import { useState } from 'preact/hooks';
import { t } from '../../t';
import { api } from '../api';
import { to } from '../route';
import { useLoad, usePages, type Rows } from '../state';
import { Chip, Empty, LoadedPages, Page, Loaded, say, Select, Table, type Tone } from '../ui';
import type { ViewProps } from '../views';
import { instant } from '../words';
import { filled, Once, useFilter } from './kit';

interface Idea { id: string; topic: string; state: string; receivedAt: string }
interface Words { text: string; name?: string; email?: string }

const topics: Record<string, string> = {
  help: t('Bantuan'), place: t('Lokasi'), data: t('Data'), partner: t('Kerja sama'), site: t('Situs ini'), other: t('Hal lain'),
};
const states: Record<string, [string, Tone]> = { received: [t('belum dibaca'), 'sun'], read: [t('sudah dibaca'), 'plain'], kept: [t('disimpan'), 'good'], spam: [t('bukan usulan'), 'plain'] };

export default function Ideas(props: ViewProps) {
  return props.parts[0] ? <One id={props.parts[0]} /> : <List {...props} />;
}

const chip = (state: string) => <Chip tone={states[state]?.[1] ?? 'plain'}>{states[state]?.[0] ?? state}</Chip>;

function List({ query }: ViewProps) {
  const [get, set] = useFilter('usulan', query);
  const filter = { state: get('state') };
  const found = usePages((cursor) => filled((c) => api.get<Rows<Idea>>('/v1/staff/ideas', { ...filter, cursor: c }), cursor), (a) => a.items, [filter]);
  return (
    <Page wide title={t('Usulan')}>
      <div class="card" role="search"><Select name="state" label={t('Keadaan')} value={filter.state} empty={t('Semua keadaan')} options={Object.entries(states).map(([k, [text]]) => [k, text])} change={(state) => set({ state })} /></div>
      <LoadedPages of={found} empty={<Empty title={t('Tidak ada usulan di sini.')}>{t('Usulan warga dari halaman Usulan masuk ke sini.')}</Empty>}>
        {(rows) => <Table caption={t('Usulan')} rows={rows} id={(i) => i.id} columns={[
          { head: t('Tentang'), cell: (i) => <a href={to('usulan', i.id)}>{topics[i.topic] ?? i.topic}</a> },
          { head: t('Masuk'), cell: (i) => instant(i.receivedAt) },
          { head: t('Keadaan'), cell: (i) => chip(i.state) },
        ]} />}
      </LoadedPages>
    </Page>
  );
}

function One({ id }: { id: string }) {
  const load = useLoad(() => api.get<Idea>(`/v1/staff/ideas/${id}`), [id]);
  const [words, read] = useState<Words | null>(null);
  const path = `/v1/staff/ideas/${id}`;
  const decide = (decision: string, text: string, kind?: 'ghost' | 'danger') => (
    <Once {...(kind && { kind })} ask={(call) => api.post(`${path}/decision`, { id: call, decision, was: load.value?.state })} done={() => {
      say(t('Tercatat.'));
      load.reload();
    }}>{text}</Once>
  );
  return (
    <Page title={load.value ? topics[load.value.topic] ?? t('Usulan') : t('Usulan')} back={{ href: to('usulan'), text: t('Usulan') }}>
      <Loaded of={load}>{(i) => (
        <>
          <p class="chipline">{chip(i.state)} <span class="small">{instant(i.receivedAt)}</span></p>
          {words ? (
            <>
              <p class="letter" lang="id">{words.text}</p>
              <p class="small">{[words.name, words.email].filter(Boolean).join(' · ') || t('Tanpa nama.')}</p>
              <div class="row">{decide('kept', t('Simpan untuk ditindaklanjuti'))}{decide('read', t('Sudah dibaca'), 'ghost')}{decide('spam', t('Bukan usulan'), 'danger')}</div>
            </>
          ) : (
            <div class="card"><p>{t('Bahwa Anda membukanya tercatat di jejak.')}</p><p class="row"><Once<Words> ask={(call) => api.post<Words>(`${path}/reading`, { id: call })} done={read}>{t('Buka usulan')}</Once></p></div>
          )}
        </>
      )}</Loaded>
    </Page>
  );
}
