// Statements over idempotency keys, and the lock of conditional edits.
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface IdempotencyRow {
  readonly body_hash: Buffer;
  readonly status: number | null;
  readonly response: unknown;
}

/** Who comes first holds the key; a holder that died without an answer gives it up after a minute. */
const claim = sql(
  'idempotency-claim',
  `insert into idempotency_keys as k (organization_id, actor, route, idempotency_key, body_hash)
   values ($1, $2, $3, $4, $5)
   on conflict (organization_id, actor, route, idempotency_key) do update set created_at = now()
     where k.status is null and k.created_at < now() - interval '1 minute' and k.body_hash = excluded.body_hash
   returning 1 as claimed`,
);

const select = sql(
  'idempotency-select',
  `select body_hash, status, response from idempotency_keys
   where organization_id = $1 and actor = $2 and route = $3 and idempotency_key = $4`,
);

const settle = sql(
  'idempotency-settle',
  `update idempotency_keys set status = $5, response = $6
   where organization_id = $1 and actor = $2 and route = $3 and idempotency_key = $4`,
);

const release = sql(
  'idempotency-release',
  `delete from idempotency_keys
   where organization_id = $1 and actor = $2 and route = $3 and idempotency_key = $4 and status is null`,
);

export interface IdempotencyKey {
  readonly actor: string;
  readonly route: string;
  readonly key: string;
}

export async function claimKey(
  tx: TenantTx,
  { actor, route, key }: IdempotencyKey,
  hash: Buffer,
): Promise<boolean> {
  return (await tx.one(claim, [tx.organizationId, actor, route, key, hash])) !== undefined;
}

export function selectKey(
  tx: TenantTx,
  { actor, route, key }: IdempotencyKey,
): Promise<IdempotencyRow | undefined> {
  return tx.one(select, [tx.organizationId, actor, route, key]);
}

export async function settleKey(
  tx: TenantTx,
  { actor, route, key }: IdempotencyKey,
  answer: { status: number; response: unknown },
): Promise<void> {
  const response = answer.response === undefined ? null : JSON.stringify(answer.response);
  await tx.run(settle, [tx.organizationId, actor, route, key, answer.status, response]);
}

export async function releaseKey(tx: TenantTx, { actor, route, key }: IdempotencyKey): Promise<void> {
  await tx.run(release, [tx.organizationId, actor, route, key]);
}

const lockThing = sql(
  'edits-lock',
  `select pg_advisory_xact_lock(hashtextextended('edit ' || $1::text || ' ' || $2, 0))`,
);

/** One conditional edit at a time of what is at a path, until the transaction ends. */
export async function lockPath(tx: TenantTx, path: string): Promise<void> {
  await tx.query(lockThing, [tx.organizationId, path]);
}

const purgeKeys = sql(
  'idempotency-purge',
  `delete from idempotency_keys where created_at < now() - interval '1 day'`,
);
const purgeThrottles = sql(
  'throttles-purge',
  `delete from throttles where arrival < now() - interval '1 hour'`,
);

/** Forgets answers after a day and buckets that are long empty. */
export async function purgeAdminRows(tx: SystemTx): Promise<void> {
  await tx.run(purgeKeys);
  await tx.run(purgeThrottles);
}
