// A commitment with everything that helps to decide about it, side by side: what
// was promised, what was handed over, the files, the place, what is suspicious
// and what happened so far.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { appointed, goods, goodsOf } from '../../commitment';
import { many, t } from '../../t';
import { day, days, metres, number, rupiah } from '../../words';
import { api, newID, type Answer } from '../api';
import { waits, type Case, type Handover, type Paper, type Promised, type Step, type Warning } from '../case';
import { useKeys } from '../keys';
import { to } from '../route';
import { mayDo, useLoad, useMe } from '../state';
import { Button, Chip, Confirm, Facts, Form, Lines, Loaded, say, whyNot } from '../ui';
import { fromNow, instant, roles, states, stateTone } from '../words';
import { Bring } from './bring';
import { Contacts } from './contacts';
import { Decisions, Figures, figures, isWrong } from './decisions';
import { at } from './kit';
import { Papers } from './papers';
import { Plot } from './plot';

/** What was done about a file or a text, for a list that it leaves, with how to take it back. */
export type Done = (undone?: boolean) => void;

/** What moved a commitment, said of others. */
const moves: Record<string, string> = {
  submitted: t('Komitmen dikirim'), verify: t('E-mail dibuktikan, jumlah ditahan'), contacted: t('Kedua pihak sudah berbicara'), silent: t('Penanggung jawab dilaporkan tidak menjawab'),
  renew: t('Waktu menghubungi diperpanjang'), schedule: t('Hari antar disepakati'), sign: t('Surat komitmen ditandatangani'), report: t('Penyaluran dilaporkan'),
  receive: t('Penerimaan dipastikan'), settle: t('Jumlahnya disepakati'), release: t('Sisanya dilepas, kembali ke peta'), withdraw: t('Komitmen dibatalkan'),
  lapse: t('Kedaluwarsa karena tidak ada kontak'), forget: t('Data pribadi dihapus'), hide: t('Nama atau teks disembunyikan'), show: t('Nama atau teks ditampilkan lagi'), correct: t('Dikoreksi dua petugas'),
};

/** What staff did, by the name in the trail. */
const actions: Record<string, string> = {
  approved: t('Bukti disetujui'), rejected: t('Bukti dinyatakan tidak sesuai'), reopen: t('Pemeriksaan bukti dibuka lagi'),
  contacted: t('Dicatat: sudah berbicara'), schedule: t('Hari antar dicatat'), receipt: t('Penerimaan dicatat dari BAST'), settle: t('Sengketa diputuskan'),
  withdraw: t('Dibatalkan oleh petugas'), release: t('Sisanya dilepas oleh petugas'), sign: t('Surat ditandatangani lewat mitra'), report: t('Penyaluran dicatat mitra'),
  'hide-name': t('Nama disembunyikan'), 'hide-text': t('Teks disembunyikan'), moderated: t('Nama dan teks diperiksa'), 'reopen-moderation': t('Pemeriksaan nama dan teks dibuka lagi'),
  'see-steward': t('Kontak penanggung jawab dilihat'), 'see-collaborator': t('Kontak kolaborator dilihat'), note: t('Catatan ditulis'), assign: t('Tugas dibagi'),
  bring: t('Berkas ditambahkan petugas'), give: t('Dibagi dari titipan'), propose: t('Koreksi diusulkan'), approve: t('Koreksi disetujui'), reject: t('Koreksi ditolak'),
};

const sides: Record<string, string> = { collaborator: t('kolaborator'), steward: t('penanggung jawab'), officer: t('petugas'), clock: t('waktu'), system: t('sistem') };

const classes: Record<string, string> = {
  social_organization: t('Lembaga sosial'), business: t('Perusahaan'), individual: t('Perorangan'), community: t('Komunitas'), government: t('Pemerintah'),
};

/** The state of a commitment, and what runs out when. */
export function Clock({ of: c }: { of: Promised }) {
  const now = Date.now();
  if (c.contactBy) {
    const late = Date.parse(c.contactBy) < now + 24 * 3_600_000;
    return <Chip tone={late ? 'alarm' : 'sun'}>{t('Batas kontak %s', fromNow(c.contactBy, now))}</Chip>;
  }
  if (c.schedule && !c.endedAt && c.deliveries.length === 0) return <Chip tone="sun">{t('Diantar %s', appointed(c.schedule))}</Chip>;
  return null;
}

function warned(w: Warning, c: Promised): string {
  const line = w.line === undefined ? undefined : c.lines[w.line];
  switch (w.code) {
    case 'same-phone': return t('Nomor telepon yang sama dipakai di komitmen lain.');
    case 'same-picture': return t('Gambar yang persis sama sudah dipakai di komitmen lain.');
    case 'over-need': return line ? t('Lebih banyak daripada kebutuhan: %s.', goods(line)) : t('Lebih banyak daripada kebutuhan.');
    case 'far-away': return w.metres ? t('Kolaborator yang sama berjanji di tempat sejauh %s dari sini.', metres(w.metres)) : t('Kolaborator yang sama berjanji di tempat yang jauh dari sini.');
    case 'duplicate': return t('Kolaborator yang sama sudah berjanji ke lokasi ini dalam program yang sama.');
    default: return w.code;
  }
}

