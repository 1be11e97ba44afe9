// Reporting a delivery: how much, when, and the files that show it.

import { begun, forget, keep, type Report } from './antar';
import { Files } from './bukti';
import { goods, type Page } from './commitment';
import { el } from './dom';
import { uuid7 } from './identity';
import { button, row, saying, small } from './parts';
import { whole } from './promise';
import { t } from './t';

export async function reporting(page: Page): Promise<HTMLElement> {
  const { c } = page;
  const kept = begun(c.id);
  const report: Report = kept ?? {
    id: uuid7(Date.now()), date: page.today, quantities: c.lines.map((l) => String(l.outstanding)), note: '', evidence: [], at: 0,
  };
  const out = saying();
  const date = el('input', { id: 'kapan', type: 'date', autocomplete: 'off', max: page.today });
  date.value = report.date > page.today ? page.today : report.date;
  const counts = c.lines.map((l, i) => {
    const input = el('input', { id: `n${i}`, inputmode: 'numeric', autocomplete: 'off' });
    // More may have been reported elsewhere since this was begun.
    input.value = String(Math.min(l.outstanding, whole(report.quantities[i] ?? '') || 0));
    const by = (n: number) => () => {
      input.value = String(Math.max(0, Math.min(l.outstanding, (whole(input.value) || 0) + n)));
      save();
    };
    const box = el('div', {}, el('label', { for: input.id }, goods(l, l.outstanding), el('span', { class: 'hint' }, t('Berapa yang diserahkan?'))),
      el('div', { class: 'stepper' },
        el('button', { type: 'button', 'aria-label': t('Kurangi'), click: by(-1) }, '−'), input,
        el('button', { type: 'button', 'aria-label': t('Tambah'), click: by(1) }, '+')));
    box.hidden = l.outstanding === 0;
    return { input, box };
  });
  const files = new Files(page, save);
  const remark = el('textarea', { id: 'catatan', rows: 3, maxlength: 500, autocomplete: 'off' });
  remark.value = report.note;
  const go = el('button', { class: 'btn', type: 'submit' }, t('Kirim laporan'));

  function read(): void {
    report.date = date.value;
    report.quantities = counts.map((n) => n.input.value);
    report.note = remark.value.trim();
    report.evidence = files.sent();
  }

  function save(): void {
    read();
    keep(c.id, report);
  }

  const form = el('form', { class: 'report', novalidate: true },
    ...counts.map((n) => n.box),
    el('label', { for: 'kapan' }, t('Hari serah terima')), date,
    el('fieldset', {}, el('legend', {}, t('Bukti'), el('span', { class: 'hint' }, t('Foto serah terima, atau BAST yang sudah ditandatangani. Foto dikecilkan dan letak pengambilannya dihapus di ponsel ini.'))),
      files.box,
      row(files.picker('photo', t('Tambah foto'), save), files.picker('bast', t('Tambah BAST'), save))),
    el('label', { for: 'catatan' }, t('Catatan'), el('span', { class: 'hint' }, t('Boleh kosong. Tidak ditampilkan untuk umum.'))), remark,
    row(go), out,
    small(t('Isian tersimpan di ponsel ini sampai terkirim. Mengirim dua kali tidak mencatat dua kali.')),
    kept ? row(button('ghost', t('Hapus isian ini'), () => {
      forget(c.id);
      void page.reopen(t('Isian dihapus dari ponsel ini.'));
    })) : null);
  form.addEventListener('input', save);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const quantities = c.lines.map((l, i) => (l.outstanding > 0 ? whole(counts[i]!.input.value) : 0));
    const wrong = quantities.findIndex((n, i) => Number.isNaN(n) || n > c.lines[i]!.outstanding);
    if (files.busy()) out.textContent = t('Tunggu sampai berkasnya selesai diperiksa, lalu kirim.');
    else if (wrong >= 0) {
      out.textContent = t('Jumlahnya paling banyak %s.', goods(c.lines[wrong]!, c.lines[wrong]!.outstanding));
      counts[wrong]!.input.focus();
    } else if (quantities.every((n) => n === 0)) out.textContent = t('Tulis berapa yang diserahkan.');
    else if (!date.value) out.textContent = t('Pilih hari serah terimanya.');
    else {
      save();
      void page.move(go, out, 'PUT', `deliveries/${report.id}`, {
        date: report.date,
        lines: quantities.flatMap((quantity, line) => (quantity > 0 ? [{ line, quantity }] : [])),
        evidence: files.accepted().map((f) => f.id),
        ...(report.note && { note: report.note }),
      }, t('Penyaluran dilaporkan. Terima kasih.'));
    }
  });
  for (const { id, kind } of report.evidence) files.resume(kind, id);
  return form;
}
