// One complaint. Its words and its sender are opened by whoever handles it, and
// that they were opened is recorded.

import { useState } from 'preact/hooks';
import { t } from '../../t';
import { number } from '../../words';
import { api } from '../api';
import { to } from '../route';
import { useLoad, useMe } from '../state';
import { Button, Chip, Confirm, Facts, Form, Lines, Loaded, Page, say, Select } from '../ui';
import type { ViewProps } from '../views';
import { complaintClasses as classes, fromNow, instant, roles } from '../words';
import { Once } from './kit';

export interface Complaint {
  id: string;
  ticket: string;
  class: string;
  state: string;
  areaName?: string;
  version: number;
  receivedAt: string;
  dueBy: string;
  escalated: boolean;
  outcome?: string;
  assigned?: { id: string; name: string };
}

export const complaintStates: Record<string, string> = { received: t('baru'), assigned: t('ditangani'), answered: t('dijawab'), closed: t('selesai') };

export const waits = (c: Complaint) => c.state === 'received' || c.state === 'assigned';

export function Due({ of: c }: { of: Complaint }) {
  if (!waits(c)) return <Chip tone="good">{complaintStates[c.state]}</Chip>;
  const late = Date.parse(c.dueBy) < Date.now();
  return <Chip tone={late ? 'alarm' : 'sun'}>{late ? t('lewat tenggat, %s', fromNow(c.dueBy, Date.now())) : fromNow(c.dueBy, Date.now())}</Chip>;
}

interface Detail extends Complaint {
  about: { recipient?: string; recipientName?: string; areaName?: string; aggregatorName?: string; commitment?: string };
  desk: { role: string; name?: string };
  history: { at: string; move: string; by: string }[];
  /** How many files were attached. */
  files: number;
  /** assign, answer, close. */
  may: string[];
}

interface Reading {
  messages: { id: string; at: string; from: string; text?: string }[];
  contact?: { email: string };
  evidence: { id: string; type: string; thumb?: string; display: string }[];
}

const outcomes: [string, string][] = [
  ['resolved', t('Terbukti dan sudah dibereskan')], ['explained', t('Sudah dijelaskan')], ['unfounded', t('Tidak terbukti')], ['forwarded', t('Diteruskan ke instansi lain')], ['duplicate', t('Sama dengan aduan lain')],
];

const moves: Record<string, string> = {
  assign: t('Mulai ditangani'), answer: t('Dijawab'), close: t('Ditutup'), write: t('Pelapor menulis lagi'), escalate: t('Naik ke kantor di atasnya'), forget: t('Isinya dihapus'),
};

export default function One({ parts }: ViewProps) {
  const id = parts[0]!;
  const load = useLoad(() => api.get<Detail>(`/v1/staff/complaints/${id}`), [id]);
  return (
    <Page wide title={load.value ? t('Aduan %s', load.value.ticket) : t('Aduan')} back={{ href: to('aduan'), text: t('Aduan') }}>
      <Loaded of={load}>{(c) => <Seen c={c} reload={load.reload} />}</Loaded>
    </Page>
  );
}

