// Statements over accounts, roles and set-up links. `$1` is the organization.
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface AdministratorRow {
  readonly administrator_id: string;
  readonly email: string;
  readonly display_name: string;
  readonly role: string;
  readonly state: 'invited' | 'active' | 'disabled';
  readonly password_hash: string | null;
  readonly totp_secret: Buffer | null;
  readonly totp_pending: Buffer | null;
  readonly totp_last_step: number | null;
  /** How many. */
  readonly passkeys: number;
  readonly created_at: Date;
  readonly last_sign_in_at: Date | null;
  readonly role_permissions: string[] | null;
}

const columns = `a.administrator_id, a.email, a.display_name, a.role, a.state, a.password_hash, a.totp_secret,
  a.totp_pending, a.totp_last_step::float8 as totp_last_step, a.created_at, a.last_sign_in_at,
  (select count(*)::int from passkeys p where p.organization_id = $1 and p.administrator_id = a.administrator_id) as passkeys,
  (select r.permissions from roles r where r.organization_id = $1
     and r.role_id = case when a.role like 'custom:%' then substr(a.role, 8)::uuid end) as role_permissions`;

const insert = sql(
  'administrators-insert',
  `insert into administrators as a (organization_id, administrator_id, email, display_name, role, state, password_hash,
     password_version, empowered_at, created_by, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $8)
   on conflict do nothing returning ${columns}`,
);

export interface NewAdministratorRow {
  readonly administratorId: string;
  readonly email: string;
  readonly displayName: string;
  readonly role: string;
  readonly state: 'invited' | 'active';
  readonly passwordHash: string | null;
  readonly createdBy: string | null;
  readonly now: Date;
}

/** @returns undefined when the e-mail address is taken. */
export function insertAdministrator(
  tx: TenantTx,
  row: NewAdministratorRow,
): Promise<AdministratorRow | undefined> {
  const { administratorId, email, displayName, role, state, passwordHash, now, createdBy } = row;
  return tx.one(insert, [
    tx.organizationId,
    administratorId,
    email,
    displayName,
    role,
    state,
    passwordHash,
    now,
    createdBy,
  ]);
}

const list = sql(
  'administrators-list',
  `select ${columns} from administrators a where a.organization_id = $1 and ($3::text is null or lower(a.email) > $3)
   order by lower(a.email) limit $2`,
);

export function listAdministratorRows(
  tx: TenantTx,
  limit: number,
  after: string | undefined,
): Promise<AdministratorRow[]> {
  return tx.query(list, [tx.organizationId, limit, after ?? null]);
}

const lockAll = sql(
  'administrators-lock-all',
  `select pg_advisory_xact_lock(hashtextextended('gh-administrators/' || $1::text, 0))`,
);

/** Changes of who may do what come one after the other; before any row is locked. */
export async function lockAdministrators(tx: TenantTx): Promise<void> {
  await tx.query(lockAll, [tx.organizationId]);
}

const countOthers = sql(
  'administrators-count-other-full',
  `select count(*)::int as count from administrators
   where organization_id = $1 and administrator_id <> $2 and role = 'org-admin' and state = 'active'`,
);

/** How many others may do everything in the organization. */
export async function countOtherFullAdministrators(tx: TenantTx, id: string): Promise<number> {
  return (await tx.one<{ count: number }>(countOthers, [tx.organizationId, id]))?.count ?? 0;
}

const lock = sql(
  'administrators-lock',
  `select ${columns} from administrators a where a.organization_id = $1 and a.administrator_id = $2 for update of a`,
);

export function lockAdministrator(tx: TenantTx, id: string): Promise<AdministratorRow | undefined> {
  return tx.one(lock, [tx.organizationId, id]);
}

const select = sql(
  'administrators-select',
  `select ${columns} from administrators a where a.organization_id = $1 and a.administrator_id = $2`,
);

export function selectAdministrator(tx: TenantTx, id: string): Promise<AdministratorRow | undefined> {
  return tx.one(select, [tx.organizationId, id]);
}

const update = sql(
  'administrators-update',
  `update administrators set display_name = $3, role = $4, state = $5,
     empowered_at = case when $6::timestamptz is null then empowered_at else $6 end
   where organization_id = $1 and administrator_id = $2`,
);

export async function updateAdministratorRow(
  tx: TenantTx,
  id: string,
  row: { displayName: string; role: string; state: string; empoweredAt: Date | null },
): Promise<void> {
  await tx.run(update, [tx.organizationId, id, row.displayName, row.role, row.state, row.empoweredAt]);
}

const empower = sql(
  'administrators-empower',
  `update administrators set empowered_at = greatest(empowered_at, $3) where organization_id = $1 and administrator_id = $2`,
);

/** The account may be in other hands from now on, so its power counts as new (ADM-06, ADM-07). */
export async function markEmpowered(tx: TenantTx, id: string, at: Date): Promise<void> {
  await tx.run(empower, [tx.organizationId, id, at]);
}

