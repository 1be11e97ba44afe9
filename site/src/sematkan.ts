// What another site puts into its page to show an area: follows the choice of
// the area, and copies. Without it the text can be selected by hand.

import { one } from './dom';
import { at, t } from './t';

/** The same snippet for another area. The name is what a screen reader says of the frame. */
export function snippetFor(snippet: string, code: string, title: string): string {
  const safe = title.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&#34;');
  return snippet.replace(/\/embed\/[^/"]+\//, `/embed/${code}/`).replace(/title="[^"]*"/, () => `title="${safe}"`);
}

const choice = typeof document === 'undefined' ? null : one<HTMLSelectElement>('#wilayah');
const text = choice && one<HTMLTextAreaElement>('#potongan');
const copy = choice && one<HTMLButtonElement>('#salin');
const outcome = choice && one('#hasil');

if (choice && text && copy && outcome) {
  const follow = () => {
    const name = choice.selectedOptions[0]?.textContent ?? '';
    text.value = snippetFor(text.value, choice.value, t('Kebutuhan di %s', name));
    outcome.textContent = '';
    const example = one<HTMLIFrameElement>('#contoh');
    const src = at(`/embed/${choice.value}/`);
    if (example && example.getAttribute('src') !== src) example.src = src;
  };
  choice.addEventListener('change', follow);
  follow(); // a browser may have kept another choice
  copy.hidden = false;
  copy.addEventListener('click', () => {
    navigator.clipboard.writeText(text.value).then(
      () => (outcome.textContent = t('Tersalin. Tempelkan di halaman Anda.')),
      () => {
        text.select();
        outcome.textContent = t('Peramban ini tidak mengizinkan. Teksnya sudah dipilih: salinlah dengan tangan.');
      },
    );
  });
}
