// Signing the statement: by typing one's name under it, or by uploading one
// that was signed by hand.

import { Files } from './bukti';
import type { Page } from './commitment';
import { el, one } from './dom';
import { folded, paper, row, saying, small } from './parts';
import { t } from './t';

export function signing(page: Page): HTMLElement {
  const { c } = page;
  const out = saying();
  const statement = one<HTMLTemplateElement>('#pernyataan')!.content.cloneNode(true);
  const name = el('input', { id: 'nama', autocomplete: 'name', maxlength: 80 });
  if (c.displayName !== 'Hamba Allah') name.value = c.displayName;
  const go = el('button', { class: 'btn', type: 'submit' }, t('Tanda tangani'));
  const form = el('form', { novalidate: true },
    statement,
    el('label', { for: 'nama' }, t('Ketik nama lengkap Anda'), el('span', { class: 'hint' }, t('Nama di surat ini tidak ditampilkan untuk umum.'))), name,
    row(go), out);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (name.value.trim() === '') {
      out.textContent = t('Ketik nama Anda sebagai tanda tangan.');
      name.focus();
    } else void page.move(go, out, 'POST', 'signature', { signedBy: name.value.trim() }, t('Surat komitmen ditandatangani.'));
  });
  return el('div', {}, form, folded(t('Tanda tangan di kertas'), (box) => {
    const said = saying();
    const use = el('button', { class: 'btn', type: 'button', disabled: true }, t('Pakai sebagai tanda tangan'));
    const files = new Files(page, () => { use.disabled = files.accepted().length === 0; });
    use.addEventListener('click', () => {
      void page.move(use, said, 'POST', 'signature', { evidence: files.accepted().at(-1)!.id }, t('Surat komitmen ditandatangani.'));
    });
    box.append(
      small(t('Simpan suratnya, cetak, tandatangani, lalu foto atau pindai. Sama sahnya.')),
      paper('ghost', t('Simpan surat (PDF)'), `/v1/commitments/${c.id}/letter.pdf`, `surat-komitmen-${c.number}.pdf`, page.secret),
      files.box, row(files.picker('statement', t('Unggah surat bertanda tangan'))), row(use), said);
  }));
}
