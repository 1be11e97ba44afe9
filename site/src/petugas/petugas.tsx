// The console of officers and aggregators: signing in, the menu, and the view
// that the address asks for.

import { render, type ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { naming } from '../commitment';
import { one } from '../dom';
import { lang, t } from '../t';
import { Sign } from './sign';
import { go, to, useRoute } from './route';
import { begin, borrow, onTakeOver, signOut } from './session';
import { MeContext, mayDo, useOffline, useSession, type Me } from './state';
import { Empty, Failed, Loading, Page, Sayings } from './ui';
import { Keys } from './keys';
import { views, type ViewProps } from './views';
import { roles } from './words';

const menu: [string, string, string][] = [
  ['antrean', t('Antrean'), 'queue.read'],
  ['komitmen', t('Komitmen'), 'commitments.read'],
  ['penerima', t('Penerima'), 'recipients.read'],
  ['impor', t('Impor'), 'imports.make'],
  ['titipan', t('Titipan'), 'pools.take'],
  ['aduan', t('Aduan'), 'complaints.handle'],
  ['usulan', t('Usulan'), 'ideas.read'],
  ['katalog', t('Katalog'), 'catalogue.read'],
  ['mitra', t('Mitra dan izin'), 'catalogue.read'],
  ['koreksi', t('Koreksi'), 'changes.propose'],
  ['laporan', t('Laporan'), 'reports.make'],
  ['petugas', t('Akun petugas'), 'officers.edit'],
  ['jejak', t('Jejak'), 'audit.read'],
];

/** What whoever is signed in may open. Those who approve changes may not propose any, and look at them all the same. */
export const menuOf = (me: Me) => menu.filter(([name, , deed]) => name in views && (mayDo(me, deed) || (name === 'koreksi' && mayDo(me, 'changes.approve'))));

function Opened({ name, ...props }: ViewProps & { name: string }) {
  const [view, set] = useState<{ name: string; component: ComponentType<ViewProps> } | null>(null);
  const [failed, fail] = useState(false);
  const [turn, again] = useState(0);
  useEffect(() => {
    let wanted = true;
    fail(false);
    views[name]?.().then(
      (m) => wanted && set({ name, component: m.default }),
      () => wanted && fail(true),
    );
    return () => { wanted = false; };
  }, [name, turn]);
  if (!(name in views)) return <Page title={t('Tidak ditemukan')}><Empty title={t('Halaman ini tidak ada di konsol.')}><a href={to('antrean')}>{t('Ke antrean')}</a></Empty></Page>;
  if (failed) return <Failed of={{ kind: 'lost' }} retry={() => again((n) => n + 1)} />;
  if (view?.name !== name) return <Loading />;
  // Another object of the same kind is another page, with nothing left of the one before.
  // The queue stays where it is while one looks through it.
  return <view.component key={name === 'antrean' ? name : props.parts.join('/')} {...props} />;
}

function Menu({ me, here, path }: { me: Me; here: string; path: string }) {
  const places = me.areas.map((a) => a.name).join(', ');
  const [open, show] = useState(false);
  useEffect(() => show(false), [here]);
  return (
    <header class="side">
      <div class="bar-top">
        <a class="mark" href={to('antrean')}><img src="/favicon.svg" alt="" width="30" height="30" />{t('Konsol')}</a>
        <button type="button" class="burger" aria-expanded={open} aria-controls="menu" onClick={() => show(!open)}>{t('Menu')}</button>
      </div>
      <div id="menu" class={open ? 'menu-in open' : 'menu-in'}>
        <nav aria-label={t('Konsol')}>
          <ul>{menuOf(me).map(([name, text]) => <li key={name}><a href={to(name)} aria-current={name === here ? 'page' : undefined}>{text}</a></li>)}</ul>
        </nav>
        <div class="who">
          <p><b>{me.name}</b><span>{roles[me.role] ?? me.role}{places && ` · ${places}`}</span></p>
          {me.region.demo && <p class="small">{t('Data contoh — bukan data sebenarnya.')}</p>}
          <p class="ways">
            <a href={`${lang === 'en' ? '' : '/en'}/petugas/#${path}`} hreflang={lang === 'en' ? 'id' : 'en'} lang={lang === 'en' ? 'id' : 'en'}>{lang === 'en' ? 'Bahasa Indonesia' : 'English'}</a>
            <button type="button" onClick={() => void signOut()}>{t('Keluar')}</button>
          </p>
        </div>
      </div>
    </header>
  );
}

function Over() {
  return (
    <div class="note bad over" role="alert">
      <p><b>{t('Sesi Anda berakhir.')}</b> {t('Isian di halaman ini tetap ada. Masuk lagi di tab baru, lalu kembali ke sini.')}</p>
      <a class="btn short" href="#/masuk-lagi" target="_blank" rel="noopener">{t('Masuk lagi')}</a>
    </div>
  );
}

function App() {
  const session = useSession();
  const route = useRoute();
  const offline = useOffline();
  const [whose, another] = useState(0);
  useEffect(() => {
    const quiet = borrow();
    const gone = onTakeOver(() => another((n) => n + 1));
    void begin();
    return () => { quiet(); gone(); };
  }, []);
  const { me, stand } = session;
  const name = route.name || 'antrean';
  useEffect(() => {
    if (me && !route.name) go(to('antrean'), true);
  }, [me, route.name]);
  if (!me) return <main id="isi" tabIndex={-1} class="door"><Sign stand={stand} /></main>;
  return (
    <MeContext.Provider value={me}>
      <div class="shell" key={whose}>
        <Menu me={me} here={name} path={route.path} />
        <main id="isi" tabIndex={-1}>
          {stand === 'over' && <Over />}
          {offline && <p class="note offline" role="status">{t('Anda sedang luring. Yang terlihat adalah keadaan terakhir; perubahan dapat dikirim setelah ada sinyal.')}</p>}
          <Opened name={name} parts={route.parts} query={route.query} />
        </main>
      </div>
      <Sayings />
      <Keys />
    </MeContext.Provider>
  );
}

const root = one('#petugas')!;
naming(root);
root.replaceChildren();
render(<App />, root);
