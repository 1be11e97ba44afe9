// Asking for one's private link again, by the promise's number and the e-mail
// address behind it. The answer is the same whether they match or not, so that
// nobody can try out numbers or addresses.

import { call, slug, type Answer } from './api';
import { one } from './dom';
import { Proof } from './proof';
import { t } from './t';
import { problemText, unheard } from './words';

const form = one<HTMLFormElement>('#cari')!;
const said = one('#status')!;
const send = one<HTMLButtonElement>('button', form)!;
const nomor = one<HTMLInputElement>('#nomor', form)!;
const email = one<HTMLInputElement>('#email', form)!;
const proof = new Proof();

async function ask(): Promise<Answer<unknown>> {
  const challenge = await proof.take();
  if (challenge === null) return { kind: 'lost' };
  if (typeof challenge !== 'string') return { kind: 'refused', problem: challenge };
  return call('POST', '/v1/links', { number: nomor.value.trim(), email: email.value.trim(), challenge });
}

async function submit(): Promise<void> {
  for (const control of [nomor, email]) control.removeAttribute('aria-invalid');
  const wrong = nomor.value.trim() === '' ? nomor : /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(email.value.trim()) ? null : email;
  if (wrong) {
    said.textContent = wrong === nomor ? t('Tulis nomor komitmennya. Dimulai dengan K.') : t('Alamat e-mail ini belum lengkap. Contoh: nama@contoh.id');
    wrong.setAttribute('aria-invalid', 'true');
    wrong.focus();
    return;
  }
  send.disabled = true;
  said.textContent = t('Mengirim …');
  let answer = await ask();
  if (answer.kind === 'refused' && slug(answer.problem) === 'challenge') answer = await ask();
  send.disabled = false;
  if (answer.kind === 'ok') said.textContent = t('Kalau nomor dan e-mail itu cocok, tautannya sudah dikirim. Periksa kotak masuk, juga folder spam.');
  else if (answer.kind === 'lost') said.textContent = unheard();
  else said.textContent = answer.problem.errors?.length ? t('Periksa lagi nomor dan alamat e-mailnya.') : problemText(answer.problem);
}

send.hidden = false;
form.addEventListener('input', () => proof.begin(), { once: true });
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void submit();
});
