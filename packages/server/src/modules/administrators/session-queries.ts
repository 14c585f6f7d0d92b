import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

const insert = sql(
  'sessions-insert',
  `insert into sessions (organization_id, session_id, secret_hash, csrf_hash, administrator_id, factors, epoch,
     created_at, seen_at, expires_at, proven_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10)`,
);

export async function insertSession(
  tx: TenantTx,
  session: {
    id: string;
    secretHash: Buffer;
    csrfHash: Buffer;
    administratorId: string;
    factors: readonly string[];
    epoch: number;
    now: Date;
    expiresAt: Date;
    provenAt: Date | null;
  },
): Promise<void> {
  const { id, secretHash, csrfHash, administratorId, factors, epoch, now, expiresAt, provenAt } = session;
  await tx.run(insert, [
    tx.organizationId,
    id,
    secretHash,
    csrfHash,
    administratorId,
    factors,
    epoch,
    now,
    expiresAt,
    provenAt,
  ]);
}

const touch = sql(
  'sessions-touch',
  `update sessions set seen_at = $3 where organization_id = $1 and session_id = $2 and seen_at < $3`,
);

export async function touchSession(tx: TenantTx, id: string, now: Date): Promise<void> {
  await tx.run(touch, [tx.organizationId, id, now]);
}

const remove = sql(
  'sessions-delete',
  `delete from sessions where organization_id = $1 and administrator_id = $2 and session_id = $3`,
);

export async function deleteSession(tx: TenantTx, administratorId: string, id: string): Promise<boolean> {
  return (await tx.run(remove, [tx.organizationId, administratorId, id])) === 1;
}

const removeAll = sql(
  'sessions-delete-all',
  `delete from sessions where organization_id = $1 and administrator_id = $2
     and ($3::text is null or session_id <> $3)`,
);

/** @param besides a session to keep: the one that asks. @returns how many ended. */
export function deleteSessions(tx: TenantTx, administratorId: string, besides?: string): Promise<number> {
  return tx.run(removeAll, [tx.organizationId, administratorId, besides ?? null]);
}

const list = sql(
  'sessions-list',
  `select session_id, factors, created_at, seen_at, expires_at from sessions
   where organization_id = $1 and administrator_id = $2 and expires_at > $3 order by created_at desc, session_id
   limit 200`,
);

export interface SessionRow {
  readonly session_id: string;
  readonly factors: string[];
  readonly created_at: Date;
  readonly seen_at: Date;
  readonly expires_at: Date;
}

export function listSessionRows(tx: TenantTx, administratorId: string, now: Date): Promise<SessionRow[]> {
  return tx.query(list, [tx.organizationId, administratorId, now]);
}

const purge = sql(
  'sessions-purge',
  `delete from sessions where organization_id = $1 and administrator_id = $2 and (expires_at < $3 or seen_at < $4)`,
);

export async function purgeSessions(
  tx: TenantTx,
  administratorId: string,
  now: Date,
  idleSince: Date,
): Promise<void> {
  await tx.run(purge, [tx.organizationId, administratorId, now, idleSince]);
}