function Seen({ c, reload }: { c: Detail; reload: () => void }) {
  const me = useMe();
  const [asking, ask] = useState<'close' | null>(null);
  const [reading, read] = useState<Reading | null>(null);
  const path = `/v1/staff/complaints/${c.id}`;
  const { about } = c;
  const done = (text: string) => () => {
    ask(null);
    say(text);
    reload();
  };
  return (
    <>
      <p class="chipline"><Chip>{classes[c.class] ?? c.class}</Chip> <Due of={c} /> {c.escalated && <Chip tone="alarm">{t('naik tingkat')}</Chip>}</p>
      <div class="halves">
        <section class="card">
          <h2>{t('Tentang')}</h2>
          <Facts of={[
            [t('Keadaan'), complaintStates[c.state] ?? c.state],
            [t('Masuk'), instant(c.receivedAt)],
            waits(c) && [t('Dijawab sebelum'), instant(c.dueBy)],
            [t('Di mana'), c.areaName || t('tidak disebut')],
            about.recipient ? [t('Menyebut penerima'), <a href={to('penerima', about.recipient)}>{about.recipientName ?? about.recipient}</a>] : null,
            about.areaName ? [t('Menyebut kelurahan'), about.areaName] : null,
            about.aggregatorName ? [t('Menyebut mitra'), about.aggregatorName] : null,
            about.commitment ? [t('Menyebut komitmen'), about.commitment] : null,
            c.outcome ? [t('Hasil'), outcomes.find(([o]) => o === c.outcome)?.[1] ?? c.outcome] : null,
            c.files > 0 && [t('Foto'), number(c.files)],
            [t('Meja'), [roles[c.desk.role] ?? c.desk.role, c.desk.name].filter(Boolean).join(', ')],
            [t('Ditangani'), c.assigned?.name ?? t('belum ada')],
          ]} />
          {c.may.includes('assign') && <p class="row">
            {c.assigned?.id !== me.id && <Taking c={c} to="me" done={done(t('Anda menangani aduan ini.'))}>{t('Saya tangani')}</Taking>}
            {c.assigned && <Taking c={c} to="" done={done(t('Dilepas.'))}>{t('Lepaskan')}</Taking>}
          </p>}
        </section>
        <section class="card">
          <h2>{t('Isi aduan')}</h2>
          {reading ? <Words of={reading} /> : <>
            <p>{t('Hanya untuk yang menanganinya. Bahwa Anda membukanya tercatat di jejak.')}</p>
            <Opening path={path} done={read} />
          </>}
        </section>
      </div>
      {c.may.includes('answer') && (
        <section class="card">
          <h2>{t('Jawab pelapor')}</h2>
          <Form key={c.version} label={t('Kirim jawaban')} done={done(t('Jawaban terkirim.'))}
            send={(v, id) => {
              const wrong = [...(v.text('text').length < 10 ? [{ pointer: '/text', code: v.text('text') ? 'too_short' : 'required' }] : []), ...(v.text('outcome') ? [] : [{ pointer: '/outcome', code: 'required' }])];
              return wrong.length > 0 ? wrong : api.post(`${path}/answers`, { id, version: c.version, text: v.text('text'), outcome: v.text('outcome') });
            }}>
            <Lines name="text" label={t('Jawaban')} hint={t('Dibaca pelapor lewat tautannya. Jangan menulis nama atau nomor orang lain.')} rows={5} maxLength={4000} />
            <Select name="outcome" label={t('Hasil')} empty={t('Pilih …')} options={outcomes} hint={t('Hasil dihitung di angka umum, tanpa isi.')} />
          </Form>
          {c.may.includes('close') && <p class="row"><Button kind="danger" act={() => ask('close')}>{t('Tutup tanpa jawaban baru')}</Button></p>}
        </section>
      )}
      {c.history.length > 0 && <section><h2>{t('Riwayat')}</h2>
        <ol class="time">{c.history.map((h) => <li key={h.at + h.move}><b>{moves[h.move] ?? h.move}</b><span class="small">{instant(h.at)}{roles[h.by] && ` · ${roles[h.by]}`}</span></li>)}</ol>
      </section>}
      {asking === 'close' && <Confirm title={t('Tutup aduan %s?', c.ticket)} verb={t('Tutup aduan')} danger reason={false} close={() => ask(null)} done={done(t('Aduan ditutup.'))}
        send={(v, id) => (v.text('outcome') ? api.post(`${path}/closure`, { id, version: c.version, outcome: v.text('outcome') }) : [{ pointer: '/outcome', code: 'required' }])}>
        <p>{t('Pelapor melihat hasilnya dan tidak dapat menulis lagi.')}</p>
        <Select name="outcome" label={t('Hasil')} value={c.outcome} empty={t('Pilih …')} options={outcomes} />
      </Confirm>}
    </>
  );
}

function Taking({ c, to, done, children }: { c: Detail; to: string; done: () => void; children: string }) {
  return <Once ask={(id) => api.post(`/v1/staff/complaints/${c.id}/assignment`, { id, version: c.version, to })} done={done} {...(!to && { kind: 'ghost' as const })}>{children}</Once>;
}

function Opening({ path, done }: { path: string; done: (r: Reading) => void }) {
  return <p class="row"><Once<Reading> ask={(id) => api.post<Reading>(`${path}/reading`, { id })} done={done}>{t('Buka isi aduan')}</Once></p>;
}

function Words({ of: r }: { of: Reading }) {
  return (
    <>
      <ol class="time">{r.messages.map((m) => <li key={m.id}><b>{m.from === 'officer' ? t('Petugas') : t('Pelapor')}</b><span class="small">{instant(m.at)}</span><p class="letter" lang="id">{m.text ?? t('Isinya dihapus')}</p></li>)}</ol>
      {r.contact ? <p class="small">{t('Kontak pelapor: %s', r.contact.email)}</p> : <p class="small">{t('Pelapor tidak meninggalkan kontak. Ia membaca jawaban lewat tautannya.')}</p>}
      {r.evidence.length > 0 && <p class="thumbs">{r.evidence.map((e) => <a key={e.id} href={e.display} target="_blank" rel="noopener noreferrer"><img src={e.thumb} alt={t('Foto dari pelapor')} width="96" height="96" referrerpolicy="no-referrer" /></a>)}</p>}
    </>
  );
}
