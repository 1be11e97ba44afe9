// How old something is, in words.

import { many, t } from './t';

/**
 * "4 menit lalu". A clock that is behind must never make old things look new, so
 * now is the latest that anybody says it is.
 */
export function ago(iso: string, ...now: number[]): string {
  const minutes = Math.max(0, Math.floor((Math.max(...now) - Date.parse(iso)) / 60_000));
  if (minutes < 1) return t('kurang dari satu menit lalu');
  if (minutes < 60) return many(minutes, '%s menit lalu', minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return many(hours, '%s jam lalu', hours);
  const days = Math.floor(hours / 24);
  return many(days, '%s hari lalu', days);
}
