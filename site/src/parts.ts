// Parts of the two private pages: notes, buttons, copying, files to keep.

import { slug, type Answer } from './api';
import { el } from './dom';
import { t } from './t';
import { fieldText, problemText, unheard } from './words';

export function note(kind: string, ...children: (Node | string)[]): HTMLElement {
  return el('div', { class: `note ${kind}` }, ...children);
}

export function button(kind: string, text: string, act: (b: HTMLButtonElement) => void): HTMLButtonElement {
  const b = el('button', { type: 'button', class: `btn ${kind}` }, text);
  b.addEventListener('click', () => act(b));
  return b;
}

export const row = (...children: (Node | null)[]) => el('p', { class: 'row' }, ...children);
export const small = (...children: (Node | string)[]) => el('p', { class: 'small' }, ...children);
/** Where a card says what is going on. */
export const saying = () => el('p', { class: 'small status', role: 'status' });

export function facts(rows: [string, string][]): HTMLElement {
  return el('dl', { class: 'facts' }, ...rows.map(([k, v]) => el('div', {}, el('dt', {}, k), el('dd', {}, v))));
}

/** A card that stays folded until somebody needs it. build runs on the first opening. */
export function folded(title: string, build: (box: HTMLElement) => void): HTMLDetailsElement {
  const inner = el('div');
  const box = el('details', { class: 'card' }, el('summary', {}, title), inner);
  box.addEventListener('toggle', () => {
    if (box.open && !inner.firstChild) build(inner);
  });
  return box;
}

/** What is asked twice before it happens. */
export function twice(kind: string, text: string, sure: string, act: (b: HTMLButtonElement) => void): HTMLElement {
  const line = row();
  const ask = () => {
    const yes = button(kind, sure, act);
    line.replaceChildren(button('ghost', t('Tidak jadi'), calm), yes);
    yes.focus();
  };
  const calm = () => {
    const first = button(kind, text, ask);
    const had = line.contains(document.activeElement);
    line.replaceChildren(first);
    if (had) first.focus();
  };
  calm();
  return line;
}

/** Says why a call did not do what was asked. */
export function why(answer: Answer<unknown>): string {
  if (answer.kind === 'ok') return '';
  if (answer.kind === 'lost') return unheard();
  const wrong = answer.problem.errors ?? [];
  return wrong.length > 0 ? wrong.map(fieldText).join(' ') : problemText(answer.problem);
}

/** Text to hand on, for those who have no WhatsApp on this phone. */
export function copying(label: string, text: string): HTMLElement {
  const said = saying();
  return el('div', {}, row(button('ghost', label, () => {
    const done = () => { said.textContent = t('Tersalin.'); };
    const byHand = () => {
      const area = el('textarea', { readonly: true, rows: 5, 'aria-label': t('Teks untuk disalin') });
      area.value = text;
      said.replaceChildren(area);
      area.select();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, byHand);
    else byHand();
  })), said);
}

/** A button that fetches a paper with the secret and gives it to the phone to keep. */
export function paper(kind: string, text: string, path: string, name: string, secret: string): HTMLElement {
  const said = saying();
  const box = el('div', {});
  box.append(row(button(kind, text, (b) => {
    b.disabled = true;
    said.textContent = t('Menyiapkan berkas …');
    void take(path, secret).then((file) => {
      b.disabled = false;
      if (typeof file === 'string') {
        said.textContent = file;
        return;
      }
      const link = el('a', { href: URL.createObjectURL(file), download: name }, name);
      said.replaceChildren(`${t('Tersimpan di unduhan:')} `, link);
      link.click();
    });
  })), said);
  return box;
}

async function take(path: string, secret: string): Promise<Blob | string> {
  try {
    const response = await fetch(path, {
      headers: { Authorization: `Bearer ${secret}`, Accept: 'application/pdf, application/json, application/problem+json' },
      cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer',
    });
    if (response.ok) return await response.blob();
    if (response.status >= 500) return unheard();
    return problemText(JSON.parse(await response.text()));
  } catch {
    return unheard();
  }
}

/** True when the thing is no longer as the page shows it, so that it is read again. */
export const outdated = (answer: Answer<unknown>) =>
  answer.kind === 'refused' && ['state', 'stale', 'already-exists', 'expired'].includes(slug(answer.problem));
