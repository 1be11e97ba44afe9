// What one may do with a promise and with one's own data besides keeping it:
// take it back, stop reminders, see who looked, carry the data away, erase it.

import { forget } from './antar';
import type { Page } from './commitment';
import { el, one } from './dom';
import { paper, row, saying, small, twice, why } from './parts';
import { at, t } from './t';
import { moment } from './words';

const reasons: Record<string, string> = {
  changed_plan: t('Rencana saya berubah'),
  cannot_deliver: t('Saya tidak dapat mengantarkannya'),
  duplicate: t('Komitmen ini ganda'),
  wrong_place: t('Salah pilih lokasi'),
  other: t('Alasan lain'),
};

export function withdrawal(page: Page): HTMLElement {
  const part = page.c.deliveries.length > 0;
  const out = saying();
  const choice = el('select', { id: 'alasan' }, ...Object.entries(reasons).map(([value, text]) => el('option', { value }, text)));
  return el('div', {},
    small(part ? t('Yang sudah diantar tetap tercatat. Sisanya langsung kembali ke peta supaya orang lain dapat membantu.')
      : t('Jumlahnya langsung kembali ke peta supaya orang lain dapat membantu. Pembatalan tidak dapat diurungkan.')),
    el('label', { for: 'alasan' }, t('Alasannya')), choice,
    twice('danger', part ? t('Lepaskan sisanya') : t('Batalkan komitmen'), part ? t('Ya, lepaskan') : t('Ya, batalkan'), (b) => {
      void page.move(b, out, 'POST', 'withdrawal', { reason: choice.value }, part ? t('Sisanya kembali ke peta.') : t('Komitmen dibatalkan.'));
    }), out);
}

const seers: Record<string, string> = { steward: t('Penanggung jawab lokasi'), officer: t('Petugas'), collaborator: t('Anda') };

export function rights(page: Page): HTMLElement {
  const { c } = page;
  const box = el('div', {});

  const told = saying();
  const wanted = el('input', { type: 'checkbox', id: 'ingat' });
  wanted.checked = c.reminders;
  wanted.addEventListener('change', () => {
    told.textContent = t('Menyimpan …');
    void page.call('POST', 'reminders', { wanted: wanted.checked }).then((answer) => {
      if (answer.kind === 'ok') told.textContent = wanted.checked ? t('Pengingat dikirim ke e-mail Anda.') : t('Tidak ada pengingat lagi. Kabar penting tetap dikirim.');
      else {
        wanted.checked = !wanted.checked;
        told.textContent = why(answer);
      }
    });
  });
  box.append(el('div', { class: 'pick' }, el('label', {}, wanted, el('span', {}, el('b', {}, t('Ingatkan saya lewat e-mail')), el('span', { class: 'small' }, t('Berlaku untuk semua komitmen saya.'))))), told);

  box.append(el('h3', { class: 'label' }, t('Siapa yang melihat kontak saya')),
    c.seen.length === 0 ? small(t('Belum ada yang membukanya di situs ini. Bila penanggung jawab punya alamat e-mail, kontak Anda juga dikirim ke sana.'))
      : el('ul', { class: 'rules' }, ...c.seen.map((s) => el('li', {}, `${seers[s.by] ?? s.by}, ${moment(s.at)}`))));

  box.append(el('h3', { class: 'label' }, t('Data saya')), small(t('Semua yang kami simpan tentang Anda untuk komitmen ini, sebagai berkas.')),
    paper('ghost', t('Simpan data saya'), `/v1/commitments/${c.id}/export`, `data-${c.number}.json`, page.secret));

  if (c.allowed.includes('erase')) {
    const out = saying();
    const pending = c.allowed.includes('withdraw') || c.allowed.includes('release');
    box.append(el('h3', { class: 'label' }, t('Hapus data saya')),
      el('ul', { class: 'rules' },
        el('li', {}, t('Dihapus: nama, e-mail, nomor, tanda tangan, dan catatan Anda. Tautan ini tidak berlaku lagi.')),
        el('li', {}, t('Tetap ada: fakta bantuannya, tanpa nama, dan berkas bukti yang dikunci untuk pemeriksaan.')),
        pending ? el('li', {}, t('Yang belum diantar kembali ke peta.')) : null),
      twice('danger', t('Hapus data saya'), t('Ya, hapus sekarang'), (b) => {
        b.disabled = true;
        out.textContent = t('Menghapus …');
        void page.call<{ erasedAt: string }>('POST', 'erasure', {}).then((answer) => {
          b.disabled = false;
          if (answer.kind !== 'ok') {
            out.textContent = why(answer);
            return;
          }
          forget(c.id);
          const title = el('h2', { tabindex: -1 }, t('Data Anda sudah dihapus'));
          one('#k')!.replaceChildren(title, el('p', { class: 'sub' }, `${moment(answer.value.erasedAt)}. ${t('Terima kasih pernah membantu.')}`), row(el('a', { class: 'btn', href: at('/') }, t('Ke peta'))));
          history.replaceState(null, '', at('/k/'));
          title.focus();
        });
      }), out);
  }
  return box;
}
