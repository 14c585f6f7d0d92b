// Statements of the sealer: numbering and linking entries, keys and checkpoints.
import type { AuditContent } from '@gatehouse/core/audit/entry.ts';
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

const selectOrganizationsToSeal = sql(
  'audit-select-organizations-to-seal',
  `select o.organization_id from organizations o left join audit_chains h on h.organization_id = o.organization_id where
     exists (select 1 from audit_entries e where e.organization_id = o.organization_id and e.transaction >= coalesce(h.linked_before, 0))
     or coalesce(h.seq, 0)
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

/** A transaction of which one knows that every earlier one has ended. */
const selectHead = sql(
  'audit-select-head',
  `select seq::float8 as seq, hash, linked_before, later_seq, pg_snapshot_xmin(pg_current_snapshot())::text as oldest
   from (select) one left join audit_chains on organization_id = $1`,
);

export interface StoredHead {
  readonly seq: number;
  readonly hash: Buffer;
}

/** Where the chain stands, and what is known of the entries that may not be in it yet. Numbers of transactions are text. */
export interface Sealing {
  readonly head: StoredHead | undefined;
  /** Every entry of an earlier transaction is linked; of the others those in runs that end at `laterSeq` or behind it. */
  readonly linkedBefore: string;
  readonly laterSeq: string;
  /** Every earlier transaction has ended: whatever is read from now on shows all that it wrote. */
  readonly oldest: string;
}

export async function readSealing(tx: TenantTx): Promise<Sealing> {
  const row = await tx.one<{
    seq: number | null;
    hash: Buffer | null;
    linked_before: string | null;
    later_seq: string | null;
    oldest: string;
  }>(selectHead, [tx.organizationId]);
  const { seq = null, hash = null } = row ?? {};
  return {
    head: seq === null || hash === null ? undefined : { seq, hash },
    linkedBefore: row?.linked_before ?? '0',
    laterSeq: row?.later_seq ?? '1',
    oldest: row?.oldest ?? '0',
  };
}

export async function chainHead(tx: TenantTx): Promise<StoredHead | undefined> {
  return (await readSealing(tx)).head;
}

/** What is left out was linked before entries of earlier transactions could be seen: seldom more than a handful. */
const selectUnsealed = sql(
  'audit-select-unsealed',
  `select entry_id, transaction, content, content_hash from audit_entries e
   where organization_id = $1 and transaction >= $2
     and entry_id not in (select unnest(r.entry_ids) from audit_runs r where r.organization_id = $1 and r.last_seq >= $3)
   order by e.transaction, e.entry_id limit $4`,
);

export interface UnsealedRow {
  readonly entry_id: string;
  readonly transaction: string;
  readonly content: AuditContent;
  readonly content_hash: Buffer;
}

/** In the order of transactions. */
export function unsealedEntries(
  tx: TenantTx,
  { linkedBefore, laterSeq }: Pick<Sealing, 'linkedBefore' | 'laterSeq'>,
  limit: number,
): Promise<UnsealedRow[]> {
  return tx.query(selectUnsealed, [tx.organizationId, linkedBefore, laterSeq, limit]);
}

const insertRun = sql(
  'audit-insert-run',
  `with run as (
     insert into audit_runs (organization_id, first_seq, last_seq, entry_ids, hashes, least_entry, greatest_entry, last_transaction)
     select $1, $2::bigint, $3::bigint, $4::bigint[], $5, min(e), max(e), $6::bigint from unnest((select $4::bigint[])) e
   )
   insert into audit_chains (organization_id, seq, hash, linked_before, later_seq)
   values ($1, $3, $7, $8::bigint, case when $6 >= $8 then $3::bigint else $3 + 1 end)
   on conflict (organization_id) do update set seq = excluded.seq, hash = excluded.hash, linked_before = excluded.linked_before,
     later_seq = least(excluded.later_seq, (select min(r.last_seq) from audit_runs r
       where r.organization_id = $1 and r.last_seq >= audit_chains.later_seq and r.last_transaction >= $8))`,
);

/** A stretch of the chain, in its order. */
export interface NewRun {
  readonly firstSeq: number;
  readonly entryIds: readonly string[];
  readonly hashes: readonly Buffer[];
  /** The last transaction of which it holds entries. */
  readonly lastTransaction: string;
}

/** @param linkedBefore from now on every entry of an earlier transaction is linked. */
export async function insertLinks(tx: TenantTx, run: NewRun, linkedBefore: string): Promise<void> {
  await tx.run(insertRun, [
    tx.organizationId,
    run.firstSeq,
    run.firstSeq + run.entryIds.length - 1,
    run.entryIds,
    Buffer.concat(run.hashes),
    run.lastTransaction,
    run.hashes.at(-1),
    linkedBefore,
  ]);
}

const updateLinkedBefore = sql(
  'audit-update-linked-before',
  `update audit_chains h set linked_before = $2, later_seq = coalesce((select min(r.last_seq) from audit_runs r
     where r.organization_id = $1 and r.last_seq >= h.later_seq and r.last_transaction >= $2), h.seq + 1)
   where h.organization_id = $1`,
);

/** All that could be seen is linked. */
export async function noteLinkedBefore(tx: TenantTx, linkedBefore: string): Promise<void> {
  await tx.run(updateLinkedBefore, [tx.organizationId, linkedBefore]);
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
