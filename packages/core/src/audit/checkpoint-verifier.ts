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
    byId.set(keyThumbprint({ crv, kty, x, y }), createPublicKey({ key: { crv, kty, x, y }, format: 'jwk' }));
  }
  return (input, signature, keyId) => {
    const key = keyId === undefined ? undefined : byId.get(keyId);
    return key !== undefined && verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, signature);
  };
}
