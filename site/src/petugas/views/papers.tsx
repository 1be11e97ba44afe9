// The files of a commitment, large enough to be read, and what is said of them.

import { useEffect, useState } from 'preact/hooks';
import { t } from '../../t';
import { waits, type Paper } from '../case';
import { Chip, Empty } from '../ui';
import { instant, papers as kinds } from '../words';

export function Standing({ of }: { of: Paper }) {
  if (of.state === 'refused') return <Chip tone="alarm">{t('Berkas ditolak')}</Chip>;
  if (of.state !== 'accepted') return <Chip>{t('Belum diunggah')}</Chip>;
  if (of.review === 'approved') return <Chip tone="good">{t('Disetujui')}</Chip>;
  if (of.review === 'rejected') return <Chip tone="alarm">{t('Tidak sesuai')}</Chip>;
  return <Chip tone="sun">{t('Perlu diperiksa')}</Chip>;
}

/** Shows one file and leads to the others. stale asks for new addresses, which are good for minutes. */
export function Papers({ all, shown, show, stale }: { all: Paper[]; shown: Paper | undefined; show: (id: string) => void; stale: () => void }) {
  const [zoom, grow] = useState(1);
  const [broken, breaks] = useState('');
  useEffect(() => grow(1), [shown?.id]);
  if (!shown) return <Empty title={t('Belum ada bukti.')}>{t('Foto dan pindaian BAST muncul di sini setelah penyaluran dilaporkan.')}</Empty>;
  const name = kinds[shown.kind] ?? shown.kind;
  const picture = shown.type.startsWith('image/') && shown.display;
  return (
    <div class="papers">
      {all.length > 1 && (
        <ul class="strip" aria-label={t('Semua bukti')}>
          {all.map((p) => (
            <li key={p.id}>
              <button type="button" aria-pressed={p.id === shown.id} aria-label={`${kinds[p.kind] ?? p.kind}, ${instant(p.at)}${waits(p) ? `, ${t('perlu diperiksa')}` : ''}`} onClick={() => show(p.id)} class={waits(p) ? 'waits' : undefined}>
                {p.thumb ? <img src={p.thumb} alt="" /> : <span>{p.type === 'application/pdf' ? 'PDF' : '?'}</span>}
              </button>
            </li>
          ))}
        </ul>
      )}
      <p class="line"><b>{name}</b> <Standing of={shown} /> <span class="small">{instant(shown.at)}</span></p>
      {picture ? (
        <>
          <div class={zoom > 1 ? 'sight zoomed' : 'sight'} tabIndex={0} role="group" aria-label={t('Gambar bukti; geser untuk melihat bagian lain')}>
            <img src={picture} alt={name} class={`z${zoom}`} onClick={() => grow(zoom === 1 ? 2 : 1)} onError={() => {
              // Addresses end after minutes; one that ends at once is asked for once.
              if (broken === shown.id) return;
              breaks(shown.id);
              stale();
            }} />
          </div>
          <p class="zooms">
            <button type="button" onClick={() => grow(Math.max(1, zoom - 1))} disabled={zoom === 1} aria-label={t('Perkecil gambar')}>−</button>
            <span role="status">{zoom * 100}%</span>
            <button type="button" onClick={() => grow(Math.min(4, zoom + 1))} disabled={zoom === 4} aria-label={t('Perbesar gambar')}>+</button>
            <a href={picture} target="_blank" rel="noopener noreferrer">{t('Buka penuh')}</a>
          </p>
        </>
      ) : shown.display ? (
        <p class="row"><a class="btn ghost" href={shown.display} target="_blank" rel="noopener noreferrer">{t('Buka PDF')}</a></p>
      ) : <p class="small">{t('Berkas ini tidak dapat dilihat.')}</p>}
      <p class="small print">{t('Sidik:')} <code>{shown.sha256.slice(0, 16)}…</code></p>
    </div>
  );
}
