// The trail of what staff did: who, when, what, from what to what, and why.

import { t } from '../../t';
import { api } from '../api';
import { to } from '../route';
import { useMe, usePages, type Rows } from '../state';
import { Empty, Field, LoadedPages, Page, Select } from '../ui';
import type { ViewProps } from '../views';
import { instant, roles } from '../words';
import { Export, memberName, useFilter } from './kit';

interface Act {
  id: string;
  at: string;
  by: string;
  name: string;
  role: string;
  deed: string;
  action: string;
  object: string;
  area?: string;
  before?: unknown;
  after?: unknown;
  reason?: string;
}

const deeds: Record<string, string> = {
  'commitments.decide': t('memutuskan komitmen'), 'evidence.review': t('memeriksa bukti'), 'texts.moderate': t('memoderasi teks'), 'contacts.see': t('membuka kontak'),
  'complaints.handle': t('menangani aduan'), 'ideas.read': t('membaca usulan'), 'recipients.edit': t('mengubah penerima'), 'needs.confirm': t('memastikan kebutuhan'),
  'links.hand-over': t('membuat tautan penanggung jawab'), 'imports.make': t('mengimpor'), 'catalogue.edit': t('mengubah katalog'), 'aggregators.edit': t('mengubah mitra'),
  'pools.take': t('mengurus titipan'), 'changes.propose': t('mengusulkan koreksi'), 'changes.approve': t('memutuskan koreksi'), 'officers.edit': t('mengubah petugas'),
  'reports.make': t('membuat laporan'), 'queue.read': t('mengurus antrean'),
};

/** What was done, where that says more than the deed. */
const actions: Record<string, string> = {
  freeze: t('membekukan mitra'), thaw: t('mencairkan mitra'), close: t('menutup'), open: t('membuka kembali'), merge: t('menggabungkan penerima'), take: t('mencatat titipan'),
  give: t('membagikan titipan'), assign: t('membagi tugas'), note: t('menulis catatan'), answer: t('menjawab aduan'), approved: t('menyetujui bukti'), rejected: t('menolak bukti'),
  withdraw: t('membatalkan komitmen'), settle: t('memutuskan sengketa'), receipt: t('mencatat penerimaan'), undo: t('mengembalikan impor'), approve: t('menyetujui koreksi'), reject: t('menolak koreksi'), export: t('mengunduh daftar'),
};

const views: Record<string, string> = {
  commitment: 'komitmen', recipient: 'penerima', complaint: 'aduan', officer: 'petugas', import: 'impor', idea: 'usulan', proposal: 'koreksi', pool: 'titipan', aggregator: 'mitra',
};

/** Leads to what was changed, where it has a view. */
function Thing({ of }: { of: string }) {
  const cut = of.indexOf('/');
  const [kind, id] = [of.slice(0, cut), of.slice(cut + 1)];
  const view = views[kind];
  return view && cut > 0 ? <a href={to(view, id)}>{of}</a> : <>{of}</>;
}

/** The whole of it stands in the file that can be taken along. */
const short = (text: string) => (text.length > 160 ? `${text.slice(0, 160)} …` : text);

/** What a state of a thing says, one member a line. */
function lines(of: unknown): Record<string, string> {
  let value = of;
  if (typeof of === 'string') {
    try {
      value = JSON.parse(of);
    } catch {
      return of ? { '': of } : {};
    }
  }
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object') return { '': String(value) };
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, short(typeof v === 'string' ? v : JSON.stringify(v))]));
}

function Change({ of: a }: { of: Act }) {
  const [before, after] = [lines(a.before), lines(a.after)];
  const differ = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((k) => before[k] !== after[k]);
  if (differ.length === 0) return null;
  return <div class="changes">{differ.map((k) => <div key={k}>{k && `${memberName(k)}: `}{before[k] !== undefined && before[k] !== '' && before[k] !== 'null' && <><del>{before[k]}</del> → </>}<b>{after[k] ?? '–'}</b></div>)}</div>;
}

export default function Audit({ query }: ViewProps) {
  const me = useMe();
  const [get, set] = useFilter('jejak', query);
  const by = { object: get('object'), officer: get('officer'), deed: get('deed') };
  // One thing or one officer is looked at over all days, everything else day by day.
  const filter = { ...by, day: get('day') || (by.object || by.officer ? '' : me.today) };
  const found = usePages((cursor) => api.get<Rows<Act>>('/v1/staff/audit', { ...filter, cursor }), (a) => a.items, [filter]);
  return (
    <Page wide title={t('Jejak')} actions={<Export list="audit" filter={filter} />}>
      <p class="sub">{t('Setiap tindakan petugas tercatat di sini. Tidak ada yang dapat mengubah atau menghapusnya.')}</p>
      <form class="card" role="search" onSubmit={(e) => {
        e.preventDefault();
        const data = new FormData(e.currentTarget);
        set(Object.fromEntries(['day', 'object', 'officer'].map((k) => [k, String(data.get(k) ?? '').trim()])));
      }}>
        <div class="two" key={JSON.stringify(filter)}>
          <Field name="day" label={t('Hari')} type="date" max={me.today} value={filter.day} />
          <Select name="deed" label={t('Tindakan')} value={by.deed} empty={t('Semua tindakan')} options={Object.entries(deeds)} change={(deed) => set({ deed })} />
          <Field name="officer" label={t('Kode petugas')} value={by.officer} maxLength={128} />
          <Field name="object" label={t('Tentang apa')} value={by.object} placeholder={"commitment/…"} maxLength={160} />
        </div>
        <p class="row"><button class="btn short" type="submit">{t('Cari')}</button><a class="btn ghost short" href={to('jejak')}>{t('Hapus saringan')}</a></p>
      </form>
      <LoadedPages of={found} empty={<Empty title={t('Tidak ada tindakan tercatat.')}>{t('Coba hari lain, atau hapus saringan.')}</Empty>}>
        {(rows) => (
          <ol class="time trail">{rows.map((a) => (
            <li key={a.id}>
              <b><a href={to('jejak', { officer: a.by })}>{a.name || a.by}</a> {actions[a.action] ?? deeds[a.deed] ?? a.deed}</b>
              <span class="small">{instant(a.at)} · {roles[a.role] ?? a.role} · {a.action} · <Thing of={a.object} /></span>
              <Change of={a} />
              {a.reason && <p>{t('Alasan: %s', a.reason)}</p>}
            </li>
          ))}</ol>
        )}
      </LoadedPages>
    </Page>
  );
}
