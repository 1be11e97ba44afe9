// One-letter keys, and what explains them. They can be turned off, for those
// whose voice or whose hand types letters that were not meant.

import { useEffect, useState } from 'preact/hooks';
import { t } from '../t';
import { Check, Dialog, takeBack } from './ui';

/** What a key does, by its letter in lower case. */
export type Bound = Record<string, { text: string; act: () => void }>;

const bound = new Set<{ current: Bound }>();
const offKey = 'petugas:tanpa-pintasan';

/** Binds keys for as long as a view is shown. */
export function useKeys(keys: Bound): void {
  const [held] = useState({ current: keys });
  held.current = keys;
  useEffect(() => {
    bound.add(held);
    return () => { bound.delete(held); };
  }, []);
}

const typing = (e: Element | null) => e?.matches('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]') ?? false;

/** Hears the keys, once, in the shell. */
export function Keys() {
  const [help, show] = useState(false);
  const [off, turn] = useState(() => localStorage.getItem(offKey) !== null);
  useEffect(() => {
    const hear = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || typing(document.activeElement) || document.querySelector('dialog[open]')) return;
      const key = e.key.toLowerCase();
      if (key === '?') {
        e.preventDefault();
        show(true);
        return;
      }
      if (off) return;
      if (key === '/') {
        const search = document.querySelector<HTMLElement>('main input[type=search]');
        if (search) {
          e.preventDefault();
          search.focus();
        }
        return;
      }
      if (key === 'u') {
        takeBack();
        return;
      }
      for (const { current } of bound) {
        if (!current[key]) continue;
        e.preventDefault();
        current[key].act();
        return;
      }
    };
    addEventListener('keydown', hear);
    return () => removeEventListener('keydown', hear);
  }, [off]);
  if (!help) return null;
  const here = [...bound].flatMap((b) => Object.entries(b.current));
  return (
    <Dialog title={t('Pintasan papan tik')} close={() => show(false)}>
      <dl class="facts keys-help">
        {here.map(([key, { text }]) => <div key={key}><dt>{text}</dt><dd><kbd>{key.toUpperCase()}</kbd></dd></div>)}
        <div><dt>{t('Urungkan yang baru dilakukan')}</dt><dd><kbd>U</kbd></dd></div>
        <div><dt>{t('Ke kotak cari')}</dt><dd><kbd>/</kbd></dd></div>
        <div><dt>{t('Daftar ini')}</dt><dd><kbd>?</kbd></dd></div>
      </dl>
      <Check name="pintasan" label={t('Pintasan satu huruf aktif')} checked={!off} change={(on) => {
        if (on) localStorage.removeItem(offKey);
        else localStorage.setItem(offKey, '1');
        turn(!on);
      }} />
      <div class="row"><button type="button" class="btn" onClick={() => show(false)}>{t('Tutup')}</button></div>
    </Dialog>
  );
}
