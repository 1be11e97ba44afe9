// Corrections that two people have to agree on: one proposes, another decides.
// Both stay visible as a correction in the public data.

import { useState } from 'preact/hooks';
import { t } from '../../t';
import { api, type FieldError } from '../api';
import { to } from '../route';
import { mayDo, useMe, usePages, type Rows } from '../state';
import { Button, Check, Chip, Confirm, Empty, Facts, LoadedPages, Page, say, Select, type Tone } from '../ui';
import type { ViewProps } from '../views';
import { instant, proposalKinds as kinds } from '../words';
import { AreaPick, filled, memberName, useFilter } from './kit';

interface Proposal {
  id: string;
  kind: string;
  object: string;
  title: string;
  into?: string;
  received?: number[];
  areaName: string;
  change: Record<string, unknown>;
  why?: string;
  reason: string;
  state: string;
  at: string;
  by: { id: string; name: string };
  decidedAt?: string;
  decidedBy?: { id: string; name: string };
  mine: boolean;
  version: number;
}

const states: Record<string, [string, Tone]> = { open: [t('menunggu petugas kedua'), 'sun'], approved: [t('disetujui'), 'good'], rejected: [t('ditolak'), 'alarm'], withdrawn: [t('ditarik'), 'plain'] };

/** Names what a proposal is about, and leads there. */
function Thing({ of: p }: { of: Proposal }) {
  if (p.kind === 'totals') return <>{p.title}</>;
  const id = p.object.slice(p.object.indexOf('/') + 1);
  return <><a href={to(p.kind === 'receipt' ? 'komitmen' : 'penerima', id)}>{p.title}</a> {p.areaName}</>;
}

/** What would change; the delivery is one of the commitment. */
const changed = ({ change, into, received }: Proposal) => Object.entries(change).filter(([k]) => k !== 'delivery').map(([k, v]): [string, string] => [memberName(k), k === 'into' && into ? into : Array.isArray(v) ? `${received ? `${received.join(', ')} → ` : ''}${v.join(', ')}` : String(v)]);

export default function Proposals({ parts, query }: ViewProps) {
  const me = useMe();
  const [get, set] = useFilter('koreksi', query);
  const [asking, ask] = useState<{ p: Proposal; decision: string } | 'new' | null>(null);
  const open = get('semua') ? undefined : true;
  const found = usePages((cursor) => filled((c) => api.get<Rows<Proposal>>('/v1/staff/proposals', { open, cursor: c }), cursor), (a) => a.items, [open]);
  const verbs: Record<string, string> = { approve: t('Setujui'), reject: t('Tolak'), withdraw: t('Tarik kembali') };
  const end = (text: string) => () => {
    ask(null);
    say(text);
    found.reload();
  };
  const shown = parts[0] && found.value ? { ...found, value: found.value.filter((p) => p.id === parts[0]) } : found;
  return (
    <Page title={t('Koreksi')} {...(parts[0] && { back: { href: to('koreksi'), text: t('Semua koreksi') } })}
      actions={mayDo(me, 'changes.propose') && <Button act={() => ask('new')}>{t('Usulkan koreksi angka')}</Button>}>
      <p class="sub">{t('Angka yang sudah tampil hanya berubah bila dua petugas sepakat. Koreksinya tampil untuk umum.')}</p>
      {!parts[0] && <Check name="semua" label={t('Juga yang sudah diputuskan')} checked={!open} change={(on) => set({ semua: on ? '1' : '' })} />}
      <LoadedPages of={shown} empty={<Empty title={t('Tidak ada yang menunggu keputusan.')}>{t('Usulan mengubah jumlah diterima dibuat dari halaman komitmennya.')}</Empty>}>
        {(rows) => <>{rows.map((p) => (
          <article class="card" key={p.id}>
            <h2>{kinds[p.kind] ?? p.kind}</h2>
            <p class="chipline"><Chip tone={states[p.state]?.[1] ?? 'plain'}>{states[p.state]?.[0] ?? p.state}</Chip></p>
            <Facts of={[
              [t('Tentang'), <Thing of={p} />], ...changed(p), [t('Alasan'), p.reason], [t('Diusulkan'), `${p.by.name}, ${instant(p.at)}`],
              p.decidedAt ? [t('Diputuskan'), `${p.decidedBy?.name ?? ''}, ${instant(p.decidedAt)}: ${p.why ?? ''}`] : null,
            ]} />
            {p.state === 'open' && (p.mine
              ? <p class="row"><span class="small">{t('Usulan Anda sendiri: petugas lain yang memutuskan.')}</span><Button kind="ghost" act={() => ask({ p, decision: 'withdraw' })}>{t('Tarik kembali')}</Button></p>
              : mayDo(me, 'changes.approve') && <p class="row"><Button act={() => ask({ p, decision: 'approve' })}>{t('Setujui')}</Button><Button kind="danger" act={() => ask({ p, decision: 'reject' })}>{t('Tolak')}</Button></p>)}
          </article>
        ))}</>}
      </LoadedPages>
      {asking && asking !== 'new' && <Confirm title={`${verbs[asking.decision]}: ${kinds[asking.p.kind] ?? asking.p.kind}?`} verb={verbs[asking.decision]!} danger={asking.decision === 'reject'} close={() => ask(null)} done={end(t('Tercatat.'))}
        send={(v, id) => api.post(`/v1/staff/proposals/${asking.p.id}/decision`, { id, decision: asking.decision, reason: v.text('reason') })} />}
      {asking === 'new' && <Propose close={() => ask(null)} done={end(t('Usulan terkirim. Petugas lain yang memutuskan.'))} />}
    </Page>
  );
}

const groups: [string, string][] = [['umum', t('RW dan lembaga')], ['umkm', 'UMKM'], ['sekolah', t('Sekolah')]];

function Propose({ close, done }: { close: () => void; done: () => void }) {
  const [area, pick] = useState('');
  return (
    <Confirm title={t('Izinkan angka umum turun')} verb={t('Usulkan')} close={close} done={done} send={(v, id) => {
      const wrong: FieldError[] = [];
      const leaf = v.text('group') === 'umkm' ? area : area.split('.').slice(0, 3).join('.');
      if (area.split('.').length < (v.text('group') === 'umkm' ? 4 : 3)) wrong.push({ pointer: '/area/0', code: 'required' });
      if (!v.text('group')) wrong.push({ pointer: '/group', code: 'required' });
      return wrong.length > 0 ? wrong : api.put(`/v1/staff/proposals/${id}`, { kind: 'totals', object: `leaf/${leaf}-${v.text('group')}`, change: {}, reason: v.text('reason') });
    }}>
      <p>{t('Penerbit menolak angka yang turun lebih dari seperlima. Usulan ini mengizinkannya sekali untuk satu wilayah, bila datanya memang keliru sebelumnya.')}</p>
      <AreaPick value={area} needed change={pick} />
      <Select name="group" label={t('Kelompok penerima')} empty={t('Pilih …')} options={groups} />
    </Confirm>
  );
}
