// What may be decided about a commitment now, each with what it needs to know and
// why it is done.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { goods } from '../../commitment';
import { t } from '../../t';
import { api, newID, type Answer, type FieldError } from '../api';
import { waits, type Case, type Handover, type Paper, type Promised } from '../case';
import { useKeys } from '../keys';
import { useMe } from '../state';
import { Button, Confirm, Field, say, Select, whyNot, type Values } from '../ui';
import { instant, papers as kinds } from '../words';
import type { Done } from './beside';
import { Bring } from './bring';

const reasons: [string, string][] = [
  ['changed_plan', t('Rencana kolaborator berubah')], ['cannot_deliver', t('Tidak dapat diantar')], ['duplicate', t('Komitmen ini ganda')], ['wrong_place', t('Salah pilih lokasi')], ['other', t('Alasan lain')],
];

/** Files that are added while a decision is filled in. */
interface Bringing {
  button: (...kinds: string[]) => ComponentChildren;
  /** Those that were added. */
  ids: string[];
}

interface Kind {
  title: string;
  verb: string;
  said: string;
  danger?: boolean;
  /** What is asked for beside the reason. */
  fields?: (found: Case, bring: Bringing) => ComponentChildren;
  /** What is sent beside the reason, or what is wrong. */
  body?: (v: Values, found: Case, delivery: string) => Record<string, unknown> | FieldError[];
}

/** One figure for each line of a commitment. */
export function Figures({ c, values }: { c: Promised; values: number[] }) {
  return <div class="two">{c.lines.map((l, i) => <Field key={i} name={`quantities/${i}`} label={t('Jumlah, dari janji %s', goods({ ...l, equivalent: '' }, l.quantity))} type="text" inputMode="numeric" value={values[i] ?? 0} />)}</div>;
}

/** Those figures, or what is wrong with them. */
export function figures(v: Values, c: Promised): number[] | FieldError[] {
  const all = c.lines.map((_, i) => v.number(`quantities/${i}`));
  const wrong = all.flatMap((n, i) => (Number.isNaN(n) ? [{ pointer: `/quantities/${i}`, code: 'required' }] : []));
  return wrong.length > 0 ? wrong : all;
}

export const isWrong = (x: unknown[]): x is FieldError[] => x.length > 0 && typeof x[0] === 'object';

/** Files of one kind are told apart by when they came. */
const fileName = (p: Paper) => `${kinds[p.kind] ?? p.kind}, ${instant(p.at)}`;

const unanswered = (c: Promised) => c.deliveries.filter((d) => !d.answer);
const disputed = (c: Promised) => c.deliveries.filter((d) => d.open);

function Which({ of }: { of: Handover[] }) {
  return of.length > 1 ? <Select name="delivery" label={t('Serah terima')} options={of.map((d) => [d.id, d.number])} /> : <>{of.map((d) => <input key={d.id} type="hidden" name="delivery" value={d.id} />)}</>;
}

/** What was received, once a BAST that says so was approved. */
function Receipt({ of: { commitment: c, evidence }, bring }: { of: Case; bring: Bringing }) {
  const [answer, set] = useState('full');
  const sheets = evidence.filter((p) => p.kind === 'bast' && p.review === 'approved');
  const reported = unanswered(c);
  return (
    <>
      <p class="small">{t('Untuk penanggung jawab yang tidak dapat menjawab sendiri. BAST yang ditandatangani harus sudah disetujui petugas lain.')}</p>
      {sheets.length === 0 ? <div class="note"><p>{evidence.some((p) => p.kind === 'bast' && waits(p)) ? t('Pindaian BAST menunggu disetujui petugas lain.') : t('Belum ada pindaian BAST. Potret BAST yang ditandatangani; petugas lain memeriksanya, lalu penerimaan dapat dicatat.')}</p>{bring.button('bast')}</div> : <>
        <Which of={reported} />
        <Select name="evidence/0" label={t('BAST yang disetujui')} options={sheets.map((p) => [p.id, fileName(p)])} />
        <Select name="answer" label={t('Yang diterima')} value={answer} options={[['full', t('Lengkap')], ['fewer', t('Kurang, tulis jumlahnya')], ['none', t('Tidak diterima')]]} change={set} />
        {answer === 'fewer' && <Figures c={c} values={reported[0]?.quantities ?? c.lines.map((l) => l.outstanding)} />}
      </>}
    </>
  );
}

const slugged: Pick<Kind, 'fields' | 'body'> = {
  fields: () => <Select name="slug" label={t('Alasan yang tampil untuk umum')} options={reasons} />,
  body: (v) => ({ slug: v.text('slug') }),
};

