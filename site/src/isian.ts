// What the forms for complaints and ideas share: a draft on the phone, errors
// beside their controls, and one sending that may be repeated.

import { call, slug, type Answer, type FieldError, type Problem } from './api';
import { all, el, one } from './dom';
import { uuid7 } from './identity';
import { Proof } from './proof';
import { t } from './t';
import { fieldText, lost, problemText } from './words';

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

interface Draft {
  /** Chosen before the first sending, so that sending again is harmless. */
  id: string;
  values: Record<string, string>;
  at: number;
}

const week = 7 * 86_400_000;

export class Form {
  private draft: Draft;
  private readonly proof = new Proof();
  private readonly summary: HTMLElement;
  private readonly status: HTMLElement;
  private readonly button: HTMLButtonElement;

  /** special holds texts for this form's own errors, by pointer and code. */
  constructor(private readonly form: HTMLFormElement, private readonly key: string, private readonly special: Record<string, string> = {}) {
    this.summary = one('#ringkas', form)!;
    this.status = one('#status', form)!;
    this.button = one<HTMLButtonElement>('#kirim', form)!;
    this.button.hidden = false;
    this.draft = this.load() ?? { id: uuid7(Date.now()), values: {}, at: 0 };
    for (const [name, value] of Object.entries(this.draft.values)) {
      const control = form.elements.namedItem(name);
      if (control instanceof RadioNodeList || control instanceof HTMLInputElement || control instanceof HTMLSelectElement || control instanceof HTMLTextAreaElement) {
        control.value = value;
      }
    }
    form.addEventListener('input', () => this.proof.begin(), { once: true });
  }

  /** True when something from an earlier visit is filled in. */
  kept(): boolean {
    return this.draft.at > 0;
  }

  values(): Record<string, string> {
    const values: Record<string, string> = {};
    for (const [name, value] of new FormData(this.form)) if (typeof value === 'string') values[name] = value.trim();
    return values;
  }

  /** Keeps what is filled in and tells whether that worked. */
  keep(): boolean {
    this.draft.values = Object.fromEntries([...new FormData(this.form)].filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
    this.draft.at = Date.now();
    try {
      localStorage.setItem(this.key, JSON.stringify(this.draft));
      return true;
    } catch {
      return false;
    }
  }

  forget(): void {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Nothing was kept, then.
    }
  }

  private load(): Draft | null {
    try {
      const draft = JSON.parse(localStorage.getItem(this.key) ?? 'null') as Draft | null;
      if (draft && Date.now() - draft.at < week) return draft;
      this.forget();
    } catch {
      // Storage is closed or holds something foreign: begin anew.
    }
    return null;
  }

  /** Sends the body under the draft's id. Null means that the form says why it is not sent. */
  async send<T>(path: (id: string) => string, body: object): Promise<T | null> {
    this.mark([]);
    this.keep();
    this.busy(true);
    this.status.textContent = t('Mengirim …');
    let answer = await this.put<T>(path, body);
    if (answer.kind === 'refused') {
      const reason = slug(answer.problem);
      // An earlier sending arrived after all, with other words: this is another one.
      if (reason === 'already-exists') this.draft.id = uuid7(Date.now());
      if (reason === 'already-exists' || reason === 'challenge') answer = await this.put<T>(path, body);
    }
    this.busy(false);
    this.status.textContent = '';
    if (answer.kind === 'ok') {
      this.forget();
      return answer.value;
    }
    if (answer.kind === 'lost') this.status.textContent = lost();
    else this.refused(answer.problem);
    return null;
  }

  private async put<T>(path: (id: string) => string, body: object): Promise<Answer<T>> {
    const challenge = await this.proof.take();
    if (challenge === null) return { kind: 'lost' };
    if (typeof challenge !== 'string') return { kind: 'refused', problem: challenge };
    return call<T>('PUT', path(this.draft.id), { ...body, challenge });
  }

  private refused(p: Problem): void {
    if (p.errors?.length) this.mark(p.errors, problemText(p));
    else this.mark([], problemText(p));
  }

  /** Shows every error beside its control and in a summary that leads there. */
  mark(errors: FieldError[], heading = errors.length > 0 ? t('Ada yang perlu diperbaiki:') : ''): void {
    for (const old of all('.error', this.form)) old.remove();
    for (const old of all('[aria-invalid]', this.form)) {
      old.removeAttribute('aria-invalid');
      old.removeAttribute('aria-describedby');
    }
    this.summary.hidden = heading === '';
    if (this.summary.hidden) return;
    const items = errors.map((e, i) => {
      const control = this.target(e.pointer);
      const text = this.special[`${e.pointer} ${e.code}`] ?? fieldText(e);
      if (!control) return el('li', {}, text);
      const message = el('p', { class: 'error', id: `salah-${i}` }, text);
      (control.closest('.pick > label') ?? control).after(message);
      control.setAttribute('aria-invalid', 'true');
      control.setAttribute('aria-describedby', message.id);
      const label = control.labels?.[0]?.firstChild?.textContent?.trim().replace(/\?$/, '') ?? '';
      return el('li', {}, el('a', {
        href: '#ringkas',
        click: (event: Event) => { event.preventDefault(); control.focus(); },
      }, `${label ? `${label}: ` : ''}${text}`));
    });
    this.summary.replaceChildren(el('b', {}, heading), items.length > 0 ? el('ul', {}, ...items) : '');
    this.summary.focus({ preventScroll: true });
    this.summary.scrollIntoView({ block: 'center' });
  }

  /** Finds the control that a JSON pointer of the body speaks of. */
  private target(pointer: string): Control | null {
    const name = pointer.split('/').at(-1)!;
    if (name === 'recipient' || name === 'about') return one<HTMLInputElement>('input[name=about]:checked', this.form);
    const control = this.form.elements.namedItem(name);
    return control instanceof HTMLInputElement || control instanceof HTMLSelectElement || control instanceof HTMLTextAreaElement ? control : null;
  }

  private busy(on: boolean): void {
    this.button.disabled = on;
    this.button.setAttribute('aria-busy', String(on));
  }
}

/** What is wrong with a text or an address, before it is sent. */
export function check(v: Record<string, string>, form: HTMLFormElement, choice: string): FieldError[] {
  const wrong: FieldError[] = [];
  if (!v[choice]) wrong.push({ pointer: `/${choice}`, code: 'required' });
  const length = [...(v['text'] ?? '')].length;
  if (length === 0) wrong.push({ pointer: '/text', code: 'required' });
  else if (length < Number(form.dataset['least'])) wrong.push({ pointer: '/text', code: 'too_short' });
  else if (length > Number(form.dataset['most'])) wrong.push({ pointer: '/text', code: 'too_long' });
  if (v['email'] && !/^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(v['email'])) wrong.push({ pointer: '/contact/email', code: 'email' });
  return wrong;
}
