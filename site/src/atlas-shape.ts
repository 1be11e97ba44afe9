// Outlines of areas that are made of smaller ones.

import type { Position } from './pohon';

/**
 * Joins what only one of many rings has into lines: where two neighbours share a
 * side nothing is left of it. Rings are not closed.
 */
export function outline(rings: Position[][]): Position[][] {
  const key = ([lng, lat]: Position) => `${lng.toFixed(5)},${lat.toFixed(5)}`;
  const sides = new Map<string, [Position, Position]>();
  for (const ring of rings) {
    ring.forEach((a, i) => {
      const b = ring[(i + 1) % ring.length]!;
      const [from, to] = [key(a), key(b)];
      if (from === to) return;
      const side = from < to ? `${from} ${to}` : `${to} ${from}`;
      if (!sides.delete(side)) sides.set(side, [a, b]);
    });
  }
  const next = new Map<string, Position[]>();
  for (const [a, b] of sides.values()) {
    for (const [from, to] of [[a, b], [b, a]] as const) next.set(key(from), [...(next.get(key(from)) ?? []), to]);
  }
  const lines: Position[][] = [];
  const drop = (a: Position, b: Position) => {
    const left = next.get(key(a))!;
    const i = left.findIndex((p) => key(p) === key(b));
    if (i >= 0) left.splice(i, 1);
    return i >= 0;
  };
  for (const [a] of sides.values()) {
    let at = a;
    const line = [at];
    for (let to = next.get(key(at))?.[0]; to; to = next.get(key(at))?.[0]) {
      drop(at, to);
      drop(to, at);
      line.push(to);
      at = to;
    }
    if (line.length > 1) lines.push(line);
  }
  return lines;
}
