// What the service worker keeps of the site, for how long, and what it must
// never keep. Nothing here touches a browser.

/**
 * How an address is answered: from the network only; from the network, or the
 * last seen copy where there is none (pages and what they load); or from the
 * copy first, where the name says what is inside.
 */
export type Way = 'network' | 'page' | 'asset' | 'fixed';

export interface Asked {
  method: string;
  url: URL;
  /** True for a page that a person opens. */
  opened: boolean;
  /** True where the request carries a secret or asks for a part only. */
  special: boolean;
}

/** Pages of one person. What they show comes from the API, and they are worth nothing without it. */
const personal = /^(?:\/en)?\/(?:k|pj|langganan|petugas)(?:\/|$)/;

/** Files whose names carry a fingerprint of what they hold. */
const named = /^\/(?:data|gambar)\/.*\.[0-9a-f]{8,}\.[a-z]+$/;

export function way({ method, url, opened, special }: Asked, origin: string): Way {
  const path = url.pathname;
  if (method !== 'GET' || special || url.origin !== origin || personal.test(path)) return 'network';
  if (named.test(path)) return 'fixed';
  if (/^\/(?:v1|_local|data|gambar)\//.test(path) && path !== '/data/') return 'network';
  if (/^\/aset\/|^\/[a-z]+\.(?:svg|png|ico|webmanifest)$/.test(path)) return 'asset';
  return opened && path.endsWith('/') ? 'page' : 'network';
}

/**
 * Under which address a copy is kept. A search is somebody's own, and what
 * stands after # may be a secret: neither is written down.
 */
export const keyOf = (url: URL) => url.origin + url.pathname;

/** The page that is shown where there is no copy. */
export const without = (path: string) => (path.startsWith('/en/') ? '/en/luring/' : '/luring/');

export interface Kept {
  key: string;
  size: number;
}

/** Which copies must go so that at most so many of so many bytes remain; they stand oldest first. */
export function overflow(kept: Kept[], most: number, bytes: number): string[] {
  let number = kept.length;
  let size = kept.reduce((sum, k) => sum + k.size, 0);
  const gone: string[] = [];
  for (const k of kept) {
    if (number <= most && size <= bytes) break;
    gone.push(k.key);
    number--;
    size -= k.size;
  }
  return gone;
}

/** Writes into a page when it was kept, so that it can say so. */
export const aged = (html: string, at: string) => html.replace('<html ', `<html data-stored="${at.replace(/[^\w:.+-]/g, '')}" `);
