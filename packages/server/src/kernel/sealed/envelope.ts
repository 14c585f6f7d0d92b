// The sealed value's byte form: 01 | key version u32 | nonce 12 | ciphertext | tag 16, AES-256-GCM. The associated data
// binds tenant, table, column, row and key version, so a ciphertext moved elsewhere does not open (DAT-02).
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

const formatVersion = 1;
const nonceLength = 12;
const tagLength = 16;
const headerLength = 1 + 4 + nonceLength;

/** Length-prefixed parts: no two different lists give the same bytes. */
export function lengthPrefixed(...parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = typeof part === 'string' ? Buffer.from(part) : Buffer.from(part);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** @param key as an object when it is used often: from bytes Node makes one each time, which costs more than the cipher. */
export function encrypt(
  key: Uint8Array | KeyObject,
  keyVersion: number,
  associated: readonly string[],
  plaintext: Uint8Array,
): Buffer {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(lengthPrefixed('gh-seal-1', ...associated, String(keyVersion)));
  const header = Buffer.alloc(5);
  header[0] = formatVersion;
  header.writeUInt32BE(keyVersion, 1);
  return Buffer.concat([header, nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

export function keyVersionOf(sealed: Uint8Array): number {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (bytes.length < headerLength + tagLength || bytes[0] !== formatVersion)
    throw new SealError('not a sealed value');
  return bytes.readUInt32BE(1);
}

export function decrypt(
  key: Uint8Array | KeyObject,
  associated: readonly string[],
  sealed: Uint8Array,
): Buffer {
  const version = keyVersionOf(sealed);
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(5, headerLength));
  decipher.setAAD(lengthPrefixed('gh-seal-1', ...associated, String(version)));
  decipher.setAuthTag(bytes.subarray(bytes.length - tagLength));
  try {
    return Buffer.concat([
      decipher.update(bytes.subarray(headerLength, bytes.length - tagLength)),
      decipher.final(),
    ]);
  } catch {
    throw new SealError('a sealed value does not open: it was altered, moved, or sealed under another key');
  }
}

/** A sealed value that does not open. Never says more: the reason is for the log, not for a caller. */
export class SealError extends Error {
  override readonly name = 'SealError';
}
