import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface RoleRow {
  readonly role_id: string;
  readonly name: string;
  readonly description: string;
  readonly permissions: string[];
}

const columns = 'role_id, name, description, permissions';

const list = sql(
  'roles-list',
  `select ${columns} from roles where organization_id = $1 order by lower(name), role_id limit 1000`,
);

export function listRoleRows(tx: TenantTx): Promise<RoleRow[]> {
  return tx.query(list, [tx.organizationId]);
}

const select = sql(
  'roles-select',
  `select ${columns} from roles where organization_id = $1 and role_id = $2`,
);

export function selectRole(tx: TenantTx, id: string): Promise<RoleRow | undefined> {
  return tx.one(select, [tx.organizationId, id]);
}

/** Held while an account or token gets the role, so that the role cannot be deleted or grow meanwhile. */
const share = sql(
  'roles-share',
  `select ${columns} from roles where organization_id = $1 and role_id = $2 for share`,
);

export function shareRole(tx: TenantTx, id: string): Promise<RoleRow | undefined> {
  return tx.one(share, [tx.organizationId, id]);
}

const lock = sql(
  'roles-lock',
  `select ${columns} from roles where organization_id = $1 and role_id = $2 for update`,
);

export function lockRole(tx: TenantTx, id: string): Promise<RoleRow | undefined> {
  return tx.one(lock, [tx.organizationId, id]);
}

const insert = sql(
  'roles-insert',
  `insert into roles (organization_id, role_id, name, description, permissions, empowered_at)
   values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
);

/** @returns false when the name is taken. */
export async function insertRole(
  tx: TenantTx,
  role: { id: string; name: string; description: string; permissions: readonly string[]; now: Date },
): Promise<boolean> {
  const { id, name, description, permissions, now } = role;
  return (await tx.run(insert, [tx.organizationId, id, name, description, permissions, now])) === 1;
}

const nameTaken = sql(
  'roles-name-taken',
  `select 1 as taken from roles where organization_id = $1 and lower(name) = lower($2) and role_id <> $3`,
);

export async function isRoleNameTaken(tx: TenantTx, name: string, besides: string): Promise<boolean> {
  return (await tx.one(nameTaken, [tx.organizationId, name, besides])) !== undefined;
}

const update = sql(
  'roles-update',
  `update roles set name = $3, description = $4, permissions = $5, empowered_at = coalesce($6, empowered_at)
   where organization_id = $1 and role_id = $2`,
);

export async function updateRoleRow(
  tx: TenantTx,
  role: RoleRow & { readonly empoweredAt: Date | null },
): Promise<void> {
  const { role_id, name, description, permissions, empoweredAt } = role;
  await tx.run(update, [tx.organizationId, role_id, name, description, permissions, empoweredAt]);
}

const holders = sql(
  'roles-holders',
  `select exists (select 1 from administrators where organization_id = $1 and role = $2)
     or exists (select 1 from api_tokens where organization_id = $1 and role = $2 and revoked_at is null
       and expires_at > $3) as held`,
);

export async function isRoleHeld(tx: TenantTx, reference: string, now: Date): Promise<boolean> {
  return (await tx.one<{ held: boolean }>(holders, [tx.organizationId, reference, now]))?.held === true;
}

const remove = sql('roles-delete', `delete from roles where organization_id = $1 and role_id = $2`);

export async function deleteRoleRow(tx: TenantTx, id: string): Promise<void> {
  await tx.run(remove, [tx.organizationId, id]);
}