function Warnings({ of, c }: { of: Warning[]; c: Promised }) {
  if (of.length === 0) return null;
  return (
    <section class="note warn" aria-label={t('Yang perlu diperhatikan')}>
      <ul>
        {of.map((w) => (
          <li key={w.code + String(w.line ?? '')}>
            {warned(w, c)}{' '}
            {w.with.map((o) => <a key={o.id} href={to('komitmen', o.id)}>{o.number}</a>)}
          </li>
        ))}
      </ul>
      <p class="small">{t('Peringatan ini bukan bukti kesalahan. Periksa dulu, lalu putuskan.')}</p>
    </section>
  );
}

function Delivered({ of: d, c }: { of: Handover; c: Promised }) {
  const me = useMe();
  const [asking, ask] = useState(false);
  const close = () => ask(false);
  return (
    <li class={d.open ? 'open' : undefined}>
      <b>{d.number}</b> · {day(d.on)} {d.open && <Chip tone="alarm">{t('Sengketa')}</Chip>}
      <Facts of={[
        [t('Dilaporkan'), goodsOf(c.lines, d.quantities)],
        d.answer ? [t('Menurut penerima'), goodsOf(c.lines, d.received)] : [t('Menurut penerima'), t('belum dijawab')],
      ]} />
      {d.settledAt && <p class="small">{t('Diputuskan %s oleh %s.', instant(d.settledAt), sides[d.settledBy ?? ''] ?? '')}</p>}
      {d.answer && !d.open && !c.own && mayDo(me, 'changes.propose') && <Button kind="quiet" act={() => ask(true)}>{t('Usulkan koreksi')}</Button>}
      {asking && <Confirm title={t('Usulkan koreksi %s', d.number)} verb={t('Usulkan')} close={close} done={() => {
        close();
        say(t('Usulan terkirim. Petugas lain yang memutuskan.'));
      }} send={(v, id) => {
        const quantities = figures(v, c);
        return isWrong(quantities) ? quantities
          : api.put(`/v1/staff/proposals/${id}`, { kind: 'receipt', object: `commitment/${c.id}`, change: { delivery: d.id, quantities }, reason: v.text('reason') }).then((a) => at(a, () => '/quantities/0'));
      }}>
        <p class="small">{t('Tulis jumlah yang benar-benar diterima. Angka umum baru berubah setelah petugas lain setuju, dan tampil sebagai koreksi.')}</p>
        <Figures c={c} values={d.received ?? []} />
      </Confirm>}
    </li>
  );
}

function History({ of }: { of: Step[] }) {
  const [whole, show] = useState(false);
  const most = 6;
  const some = whole ? of : of.slice(0, most);
  return (
    <>
      <ol class="time">
        {some.map((s) => (
          <li key={s.at + (s.move ?? s.action ?? '')}>
            <b>{s.move ? moves[s.move] ?? s.move : actions[s.action ?? ''] ?? s.action}</b>
            <span class="small">{instant(s.at)} · {s.by ? `${s.by.name}${s.by.role ? `, ${roles[s.by.role] ?? s.by.role}` : ''}` : sides[s.role ?? ''] ?? s.role}</span>
            {s.reason && <span class="small">{t('Alasan: %s', s.reason)}</span>}
          </li>
        ))}
      </ol>
      {of.length > some.length && <Button kind="quiet" act={() => show(true)}>{t('Semua %s kejadian', number(of.length))}</Button>}
    </>
  );
}

/** A part that stands open where there is room, and folded on a phone. */
function Part({ title, children, folded }: { title: string; children: ComponentChildren; folded?: boolean }) {
  return folded
    ? <details class="card part"><summary>{title}</summary>{children}</details>
    : <section class="card part"><h3>{title}</h3>{children}</section>;
}

