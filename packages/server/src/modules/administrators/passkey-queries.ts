// Statements over passkeys. `$1` is the organization.
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql, tenantStatement } from '../../kernel/db/sql.ts';
import type { AccountRow } from './credential-queries.ts';

export interface PasskeyRow {
  readonly passkey_id: string;
  readonly administrator_id: string;
  readonly credential_id: Buffer;
  readonly public_key: Buffer;
  readonly counter: number;
  readonly transports: string[];
  readonly name: string;
  readonly backed_up: boolean;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
}

const columns = `p.passkey_id, p.administrator_id, p.credential_id, p.public_key, p.counter::float8 as counter, p.transports,
  p.name, p.backed_up, p.created_at, p.last_used_at`;

const list = sql(
  'passkeys-list',
  `select ${columns} from passkeys p where p.organization_id = $1 and p.administrator_id = $2
   order by p.created_at, p.passkey_id`,
);

export function listPasskeyRows(tx: TenantTx, administratorId: string): Promise<PasskeyRow[]> {
  return tx.query(list, [tx.organizationId, administratorId]);
}

const insert = sql(
  'passkeys-insert',
  `insert into passkeys as p (organization_id, passkey_id, administrator_id, credential_id, public_key, counter, transports,
     name, backed_up, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
   on conflict do nothing returning ${columns}`,
);

/** @returns undefined when this credential is registered already. */
export function insertPasskey(
  tx: TenantTx,
  row: Omit<PasskeyRow, 'last_used_at'>,
): Promise<PasskeyRow | undefined> {
  return tx.one(insert, [
    tx.organizationId,
    row.passkey_id,
    row.administrator_id,
    row.credential_id,
    row.public_key,
    row.counter,
    row.transports,
    row.name,
    row.backed_up,
    row.created_at,
  ]);
}

const rename = sql(
  'passkeys-rename',
  `update passkeys p set name = $4 where p.organization_id = $1 and p.administrator_id = $2 and p.passkey_id = $3
   returning ${columns}`,
);

export function renamePasskeyRow(
  tx: TenantTx,
  administratorId: string,
  id: string,
  name: string,
): Promise<PasskeyRow | undefined> {
  return tx.one(rename, [tx.organizationId, administratorId, id, name]);
}

const remove = sql(
  'passkeys-delete',
  `delete from passkeys where organization_id = $1 and administrator_id = $2 and passkey_id = $3`,
);

export async function deletePasskeyRow(tx: TenantTx, administratorId: string, id: string): Promise<boolean> {
  return (await tx.run(remove, [tx.organizationId, administratorId, id])) === 1;
}

const removeAll = sql(
  'passkeys-delete-all',
  `delete from passkeys where organization_id = $1 and administrator_id = $2`,
);

/** @returns how many there were. */
export function deletePasskeys(tx: TenantTx, administratorId: string): Promise<number> {
  return tx.run(removeAll, [tx.organizationId, administratorId]);
}

const used = sql(
  'passkeys-used',
  `update passkeys set counter = $3, backed_up = $4, last_used_at = $5
   where organization_id = $1 and passkey_id = $2 and (counter < $3 or (counter = 0 and $3::bigint = 0))`,
);

/** @returns false when the counter did not grow: the key was copied, or this very answer was used meanwhile. */
export async function markPasskeyUsed(
  tx: TenantTx,
  id: string,
  use: { counter: number; backedUp: boolean; now: Date },
): Promise<boolean> {
  return (await tx.run(used, [tx.organizationId, id, use.counter, use.backedUp, use.now])) === 1;
}

const useOnce = sql(
  'passkey-challenges-use',
  `insert into passkey_challenges (organization_id, challenge_hash, expires_at) values ($1, $2, $3)
   on conflict do nothing`,
);

/** @returns false when it was used before. */
export async function useChallengeOnce(tx: TenantTx, hash: Buffer, expiresAt: Date): Promise<boolean> {
  return (await tx.run(useOnce, [tx.organizationId, hash, expiresAt])) === 1;
}

const purge = sql('passkey-challenges-purge', `delete from passkey_challenges where expires_at < now()`);

export async function purgeChallenges(tx: SystemTx): Promise<void> {
  await tx.run(purge);
}

export interface PasskeyAccountRow extends AccountRow, Omit<PasskeyRow, 'administrator_id'> {
  readonly organization_epoch: number;
}

/** A passkey by what the browser says of it, with the account that it opens. */
export const passkeyAccount = tenantStatement(
  'passkeys-account',
  `select ${columns}, a.email, a.display_name, a.role, a.state, a.empowered_at,
     o.epoch as organization_epoch, r.permissions as role_permissions, r.empowered_at as role_empowered_at
   from passkeys p
   join organizations o on o.organization_id = t.org
   join administrators a on a.organization_id = t.org and a.administrator_id = p.administrator_id
   left join roles r on r.organization_id = t.org
     and r.role_id = case when a.role like 'custom:%' then substr(a.role, 8)::uuid end
   where p.organization_id = t.org and p.credential_id = $2 and p.administrator_id = $3`,
);
