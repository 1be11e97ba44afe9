// The report of a delivery that was begun on this phone. It is kept before the
// camera opens, because cheap phones close the browser to make room for it.

export interface Report {
  /** Made before the first sending, so that sending again is harmless. */
  id: string;
  date: string;
  /** As typed, one for each line of the promise. */
  quantities: string[];
  note: string;
  evidence: { id: string; kind: string }[];
  at: number;
}

const week = 7 * 86_400_000;
const key = (commitment: string) => `ksbb:antar:${commitment}`;

export function begun(commitment: string, now = Date.now()): Report | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key(commitment)) ?? 'null') as Report | null;
    if (kept && now - kept.at < week) return kept;
    forget(commitment);
  } catch {
    // Storage is closed or holds something foreign: begin anew.
  }
  return null;
}

export function keep(commitment: string, report: Report): void {
  try {
    localStorage.setItem(key(commitment), JSON.stringify({ ...report, at: Date.now() }));
  } catch {
    // The report lives as long as the page, then.
  }
}

export function forget(commitment: string): void {
  try {
    localStorage.removeItem(key(commitment));
  } catch {
    // Nothing was kept, then.
  }
}
