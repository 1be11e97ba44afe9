// One commitment as the two private pages know it: its shape, where it stands, and
// the words for its goods. Nothing here touches the page.

import type { Answer } from './api';
import { lang, t } from './t';
import { day, number } from './words';

export interface Line {
  need?: string;
  package?: string;
  name: string;
  unit: string;
  quantity: number;
  equivalent?: string;
  free?: string;
  value: number;
  estimated: boolean;
  committed: number;
  delivered: number;
  received: number;
  outstanding: number;
}

export type Verdict = 'full' | 'fewer' | 'none';

export interface Delivery {
  id: string;
  number: string;
  on: string;
  quantities: number[];
  evidence: string[];
  reportedAt: string;
  reportedBy: string;
  answer?: Verdict;
  received?: number[];
  answeredAt?: string;
  via?: string;
  /** The two sides differ, and nobody has settled it. */
  open: boolean;
  settledAt?: string;
}

export interface Appointment {
  on: string;
  from?: string;
  to?: string;
}

export interface Evidence {
  id: string;
  kind: string;
  type: string;
  state: 'awaited' | 'accepted' | 'refused';
  refusal?: string;
  fingerprint: string;
  preview?: string;
}

export interface Commitment {
  id: string;
  number: string;
  state: string;
  recipient: { id: string; name: string; area: string; demo: boolean };
  program: string;
  lines: Line[];
  period: { from: string; to: string };
  route: string;
  aggregator?: string;
  class: string;
  displayName: string;
  submittedAt: string;
  verifyBy: string;
  pledgedAt?: string;
  contactBy?: string;
  contactedAt?: string;
  silentAt?: string;
  renewed: boolean;
  schedule?: Appointment;
  signedAt?: string;
  letter?: string;
  deliveries: Delivery[];
  bast: string;
  /** What the steward's link for this promise ends with. */
  handover?: string;
  evidence: Evidence[];
  seen: { at: string; by: string }[];
  reminders: boolean;
  releasedAt?: string;
  endedAt?: string;
  reason?: string;
  allowed: string[];
  history: { at: string; what: string; by: string }[];
}

/** What is to be done next, or what is waited for. */
export type Step = 'code' | 'contact' | 'schedule' | 'sign' | 'deliver' | 'answer' | 'dispute' | 'done' | 'over';

export function step(c: Commitment): Step {
  if (c.state === 'submitted') return 'code';
  if (c.state === 'received') return 'done';
  if (['lapsed', 'withdrawn', 'dropped'].includes(c.state)) return 'over';
  if (c.deliveries.some((d) => d.open)) return 'dispute';
  if (c.deliveries.some((d) => !d.answer)) return 'answer';
  if (!c.contactedAt) return 'contact';
  if (!c.signedAt) return c.schedule ? 'sign' : 'schedule';
  return 'deliver';
}

// What one counts of a package, as the page says it: the API names goods in
// Indonesian only.
let things: Record<string, [one: string, many: string]> = {};

/** Takes the names that the page brings along, if it does. */
export function naming(page: HTMLElement): void {
  things = JSON.parse(page.dataset['things'] ?? '{}') as typeof things;
}

/** "50 paket sembako": units, then the name without what the unit says already. */
export function goods(l: Line, n = l.quantity, as = lang): string {
  const count = number(n, as);
  const instead = l.equivalent ? ` (${as === 'id' ? `berupa ${l.equivalent}` : t('berupa %s', l.equivalent)})` : '';
  if (l.free !== undefined && !l.need) return `${count} ${l.unit} ${l.free}`;
  const thing = things[l.package ?? ''];
  if (thing && as === lang) return `${count} ${thing[n === 1 ? 0 : 1]}${instead}`;
  const words = l.name.split(/\s+/).map((w) => (w === w.toUpperCase() ? w : w.toLowerCase()));
  if (words.length > 1 && words[0] === 'paket') words.shift();
  const name = words.join(' ');
  const known = !l.unit || name === l.unit || name.startsWith(`${l.unit} `) || name.endsWith(` per ${l.unit}`);
  return `${count} ${known ? name : `${l.unit} ${name}`}${instead}`;
}

/** "a, b dan c" */
export function listed(words: string[], as = lang): string {
  if (words.length < 2) return words.join('');
  const [before, last] = [words.slice(0, -1).join(', '), words.at(-1)!];
  return as === 'id' ? `${before} dan ${last}` : t('%s dan %s', before, last);
}

/** The goods of some lines in these quantities; lines of which there is nothing are left out. */
export function goodsOf(lines: Line[], quantities: number[] = lines.map((l) => l.quantity), as = lang): string {
  const some = lines.map((l, i) => [l, quantities[i] ?? 0] as const).filter(([, n]) => n > 0);
  return some.length === 0 ? t('tidak ada barang') : listed(some.map(([l, n]) => goods(l, n, as)), as);
}

/** "23 Mei 2026, pukul 09.00–11.00" */
export function appointed(a: Appointment): string {
  const hour = (at: string) => (lang === 'id' ? at.replace(':', '.') : at);
  return a.from && a.to ? t('%s, pukul %s–%s', day(a.on), hour(a.from), hour(a.to)) : day(a.on);
}

/** The day in the region, wherever the reader is; zone is in minutes. */
export function today(zone: number, now = Date.now()): string {
  return new Date(now + zone * 60_000).toISOString().slice(0, 10);
}

/** What a card of one's own page needs to act. */
export interface Page {
  c: Commitment;
  secret: string;
  /** The day in the region. */
  today: string;
  call<T>(method: string, what: string, body?: unknown): Promise<Answer<T>>;
  /** Makes a move. Once it is made the page shows where the promise stands, and says done. */
  move(b: HTMLButtonElement, said: HTMLElement, method: string, what: string, body: unknown, done: string): Promise<void>;
  /** Reads the promise again and shows it. */
  reopen(said?: string): Promise<void>;
}
