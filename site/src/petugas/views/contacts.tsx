// Contacts stay hidden until somebody says why they need one. Each look is
// written down, and those concerned see it.

import { useEffect, useState } from 'preact/hooks';
import { many, t } from '../../t';
import { number } from '../../words';
import { api } from '../api';
import type { Place } from '../case';
import { Button, Confirm } from '../ui';

interface Contact {
  name: string;
  phone: string;
  email?: string;
  demo: boolean;
  left?: number;
}

const seconds = 60;

function Seen({ of, hide }: { of: Contact; hide: () => void }) {
  const [left, count] = useState(seconds);
  useEffect(() => {
    const ends = Date.now() + seconds * 1000;
    const timer = setInterval(() => {
      const rest = Math.ceil((ends - Date.now()) / 1000);
      if (rest <= 0) hide();
      else count(rest);
    }, 1000);
    return () => clearInterval(timer);
  }, []);
  const digits = of.phone.replace(/\D/g, '');
  return (
    <div class="contact">
      <p role="status"><b>{of.name}</b><br />{of.phone}{of.email && <><br />{of.email}</>}</p>
      {of.demo ? <p class="note">{t('Nomor contoh. Jangan dihubungi.')}</p> : (
        <p class="line">
          <a class="btn short wa" href={`https://wa.me/${digits}`} target="_blank" rel="noopener noreferrer">{'WhatsApp'}</a>
          <a class="btn short ghost" href={`tel:+${digits}`}>{t('Telepon')}</a>
        </p>
      )}
      <p class="small"><span aria-hidden="true">{t('Disembunyikan lagi dalam %s detik.', left)}</span> {of.left !== undefined && many(of.left, 'Hari ini Anda masih dapat melihat %s kontak.', number(of.left))}</p>
      <Button kind="quiet" act={hide}>{t('Sembunyikan sekarang')}</Button>
    </div>
  );
}

export function Contacts({ id, demo, place, name }: { id: string; demo: boolean; place: Place; name: string }) {
  const [asking, ask] = useState<'steward' | 'collaborator' | null>(null);
  const [seen, see] = useState<Partial<Record<'steward' | 'collaborator', Contact>>>({});
  const whose = { steward: t('Penanggung jawab: %s', place.steward), collaborator: t('Kolaborator: %s', name) };
  return (
    <>
      {(['steward', 'collaborator'] as const).map((side) => {
        const known = seen[side];
        return (
          <div key={side} class="hidden-contact">
            <p><b>{whose[side]}</b></p>
            {known ? <Seen of={known} hide={() => see((all) => ({ ...all, [side]: undefined }))} /> : (
              <p class="line"><span aria-hidden="true">08•• •••• ••••</span> <Button kind="ghost" aria-label={t('Tampilkan kontak %s', whose[side])} act={() => ask(side)}>{t('Tampilkan')}</Button></p>
            )}
          </div>
        );
      })}
      {asking && (
        <Confirm<Contact> title={t('Tampilkan kontak')} verb={t('Tampilkan')} reasonLabel={t('Untuk apa?')} close={() => ask(null)}
          send={(v, request) => api.post<Contact>(`/v1/staff/contacts/${encodeURIComponent(id)}`, { id: request, side: asking, reason: v.text('reason') })}
          done={(value) => { see((all) => ({ ...all, [asking]: { ...value, demo: value.demo ?? demo } })); ask(null); }}>
          <p>{t('Bahwa Anda melihatnya dicatat, dan terlihat oleh orang itu. Kontak tampil 60 detik.')}</p>
        </Confirm>
      )}
    </>
  );
}
