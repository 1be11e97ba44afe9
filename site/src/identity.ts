// Identifiers and secrets as both sides spell them.

const hex = (bytes: Uint8Array) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');

function dashed(h: string): string {
  return [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20, 32)].join('-');
}

/** Returns a new UUIDv7 for the instant now, in milliseconds since 1970. */
export function uuid7(now: number, random: Uint8Array = crypto.getRandomValues(new Uint8Array(16))): string {
  const b = new Uint8Array(random);
  for (let i = 5, t = now; i >= 0; i--, t = Math.floor(t / 256)) b[i] = t % 256;
  b[6] = 0x70 | (b[6]! & 0x0f);
  b[8] = 0x80 | (b[8]! & 0x3f);
  return dashed(hex(b));
}

/**
 * Returns the id of the commitment that a private link's secret belongs to, or
 * null when the secret cannot be one. A link may come cut off or decorated by
 * the app that it was sent through.
 */
export function commitmentOf(secret: string): string | null {
  if (!/^[\w-]{48}$/.test(secret)) return null;
  const bytes = Uint8Array.from(atob(secret.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  return dashed(hex(bytes.subarray(0, 16)));
}
