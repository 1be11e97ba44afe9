// What waits for somebody: by kind and by kelurahan, the oldest first. On a wide
// screen what is chosen stands beside the list.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { many, t } from '../../t';
import { number } from '../../words';
import { api, newID } from '../api';
import { useKeys } from '../keys';
import { go, to } from '../route';
import { useLoad, useMe, usePages } from '../state';
import { Button, Chip, Empty, LoadedPages, Page, say, Select, whyNot } from '../ui';
import type { ViewProps } from '../views';
import { complaintClasses, fromNow, ideaTopics, papers, proposalKinds, states } from '../words';
import { Beside } from './beside';

interface Item {
  kind: string;
  id: string;
  at: string;
  area: string;
  areaName: string;
  recipient?: { id: string; name: string };
  commitment?: { id: string; number: string; state: string; name: string; version: number };
  title: string;
  text?: string;
  assigned?: { id: string; name: string };
  notes: number;
  /** An entry of one's own, which somebody else decides about. */
  mine: boolean;
}

interface Counts {
  asOf: string;
  tabs: { tab: string; total: number; capped: boolean; areas: { area: string; name: string; count: number }[] }[];
}

interface Queue {
  items: Item[];
  next?: string;
}

const tabs: Record<string, string> = {
  new: t('Baru'), late: t('Terlambat'), answer: t('Belum dijawab'), evidence: t('Bukti'), moderation: t('Moderasi'), dispute: t('Sengketa'), complaint: t('Aduan'),
  stale: t('Perlu dikonfirmasi'), proposal: t('Koreksi'), import: t('Impor'), idea: t('Usulan'),
};

/** What the instant of an entry means. */
const whens: Record<string, string> = {
  new: t('batas kontak %s'), late: t('batas lewat %s'), answer: t('ditunggu sejak %s'), evidence: t('masuk %s'), moderation: t('dijanjikan %s'), dispute: t('sejak %s'),
  complaint: t('batas jawaban %s'), stale: t('dikonfirmasi %s'), proposal: t('diusulkan %s'), import: t('sejak %s'), idea: t('masuk %s'),
};

const nothing: Record<string, [string, string]> = {
  new: [t('Tidak ada komitmen baru yang menunggu.'), t('Komitmen yang baru dijanjikan muncul di sini sampai kedua pihak berbicara.')],
  late: [t('Tidak ada yang terlambat. Bagus!'), t('Komitmen yang tenggatnya kurang dari 24 jam, atau hari antarnya sudah lewat, muncul di sini.')],
  answer: [t('Semua penyaluran sudah dijawab.'), t('Yang tiga hari belum dipastikan penanggung jawab muncul di sini.')],
  evidence: [t('Semua bukti sudah diperiksa.'), t('Foto dan BAST baru muncul di sini.')],
  moderation: [t('Semua nama dan teks sudah diperiksa.'), t('Nama dan teks bebas yang tampil untuk umum muncul di sini.')],
  dispute: [t('Tidak ada sengketa.'), t('Bila kedua pihak menyebut jumlah yang berbeda, sengketanya muncul di sini.')],
  complaint: [t('Tidak ada aduan yang menunggu.'), t('Aduan yang menyangkut bagian Anda sendiri ditangani meja lain dan tidak tampil.')],
  stale: [t('Semua kebutuhan masih segar.'), t('Kebutuhan yang lama tidak dikonfirmasi muncul di sini.')],
  proposal: [t('Tidak ada koreksi yang menunggu persetujuan.'), t('Koreksi diusulkan satu petugas dan disetujui petugas lain.')],
  import: [t('Tidak ada impor yang menunggu.'), t('Berkas yang pratinjaunya siap muncul di sini.')],
  idea: [t('Semua usulan sudah dibaca.'), t('Usulan warga yang baru muncul di sini.')],
};

/** What the titles of some kinds stand for. */
const subjects: Record<string, Record<string, string>> = { evidence: papers, complaint: complaintClasses, idea: ideaTopics, proposal: proposalKinds };

const beside = (i: Item) => i.commitment !== undefined && ['commitment', 'evidence', 'moderation'].includes(i.kind);

/** Where an entry is opened by itself. */
function hrefOf(i: Item, tab: string): string {
  switch (i.kind) {
    case 'evidence': return to('komitmen', i.commitment?.id ?? '', { dari: tab, bukti: i.id });
    case 'complaint': return to('aduan', i.id);
    case 'idea': return to('usulan', i.id);
    case 'proposal': return to('koreksi', i.id);
    case 'import': return to('impor', i.id);
    case 'need': return to('penerima', i.recipient?.id ?? '', { kebutuhan: i.id });
    default: return to('komitmen', i.commitment?.id ?? i.id, { dari: tab });
  }
}

