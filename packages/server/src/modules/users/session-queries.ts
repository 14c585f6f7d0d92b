// Statements over the sessions of users at the portal. `$1` is always the organization.
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql, tenantStatement } from '../../kernel/db/sql.ts';

export interface UserSessionRow {
  readonly secret_hash: Buffer;
  readonly csrf_hash: Buffer;
  readonly epoch: number;
  readonly organization_epoch: number;
  readonly browser: string | null;
  readonly proved_at: Date | null;
  readonly seen_at: Date;
  readonly expires_at: Date;
  readonly user_id: string;
  readonly email: string;
  readonly display_name: string;
  readonly language: string | null;
  readonly state: 'active' | 'disabled';
}

/** The session with what decides about it, read anew for every request. */
export const userSessionStatement = tenantStatement(
  'users-session',
  `select s.secret_hash, s.csrf_hash, s.epoch, o.epoch as organization_epoch, s.browser, s.proved_at, s.seen_at, s.expires_at,
     u.user_id, u.email, u.display_name, u.language, u.state
   from user_sessions s
   join organizations o on o.organization_id = t.org
   join users u on u.organization_id = t.org and u.user_id = s.user_id
   where s.organization_id = t.org and s.session_id = $2`,
);

const insert = sql(
  'users-session-insert',
  `insert into user_sessions (organization_id, session_id, secret_hash, csrf_hash, user_id, epoch, browser, proved_at,
     created_at, seen_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)`,
);

export async function insertUserSession(
  tx: TenantTx,
  session: {
    readonly id: string;
    readonly secretHash: Buffer;
    readonly csrfHash: Buffer;
    readonly userId: string;
    readonly epoch: number;
    readonly browser: string | null;
    readonly provedAt: Date;
    readonly now: Date;
    readonly expiresAt: Date;
  },
): Promise<void> {
  const { id, secretHash, csrfHash, userId, epoch, browser, provedAt, now, expiresAt } = session;
  await tx.run(insert, [
    tx.organizationId,
    id,
    secretHash,
    csrfHash,
    userId,
    epoch,
    browser,
    provedAt,
    now,
    expiresAt,
  ]);
}

const touch = sql(
  'users-session-touch',
  `update user_sessions set seen_at = $3 where organization_id = $1 and session_id = $2 and seen_at < $3`,
);

export async function touchUserSession(tx: TenantTx, id: string, now: Date): Promise<void> {
  await tx.run(touch, [tx.organizationId, id, now]);
}

const remove = sql(
  'users-session-delete',
  `delete from user_sessions where organization_id = $1 and user_id = $2 and session_id = $3`,
);

export async function deleteUserSession(tx: TenantTx, userId: string, id: string): Promise<boolean> {
  return (await tx.run(remove, [tx.organizationId, userId, id])) === 1;
}

const removeAll = sql(
  'users-session-delete-all',
  `delete from user_sessions where organization_id = $1 and user_id = $2 and ($3::text is null or session_id <> $3)`,
);

/** @param besides a session to keep: the one that asks. @returns how many ended. */
export function deleteUserSessions(tx: TenantTx, userId: string, besides?: string): Promise<number> {
  return tx.run(removeAll, [tx.organizationId, userId, besides ?? null]);
}

export interface UserSessionEntryRow {
  readonly session_id: string;
  readonly browser: string | null;
  readonly created_at: Date;
  readonly seen_at: Date;
  readonly expires_at: Date;
}

const list = sql(
  'users-session-list',
  `select session_id, browser, created_at, seen_at, expires_at from user_sessions
   where organization_id = $1 and user_id = $2 and expires_at > $3 and seen_at > $4
   order by created_at desc, session_id limit 100`,
);

export function listUserSessionRows(
  tx: TenantTx,
  userId: string,
  now: Date,
  idleSince: Date,
): Promise<UserSessionEntryRow[]> {
  return tx.query(list, [tx.organizationId, userId, now, idleSince]);
}

const purge = sql('users-session-purge', `delete from user_sessions where expires_at < $1`);

/** Ended ones, of all organizations. */
export function purgeUserSessions(tx: SystemTx, now: Date): Promise<number> {
  return tx.run(purge, [now]);
}
