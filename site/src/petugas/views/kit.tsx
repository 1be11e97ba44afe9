// What the views of data share: choosing an area, filters that stand in the
// address, files to take along, text to hand on.

import type { ComponentChildren, ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../t';
import { day } from '../../words';
import { api, newID, withQuery, type Answer, type FieldError } from '../api';
import { go, to } from '../route';
import { useMe, type Rows } from '../state';
import { Button, Loading, say, Select, whyNot, type Values } from '../ui';
import { instant } from '../words';
import { areas, type AreaName } from './region';

/** A day as people read it, whatever it is. */
export const dayText = (d: string | undefined) => (d && /^\d{4}-\d\d-\d\d/.test(d) ? day(d.slice(0, 10)) : '–');

/** A part that is loaded when it is first shown. */
export function later<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  return function Later(props: P) {
    const [found, set] = useState<{ component: ComponentType<P> } | null>(null);
    const [failed, fail] = useState<unknown>(null);
    const [turn, again] = useState(0);
    useEffect(() => {
      fail(null);
      void load().then((m) => set({ component: m.default }), fail);
    }, [turn]);
    if (failed) return <div class="note bad" role="alert"><p>{whyNot({ kind: 'lost' })}</p><Button kind="ghost" act={() => again(turn + 1)}>{t('Coba lagi')}</Button></div>;
    return found ? <found.component {...props} /> : <Loading />;
  };
}

/** The names of all areas, once they are there. */
export function useAreas(): AreaName[] {
  const [all, set] = useState<AreaName[]>([]);
  useEffect(() => {
    let wanted = true;
    void areas().then((found) => wanted && set(found));
    return () => { wanted = false; };
  }, []);
  return all;
}

const above = (code: string) => code.split('.').slice(0, -1).join('.');

/**
 * Chooses an area in up to three steps: kota, kecamatan, kelurahan. Its value is
 * the smallest that was chosen, and stands in a field named name. Whoever is
 * limited to areas chooses among those.
 */
export function AreaPick({ name = 'area', value, change, needed }: { name?: string; value: string; change?: (code: string) => void; needed?: boolean }) {
  const me = useMe();
  const all = useAreas();
  const [at, move] = useState(value);
  useEffect(() => move(value), [value]);
  const own = me.areas.filter((a) => a.code.length > 2);
  const choose = (code: string) => {
    move(code);
    change?.(code);
  };
  if (own.length > 0 && !own.some((a) => a.code.length < 13)) {
    return <Select name={name} label={t('Kelurahan')} value={at} options={own.map((a) => [a.code, a.name])} {...(!needed && { empty: t('Semua wilayah saya') })} change={choose} />;
  }
  const parts = at.split('.');
  const chosen = [2, 3, 4].map((n) => (parts.length >= n ? parts.slice(0, n).join('.') : ''));
  const labels = [t('Kota atau kabupaten'), t('Kecamatan'), t('Kelurahan')];
  const inside = (parent: string, level: number) => all.filter(([code]) => code.split('.').length === level && (parent === '' || above(code) === parent));
  return (
    <div class="two">
      <input type="hidden" name={name} value={at} />
      {labels.map((label, i) => {
        const parent = i === 0 ? '' : chosen[i - 1]!;
        if (i > 0 && parent === '') return null;
        return (
          <Select key={`${i}${parent}`} name={`${name}/${i}`} label={label} value={chosen[i]!} empty={needed ? t('Pilih …') : t('Semua')}
            options={inside(parent, i + 2)} change={(code) => choose(code || parent)} />
        );
      })}
    </div>
  );
}

/** Filters that stand in the address, so that going back finds them again. */
export function useFilter(view: string, query: URLSearchParams): [(name: string) => string, (change: Record<string, string>) => void] {
  const get = (name: string) => query.get(name) ?? '';
  const set = (change: Record<string, string>) => {
    const next = Object.fromEntries(query);
    go(to(view, { ...next, ...change }), true);
  };
  return [get, set];
}

