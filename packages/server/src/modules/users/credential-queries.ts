// Statements over the users' own passwords and the links by which they choose them.
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql, tenantStatement } from '../../kernel/db/sql.ts';

export interface SignInUserRow {
  readonly user_id: string;
  readonly email: string;
  readonly state: 'active' | 'disabled';
  readonly password_hash: string | null;
}

/** By e-mail address or by name at the network: people type either. The address wins where one is another's name. */
export const signInUserStatement = tenantStatement(
  'users-sign-in',
  `select u.user_id, u.email, u.state, c.password_hash from users u
   left join user_credentials c on c.organization_id = t.org and c.user_id = u.user_id
   where u.organization_id = t.org and (u.email_key = lower($2) or u.user_name_key = lower($2))
   order by (u.email_key = lower($2)) desc limit 1`,
);

const putPassword = sql(
  'users-put-password',
  `insert into user_credentials (organization_id, user_id, password_hash, changed_at) values ($1, $2, $3, $4)
   on conflict (organization_id, user_id) do update set password_hash = excluded.password_hash, changed_at = excluded.changed_at`,
);

export async function putPasswordHash(tx: TenantTx, userId: string, hash: string, now: Date): Promise<void> {
  await tx.run(putPassword, [tx.organizationId, userId, hash, now]);
}

const passwordHash = sql(
  'users-password-hash',
  `select password_hash from user_credentials where organization_id = $1 and user_id = $2`,
);

export async function selectPasswordHash(tx: TenantTx, userId: string): Promise<string | undefined> {
  return (await tx.one<{ password_hash: string }>(passwordHash, [tx.organizationId, userId]))?.password_hash;
}

const rehash = sql(
  'users-rehash',
  `update user_credentials set password_hash = $4 where organization_id = $1 and user_id = $2 and password_hash = $3`,
);

/** Only while the password is still the one that was verified. */
export async function replaceHash(
  tx: TenantTx,
  userId: string,
  before: string,
  after: string,
): Promise<void> {
  await tx.run(rehash, [tx.organizationId, userId, before, after]);
}

const removePassword = sql(
  'users-remove-password',
  `delete from user_credentials where organization_id = $1 and user_id = $2`,
);

export async function removePasswordHash(tx: TenantTx, userId: string): Promise<boolean> {
  return (await tx.run(removePassword, [tx.organizationId, userId])) > 0;
}

const dropLinks = sql(
  'user-links-drop',
  `delete from user_links where organization_id = $1 and (expires_at <= $3 or (user_id = $2 and used_at is null))`,
);

/** The user's open links, and whatever has run out. */
export async function dropPasswordLinks(tx: TenantTx, userId: string, now: Date): Promise<void> {
  await tx.run(dropLinks, [tx.organizationId, userId, now]);
}

const insertLink = sql(
  'user-links-insert',
  `insert into user_links (organization_id, link_id, user_id, secret_hash, created_by, expires_at)
   values ($1, $2, $3, $4, $5, $6)`,
);

export async function insertPasswordLink(
  tx: TenantTx,
  link: { id: string; userId: string; secretHash: Buffer; createdBy: string; expiresAt: Date },
): Promise<void> {
  await tx.run(insertLink, [
    tx.organizationId,
    link.id,
    link.userId,
    link.secretHash,
    link.createdBy,
    link.expiresAt,
  ]);
}

export interface PasswordLinkRow {
  readonly secret_hash: Buffer;
  readonly user_id: string;
  readonly email: string;
  readonly display_name: string;
}

/** A link that is open, of a user who may sign in. */
const lockLink = sql(
  'user-links-lock',
  `select l.secret_hash, u.user_id, u.email, u.display_name from user_links l
   join users u on u.organization_id = l.organization_id and u.user_id = l.user_id
   where l.organization_id = $1 and l.link_id = $2 and l.used_at is null and l.expires_at > $3 and u.state = 'active'
   for update of l`,
);

export function lockPasswordLink(tx: TenantTx, id: string, now: Date): Promise<PasswordLinkRow | undefined> {
  return tx.one(lockLink, [tx.organizationId, id, now]);
}

const useLink = sql(
  'user-links-use',
  `update user_links set used_at = $3 where organization_id = $1 and link_id = $2 and used_at is null`,
);

export async function markPasswordLinkUsed(tx: TenantTx, id: string, now: Date): Promise<boolean> {
  return (await tx.run(useLink, [tx.organizationId, id, now])) === 1;
}