const remove = sql(
  'administrators-delete',
  `delete from administrators where organization_id = $1 and administrator_id = $2`,
);

export async function deleteAdministratorRow(tx: TenantTx, id: string): Promise<void> {
  await tx.run(remove, [tx.organizationId, id]);
}

const setPassword = sql(
  'administrators-set-password',
  `update administrators set password_hash = $3, password_version = password_version + 1, state = 'active',
     failed_sign_ins = 0
   where organization_id = $1 and administrator_id = $2`,
);

export async function setPasswordHash(tx: TenantTx, id: string, hash: string): Promise<void> {
  await tx.run(setPassword, [tx.organizationId, id, hash]);
}

const rehash = sql(
  'administrators-rehash',
  `update administrators set password_hash = $4 where organization_id = $1 and administrator_id = $2
     and password_hash = $3`,
);

/** The same password under stronger parameters: whoever changed it meanwhile wins. */
export async function replacePasswordHash(
  tx: TenantTx,
  id: string,
  old: string,
  hash: string,
): Promise<void> {
  await tx.run(rehash, [tx.organizationId, id, old, hash]);
}

const setPending = sql(
  'administrators-set-totp-pending',
  `update administrators set totp_pending = $3 where organization_id = $1 and administrator_id = $2`,
);

export async function setPendingFactor(tx: TenantTx, id: string, sealed: Buffer): Promise<void> {
  await tx.run(setPending, [tx.organizationId, id, sealed]);
}

const setFactor = sql(
  'administrators-set-totp',
  `update administrators set totp_secret = $3, totp_last_step = $4, totp_pending = null
   where organization_id = $1 and administrator_id = $2`,
);

/** @param sealed null removes the factor. */
export async function setSecondFactor(
  tx: TenantTx,
  id: string,
  sealed: Buffer | null,
  step: number | null,
): Promise<void> {
  await tx.run(setFactor, [tx.organizationId, id, sealed, step]);
}

const useStep = sql(
  'administrators-use-totp-step',
  `update administrators set totp_last_step = $3 where organization_id = $1 and administrator_id = $2
     and (totp_last_step is null or totp_last_step < $3)`,
);

/** @returns false when that step, or a later one, was used meanwhile: a code counts once (ADM-12). */
export async function useFactorStep(tx: TenantTx, id: string, step: number): Promise<boolean> {
  return (await tx.run(useStep, [tx.organizationId, id, step])) === 1;
}

const signedIn = sql(
  'administrators-signed-in',
  `update administrators set last_sign_in_at = $3, failed_sign_ins = 0 where organization_id = $1 and administrator_id = $2`,
);

export async function recordSignIn(tx: TenantTx, id: string, now: Date): Promise<void> {
  await tx.run(signedIn, [tx.organizationId, id, now]);
}

const countFailure = sql(
  'administrators-count-failure',
  `update administrators set failed_sign_ins = failed_sign_ins + 1 where organization_id = $1 and administrator_id = $2`,
);

export async function countFailedSignIn(tx: TenantTx, id: string): Promise<void> {
  await tx.run(countFailure, [tx.organizationId, id]);
}

const insertLink = sql(
  'setup-links-insert',
  `insert into setup_links (organization_id, link_id, administrator_id, secret_hash, expires_at)
   values ($1, $2, $3, $4, $5)`,
);

export async function insertSetupLink(
  tx: TenantTx,
  link: { id: string; administratorId: string; secretHash: Buffer; expiresAt: Date },
): Promise<void> {
  await tx.run(insertLink, [
    tx.organizationId,
    link.id,
    link.administratorId,
    link.secretHash,
    link.expiresAt,
  ]);
}

const dropLinks = sql(
  'setup-links-drop',
  `delete from setup_links where organization_id = $1 and administrator_id = $2 and used_at is null`,
);

/** Older links of the account stop working. */
export async function dropOpenSetupLinks(tx: TenantTx, administratorId: string): Promise<void> {
  await tx.run(dropLinks, [tx.organizationId, administratorId]);
}

const selectLink = sql(
  'setup-links-select',
  `select administrator_id, secret_hash, expires_at, used_at from setup_links
   where organization_id = $1 and link_id = $2 for update`,
);

export interface SetupLinkRow {
  readonly administrator_id: string;
  readonly secret_hash: Buffer;
  readonly expires_at: Date;
  readonly used_at: Date | null;
}

export function lockSetupLink(tx: TenantTx, id: string): Promise<SetupLinkRow | undefined> {
  return tx.one(selectLink, [tx.organizationId, id]);
}

const useLink = sql(
  'setup-links-use',
  `update setup_links set used_at = $3 where organization_id = $1 and link_id = $2 and used_at is null`,
);

export async function markSetupLinkUsed(tx: TenantTx, id: string, now: Date): Promise<boolean> {
  return (await tx.run(useLink, [tx.organizationId, id, now])) === 1;
}
