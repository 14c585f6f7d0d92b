import { hkdfSync } from 'node:crypto';

/** A key for one purpose (no key has two uses), the same on every server that shares the master key. */
export function purposeKey(masterKey: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, '', `gh-purpose-1 ${purpose}`, 32));
}
