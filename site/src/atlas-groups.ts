// Which places are drawn as one because they would lie on top of each other.

import Supercluster from 'supercluster';
import type { Dot } from './atlas-map';

export interface Sum {
  /** Places to which nothing has come yet. */
  alarms: number;
  tones: Record<string, number>;
}

/** Pixels within which places become one group: as far as a fingertip needs. */
const near = 46;
/** From this zoom on every place stands for itself. */
export const deepest = 17;

export function groups(dots: Dot[]): Supercluster<{ dot: Dot }, Sum> {
  const all = new Supercluster<{ dot: Dot }, Sum>({
    // Its tiles are twice as wide as those of the map.
    radius: near * 2, extent: 512, maxZoom: deepest - 1, minPoints: 3,
    map: ({ dot }) => ({ alarms: Number(dot.alarm), tones: { [dot.tone]: 1 } }),
    reduce: (sum, one) => {
      sum.alarms += one.alarms;
      sum.tones = { ...sum.tones };
      for (const [tone, n] of Object.entries(one.tones)) sum.tones[tone] = (sum.tones[tone] ?? 0) + n;
    },
  });
  return all.load(dots.map((dot) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: dot.point }, properties: { dot } })));
}
