// Where one is in the console: "#/komitmen/<id>?bukti=<id>". The address after #
// is never sent anywhere, and holds identifiers only.

import { useEffect, useState } from 'preact/hooks';

export interface Route {
  /** The first part: which view. */
  name: string;
  /** What follows it. */
  parts: string[];
  query: URLSearchParams;
  /** As it stands in the address, without the #. */
  path: string;
}

/** Reads the part of an address after #. */
export function routeOf(hash: string): Route {
  const path = hash.replace(/^#/, '');
  const [way = '', search = ''] = path.split('?');
  const [name = '', ...parts] = way.split('/').filter(Boolean).map(decoded);
  return { name, parts, query: new URLSearchParams(search), path };
}

// An address that somebody cut off in the middle of %2F is still an address.
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a view: to('komitmen', id) or to('antrean', 'late', { area: '31.71' }). What is empty is left out. */
export function to(name: string, ...rest: (string | Record<string, string | undefined>)[]): string {
  const parts = [name];
  const query = new URLSearchParams();
  for (const r of rest) {
    if (typeof r === 'string') parts.push(encodeURIComponent(r));
    else for (const [k, v] of Object.entries(r)) if (v) query.set(k, v);
  }
  const search = query.toString();
  return `#/${parts.join('/')}${search && `?${search}`}`;
}

/** Opens an address made by to. replace leaves no step back. */
export function go(address: string, replace = false): void {
  if (replace) location.replace(address);
  else location.hash = address;
}

export function useRoute(): Route {
  const [route, set] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const changed = () => set(routeOf(location.hash));
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
}
