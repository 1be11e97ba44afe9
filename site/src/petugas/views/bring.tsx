// Files that an officer or an aggregator adds to a commitment: chosen or
// photographed, made small, uploaded, and followed until they are judged.

import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../t';
import { digest, offered, prepared, refusals, upload, type Ticket } from '../../upload';
import { api, newID } from '../api';
import type { Case } from '../case';
import { Button, whyNot } from '../ui';
import { papers } from '../words';

interface Stage {
  text: string;
  /** How much of it is uploaded. */
  share?: number;
  wrong?: boolean;
  again?: () => void;
}

/** A button for each kind of file. brought hears how the commitment stands with a file that was accepted. */
export function Bring({ id, kinds, brought }: { id: string; kinds: string[]; brought: (found: Case, evidence: string) => void }) {
  const [stage, show] = useState<Stage | null>(null);
  const here = useRef(true);
  useEffect(() => () => { here.current = false; }, []);
  const path = `/v1/staff/commitments/${encodeURIComponent(id)}`;
  const fail = (text: string, again?: () => void) => show({ text, wrong: true, ...(again && { again }) });

  const send = async (kind: string, body: Blob, request: string) => {
    const again = () => void send(kind, body, request);
    show({ text: t('Menyiapkan pengiriman …') });
    const ticket = await api.post<Ticket>(`${path}/evidence`, { id: request, kind, type: body.type, length: body.size, sha256: await digest(body) });
    if (ticket.kind !== 'ok') return fail(whyNot(ticket), again);
    const status = await upload(ticket.value, body, (share) => show({ text: t('Mengirim …'), share }));
    // 412: an earlier try arrived after all.
    if (status !== 200 && status !== 412) return fail(status === 0 ? whyNot({ kind: 'lost' }) : t('Pengiriman berkas ditolak. Coba lagi.'), again);
    show({ text: t('Memeriksa berkas …') });
    for (let wait = 300; here.current; wait = Math.min(wait * 1.5, 5000)) {
      await new Promise((done) => setTimeout(done, wait));
      const found = await api.get<Case>(path);
      if (found.kind === 'refused') return fail(whyNot(found));
      const file = found.kind === 'ok' && found.value.evidence.find((e) => e.id === ticket.value.id);
      if (!file || file.state === 'awaited') continue;
      if (file.state === 'refused') return fail(refusals[file.refusal ?? ''] ?? t('Berkas ini tidak dapat dipakai.'));
      show({ text: t('Berkas diterima.') });
      brought(found.value, file.id);
      return;
    }
  };
  const take = async (kind: string, file: File) => {
    show({ text: t('Mengecilkan …') });
    const body = await prepared(file, kind);
    if (typeof body === 'string') fail(body);
    else await send(kind, body, newID());
  };
  return (
    <div class="bring">
      <p class="row">
        {kinds.map((kind) => (
          <label key={kind} class="btn ghost short file">
            <input type="file" class="unseen" accept={offered(kind)} onChange={(e) => {
              const file = e.currentTarget.files?.[0];
              e.currentTarget.value = '';
              if (file) void take(kind, file);
            }} />
            {t('Tambah: %s', papers[kind] ?? kind)}
          </label>
        ))}
      </p>
      <div role="status">
        {stage && <p class={stage.wrong ? 'note bad' : 'small'}>{stage.text} {stage.again && <Button kind="ghost" act={stage.again}>{t('Coba lagi')}</Button>}</p>}
        {stage?.share !== undefined && <progress max={1} value={stage.share} aria-label={t('Terkirim')} />}
      </div>
    </div>
  );
}
