// The key that signs an organization's checkpoints: P-256, a year in use, sealed at rest. It never leaves this module.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import type { SignCheckpoint } from '@gatehouse/core/audit/checkpoint.ts';
import { keyThumbprint } from '@gatehouse/core/audit/checkpoint-verifier.ts';
import type { CheckpointKey } from '@gatehouse/core/audit/export.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';
import { auditKeys, insertAuditKey } from './seal-queries.ts';

const lifetimeMs = 365 * 86_400_000;

export interface SigningKey {
  readonly keyId: string;
  readonly publicKey: CheckpointKey;
  readonly sign: SignCheckpoint;
  readonly isNew: boolean;
}

/** A checkpoint key's public half, as exports and logs carry it (RFC 7517). */
export function publicKeyOf(spki: Buffer): CheckpointKey {
  const {
    crv = '',
    kty = '',
    x = '',
    y = '',
  } = createPublicKey({
    key: spki,
    format: 'der',
    type: 'spki',
  }).export({ format: 'jwk' });
  return { kid: keyThumbprint({ crv, kty, x, y }), kty, crv, x, y };
}

/** The newest key, made when there is none or it has served its year. Call it under the chain's lock. */
export async function signingKey(tx: TenantTx, sealer: Sealer, now: number): Promise<SigningKey> {
  const newest = (await auditKeys(tx)).at(-1);
  if (newest && now - newest.created_at.getTime() < lifetimeMs) {
    const pkcs8 = await sealer.open(tx, 'audit_keys.private_key', newest.key_id, newest.private_key);
    return keyFrom(newest.key_id, newest.public_key, pkcs8, false);
  }
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = pair.publicKey.export({ format: 'der', type: 'spki' });
  const privateKey = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
  const keyId = publicKeyOf(publicKey).kid;
  const sealedPrivateKey = await sealer.seal(tx, 'audit_keys.private_key', keyId, privateKey);
  await insertAuditKey(tx, { keyId, publicKey, sealedPrivateKey, createdAt: new Date(now) });
  return keyFrom(keyId, publicKey, privateKey, true);
}

function keyFrom(keyId: string, spki: Buffer, pkcs8: Buffer, isNew: boolean): SigningKey {
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return {
    keyId,
    publicKey: publicKeyOf(spki),
    isNew,
    sign: (input) => sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }),
  };
}
