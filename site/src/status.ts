// Says how old the published data is and whether the forms are answered, as it is
// now. What cannot be read is said to be unknown, never to be fresh.

import { ago } from './ago';
import { one } from './dom';
import { locale, t } from './t';

interface Manifest {
  generation: number;
  asOf: string;
}

function say(card: string, text: string, bad: boolean): void {
  const box = one(`#${card}`)!;
  const line = one('p', box)!;
  box.hidden = false;
  box.classList.toggle('late', bad);
  if (line.textContent !== text) line.textContent = text;
}

async function data(): Promise<void> {
  try {
    const response = await fetch('/data/manifest.json', { cache: 'no-store', credentials: 'omit' });
    if (!response.ok) throw new Error(String(response.status));
    const served = Date.parse(response.headers.get('Date') ?? '') || 0;
    const m = (await response.json()) as Manifest;
    say('data', t('Terbitan nomor %s, %s.', m.generation.toLocaleString(locale), ago(m.asOf, Date.now(), served)), false);
  } catch {
    say('data', navigator.onLine ? t('Belum dapat dibaca. Umur data tidak diketahui.') : t('Anda sedang luring. Umur data tidak diketahui.'), true);
  }
}

async function forms(): Promise<void> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 15_000);
  try {
    // What every form asks for first. Asking leaves no trace.
    const response = await fetch('/v1/challenge', { cache: 'no-store', credentials: 'omit', signal: stop.signal });
    if (!response.ok) throw new Error(String(response.status));
    say('api', t('Dapat menerima kiriman.'), false);
  } catch {
    say('api', navigator.onLine ? t('Sekarang tidak menjawab. Isian Anda tersimpan di perangkat; coba kirim lagi nanti.') : t('Anda sedang luring. Isian Anda tersimpan di perangkat sampai ada sinyal.'), true);
  } finally {
    clearTimeout(timer);
  }
}

function look(): void {
  if (document.hidden) return;
  void data();
  void forms();
}

look();
setInterval(look, 60_000);
for (const change of ['online', 'offline']) addEventListener(change, look);
