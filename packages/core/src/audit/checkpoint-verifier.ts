/** Verifies checkpoint signatures with public keys at hand, found by their RFC 7638 thumbprint. */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { canonicalBytes } from './canonical-json.ts';
import type { VerifyCheckpoint } from './checkpoint.ts';
import type { CheckpointKey } from './export.ts';

/** The name of a key, computed from the key itself: a claimed `kid` is never believed. */
export function keyThumbprint({ crv, kty, x, y }: Omit<CheckpointKey, 'kid'>): string {
  return createHash('sha256').update(canonicalBytes({ crv, kty, x, y })).digest('base64url');
}

export function checkpointVerifier(keys: readonly CheckpointKey[]): VerifyCheckpoint {
  const byId = new Map<string, KeyObject>();
  for (const { crv, kty, x, y } of keys) {
    if (kty !== 'EC' || crv !== 'P-256') continue;
    const key = readKey({ crv, kty, x, y });
    if (key !== undefined) byId.set(keyThumbprint({ crv, kty, x, y }), key);
  }
  return (input, signature, keyId) => {
    const key = keyId === undefined ? undefined : byId.get(keyId);
    return key !== undefined && verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, signature);
  };
}

/** Keys come with the export, from anybody: one that is no point of the curve is no key. */
function readKey(key: Omit<CheckpointKey, 'kid'>): KeyObject | undefined {
  try {
    return createPublicKey({ key: { ...key }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