const decisions: Record<string, Kind> = {
  contacted: { title: t('Catat: kedua pihak sudah berbicara'), verb: t('Catat'), said: t('Dicatat: sudah berbicara.') },
  schedule: {
    title: t('Catat hari antar'), verb: t('Simpan'), said: t('Hari antar dicatat.'),
    fields: ({ commitment: c }) => (
      <>
        <Field name="on" label={t('Hari antar')} type="date" value={c.schedule?.on ?? c.period.from} />
        <div class="two"><Field name="from" label={t('Mulai pukul')} type="time" value={c.schedule?.from} /><Field name="to" label={t('Sampai pukul')} type="time" value={c.schedule?.to} /></div>
      </>
    ),
    body: (v) => (v.text('on') ? { on: v.text('on'), from: v.optional('from'), to: v.optional('to') } : [{ pointer: '/on', code: 'required' }]),
  },
  receipt: {
    title: t('Catat penerimaan dari BAST'), verb: t('Catat penerimaan'), said: t('Penerimaan dicatat.'),
    fields: (found, bring) => <Receipt of={found} bring={bring} />,
    body: (v, { commitment: c }, fresh) => {
      const sheet = v.text('evidence/0');
      if (!sheet) return [{ pointer: '/evidence/0', code: 'required' }];
      const receipt = { delivery: v.text('delivery') || fresh, answer: v.text('answer'), evidence: [sheet] };
      if (receipt.answer !== 'fewer') return receipt;
      const all = figures(v, c);
      return isWrong(all) ? all : { ...receipt, quantities: all };
    },
  },
  settle: {
    title: t('Putuskan sengketa'), verb: t('Putuskan'), said: t('Sengketa diputuskan.'),
    fields: ({ commitment: c }) => (
      <>
        <p class="small">{t('Tulis jumlah yang benar menurut bukti. Kedua pihak diberi tahu, dan angka ini yang dihitung.')}</p>
        <Which of={disputed(c)} />
        <Figures c={c} values={disputed(c)[0]?.received ?? []} />
      </>
    ),
    body: (v, { commitment: c }) => {
      const all = figures(v, c);
      return isWrong(all) ? all : { delivery: v.text('delivery'), quantities: all };
    },
  },
  sign: {
    title: t('Catat surat yang ditandatangani'), verb: t('Catat'), said: t('Surat dicatat sebagai ditandatangani.'),
    fields: ({ evidence }, bring) => {
      const scans = evidence.filter((p) => p.kind === 'statement' && p.state === 'accepted');
      return (
        <>
          {scans.length > 0 ? <Select name="evidence/0" label={t('Pindaian surat')} value={bring.ids.at(-1)} options={scans.map((p) => [p.id, fileName(p)])} /> : <p class="note">{t('Belum ada pindaian surat yang diterima.')}</p>}
          {bring.button('statement')}
        </>
      );
    },
    body: (v) => (v.text('evidence/0') ? { evidence: [v.text('evidence/0')] } : [{ pointer: '/evidence/0', code: 'required' }]),
  },
  report: {
    title: t('Catat penyaluran'), verb: t('Catat penyaluran'), said: t('Penyaluran dicatat.'),
    fields: ({ commitment: c, evidence }, bring) => (
      <>
        <Field name="on" label={t('Hari penyaluran')} type="date" value={c.schedule?.on} />
        <Figures c={c} values={c.lines.map((l) => l.outstanding)} />
        {evidence.filter((p) => p.kind !== 'statement' && p.state === 'accepted' && !c.deliveries.some((d) => d.evidence.includes(p.id))).map((p) => (
          <label key={p.id} class="tick"><input type="checkbox" name="evidence" value={p.id} defaultChecked={bring.ids.includes(p.id)} />{fileName(p)}</label>
        ))}
        {bring.button('bast', 'photo')}
      </>
    ),
    body: (v, { commitment: c }, fresh) => {
      if (!v.text('on')) return [{ pointer: '/on', code: 'required' }];
      const all = figures(v, c);
      return isWrong(all) ? all : { on: v.text('on'), delivery: fresh, quantities: all, evidence: v.all('evidence') };
    },
  },
  withdraw: { title: t('Batalkan komitmen'), verb: t('Batalkan komitmen'), said: t('Komitmen dibatalkan; jumlahnya kembali ke peta.'), danger: true, ...slugged },
  release: { title: t('Lepas sisanya'), verb: t('Lepas sisanya'), said: t('Sisanya dilepas, kembali ke peta.'), danger: true, ...slugged },
  'hide-name': { title: t('Sembunyikan nama'), verb: t('Sembunyikan nama'), said: t('Nama disembunyikan; untuk umum tampil Hamba Allah.'), danger: true },
  'hide-text': {
    title: t('Sembunyikan teks'), verb: t('Sembunyikan teks'), said: t('Teks disembunyikan.'), danger: true,
    fields: ({ commitment: c }) => <Select name="line" label={t('Teks yang mana?')} options={c.lines.flatMap((l, i): [string, string][] => (l.free ?? l.equivalent) && !l.hidden ? [[String(i), l.free ?? l.equivalent ?? '']] : [])} />,
    body: (v) => ({ line: Number(v.text('line')) }),
  },
  moderated: { title: t('Nama dan teks boleh tampil'), verb: t('Boleh tampil'), said: t('Diperiksa: tidak ada yang perlu disembunyikan.') },
  'reopen-moderation': { title: t('Periksa nama dan teks lagi'), verb: t('Periksa lagi'), said: t('Nama dan teks menunggu diperiksa lagi.') },
};

