// A challenge is what a device shows when it asks for its certificate: random, told once, good once and for a short time, for
// one device. Whoever reads the profile that carries it can ask for a certificate of that device and no other (SCEP-01).
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import { isUuid, newId } from '../../kernel/ids.ts';
import {
  type ChallengeRow,
  insertChallenge,
  lockChallenge,
  purgeChallenges,
  withdrawUnused,
} from './scep-queries.ts';

export const challengeLifeMs = 15 * 60_000;
/** Used and expired challenges stay this long: a device that lost its answer may ask again. */
const keptMs = 7 * 86_400_000;

/** 128 bits, as 32 characters after the 32 that name the row. All fits a PrintableString. */
const secretBytes = 16;

export interface NewChallenge {
  readonly deviceId: string;
  readonly enrollmentId?: string;
  /** Serial, in hex, of the certificate that the new one is to replace. */
  readonly renewalOf?: string;
  /** Milliseconds since the epoch; default 15 minutes from now. */
  readonly expiresAt?: number;
}

/** The challenge's text, for the profile. It is kept nowhere: whoever loses it asks for another. */
export async function createChallenge(
  tx: TenantTx,
  { clock }: { readonly clock: Clock },
  { deviceId, enrollmentId, renewalOf, expiresAt }: NewChallenge,
): Promise<string> {
  const now = clock.now();
  const challengeId = newId(now);
  const secret = randomBytes(secretBytes);
  await insertChallenge(tx, {
    challengeId,
    deviceId,
    enrollmentId: enrollmentId ?? null,
    renewalOf: renewalOf ?? null,
    secretHash: hashOf(secret),
    createdAt: now,
    expiresAt: expiresAt ?? now + challengeLifeMs,
  });
  return challengeId.replaceAll('-', '') + secret.toString('hex');
}

/** Takes back what the device has not used yet: its enrolment was cancelled, or begins anew. @returns how many there were. */
export function withdrawChallenges(tx: TenantTx, deviceId: string): Promise<number> {
  return withdrawUnused(tx, deviceId);
}

/** The row of a challenge that was told truly, locked; whether it may still be used is the caller's question. */
export async function findChallenge(
  tx: TenantTx,
  challenge: string,
): Promise<{ readonly challengeId: string; readonly row: ChallengeRow } | undefined> {
  const match = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})([0-9a-f]{32})$/.exec(
    challenge,
  );
  const challengeId = match?.slice(1, 6).join('-');
  if (match === null || challengeId === undefined || !isUuid(challengeId)) return undefined;
  const row = await lockChallenge(tx, challengeId);
  const told = hashOf(Buffer.from(match[6] ?? '', 'hex'));
  // Compared whether or not there is a row, and in the same time wherever they differ.
  const same = timingSafeEqual(row?.secret_hash ?? randomBytes(told.length), told);
  return row !== undefined && same ? { challengeId, row } : undefined;
}

function hashOf(secret: Uint8Array): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** @returns how many were dropped. */
export function purgeOldChallenges(deps: {
  readonly database: Pick<Database, 'withSystem'>;
  readonly clock: Clock;
}): Promise<number> {
  return deps.database.withSystem('purge-expired', (tx) => purgeChallenges(tx, deps.clock.now() - keptMs));
}
