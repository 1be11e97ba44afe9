// The form for ideas.

import { el, one } from './dom';
import { check, Form } from './isian';
import { at, t } from './t';

const element = one<HTMLFormElement>('#usulan')!;
const form = new Form(element, 'ksbb:usulan');

async function submit(): Promise<void> {
  const v = form.values();
  const wrong = check(v, element, 'topic');
  form.mark(wrong);
  if (wrong.length > 0) return;
  const sent = await form.send((id) => `/v1/ideas/${id}`, {
    topic: v['topic'], text: v['text'], ...(v['name'] && { name: v['name'] }), ...(v['email'] && { contact: { email: v['email'] } }),
  });
  if (!sent) return;
  const thanks = el('h2', { tabindex: -1 }, t('Terima kasih, usulan Anda sudah kami terima.'));
  element.replaceChildren(thanks, el('p', { class: 'sub' }, t('Petugas membacanya lebih dulu. Tidak perlu menunggu jawaban.')),
    el('p', { class: 'row' }, el('a', { class: 'btn', href: at('/') }, t('Ke peta'))));
  thanks.focus();
}

element.addEventListener('input', () => form.keep());
element.addEventListener('submit', (event) => {
  event.preventDefault();
  void submit();
});
