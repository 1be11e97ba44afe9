// What a BAST sheet is known by: its number, and the fingerprints of the files
// that show the hand-over. Nothing here touches the page.

import { sha256 } from './sha256';
import { digest } from './upload';

/** A BAST number as it is printed, from what people type; as it was where that is none. */
export function sheetNumber(typed: string): string {
  const s = typed.toUpperCase().replace(/[\s.-]/g, '').replace(/^BAST/, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  const [, a, b, n] = /^(\w{4})(\w{4})(\d{1,2})$/.exec(s) ?? [];
  return a ? `BAST-${a}-${b}-${n}` : typed.trim();
}

/** SHA-256 in hexadecimal. The browser's own digest is missing on pages without TLS. */
export async function fingerprint(body: Blob): Promise<string> {
  return globalThis.crypto?.subtle ? digest(body) : sha256(new Uint8Array(await body.arrayBuffer()));
}

/** The fingerprints that the page of a record names, with what each file is. */
export function printsIn(page: string): Map<string, string> {
  const found = page.matchAll(/data-sidik="([0-9a-f]{64})"><b>([^<]*)</g);
  return new Map([...found].map(([, print, what]) => [print!, what!]));
}
