// Statements over the keys that sign. `$1` is always the organization.
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface SignalKeyRow {
  readonly key_id: string;
  readonly public_key: Buffer;
  readonly private_key: Buffer;
  readonly signs_from: Date;
}

const selectKeys = sql(
  'signals-select-keys',
  `select key_id, public_key, private_key, signs_from from signal_keys where organization_id = $1 order by signs_from, key_id`,
);
const lockKeys = sql(
  'signals-lock-keys',
  `select pg_advisory_xact_lock(hashtextextended('signal-keys ' || $1::uuid::text, 0))`,
);
const insertKey = sql(
  'signals-insert-key',
  `insert into signal_keys (organization_id, key_id, public_key, private_key, signs_from) values ($1, $2, $3, $4, $5)`,
);
const deleteKey = sql(
  'signals-delete-key',
  `delete from signal_keys where organization_id = $1 and key_id = $2`,
);

/** In the order in which they sign. */
export const readKeys = (tx: TenantTx) => tx.query<SignalKeyRow>(selectKeys, [tx.organizationId]);
/** Whoever makes a key makes it alone. */
export const holdKeys = (tx: TenantTx) => tx.query(lockKeys, [tx.organizationId]);
export const storeKey = (tx: TenantTx, row: SignalKeyRow) =>
  tx.run(insertKey, [tx.organizationId, row.key_id, row.public_key, row.private_key, row.signs_from]);
export const dropKey = (tx: TenantTx, keyId: string) => tx.run(deleteKey, [tx.organizationId, keyId]);
