// Making a report now, instead of waiting for the night.

import { useState } from 'preact/hooks';
import { at, t } from '../../t';
import { api } from '../api';
import { useMe } from '../state';
import { Field, Form, Page, Reason, reasonless, Select } from '../ui';

const week = /^\d{4}-W\d{2}$/;

/** Only what is over is reported. */
const before = (day: string) => new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

/** The page of a report, by its period. */
const pageOf = (period: string) => at(`/laporan/${period}/`);

export default function Reports() {
  const me = useMe();
  const [kind, choose] = useState('day');
  const [asked, ask] = useState<string[]>([]);
  return (
    <Page title={t('Laporan')}>
      <p class="sub">{t('Laporan harian, mingguan, dan bulanan dibuat sendiri tiap malam. Di sini Anda dapat membuatnya lagi sekarang, misalnya sesudah koreksi.')}</p>
      <Form<{ period: string }> label={t('Buat sekarang')} done={({ period }) => ask([period, ...asked.filter((p) => p !== period)])} send={(v, id) => {
        const period = v.text('period');
        const good = kind === 'week' ? week.test(period) : period !== '' && period < me.today.slice(0, period.length);
        const wrong = [...(good ? [] : [{ pointer: '/period', code: period ? 'date' : 'required' }]), ...reasonless(v)];
        return wrong.length > 0 ? wrong : api.post<{ period: string }>(`/v1/staff/reports/${period}`, { id, reason: v.text('reason') });
      }}>
        <Select name="kind" label={t('Jangka waktu')} value={kind} options={[['day', t('satu hari')], ['week', t('satu minggu')], ['month', t('satu bulan')]]} change={choose} />
        {kind === 'day' && <Field key="day" name="period" label={t('Hari')} type="date" max={before(me.today)} />}
        {kind === 'week' && <Field key="week" name="period" label={t('Minggu')} placeholder="2026-W20" hint={t('Tahun dan nomor minggu, misalnya 2026-W20.')} maxLength={8} />}
        {kind === 'month' && <Field key="month" name="period" label={t('Bulan')} type="month" max={before(`${me.today.slice(0, 7)}-01`).slice(0, 7)} />}
        <Reason />
      </Form>
      {asked.length > 0 && <div class="note good" role="status">{asked.map((p) => <p key={p}>{t('Laporan %s sedang dibuat, biasanya siap dalam satu menit.', p)} <a href={pageOf(p)} target="_blank" rel="noopener">{t('Buka laporannya')}</a></p>)}</div>}
    </Page>
  );
}
