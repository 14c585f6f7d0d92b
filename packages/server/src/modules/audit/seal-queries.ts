// Statements of the sealer: numbering and linking entries, keys and checkpoints.
import type { AuditContent } from '@gatehouse/core/audit/entry.ts';
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

const selectOrganizationsToSeal = sql(
  'audit-select-organizations-to-seal',
  `select o.organization_id from organizations o where
     exists (select 1 from audit_entries e where e.organization_id = o.organization_id and e.seq is null)
     or coalesce((select max(e.seq) from audit_entries e where e.organization_id = o.organization_id), 0)
        > coalesce((select max(c.seq) from audit_checkpoints c where c.organization_id = o.organization_id
            and not exists (select 1 from audit_checkpoints n where n.organization_id = o.organization_id
              and n.created_at > $1)), 9223372036854775807)`,
);

/** @param before organizations whose newest checkpoint is older and behind their chain are due as well. */
export async function organizationsToSeal(tx: SystemTx, before: Date): Promise<string[]> {
  const rows = await tx.query<{ organization_id: string }>(selectOrganizationsToSeal, [before]);
  return rows.map((row) => row.organization_id);
}

const tryLock = sql(
  'audit-try-lock',
  `select pg_try_advisory_xact_lock(hashtextextended('gh-audit/' || $1::text, 0)) as locked`,
);

/** One sealer per organization at a time, whichever server it runs on. Held until the transaction ends. */
export async function lockChain(tx: TenantTx): Promise<boolean> {
  return (await tx.one<{ locked: boolean }>(tryLock, [tx.organizationId]))?.locked === true;
}

const selectHead = sql(
  'audit-select-head',
  `select seq::float8 as seq, hash from audit_entries where organization_id = $1 and seq is not null
   order by audit_entries.seq desc limit 1`,
);

export function chainHead(tx: TenantTx): Promise<{ seq: number; hash: Buffer } | undefined> {
  return tx.one(selectHead, [tx.organizationId]);
}

const selectUnsealed = sql(
  'audit-select-unsealed',
  `select entry_id, content, content_hash from audit_entries where organization_id = $1 and seq is null
   order by entry_id limit $2`,
);

export interface UnsealedRow {
  readonly entry_id: string;
  readonly content: AuditContent;
  readonly content_hash: Buffer;
}

export function unsealedEntries(tx: TenantTx, limit: number): Promise<UnsealedRow[]> {
  return tx.query(selectUnsealed, [tx.organizationId, limit]);
}

/** The array is read through a sub-query, because its length would otherwise be a reason to plan each execution anew. */
const link = sql(
  'audit-link',
  `update audit_entries e set seq = $2::bigint + v.place - 1,
     prev_hash = substring($4::bytea from v.place::int * 32 - 31 for 32), hash = substring($4 from v.place::int * 32 + 1 for 32)
   from unnest((select $3::bigint[])) with ordinality as v (entry_id, place)
   where e.organization_id = $1 and e.entry_id = v.entry_id and e.seq is null`,
);

/** @param hashes of the entry before the first, and of each: 32 bytes one after the other. */
export async function linkEntries(
  tx: TenantTx,
  firstSeq: number,
  entryIds: readonly string[],
  hashes: Buffer,
): Promise<void> {
  await tx.run(link, [tx.organizationId, firstSeq, entryIds, hashes]);
}

const selectLastCheckpoint = sql(
  'audit-select-last-checkpoint',
  `select seq::float8 as seq, created_at from audit_checkpoints where organization_id = $1
   order by audit_checkpoints.seq desc limit 1`,
);

export function lastCheckpoint(tx: TenantTx): Promise<{ seq: number; created_at: Date } | undefined> {
  return tx.one(selectLastCheckpoint, [tx.organizationId]);
}

const insertCheckpointStatement = sql(
  'audit-insert-checkpoint',
  `insert into audit_checkpoints (organization_id, seq, head_hash, token, created_at) values ($1, $2, $3, $4, $5)`,
);

export async function insertCheckpoint(
  tx: TenantTx,
  checkpoint: { seq: number; hash: Uint8Array; token: string; createdAt: Date },
): Promise<void> {
  const { seq, hash, token, createdAt } = checkpoint;
  await tx.run(insertCheckpointStatement, [tx.organizationId, seq, Buffer.from(hash), token, createdAt]);
}

const selectKeys = sql(
  'audit-select-keys',
  `select key_id, public_key, private_key, created_at from audit_keys where organization_id = $1
   order by created_at, key_id`,
);

export interface AuditKeyRow {
  readonly key_id: string;
  readonly public_key: Buffer;
  readonly private_key: Buffer;
  readonly created_at: Date;
}

export function auditKeys(tx: TenantTx): Promise<AuditKeyRow[]> {
  return tx.query(selectKeys, [tx.organizationId]);
}

const insertKeyStatement = sql(
  'audit-insert-key',
  `insert into audit_keys (organization_id, key_id, public_key, private_key, created_at) values ($1, $2, $3, $4, $5)`,
);

export async function insertAuditKey(
  tx: TenantTx,
  key: { keyId: string; publicKey: Buffer; sealedPrivateKey: Buffer; createdAt: Date },
): Promise<void> {
  await tx.run(insertKeyStatement, [
    tx.organizationId,
    key.keyId,
    key.publicKey,
    key.sealedPrivateKey,
    key.createdAt,
  ]);
}