const wideQuery = '(min-width: 75rem)';

function useWide(): boolean {
  const media = useMemo(() => matchMedia(wideQuery), []);
  const [wide, set] = useState(media.matches);
  useEffect(() => {
    const changed = () => set(media.matches);
    media.addEventListener('change', changed);
    return () => media.removeEventListener('change', changed);
  }, []);
  return wide;
}

export default function QueueView({ parts, query }: ViewProps) {
  const me = useMe();
  const wide = useWide();
  const area = query.get('area') ?? '';
  const counts = useLoad(() => api.get<Counts>('/v1/staff/queue/counts'), [me.id]);
  const known = counts.value?.tabs ?? [];
  // Whoever opens the console begins where something waits.
  const tab = parts[0] ?? known.find((c) => c.total > 0)?.tab ?? known[0]?.tab ?? '';
  const counted = known.find((c) => c.tab === tab);
  const [gone, leave] = useState<Set<string>>(new Set());
  const list = usePages((cursor) => tab === '' ? new Promise<never>(() => undefined) : api.get<Queue>('/v1/staff/queue', { tab, area, cursor, limit: 25 }), (a: Queue) => a.items, [tab, area]);
  const items = list.value?.filter((i) => !gone.has(i.id + i.kind)) ?? [];
  const [chosen, choose] = useState('');
  const at = Math.max(0, items.findIndex((i) => i.id + i.kind === chosen));
  const current = items[at];
  // What was dealt with leaves room for what comes after it.
  useEffect(() => {
    if (items.length === 0) list.more?.();
  }, [items.length, list.more === undefined]);
  const lines = useRef<HTMLUListElement>(null);
  const [taken, take] = useState<Record<string, Item['assigned'] | undefined>>({});
  useEffect(() => choose(''), [tab, area]);
  useEffect(() => leave(new Set()), [tab, area, list.kind === 'loading' && !list.value]);

  const strip = useRef<HTMLElement>(null);
  useEffect(() => strip.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }), [tab, known.length]);

  const move = (by: number) => {
    const next = items[Math.min(items.length - 1, Math.max(0, at + by))];
    if (!next) return;
    choose(next.id + next.kind);
    const link = lines.current?.querySelectorAll<HTMLElement>('li a')[items.indexOf(next)];
    link?.focus({ preventScroll: wide });
    link?.scrollIntoView({ block: 'nearest' });
    if (items.indexOf(next) >= items.length - 3) list.more?.();
  };
  const done = (item: Item) => (undone?: boolean) => {
    const key = item.id + item.kind;
    if (undone) {
      leave((all) => new Set([...all].filter((k) => k !== key)));
      choose(key);
    } else {
      const next = items[at + 1] ?? items[at - 1];
      leave((all) => new Set(all).add(key));
      if (next) choose(next.id + next.kind);
    }
    counts.reload();
  };
  const assign = async (item: Item) => {
    const to = (taken[item.id] ?? item.assigned)?.id === me.id ? '' : 'me';
    // A commitment, its files and its texts are one case, on one desk.
    const [kind, id] = beside(item) ? ['commitment', item.commitment!.id] : [item.kind, item.id];
    const answer = await api.post(`/v1/staff/work/${kind}/${encodeURIComponent(id)}/assignment`, { id: newID(), to });
    if (answer.kind !== 'ok') {
      say(whyNot(answer));
      return;
    }
    take((all) => ({ ...all, [item.id]: to ? { id: me.id, name: me.name } : { id: '', name: '' } }));
    say(to ? t('Anda yang menanganinya.') : t('Dilepas; siapa pun boleh menanganinya.'));
  };
  useKeys({
    j: { text: t('Yang berikutnya'), act: () => move(1) },
    k: { text: t('Yang sebelumnya'), act: () => move(-1) },
    m: { text: t('Saya tangani, atau lepas'), act: () => current && void assign(current) },
    o: { text: t('Buka di halaman sendiri'), act: () => current && go(hrefOf(current, tab)) },
  });

  const assignedOf = (i: Item) => {
    const now = taken[i.id] ?? i.assigned;
    return now?.id ? now : undefined;
  };
  const now = Date.now();
  return (
    <Page title={t('Antrean')} wide actions={
      <form class="find" role="search" onSubmit={(e) => {
        e.preventDefault();
        const typed = new FormData(e.currentTarget).get('nomor');
        if (typeof typed === 'string' && typed.trim()) go(to('komitmen', { nomor: typed.trim() }));
      }}>
        <label class="unseen" for="nomor">{t('Nomor komitmen')}</label>
        <input id="nomor" name="nomor" type="search" placeholder="K-7F3Q-21XA" autocomplete="off" autocapitalize="characters" spellcheck={false} maxLength={30} />
        <button type="submit" class="btn short ghost">{t('Cari')}</button>
      </form>
    }>
      <nav class="tabs" aria-label={t('Jenis pekerjaan')} ref={strip}>
        {(known.length > 0 ? known : tab ? [{ tab, total: 0, capped: false, areas: [] }] : []).map((c) => (
          <a key={c.tab} href={to('antrean', c.tab, { area })} aria-current={c.tab === tab ? 'page' : undefined}>
            {tabs[c.tab] ?? c.tab} {c.total > 0 && <b class={c.tab === 'late' || c.tab === 'dispute' ? 'hot' : undefined}>{number(c.total)}{c.capped && '+'}</b>}
          </a>
        ))}
      </nav>
      {(counts.kind === 'lost' || counts.kind === 'refused') && <p class="note bad" role="alert">{whyNot(counts)} <Button kind="quiet" act={counts.reload}>{t('Coba lagi')}</Button></p>}
      {counted && counted.areas.length > 1 && (
        <div class="areas">
          <Select name="area" label={t('Wilayah')} value={area} empty={t('Semua wilayah saya (%s)', `${number(counted.total)}${counted.capped ? '+' : ''}`)}
            options={[...counted.areas].sort((a, b) => b.count - a.count || a.name.localeCompare(b.name)).map((a) => [a.area, `${a.name} (${number(a.count)})`])}
            change={(code) => go(to('antrean', tab, { area: code }), true)} />
        </div>
      )}
      <div class={wide && current && beside(current) ? 'desk' : 'desk narrow'}>
        <div class="list">
          <LoadedPages of={{ ...list, ...(list.value && { value: items }) }} empty={<Empty title={nothing[tab]?.[0] ?? t('Tidak ada yang menunggu.')}>{nothing[tab]?.[1]}</Empty>}>
            {() => (
              <ul class="queue" ref={lines}>
                {items.map((i) => (
                  <li key={i.kind + i.id} class={i === current && wide ? 'on' : undefined}>
                    <a href={hrefOf(i, tab)} aria-current={i === current && wide ? 'true' : undefined} onFocus={() => choose(i.id + i.kind)} onClick={(e) => {
                      if (!wide || !beside(i) || e.ctrlKey || e.metaKey || e.shiftKey) return;
                      e.preventDefault();
                      choose(i.id + i.kind);
                    }}>
                      <b>{subjects[i.kind]?.[i.title] ?? i.title}</b>
                      {i.text && <span class="text">{i.text}</span>}
                      <span class="small">{i.recipient ? `${i.recipient.name} · ` : ''}{i.areaName}</span>
                      <span class="small">{t(whens[tab] ?? '%s', fromNow(i.at, now))}</span>
                      <span class="marks">
                        {i.commitment && <Chip>{i.commitment.number}</Chip>}
                        {i.commitment && tab !== 'evidence' && <Chip>{states[i.commitment.state] ?? i.commitment.state}</Chip>}
                        {assignedOf(i) && <Chip tone="good">{assignedOf(i)!.id === me.id ? t('saya') : assignedOf(i)!.name}</Chip>}
                        {i.notes > 0 && <Chip>{many(i.notes, '%s catatan', number(i.notes))}</Chip>}
                        {i.mine && <Chip tone="sun">{t('entri Anda sendiri')}</Chip>}
                      </span>
                    </a>
                  </li>
                ))}
              </ul>
            )}
          </LoadedPages>
          <p class="small hint-keys">{t('Papan tik: J dan K berpindah, A setuju, R tidak, U urungkan, ? semua pintasan.')}</p>
        </div>
        {wide && current && beside(current) && (
          <section class="chosen" aria-label={t('Yang dipilih')}>
            <Beside key={current.id + current.kind} id={current.commitment!.id} evidence={current.kind === 'evidence' ? current.id : undefined} done={done(current)}
              heading={({ commitment: c }) => <h2><a href={hrefOf(current, tab)}>{c.number}</a> · {c.name}</h2>} />
          </section>
        )}
      </div>
    </Page>
  );
}