/** Notes between colleagues, and who looks after it. */
export function Work({ kind, id, notes, assigned, reload }: {
  kind: string;
  id: string;
  notes: Case['notes'];
  assigned: Case['assigned'];
  reload: () => void;
}) {
  const me = useMe();
  const [turn, again] = useState(0);
  const mine = assigned?.id === me.id;
  const assign = async (whom: string) => {
    const answer = await api.post(`/v1/staff/work/${kind}/${encodeURIComponent(id)}/assignment`, { id: newID(), to: whom });
    if (answer.kind !== 'ok') say(whyNot(answer));
    else {
      say(whom ? t('Anda yang menanganinya.') : t('Dilepas; siapa pun boleh menanganinya.'));
      reload();
    }
  };
  return (
    <>
      <p class="line">
        <span>{mine ? t('Anda yang menangani.') : assigned ? t('Ditangani %s.', assigned.name) : t('Belum ada yang menangani.')}</span>
        {mine ? <Button kind="ghost" act={() => assign('')}>{t('Lepas')}</Button> : <Button kind="ghost" act={() => assign('me')}>{assigned ? t('Ambil alih') : t('Saya tangani')}</Button>}
      </p>
      {notes && notes.length > 0 && <ul class="notes">{notes.map((n) => <li key={n.id}><p>{n.text}</p><span class="small">{n.by.name} · {instant(n.at)}</span></li>)}</ul>}
      <Form key={turn} label={t('Simpan catatan')} done={() => { again(turn + 1); say(t('Catatan disimpan.')); reload(); }}
        send={(v, request) => v.text('text') ? api.post(`/v1/staff/work/${kind}/${encodeURIComponent(id)}/notes`, { id: request, text: v.text('text') }) : [{ pointer: '/text', code: 'required' }]}>
        <Lines name="text" label={t('Catatan untuk rekan')} hint={t('Hanya dibaca petugas. Jangan tulis nomor atau alamat orang.')} rows={2} maxLength={1000} />
      </Form>
    </>
  );
}

/**
 * One commitment. evidence is the file that is looked at first; done hears that
 * what one came for is done.
 */
export function Beside({ id, evidence, done, heading }: { id: string; evidence?: string | undefined; done?: Done | undefined; heading?: (c: Case) => ComponentChildren }) {
  const load = useLoad(() => api.get<Case>(`/v1/staff/commitments/${encodeURIComponent(id)}`), [id]);
  return <Loaded of={load}>{(found) => <>{heading?.(found)}<Sides key={id} found={found} evidence={evidence} done={done} set={load.set} reload={load.reload} /></>}</Loaded>;
}

