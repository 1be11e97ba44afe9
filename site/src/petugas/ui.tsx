// The pieces that every view of the console is made of.

import { createContext, toChildArray, type ComponentChildren, type JSX } from 'preact';
import { useContext, useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { t } from '../t';
import { newID, type Answer, type FieldError, type Problem } from './api';
import { useOffline, type Load, type Pages } from './state';
import { Values } from './values';
import { fieldText, problemText } from './wrong';

export { Values } from './values';

// --- A view.

let opened = '';

/** A view with its heading, which has the focus once the view is opened. */
export function Page({ title, back, actions, wide, children }: {
  title: string;
  /** Where the view above this one is. */
  back?: { href: string; text: string };
  actions?: ComponentChildren;
  wide?: boolean;
  children?: ComponentChildren;
}): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t('Konsol petugas')}`;
  }, [title]);
  useEffect(() => {
    const here = location.hash.split('?')[0] ?? '';
    // The first view is opened by loading the page, which has a focus of its own.
    if (opened && opened !== here) heading.current?.focus();
    opened = here || '#';
  }, []);
  return (
    <div class={wide ? 'view wide' : 'view'}>
      {back && <p class="back"><a href={back.href}>‹ {back.text}</a></p>}
      <div class="head">
        <h1 tabIndex={-1} ref={heading}>{title}</h1>
        {actions && <div class="acts">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

// --- Waiting, nothing, failure.

export function Loading({ slow }: { slow?: boolean }): JSX.Element {
  return (
    <div class="waiting" role="status">
      <p class="small">{slow ? t('Jaringan sedang lambat. Masih memuat …') : t('Memuat …')}</p>
      <div class="bones" aria-hidden="true"><i /><i /><i /></div>
    </div>
  );
}

/** Says kindly that there is nothing, and what that means. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  return <div class="empty"><p><b>{title}</b></p>{children && <div class="small">{children}</div>}</div>;
}

/** What a refusal, or no answer at all, means to somebody in front of it. */
export function whyNot(answer: { kind: string; problem?: Problem | undefined }): string {
  if (answer.kind === 'refused' && answer.problem) {
    return answer.problem.status === 401 ? t('Sesi Anda berakhir. Masuk lagi, isian di halaman ini tetap ada.') : problemText(answer.problem);
  }
  return navigator.onLine
    ? t('Belum ada jawaban dari server. Coba lagi; yang sama tidak akan tercatat dua kali.')
    : t('Anda sedang luring. Coba lagi setelah ada sinyal; yang sama tidak akan tercatat dua kali.');
}

/** Tells whether an answer says that what is shown is no longer so. */
const outdated = (answer: { kind: string; problem?: Problem | undefined }) => answer.kind === 'refused' && /\/(?:stale|state)\/?$/.test(answer.problem?.type ?? '');

export function Failed({ of, retry }: { of: { kind: string; problem?: Problem | undefined }; retry?: (() => void) | undefined }): JSX.Element {
  return (
    <div class="note bad" role="alert">
      <p>{whyNot(of)}</p>
      {retry && <button type="button" class="btn ghost short" onClick={retry}>{t('Coba lagi')}</button>}
    </div>
  );
}

/** Shows an answer once it is there, and what was there before while it is asked for again. */
export function Loaded<T>({ of, children }: { of: Load<T>; children: (value: T) => ComponentChildren }): JSX.Element {
  const failed = of.kind === 'refused' || of.kind === 'lost';
  return (
    <>
      {failed && <Failed of={of} retry={of.reload} />}
      {of.value !== undefined ? children(of.value) : !failed && <Loading slow={of.slow} />}
    </>
  );
}

/** A list with its next pages; children draws the rows. */
export function LoadedPages<T>({ of, empty, children }: { of: Pages<T>; empty: ComponentChildren; children: (rows: T[]) => ComponentChildren }): JSX.Element {
  const failed = of.kind === 'refused' || of.kind === 'lost';
  return (
    <>
      {failed && <Failed of={of} retry={of.reload} />}
      {of.value !== undefined && (of.value.length > 0 ? children(of.value) : !failed && empty)}
      {of.kind === 'loading' && <Loading slow={of.slow} />}
      {of.more && <p class="row"><button type="button" class="btn ghost" onClick={of.more}>{t('Tampilkan berikutnya')}</button></p>}
    </>
  );
}

// --- Lists.

export interface Column<T> {
  head: string;
  cell: (row: T) => ComponentChildren;
  /** Numbers stand at the right. */
  number?: boolean;
}

/** A table on a wide screen, cards on a phone. The first column says what a row is about. */
export function Table<T>({ caption, columns, rows, id }: { caption: string; columns: Column<T>[]; rows: T[]; id: (row: T) => string }): JSX.Element {
  return (
    <table class="rows">
      <caption class="unseen">{caption}</caption>
      <thead><tr>{columns.map((c) => <th key={c.head} scope="col" class={c.number ? 'number' : undefined}>{c.head}</th>)}</tr></thead>
      <tbody>
        {rows.map((row) => (
          <tr key={id(row)}>
            {columns.map((c, i) => i === 0
              ? <th key={c.head} scope="row">{c.cell(row)}</th>
              : <td key={c.head} data-head={c.head} class={c.number ? 'number' : undefined}>{c.cell(row)}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Facts as pairs; what is null is left out. */
export function Facts({ of }: { of: ([string, ComponentChildren] | null | false | undefined)[] }): JSX.Element {
  return <dl class="facts">{of.map((f) => f && <div key={f[0]}><dt>{f[0]}</dt><dd>{f[1]}</dd></div>)}</dl>;
}

export type Tone = 'good' | 'sun' | 'alarm' | 'plain';

export function Chip({ tone = 'plain', children }: { tone?: Tone; children: ComponentChildren }): JSX.Element {
  return <span class={`chip ${tone}`}>{children}</span>;
}

/** A button that is busy while what it does is under way. */
export function Button({ act, kind, title, children, ...rest }: {
  act: () => unknown;
  kind?: 'ghost' | 'danger' | 'quiet';
  title?: string;
  disabled?: boolean;
  children: ComponentChildren;
} & Omit<JSX.HTMLAttributes<HTMLButtonElement>, 'onClick'>): JSX.Element {
  const [busy, wait] = useState(false);
  const here = useRef(true);
  useEffect(() => () => { here.current = false; }, []);
  return (
    <button type="button" class={`btn short ${kind ?? ''}`} aria-disabled={busy} title={title} {...rest} onClick={() => {
      if (busy) return;
      const done = act();
      if (!(done instanceof Promise)) return;
      wait(true);
      void done.finally(() => here.current && wait(false));
    }}>{children}</button>
  );
}

// --- What is said in passing.

export interface Saying {
  text: string;
  /** Takes back what was just done. */
  undo?: () => void;
}

const sayings = new Set<(s: Saying | null) => void>();

let undoable: (() => void) | undefined;

/** Says something for eight seconds, at the foot of the page and to those who hear it. */
export function say(text: string, undo?: () => void): void {
  undoable = undo;
  for (const hear of sayings) hear(undo ? { text, undo } : { text });
}

/** Takes away what is said, such as an undo that no longer holds. */
export function hush(): void {
  undoable = undefined;
  for (const hear of sayings) hear(null);
}

/** Takes back what was just done, while that is offered. */
export function takeBack(): void {
  const back = undoable;
  hush();
  back?.();
}

const undoTime = 8_000;

/** Where say is heard: once, in the shell. */
export function Sayings(): JSX.Element {
  const [said, set] = useState<Saying | null>(null);
  const timer = useRef(0);
  useEffect(() => {
    const hear = (s: Saying | null) => {
      clearTimeout(timer.current);
      set(s);
      if (s) timer.current = setTimeout(hush, undoTime);
    };
    sayings.add(hear);
    return () => { sayings.delete(hear); };
  }, []);
  return (
    <div class="said" role="status">
      {said && (
        <p>
          <span>{said.text}</span>
          {said.undo && <button type="button" onClick={takeBack}>{t('Urungkan')} <kbd>U</kbd></button>}
        </p>
      )}
    </div>
  );
}

// --- Forms.

interface Filling {
  errors: FieldError[];
  busy: boolean;
  form: string;
}

const FillingContext = createContext<Filling>({ errors: [], busy: false, form: '' });

/**
 * A form that sends once, says at each field what is wrong with it, and keeps
 * what was typed whatever comes of it. id stays the same until something was
 * accepted, so that sending again after no answer is harmless. send answers with
 * what is wrong where it finds that before anything is sent.
 */
export function Form<T>({ send, done, label, kind, cancel, stale, children }: {
  send: (values: Values, id: string) => Promise<Answer<T>> | FieldError[];
  done: (value: T) => void;
  label: string;
  kind?: 'danger';
  cancel?: (() => void) | undefined;
  /** Loads what somebody else changed meanwhile. */
  stale?: (() => void) | undefined;
  children?: ComponentChildren;
}): JSX.Element {
  const [errors, wrong] = useState<FieldError[]>([]);
  const [failed, fail] = useState<Exclude<Answer<T>, { kind: 'ok' }> | null>(null);
  const [busy, wait] = useState(false);
  const id = useRef('');
  const form = useRef<HTMLFormElement>(null);
  const name = useId();
  const offline = useOffline();

  const showWrong = (list: FieldError[]) => {
    wrong(list);
    // The first field that is wrong has the focus, once it says so.
    setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy || !form.current) return;
    fail(null);
    wrong([]);
    id.current ||= newID();
    const sent = send(new Values(new FormData(form.current)), id.current);
    if (Array.isArray(sent)) {
      showWrong(sent);
      return;
    }
    wait(true);
    const answer = await sent;
    wait(false);
    if (answer.kind === 'ok') {
      id.current = '';
      done(answer.value);
      return;
    }
    if (answer.kind === 'refused' && answer.problem.errors?.length) showWrong(answer.problem.errors);
    fail(answer);
  };
  // What concerns no field that is shown is said below all of them.
  const elsewhere = errors.filter((e) => !form.current?.querySelector(`[name="${CSS.escape(nameOf(e.pointer))}"]`));
  return (
    <FillingContext.Provider value={{ errors, busy, form: name }}>
      <form ref={form} noValidate autocomplete="off" onSubmit={(e) => void submit(e)}>
        {children}
        {failed && <div class="note bad" role="alert"><p>{whyNot(failed)}</p>{elsewhere.map((e) => <p key={e.pointer} class="small">{e.pointer && `${e.pointer}: `}{fieldText(e)}</p>)}{stale && outdated(failed) && <button type="button" class="btn ghost short" onClick={stale}>{t('Muat ulang')}</button>}</div>}
        <div class="row">
          <button type="submit" class={`btn ${kind ?? ''}`} aria-disabled={busy}>{busy ? t('Mengirim …') : label}</button>
          {cancel && <button type="button" class="btn ghost" onClick={cancel}>{t('Batal')}</button>}
        </div>
        {offline && <p class="small">{t('Anda sedang luring. Isian tetap di sini; kirim setelah ada sinyal.')}</p>}
      </form>
    </FillingContext.Provider>
  );
}

/** "/steward/phone" is the field named "steward/phone". */
const nameOf = (pointer: string) => pointer.replace(/^\//, '');

/** Says that a field is missing, before anything is sent. */
export const missing = (name: string): FieldError => ({ pointer: `/${name}`, code: 'required' });

function useError(name: string): { id: string; wrong: string | undefined; describe: string | undefined } {
  const { errors, form } = useContext(FillingContext);
  const found = errors.find((e) => nameOf(e.pointer) === name);
  const id = `${form}${name.replace(/[^\w]/g, '-')}`;
  return { id, wrong: found && fieldText(found), describe: found ? `${id}-salah` : undefined };
}

interface Named {
  name: string;
  label: string;
  hint?: string | undefined;
}

function Around({ of, id, wrong, children }: { of: Named; id: string; wrong: string | undefined; children: ComponentChildren }): JSX.Element {
  return (
    <div class="field">
      <label for={id}>{of.label}{of.hint && <span class="hint">{of.hint}</span>}</label>
      {children}
      {wrong && <p class="error" id={`${id}-salah`}>{wrong}</p>}
    </div>
  );
}

/** A field of one line. Its name is where the API says that it is wrong: "steward/phone". */
export function Field({ name, label, hint, type = 'text', value, ...rest }: Named & { value?: string | number | undefined; type?: string }
  & Omit<JSX.HTMLAttributes<HTMLInputElement>, 'name' | 'label' | 'value'> & Pick<JSX.InputHTMLAttributes<HTMLInputElement>, 'min' | 'max' | 'step' | 'inputMode' | 'maxLength' | 'accept' | 'list' | 'placeholder'>): JSX.Element {
  const { id, wrong, describe } = useError(name);
  return (
    <Around of={{ name, label, hint }} id={id} wrong={wrong}>
      <input id={id} name={name} type={type} defaultValue={value === undefined ? '' : String(value)} aria-invalid={wrong ? true : undefined} aria-describedby={describe} {...rest} />
    </Around>
  );
}

export function Lines({ name, label, hint, value, rows = 3, maxLength }: Named & { value?: string; rows?: number; maxLength?: number }): JSX.Element {
  const { id, wrong, describe } = useError(name);
  return (
    <Around of={{ name, label, hint }} id={id} wrong={wrong}>
      <textarea id={id} name={name} rows={rows} defaultValue={value ?? ''} aria-invalid={wrong ? true : undefined} aria-describedby={describe} {...(maxLength && { maxLength })} />
    </Around>
  );
}

export function Select({ name, label, hint, value, options, empty, change }: Named & {
  value?: string | undefined;
  options: [string, string][];
  /** What choosing nothing is called; absent where something must be chosen. */
  empty?: string;
  change?: (value: string) => void;
}): JSX.Element {
  const { id, wrong, describe } = useError(name);
  return (
    <Around of={{ name, label, hint }} id={id} wrong={wrong}>
      <select id={id} name={name} aria-invalid={wrong ? true : undefined} aria-describedby={describe} onChange={(e) => change?.(e.currentTarget.value)}>
        {empty !== undefined && <option value="" selected={!value}>{empty}</option>}
        {options.map(([v, text]) => <option key={v} value={v} selected={v === value}>{text}</option>)}
      </select>
    </Around>
  );
}

export function Check({ name, label, hint, checked, value, change }: Named & { checked?: boolean; value?: string; change?: (on: boolean) => void }): JSX.Element {
  const { id, wrong, describe } = useError(name);
  return (
    <div class="pick">
      <label for={id}>
        <input type="checkbox" id={id} name={name} value={value ?? '1'} defaultChecked={checked ?? false} aria-invalid={wrong ? true : undefined} aria-describedby={describe} onChange={(e) => change?.(e.currentTarget.checked)} />
        <span><b>{label}</b>{hint && <span class="small">{hint}</span>}</span>
      </label>
      {wrong && <p class="error" id={`${id}-salah`}>{wrong}</p>}
    </div>
  );
}

/** The reason of a change. It is kept with the change and read by auditors only. */
export function Reason({ label }: { label?: string }): JSX.Element {
  return <Lines name="reason" label={label ?? t('Alasan')} hint={t('Sedikitnya 3 huruf. Disimpan di jejak petugas, tidak tampil untuk umum.')} rows={2} maxLength={500} />;
}

/** Checks a reason before it is sent. */
export const reasonless = (values: Values): FieldError[] =>
  values.text('reason').length < 3 ? [{ pointer: '/reason', code: values.text('reason') ? 'too_short' : 'required' }] : [];

/** A question in front of everything else. Escape and what lies behind it say no. */
export function Dialog({ title, close, children }: { title: string; close: () => void; children: ComponentChildren }): JSX.Element {
  const box = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    const from = document.activeElement;
    const dialog = box.current;
    if (!dialog?.showModal) dialog?.setAttribute('open', '');
    else if (!dialog.open) dialog.showModal();
    dialog?.querySelector<HTMLElement>('textarea, input, select')?.focus();
    return () => {
      dialog?.close?.();
      if (from instanceof HTMLElement && from.isConnected) from.focus();
    };
  }, []);
  return (
    <dialog ref={box} aria-labelledby={heading} onCancel={(e) => { e.preventDefault(); close(); }}
      onClick={(e) => { if (e.target === box.current) close(); }}>
      <div class="inside">
        <h2 id={heading}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

/** Asks before a change, with its reason. More fields may stand in it. */
export function Confirm<T>({ title, verb, danger, reason = true, reasonLabel, send, done, close, stale, children }: {
  title: string;
  /** What the button that does it says. */
  verb: string;
  danger?: boolean;
  reason?: boolean;
  reasonLabel?: string;
  send: (values: Values, id: string) => Promise<Answer<T>> | FieldError[];
  done: (value: T) => void;
  close: () => void;
  stale?: (() => void) | undefined;
  children?: ComponentChildren;
}): JSX.Element {
  return (
    <Dialog title={title} close={close}>
      <Form<T> label={verb} {...(danger && { kind: 'danger' as const })} cancel={close} done={done} stale={stale}
        send={(values, id) => {
          const wrong = reason ? reasonless(values) : [];
          return wrong.length > 0 ? wrong : send(values, id);
        }}>
        {toChildArray(children)}
        {reason && <Reason {...(reasonLabel && { label: reasonLabel })} />}
      </Form>
    </Dialog>
  );
}
