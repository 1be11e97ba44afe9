// What every page does once it stands: it says when it is an old copy, sends
// what waits for a signal, and has the service worker keep it for later.

import { at, locale, t } from './t';
import { flag } from './antre';
import { trusted } from './trusted';

const stored = document.documentElement.dataset['stored'];
if (stored) {
  const when = new Date(stored).toLocaleString(locale, { day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' });
  const [box, line, text, again] = ['div', 'p', 'span', 'a'].map((tag) => document.createElement(tag));
  box!.className = 'stored';
  box!.setAttribute('role', 'status');
  box!.append(line!);
  line!.append(text!, again!);
  again!.setAttribute('href', location.pathname + location.search);
  again!.textContent = t('Muat lagi');
  const say = () => {
    text!.textContent = navigator.onLine
      ? t('Jaringan sedang lambat. Halaman ini disimpan %s.', when)
      : t('Anda luring. Halaman ini disimpan %s.', when);
  };
  say();
  addEventListener('online', () => { text!.textContent = t('Sinyal sudah kembali. Halaman ini masih yang disimpan %s.', when); });
  addEventListener('offline', say);
  document.querySelector('main')?.before(box!);
}

try {
  if (localStorage.getItem(flag) && !location.pathname.startsWith(at('/bantu/'))) void import('./tunggu.js');
} catch {
  // Storage is closed: nothing waits in it.
}

const worker = navigator.serviceWorker as ServiceWorkerContainer | undefined;

function register(): void {
  void worker!.register(trusted('ksbb-luring', '/sw.js')).then(async () => {
    if (worker!.controller) return;
    const { active } = await worker!.ready;
    const loaded = performance.getEntriesByType('resource').map((e) => e.name).filter((n) => n.includes('/aset/'));
    active?.postMessage({ keep: [location.pathname, ...loaded] });
  }).catch(() => undefined); // Without it the site works, only not without a signal.
}

// After everything that the page itself needs.
if (worker) {
  if (document.readyState === 'complete') later();
  else addEventListener('load', later);
}

function later(): void {
  if ('requestIdleCallback' in window) requestIdleCallback(register, { timeout: 5000 });
  else setTimeout(register, 1000);
}
