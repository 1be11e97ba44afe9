// The views on which what is known is prepared and mended: places, imports, the
// catalogue, complaints, officers and the trail of all changes.

import type { View } from '../views';

const facts = (name: keyof typeof import('./facts')): View => () => import('./facts').then((m) => ({ default: m[name] }));
const desk = (name: keyof typeof import('./desk')): View => () => import('./desk').then((m) => ({ default: m[name] }));

export const dataViews: Record<string, View> = {
  penerima: facts('recipients'),
  impor: facts('imports'),
  titipan: facts('pools'),
  aduan: desk('complaints'),
  usulan: desk('ideas'),
  katalog: facts('catalogue'),
  mitra: facts('aggregators'),
  koreksi: desk('proposals'),
  laporan: desk('reports'),
  petugas: desk('officers'),
  jejak: desk('audit'),
};
