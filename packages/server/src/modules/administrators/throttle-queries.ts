import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

/** GCRA: a bucket stores when it would be empty; an attempt moves that forward, unless it already lies too far ahead. */
const spend = sql(
  'throttles-spend',
  `insert into throttles as t (organization_id, bucket, arrival)
   values ($1, $2, $3::timestamptz + $4 * interval '1 millisecond')
   on conflict (organization_id, bucket) do update
     set arrival = greatest(t.arrival, $3) + $4 * interval '1 millisecond'
     where t.arrival <= $3 + $5 * interval '1 millisecond'
   returning 1 as spent`,
);

export interface BucketSpending {
  readonly bucket: Buffer;
  readonly now: Date;
  readonly intervalMs: number;
  readonly toleranceMs: number;
}

export async function spendBucket(tx: TenantTx, spending: BucketSpending): Promise<boolean> {
  const { bucket, now, intervalMs, toleranceMs } = spending;
  return (await tx.one(spend, [tx.organizationId, bucket, now, intervalMs, toleranceMs])) !== undefined;
}

const arrival = sql(
  'throttles-arrival',
  `select arrival from throttles where organization_id = $1 and bucket = $2`,
);

export async function bucketArrival(tx: TenantTx, bucket: Buffer): Promise<Date | undefined> {
  return (await tx.one<{ arrival: Date }>(arrival, [tx.organizationId, bucket]))?.arrival;
}

const refund = sql(
  'throttles-refund',
  `update throttles set arrival = arrival - $3 * interval '1 millisecond' where organization_id = $1 and bucket = $2`,
);

export async function refundBucket(tx: TenantTx, bucket: Buffer, intervalMs: number): Promise<void> {
  await tx.run(refund, [tx.organizationId, bucket, intervalMs]);
}
