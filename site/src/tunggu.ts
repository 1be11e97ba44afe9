// On any page of the site: sends the forms that wait for a signal and says what
// became of them, with the way to the form.

import { call, type Answer } from './api';
import { alone, channel, flag, Outbox, phone, type Submitted, type Waiting } from './antre';
import { el, one } from './dom';
import { Proof } from './proof';
import { at, many, t } from './t';

const proof = new Proof();

/** Sends one form, with a fresh answer to a fresh challenge. */
async function put(id: string, body: object): Promise<Answer<Submitted>> {
  const challenge = await proof.take();
  if (challenge === null) return { kind: 'lost' };
  if (typeof challenge !== 'string') return { kind: 'refused', problem: challenge };
  return call<Submitted>('PUT', `/v1/commitments/${id}`, { ...body, challenge });
}

const outbox = new Outbox(phone, alone, put);
const said = el('div', { class: 'stored', role: 'status' });

async function run(): Promise<void> {
  if (navigator.onLine) {
    const known = await outbox.flush();
    if (known.length > 0) new BroadcastChannel(channel).postMessage('');
  }
  await show();
}

async function show(): Promise<void> {
  const all = await outbox.all();
  if (all.length === 0) localStorage.removeItem(flag);
  said.replaceChildren(...all.filter((w) => w.state !== 'waiting').map(result), waiting(all.filter((w) => w.state === 'waiting').length));
  if (all.length === 0) said.remove();
  else if (!said.isConnected) one('main')?.before(said);
}

const result = (w: Waiting) => el('p', {},
  el('span', {}, w.state === 'sent' ? t('Komitmen Anda untuk %s sudah terkirim.', w.place) : t('Komitmen Anda untuk %s belum dapat diterima.', w.place)),
  el('a', { href: at(`/bantu/${w.recipient}/`) }, w.state === 'sent' ? t('Masukkan kode dari e-mail') : t('Perbaiki isiannya')));

const waiting = (n: number) => n === 0 ? '' : el('p', {}, el('span', {}, many(n, '%s komitmen menunggu sinyal di ponsel ini, dan akan terkirim sendiri.', n)));

addEventListener('online', () => void run());
new BroadcastChannel(channel).addEventListener('message', () => void show());
run().catch(() => undefined); // Storage is closed: nothing waits in it.