/** Gives a file to the browser to keep. */
export function keep(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Fetches a file with the rights of whoever is signed in, and keeps it. */
export async function take(path: string, name: string): Promise<void> {
  say(t('Menyiapkan berkas …'));
  const answer = await api.file(path);
  if (answer.kind !== 'ok') {
    say(whyNot(answer));
    return;
  }
  // What is too large for an answer lies ready elsewhere.
  if (answer.value.type.startsWith('application/json')) {
    const { url } = JSON.parse(await answer.value.text()) as { url: string };
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
  } else keep(answer.value, name);
  say(t('Tersimpan di unduhan: %s', name));
}

/** The ways to take a list along. */
export function Export({ list, filter = {}, label = t('Unduh') }: { list: string; filter?: Record<string, string>; label?: string }) {
  const me = useMe();
  const [shown, show] = useState(false);
  if (me.exports && !me.exports.includes(list)) return null;
  const get = (ending: string, bom: boolean) => take(withQuery(`/v1/staff/exports/${list}.${ending}`, { ...filter, bom: bom && '1' }), `${list}-${me.today}.${ending}`);
  return (
    <>
      <Button kind="ghost" aria-expanded={shown} act={() => show(!shown)}>{label}</Button>
      {shown && <>
        <Button kind="ghost" act={() => get('xlsx', false)}>XLSX</Button>
        <Button kind="ghost" act={() => get('csv', false)}>CSV</Button>
        <Button kind="ghost" title={t('Dengan tanda UTF-8, supaya Excel membacanya dengan benar')} act={() => get('csv', true)}>{t('CSV untuk Excel')}</Button>
      </>}
    </>
  );
}

/** Text to hand on, with a button that copies it. */
export function Copy({ label, text }: { label: string; text: string }) {
  return (
    <Button kind="ghost" act={async () => {
      try {
        await navigator.clipboard.writeText(text);
        say(t('Tersalin.'));
      } catch {
        say(t('Tidak dapat menyalin. Pilih teksnya, lalu salin sendiri.'));
      }
    }}>{label}</Button>
  );
}

/** A whole number that must be there, and what is wrong where it is not. */
export function wholeAt(values: Values, name: string, wrong: FieldError[], least = 0): number {
  const n = values.number(name);
  if (values.text(name) === '') wrong.push({ pointer: `/${name}`, code: 'required' });
  else if (Number.isNaN(n) || n < least) wrong.push({ pointer: `/${name}`, code: 'too_small' });
  return n;
}

/** Redraws when the screen comes back, or every so many seconds while work is under way elsewhere. */
export function useEvery(ms: number | null, act: () => void): void {
  useEffect(() => {
    if (ms === null) return;
    const timer = setInterval(() => { if (document.visibilityState === 'visible') act(); }, ms);
    return () => clearInterval(timer);
  });
}

/** Says at the fields of a form what the API says of members that have other names. */
export function at<T>(answer: Answer<T>, field: (pointer: string) => string): Answer<T> {
  const errors = answer.kind === 'refused' && answer.problem.errors;
  return errors ? { ...answer, problem: { ...answer.problem, errors: errors.map((e) => ({ ...e, pointer: field(e.pointer) })) } } as Answer<T> : answer;
}

/** Reads on past pages without anything that is shown, which have others after them. */
export async function filled<T>(ask: (cursor: string) => Promise<Answer<Rows<T>>>, cursor: string): Promise<Answer<Rows<T>>> {
  let answer = await ask(cursor);
  for (let n = 0; n < 12 && answer.kind === 'ok' && answer.value.items.length === 0 && answer.value.next; n++) answer = await ask(answer.value.next);
  return answer;
}

/** A button whose call keeps its id until it was answered, so that pressing it again does nothing twice. */
export function Once<T = unknown>({ ask, done, kind, children }: {
  ask: (id: string) => Promise<Answer<T>>;
  done: (value: T) => void;
  kind?: 'ghost' | 'danger' | undefined;
  children: ComponentChildren;
}) {
  const id = useRef('');
  return (
    <Button {...(kind && { kind })} act={async () => {
      id.current ||= newID();
      const answer = await ask(id.current);
      if (answer.kind !== 'ok') {
        say(whyNot(answer));
        return;
      }
      id.current = '';
      done(answer.value);
    }}>{children}</Button>
  );
}

const members: Record<string, string> = {
  name: t('nama'), kind: t('jenis'), area: t('wilayah'), point: t('titik peta'), households: t('jumlah KK'), people: t('jumlah jiwa'), address: t('alamat'),
  steward: t('penanggung jawab'), flags: t('tanda'), indicators: t('indikator'), closed: t('ditutup'), into: t('digabung ke'), needs: t('kebutuhan'), needed: t('jumlah kebutuhan'),
  running: t('berjalan'), summary: t('ringkasan'), kinds: t('jenis penerima'), prices: t('harga'), contents: t('isi'), unit: t('satuan'), note: t('catatan'), permit: t('izin'),
  operatingShare: t('untuk operasional'), frozen: t('dibekukan'), role: t('peran'), areas: t('batas wilayah'), aggregator: t('mitra'), suspended: t('dinonaktifkan'), state: t('keadaan'),
  outcome: t('hasil'), review: t('pemeriksaan'), version: t('versi'), promised: t('dijanjikan'), confirmedOn: t('dipastikan'), source: t('sumber'), quantities: t('jumlah'),
};

/** What a member of an object is called, in the words of the API where nobody reads it. */
export const memberName = (name: string) => members[name] ?? name;

/** One version of an entry of the catalogue. */
export interface Edition { version: number; at: string; changed: string[] }

/** The versions of an entry, newest first. */
export function History({ of }: { of: Edition[] | undefined }) {
  if (!of || of.length === 0) return null;
  return (
    <section>
      <h2>{t('Riwayat')}</h2>
      <ol class="time">{of.map((e) => <li key={e.version}><b>{t('Versi %s', e.version)}</b><span class="small">{instant(e.at)}{e.changed.length > 0 && ` · ${e.changed.map(memberName).join(', ')}`}</span></li>)}</ol>
    </section>
  );
}
