// HMAC-SHA-256 (RFC 2104) as two one-shot hashes: every request for mail makes one, and an object for each would cost more than all the
// rest that is decided about it.
import { hash } from 'node:crypto';

const blockBytes = 64;

/** @param key at most 64 bytes. @returns the hash of a text in UTF-8, as base64. */
export function createKeyedHash(key: Uint8Array): (text: string) => string {
  if (key.length > blockBytes) throw new RangeError('the key is longer than a block');
  const block = Buffer.alloc(blockBytes);
  block.set(key);
  const inner = Buffer.from(block.map((byte) => byte ^ 0x36));
  const outer = Buffer.alloc(blockBytes + 32);
  outer.set(block.map((byte) => byte ^ 0x5c));
  return (text) => {
    const bytes = Buffer.allocUnsafe(blockBytes + Buffer.byteLength(text));
    inner.copy(bytes);
    bytes.write(text, blockBytes);
    outer.set(hash('sha256', bytes, 'buffer'), blockBytes);
    return hash('sha256', outer, 'base64');
  };
}
