// In front of the console: signing in, and what may go wrong with it.

import { useEffect } from 'preact/hooks';
import { t } from '../t';
import { holds, meet, signIn, signOut, type Stand } from './session';
import { Button, Loading } from './ui';

export function Sign({ stand }: { stand: Stand }) {
  useEffect(() => { document.title = t('Konsol petugas'); }, []);
  if (stand === 'opening') return <><h1>{t('Konsol petugas')}</h1><Loading /></>;
  return (
    <>
      <h1>{t('Konsol petugas')}</h1>
      {stand === 'refused' && (
        <div class="note bad" role="alert">
          <p>{holds() ? t('Akun ini belum punya peran di konsol, atau sedang dinonaktifkan. Minta admin memeriksanya.') : t('Masuk belum berhasil. Coba sekali lagi.')}</p>
        </div>
      )}
      {stand === 'lost' && <div class="note bad" role="alert"><p>{navigator.onLine ? t('Belum ada jawaban dari server.') : t('Anda sedang luring.')}</p></div>}
      {stand === 'signed-out' && <p class="sub">{t('Untuk petugas kota, kelurahan, dan mitra penyalur. Siapa boleh melihat apa diatur per peran dan wilayah, dan setiap tindakan dicatat.')}</p>}
      <p class="row">
        {stand === 'lost' && holds() ? <Button act={() => meet()}>{t('Coba lagi')}</Button> : <Button act={() => signIn()}>{t('Masuk')}</Button>}
        {stand === 'refused' && holds() && <Button kind="ghost" act={() => signOut()}>{t('Keluar')}</Button>}
      </p>
      <p class="small">{t('Kunci masuk hanya ada selama halaman ini terbuka. Di komputer bersama, tekan Keluar sesudah selesai.')}</p>
    </>
  );
}
