// Slows guessing without ever locking an account: failures count against the pair of account and source, the source, what
// strangers try on the account, and the organization; a browser that signed in before has a bucket of its own, which
// nobody else can fill. An account that does not exist has the same buckets, so limits tell nothing.
import { createHash } from 'node:crypto';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { bucketArrival, refundBucket, spendBucket } from './throttle-queries.ts';

export interface Limit {
  /** What the bucket is about; the parts are hashed, so no address or e-mail is stored. */
  readonly key: readonly string[];
  readonly burst: number;
  readonly perMinute: number;
}

const interval = (limit: Limit): number => 60_000 / limit.perMinute;

function bucketOf(limit: Limit): Buffer {
  return createHash('sha256').update(JSON.stringify(limit.key)).digest().subarray(0, 16);
}

/**
 * Spends one of each, or none.
 * @throws DomainError `too-many-requests`, which rolls back what the transaction spent before.
 */
export async function spendLimits(tx: TenantTx, limits: readonly Limit[], now: number): Promise<void> {
  for (const limit of limits) {
    const intervalMs = interval(limit);
    const toleranceMs = intervalMs * (limit.burst - 1);
    const bucket = bucketOf(limit);
    if (await spendBucket(tx, { bucket, now: new Date(now), intervalMs, toleranceMs })) continue;
    const arrival = (await bucketArrival(tx, bucket))?.getTime() ?? now;
    throw new DomainError('too-many-requests', 'Too many attempts; try again later', {
      retryAfterSeconds: Math.max(1, Math.ceil((arrival - toleranceMs - now) / 1000)),
    });
  }
}

/** A success was no guess. */
export async function refundLimits(tx: TenantTx, limits: readonly Limit[]): Promise<void> {
  for (const limit of limits) await refundBucket(tx, bucketOf(limit), interval(limit));
}

/** Sign-in with a password. @param known the id of a browser that this account signed in from before. */
export function signInLimits(account: string, source: string, known: string | undefined): Limit[] {
  if (known !== undefined) return [{ key: ['known', account, known], burst: 10, perMinute: 10 / 15 }];
  return [
    { key: ['pair', account, source], burst: 5, perMinute: 1 },
    { key: ['source', source], burst: 30, perMinute: 6 },
    { key: ['stranger', account], burst: 20, perMinute: 1 },
    { key: ['organization'], burst: 120, perMinute: 120 },
  ];
}

/** One-time codes, after the password was right: five tries (ADM-12). */
export function codeLimits(account: string, known: string | undefined): Limit[] {
  return [{ key: ['code', account, known ?? ''], burst: 5, perMinute: 1 / 3 }];
}
