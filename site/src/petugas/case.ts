// A commitment as the console knows it: what both sides said, the files, what is
// suspicious, and what may be decided now.

import type { Line } from '../commitment';

export interface Person {
  id: string;
  name: string;
  role?: string;
}

export interface Handover {
  id: string;
  number: string;
  on: string;
  quantities: number[];
  evidence: string[];
  reportedAt: string;
  reportedBy: string;
  answer?: 'full' | 'fewer' | 'none';
  received?: number[];
  answeredAt?: string;
  via?: string;
  open: boolean;
  settledAt?: string;
  settledBy?: string;
}

export type Good = Line & { hidden?: boolean };

export interface Promised {
  id: string;
  number: string;
  version: number;
  state: string;
  name: string;
  /** The name that was hidden. */
  givenName?: string;
  nameHidden: boolean;
  moderated: boolean;
  class: string;
  demo: boolean;
  own: boolean;
  recipient: { id: string; name: string };
  area: string;
  areaName: string;
  program: string;
  programName: string;
  route: string;
  aggregator?: { id: string; name: string };
  lines: Good[];
  period: { from: string; to: string };
  schedule?: { on: string; from?: string; to?: string };
  pledgedAt?: string;
  contactBy?: string;
  contactedAt?: string;
  signedAt?: string;
  silentAt?: string;
  releasedAt?: string;
  endedAt?: string;
  reason?: string;
  deliveries: Handover[];
  bast: string;
  /** What whoever is signed in may decide now. */
  may: string[];
}

export interface Paper {
  id: string;
  kind: string;
  type: string;
  sha256: string;
  length: number;
  state: string;
  refusal?: string;
  review?: string;
  reviewedAt?: string;
  at: string;
  thumb?: string;
  display?: string;
  /** Brought by whoever is signed in, who does not review it. */
  own: boolean;
}

export interface Warning {
  code: string;
  with: { id: string; number: string }[];
  /** over-need: which line. */
  line?: number;
  /** far-away: how far. */
  metres?: number;
}

/** A move of the commitment, or something that staff did about it. */
export interface Step {
  at: string;
  move?: string;
  role?: string;
  action?: string;
  by?: Person;
  reason?: string;
}

export interface Note {
  id: string;
  at: string;
  by: Person;
  text: string;
}

export interface Place {
  id: string;
  name: string;
  kind: string;
  kindName: string;
  area: string;
  areaName: string;
  address?: string;
  point: [number, number];
  households: number;
  people: number;
  steward: string;
  demo: boolean;
  closed: boolean;
  needs: { id: string; package: string; name: string; unit: string; needed: number; committed: number; delivered: number; received: number; remaining: number; confirmedOn?: string }[];
}

/** Everything about one commitment, as GET /v1/staff/commitments/{id} answers. */
export interface Case {
  commitment: Promised;
  place: Place;
  evidence: Paper[];
  warnings: Warning[];
  /** Newest first. */
  history: Step[];
  notes?: Note[];
  assigned?: Person;
  seen: { at: string; by: string }[];
}

/** A file that waits for somebody to say what it shows. */
export const waits = (p: Paper) => p.state === 'accepted' && !p.review;
