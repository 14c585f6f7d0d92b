/**
 * Personal values beside the audit record: the entry commits to SHA-256(salt | value) and the pair is kept apart, so
 * erasing the pair makes the value unknowable and leaves the chain valid.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** As long as the hash, so that the commitment hides even a value that can be guessed. */
export const saltBytes = 32;

export function newSalt(): Uint8Array {
  return randomBytes(saltBytes);
}

/** @returns hex. The salt has a fixed length, so salt and value cannot be shifted against each other. */
export function commitmentOf(salt: Uint8Array, value: string): string {
  if (salt.length !== saltBytes) throw new RangeError(`a salt has ${saltBytes} bytes`);
  return createHash('sha256').update(salt).update(value, 'utf8').digest('hex');
}

export function opensCommitment(commitment: string, salt: Uint8Array, value: string): boolean {
  if (salt.length !== saltBytes || !/^[0-9a-f]{64}$/.test(commitment)) return false;
  return timingSafeEqual(Buffer.from(commitment, 'hex'), Buffer.from(commitmentOf(salt, value), 'hex'));
}
