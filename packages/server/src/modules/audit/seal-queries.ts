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

const link = sql(
  'audit-link',
  `update audit_entries e set seq = v.seq, prev_hash = v.prev_hash, hash = v.hash
   from unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[]) as v (entry_id, seq, prev_hash, hash)
   where e.organization_id = $1 and e.entry_id = v.entry_id and e.seq is null`,
);

export interface Link {
  readonly entryId: string;
  readonly seq: number;
  readonly previousHash: Uint8Array;
  readonly hash: Buffer;
}

export async function linkEntries(tx: TenantTx, links: readonly Link[]): Promise<void> {
  await tx.run(link, [
    tx.organizationId,
    links.map(({ entryId }) => entryId),
    links.map(({ seq }) => seq),
    links.map(({ previousHash }) => Buffer.from(previousHash)),
    links.map(({ hash }) => hash),
  ]);
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
