// What a person has filled in, kept on the phone until it is sent. The code
// from the mail and the private link are never kept.

export interface Draft {
  /** Chosen before the first sending, so that sending again is harmless. */
  id: string;
  /** The body that was sent under id, as JSON without the challenge. */
  sent?: string;
  /** True once the server has answered that it holds the submission. */
  submitted?: boolean;
  number?: string;
  values: Record<string, string[]>;
  at: number;
}

const week = 7 * 86_400_000;
const never = new Set(['code']);

export class Drafts {
  private readonly key: string;

  constructor(recipient: string) {
    this.key = `ksbb:bantu:${recipient}`;
  }

  load(now: number): Draft | null {
    try {
      const draft = JSON.parse(localStorage.getItem(this.key) ?? 'null') as Draft | null;
      if (draft && now - draft.at < week) return draft;
      this.forget();
    } catch {
      // Storage is closed or holds something foreign: begin anew.
    }
    return null;
  }

  /** Keeps the draft and tells whether that worked. */
  keep(draft: Draft): boolean {
    try {
      localStorage.setItem(this.key, JSON.stringify(draft));
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
}

/** Reads every named control of a form. */
export function read(form: HTMLFormElement): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const control of controls(form)) {
    if (never.has(control.name)) continue;
    const list = (values[control.name] ??= []);
    if (isChoice(control) ? control.checked : control.value !== '') list.push(control.value);
  }
  return values;
}

/** Writes values back into a form. What is not named in them stays. */
export function write(form: HTMLFormElement, values: Record<string, string[]>): void {
  for (const control of controls(form)) {
    const list = values[control.name];
    if (!list || control.type === 'hidden') continue;
    if (isChoice(control)) control.checked = !control.disabled && list.includes(control.value);
    else control.value = list[0] ?? '';
  }
}

type Control = HTMLInputElement | HTMLSelectElement;

function controls(form: HTMLFormElement): Control[] {
  return Array.from(form.elements).filter((e): e is Control => (e instanceof HTMLInputElement || e instanceof HTMLSelectElement) && e.name !== '');
}

function isChoice(c: Control): c is HTMLInputElement {
  return c.type === 'radio' || c.type === 'checkbox';
}
