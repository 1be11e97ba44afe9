// The views that are loaded when they are opened, by the first part of the
// address. A view says who it is for by the deed that the menu asks for.

import type { ComponentType } from 'preact';
import { dataViews } from './views/data';
// What every view is made of stands in the first part: compressed together it is
// smaller, and takes one request less.
import './views/kit';

/** What a view is given: the rest of the address. */
export interface ViewProps {
  parts: string[];
  query: URLSearchParams;
}

export type View = () => Promise<{ default: ComponentType<ViewProps> }>;

export const views: Record<string, View> = {
  antrean: () => import('./views/work').then((m) => ({ default: m.Queue })),
  komitmen: () => import('./views/work').then((m) => ({ default: m.Commitments })),
  ...dataViews,
};