/** What is done at the thumb: first what is offered first. */
export function Decisions({ found, set, reload, done, keys }: {
  found: Case;
  set: (c: Case) => void;
  reload: () => void;
  done: Done | undefined;
  /** False where a file waits, which the keys are for first. */
  keys: boolean;
}) {
  const me = useMe();
  const { commitment: c } = found;
  const [open, choose] = useState('');
  const [fresh] = useState(newID);
  const [brought, bring] = useState<string[]>([]);
  const may = c.may.filter((d) => d in decisions);
  const moderating = may.includes('moderated');
  const send = (decision: string, body: Record<string, unknown>, request: string, version = c.version): Promise<Answer<Case>> =>
    api.post<Case>(`/v1/staff/commitments/${encodeURIComponent(c.id)}/decisions`, { id: request, version, decision, ...body });
  const decided = (decision: string, value: Case) => {
    set(value);
    choose('');
    const back = ['moderated', 'hide-name', 'hide-text'].includes(decision) && value.commitment.may.includes('reopen-moderation');
    say(decisions[decision]!.said, back ? () => {
      void send('reopen-moderation', { reason: t('Diurungkan oleh pemeriksa') }, newID(), value.commitment.version).then((answer) => {
        if (answer.kind !== 'ok') say(whyNot(answer));
        else {
          set(answer.value);
          done?.(true);
          say(t('Diurungkan.'));
        }
      });
    } : undefined);
    if (decision !== 'reopen-moderation') done?.();
  };
  // Nothing to hide is the answer to most of them, so it asks for no reason of its own.
  const fine = async () => {
    const answer = await send('moderated', { reason: t('Tidak ada yang perlu disembunyikan') }, newID());
    if (answer.kind === 'ok') decided('moderated', answer.value);
    else say(whyNot(answer));
  };
  useKeys({
    ...(keys && moderating && { a: { text: t('Nama dan teks boleh tampil'), act: () => void fine() } }),
    ...(keys && moderating && may.includes('hide-name') && { r: { text: t('Sembunyikan nama'), act: () => choose('hide-name') } }),
  });
  if (may.length === 0) return null;
  const kind = decisions[open];
  return (
    <section class="card part">
      <h3>{t('Putuskan')}</h3>
      <div class={keys && moderating ? 'decide stick' : 'decide'}>
        {may.map((d) => (d === 'moderated'
          ? <Button key={d} act={fine}>{decisions[d]!.verb}{keys && <> <kbd>A</kbd></>}</Button>
          : <Button key={d} kind={decisions[d]!.danger ? 'danger' : 'ghost'} act={() => choose(d)}>{decisions[d]!.title}{keys && moderating && d === 'hide-name' && <> <kbd>R</kbd></>}</Button>))}
      </div>
      {me.role === 'aggregator' && <p class="small">{t('Anda memutuskan sebagai kolaborator, untuk komitmen yang Anda bawa.')}</p>}
      {kind && (
        <Confirm<Case> key={open} title={kind.title} verb={kind.verb} danger={kind.danger ?? false} close={() => choose('')} stale={() => { choose(''); reload(); }}
          send={(v, request) => {
            const body = kind.body?.(v, found, fresh) ?? {};
            return Array.isArray(body) ? body : send(open, { ...body, reason: v.text('reason') }, request);
          }}
          done={(value) => decided(open, value)}>
          {kind.fields?.(found, {
            ids: brought,
            button: (...files) => <Bring id={c.id} kinds={files} brought={(value, file) => {
              bring((all) => [...all, file]);
              set(value);
            }} />,
          })}
        </Confirm>
      )}
    </section>
  );
}
