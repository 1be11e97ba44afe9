// From what is filled in to the body that is sent, and the checks that spare a
// person a round trip. The server checks everything again.

import type { FieldError } from './api';
import { lang } from './t';

export type Line =
  | { need: string; quantity: number; equivalent?: string; value?: number }
  | { free: { description: string; unit: string; quantity: number; value: number } };

export interface Body {
  recipient: string;
  program: string;
  lines: Line[];
  period: { from: string; to: string };
  route: string;
  aggregator?: string;
  collaborator: { name: string; class: string; showName: boolean; email: string; phone: string };
  statement: { accepted: boolean; signedBy: string };
  language: typeof lang;
}

/** A need as the form offers it. */
export interface Offer {
  id: string;
  program: string;
  remaining: number;
  direct: boolean;
}

export interface Limits {
  units: number;
  lead: number;
  period: number;
}

type Values = Record<string, string[]>;

const first = (v: Values, name: string) => v[name]?.[0]?.trim() ?? '';

/** Reads a whole number written as people write it: "1.250", in English "1,250". NaN when it is none. */
export function whole(text: string, as = lang): number {
  const digits = text.replace(as === 'en' ? /[\s,]/g : /[\s.]/g, '').replace(/^rp/i, '');
  return /^\d{1,15}$/.test(digits) ? Number(digits) : NaN;
}

/** Makes the body. Numbers that cannot be read become 0, which check refuses. */
export function bodyOf(recipient: string, offers: Offer[], v: Values): Body {
  const program = first(v, 'program');
  const lines: Line[] = [];
  for (const offer of offers) {
    if (offer.program !== program || !v['need']?.includes(offer.id)) continue;
    const equivalent = first(v, `equivalent:${offer.id}`);
    const value = whole(first(v, `value:${offer.id}`)) || 0;
    lines.push({ need: offer.id, quantity: whole(first(v, `quantity:${offer.id}`)) || 0, ...(equivalent && { equivalent }), ...(value && { value }) });
  }
  if (v['free']?.length) {
    lines.push({
      free: {
        description: first(v, 'free.description'),
        unit: first(v, 'free.unit'),
        quantity: whole(first(v, 'free.quantity')) || 0,
        value: whole(first(v, 'free.value')) || 0,
      },
    });
  }
  const route = first(v, 'route') || 'direct';
  return {
    recipient,
    program,
    lines,
    period: { from: first(v, 'from'), to: first(v, 'to') },
    route,
    ...(route === 'aggregator' && { aggregator: first(v, 'aggregator') }),
    collaborator: {
      name: first(v, 'name'),
      class: first(v, 'class'),
      showName: first(v, 'showName') !== 'no',
      email: first(v, 'email'),
      phone: first(v, 'phone'),
    },
    statement: {
      accepted: ['goods', 'accepted', 'consent'].every((name) => v[name]?.length),
      signedBy: first(v, 'signedBy'),
    },
    language: lang,
  };
}

/** Returns the day n days after d. */
export function plus(d: string, n: number): string {
  return new Date(Date.parse(`${d}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10);
}

/** Lists what is wrong with a body, in the codes of the API, and "over" where more is promised than remains. */
export function check(b: Body, offers: Offer[], limits: Limits, today: string): FieldError[] {
  const wrong: FieldError[] = [];
  const refuse = (pointer: string, code: string) => wrong.push({ pointer, code });

  if (b.lines.length === 0) refuse('/lines', 'required');
  b.lines.forEach((line, i) => {
    if ('need' in line) {
      const left = offers.find((o) => o.id === line.need)?.remaining ?? 0;
      if (line.quantity < 1) refuse(`/lines/${i}/quantity`, 'too_small');
      else if (line.quantity > limits.units) refuse(`/lines/${i}/quantity`, 'too_large');
      else if (line.quantity > left) refuse(`/lines/${i}/quantity`, 'over');
      return;
    }
    if (line.free.description === '') refuse(`/lines/${i}/free/description`, 'required');
    if (line.free.unit === '') refuse(`/lines/${i}/free/unit`, 'required');
    if (line.free.quantity < 1) refuse(`/lines/${i}/free/quantity`, 'too_small');
    else if (line.free.quantity > limits.units) refuse(`/lines/${i}/free/quantity`, 'too_large');
    if (line.free.value < 1) refuse(`/lines/${i}/free/value`, 'too_small');
  });

  const { from, to } = b.period;
  if (from === '') refuse('/period/from', 'required');
  else if (from < today) refuse('/period/from', 'past');
  else if (from > plus(today, limits.lead)) refuse('/period/from', 'too_large');
  if (to === '') refuse('/period/to', 'required');
  else if (from !== '' && to < from) refuse('/period/to', 'order');
  else if (from !== '' && to > plus(from, limits.period)) refuse('/period/to', 'too_large');

  if (b.route === 'aggregator') {
    if (b.lines.some((l) => 'need' in l && offers.find((o) => o.id === l.need)?.direct)) refuse('/route', 'direct_only');
    else if (!b.aggregator) refuse('/aggregator', 'required');
  }

  const c = b.collaborator;
  if (c.class === '') refuse('/collaborator/class', 'required');
  if (c.name === '') refuse('/collaborator/name', 'required');
  if (c.email === '') refuse('/collaborator/email', 'required');
  else if (!/^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(c.email)) refuse('/collaborator/email', 'email');
  if (c.phone === '') refuse('/collaborator/phone', 'required');
  else if (!/^\+?[\d\s().-]{8,24}$/.test(c.phone)) refuse('/collaborator/phone', 'phone');
  if (!b.statement.accepted) refuse('/statement/accepted', 'accepted');
  if (b.statement.signedBy === '') refuse('/statement/signedBy', 'signed');
  return wrong;
}