function Sides({ found, evidence, done, set, reload }: { found: Case; evidence: string | undefined; done: Done | undefined; set: (c: Case) => void; reload: () => void }) {
  const me = useMe();
  const { commitment: c, place } = found;
  const [chosen, choose] = useState(evidence);
  const [asking, ask] = useState<Paper | null>(null);
  const here = useRef(true);
  useEffect(() => () => { here.current = false; }, []);
  useEffect(() => choose(evidence), [evidence]);
  const shown = found.evidence.find((p) => p.id === chosen) ?? found.evidence.find(waits) ?? found.evidence[0];
  const reviews = mayDo(me, 'evidence.review') && !c.own;
  const review = shown && reviews && waits(shown) && !shown.own ? shown : undefined;

  const send = (p: Paper, decision: string, reason: string, request: string): Promise<Answer<Case>> =>
    api.post<Case>(`/v1/staff/evidence/${encodeURIComponent(p.id)}/review`, { id: request, commitment: c.id, decision, ...(reason && { reason }) });
  const reviewed = (p: Paper, value: Case, text: string) => {
    if (here.current) set(value);
    const rest = value.evidence.some(waits);
    if (!rest || evidence) done?.();
    say(text, () => {
      void send(p, 'reopen', t('Diurungkan oleh pemeriksa'), newID()).then((answer) => {
        if (answer.kind !== 'ok') {
          say(whyNot(answer));
          return;
        }
        if (here.current) {
          set(answer.value);
          choose(p.id);
        }
        done?.(true);
        say(t('Diurungkan. Bukti menunggu diperiksa lagi.'));
      });
    });
  };
  // Pressed again after no answer, it is the same request.
  const request = useRef({ of: '', id: '' });
  const approve = async (p: Paper) => {
    if (request.current.of !== p.id) request.current = { of: p.id, id: newID() };
    const answer = await send(p, 'approved', '', request.current.id);
    if (answer.kind !== 'lost') request.current.of = '';
    if (answer.kind === 'ok') reviewed(p, answer.value, t('Bukti disetujui.'));
    else {
      say(whyNot(answer));
      if (answer.kind === 'refused') reload();
    }
  };
  const busy = useRef(false);
  useKeys({
    ...(review && {
      a: { text: t('Setujui bukti'), act: () => {
        if (busy.current) return;
        busy.current = true;
        void approve(review).finally(() => { busy.current = false; });
      } },
      r: { text: t('Bukti tidak sesuai'), act: () => ask(review) },
    }),
  });

  return (
    <div class="beside">
      <div class="col">
        <section class="card part">
          <p class="line"><Chip tone={stateTone(c.state)}>{states[c.state] ?? c.state}</Chip> <Clock of={c} /></p>
          <Facts of={[
            [t('Barang'), <ul class="plain goods">{c.lines.map((l, i) => <li key={i}>{goods(l)}{l.hidden && <> <Chip>{t('teks disembunyikan')}</Chip></>}{l.value > 0 && <span class="small">{rupiah(l.value)}{l.estimated && ` (${t('perkiraan')})`}</span>}</li>)}</ul>],
            [t('Dari'), <>{c.name}<span class="small block">{classes[c.class] ?? c.class}{c.nameHidden && c.givenName ? ` · ${t('nama disembunyikan: %s', c.givenName)}` : ''}</span></>],
            [t('Untuk'), <a href={to('penerima', place.id)}>{place.name}</a>],
            [t('Program'), c.programName],
            [t('Jalur'), c.aggregator ? c.aggregator.name : t('langsung')],
            [t('Rencana'), c.schedule ? appointed(c.schedule) : days(c.period)],
            c.endedAt ? [t('Berakhir'), instant(c.endedAt)] : null,
          ]} />
          {c.own && <p class="note">{t('Ini komitmen Anda sendiri sebagai warga. Petugas lain yang memutuskannya.')}</p>}
          {c.demo && <p class="small">{t('Komitmen contoh, bukan data sebenarnya.')}</p>}
        </section>
        <Warnings of={found.warnings} c={c} />
        {c.deliveries.length > 0 && <Part title={t('Serah terima')}><ul class="handovers">{c.deliveries.map((d) => <Delivered key={d.id} of={d} c={c} />)}</ul></Part>}
        <Decisions found={found} set={set} reload={reload} done={done} keys={!review} />
      </div>
      <div class="col">
        <section class="card part evidence">
          <h3>{t('Bukti')}</h3>
          <Papers all={found.evidence} shown={shown} show={choose} stale={reload} />
          {review && (
            <div class="stick">
              <Button act={() => approve(review)}>{t('Setujui')} <kbd>A</kbd></Button>
              <Button kind="danger" act={() => ask(review)}>{t('Tidak sesuai')} <kbd>R</kbd></Button>
            </div>
          )}
          {shown?.own && waits(shown) && <p class="small">{t('Anda yang menambahkan berkas ini; petugas lain yang memeriksanya.')}</p>}
          {shown && reviews && shown.review && !shown.own && <Button kind="quiet" act={() => send(shown, 'reopen', t('Diperiksa lagi'), newID()).then((a) => {
            if (a.kind === 'ok') set(a.value);
            else say(whyNot(a));
          })}>{t('Periksa lagi')}</Button>}
          {c.may.includes('evidence') && <Bring id={c.id} kinds={me.role === 'aggregator' ? ['bast', 'photo', 'statement'] : ['bast', 'photo']} brought={(value, file) => {
            set(value);
            choose(file);
          }} />}
        </section>
        <Part title={place.name}>
          <Plot area={place.area} point={place.point} label={place.name} />
          <Facts of={[
            [t('Wilayah'), place.areaName],
            place.address ? [t('Alamat'), place.address] : null,
            [t('Keluarga'), number(place.households)],
            [t('Penanggung jawab'), place.steward],
            ...place.needs.filter((n) => c.lines.some((l) => l.need === n.id)).map((n): [string, ComponentChildren] => [n.name, t('butuh %s, dijanjikan %s, diterima %s', number(n.needed), number(n.committed + n.delivered), number(n.received))]),
          ]} />
          <p><a href={`/lokasi/${encodeURIComponent(place.id)}/`} target="_blank" rel="noopener">{t('Halaman untuk umum')}</a></p>
        </Part>
      </div>
      <div class="col">
        {c.may.includes('contact') && <Part title={t('Kontak')}><Contacts id={c.id} demo={c.demo} place={place} name={c.name} /></Part>}
        <Part title={t('Catatan')} folded={!found.notes?.length && !found.assigned}><Work kind="commitment" id={c.id} notes={found.notes} assigned={found.assigned} reload={reload} /></Part>
        <Part title={t('Riwayat')}><History of={found.history} />
          {found.seen.length > 0 && <p class="small">{many(found.seen.length, 'Kontak kolaborator pernah dilihat %s kali.', number(found.seen.length))}</p>}
        </Part>
      </div>
      {asking && (
        <Confirm<Case> title={t('Bukti tidak sesuai')} verb={t('Nyatakan tidak sesuai')} danger reasonLabel={t('Apa yang tidak sesuai?')} close={() => ask(null)} stale={() => { ask(null); reload(); }}
          send={(v, request) => send(asking, 'rejected', v.text('reason'), request)}
          done={(value) => { ask(null); reviewed(asking, value, t('Bukti dinyatakan tidak sesuai.')); }}>
          <p class="small">{t('Foto yang tidak sesuai tidak tampil untuk umum. Angka penyaluran tidak berubah; itu diputuskan terpisah.')}</p>
        </Confirm>
      )}
    </div>
  );
}
