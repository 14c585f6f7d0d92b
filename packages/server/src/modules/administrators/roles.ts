// Custom roles: sets of permissions from the catalogue. A change takes effect with the next request of every holder.
import type { NewRole, Role, RoleChanges } from '@gatehouse/contracts/admin/roles.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { isPermission, type Permission } from '@gatehouse/core/permissions/catalogue.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { builtInRoles, customRoleReference, roleCatalogue } from '@gatehouse/core/permissions/roles.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import { requireNoMoreThanOwn } from './granting.ts';
import { presentRole } from './present.ts';
import {
  deleteRoleRow,
  insertRole,
  isRoleHeld,
  isRoleNameTaken,
  listRoleRows,
  lockRole,
  selectRole,
  updateRoleRow,
} from './role-queries.ts';

interface RoleDeps {
  readonly database: Database;
  readonly clock: Clock;
}

/** Stored names that the catalogue no longer has permit nothing, and are not shown. */
const known = (names: readonly string[]): ReadonlySet<Permission> => new Set(names.filter(isPermission));

/** Built-in roles first. */
export async function listRoles(deps: RoleDeps, actor: TenantPrincipal): Promise<Role[]> {
  requirePermission(actor, 'administrators.read');
  const rows = await deps.database.withTenant(actor.organizationId, (tx) => listRoleRows(tx), {
    readOnly: true,
  });
  const builtIn = builtInRoles.map((name) => ({
    reference: name,
    name,
    description: roleCatalogue[name].description,
    builtIn: true,
    permissions: [...roleCatalogue[name].permissions],
  }));
  return [...builtIn, ...rows.map(presentRole)];
}

export async function readRole(deps: RoleDeps, actor: TenantPrincipal, id: string): Promise<Role> {
  requirePermission(actor, 'administrators.read');
  const row = await deps.database.withTenant(actor.organizationId, (tx) => selectRole(tx, id), {
    readOnly: true,
  });
  if (!row) throw noRole();
  return presentRole(row);
}

export async function createRole(deps: RoleDeps, actor: TenantPrincipal, input: NewRole): Promise<Role> {
  requirePermission(actor, 'roles.manage');
  requireNoMoreThanOwn(actor, known(input.permissions), 'give');
  const id = newId();
  const row = {
    role_id: id,
    name: input.name,
    description: input.description ?? '',
    permissions: [...input.permissions],
  };
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const now = new Date(deps.clock.now());
    if (!(await insertRole(tx, { id, ...row, now }))) throw nameTaken();
    await recordAudit(tx, {
      actor,
      action: 'roles.create',
      target: { kind: 'role', id },
      outcome: 'done',
      show: { name: row.name, permissions: row.permissions },
    });
    return presentRole(row);
  });
}

/** Every permission that the role gains is new power for all its holders (ADM-06). */
export async function updateRole(
  deps: RoleDeps,
  actor: TenantPrincipal,
  id: string,
  changes: RoleChanges,
): Promise<Role> {
  requirePermission(actor, 'roles.manage');
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await lockRole(tx, id);
    if (!row) throw noRole();
    const permissions = changes.permissions ? [...changes.permissions] : row.permissions;
    requireNoMoreThanOwn(actor, known([...row.permissions, ...permissions]), 'give');
    const name = changes.name ?? row.name;
    if (await isRoleNameTaken(tx, name, id)) throw nameTaken();
    const added = permissions.filter((permission) => !row.permissions.includes(permission));
    const removed = row.permissions.filter((permission) => !permissions.includes(permission));
    const next = { ...row, name, description: changes.description ?? row.description, permissions };
    await updateRoleRow(tx, { ...next, empoweredAt: added.length > 0 ? new Date(deps.clock.now()) : null });
    await recordAudit(tx, {
      actor,
      action: 'roles.update',
      target: { kind: 'role', id },
      outcome: 'done',
      show: { name, added, removed },
    });
    return presentRole(next);
  });
}

export async function deleteRole(deps: RoleDeps, actor: TenantPrincipal, id: string): Promise<void> {
  requirePermission(actor, 'roles.manage');
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await lockRole(tx, id);
    if (!row) throw noRole();
    requireNoMoreThanOwn(actor, known(row.permissions), 'change');
    if (await isRoleHeld(tx, customRoleReference(id), new Date(deps.clock.now()))) {
      throw new DomainError('conflict', 'Accounts or tokens still have this role', { reason: 'role-in-use' });
    }
    await deleteRoleRow(tx, id);
    await recordAudit(tx, {
      actor,
      action: 'roles.delete',
      target: { kind: 'role', id },
      outcome: 'done',
      show: { name: row.name },
    });
  });
}

const noRole = () => new DomainError('not-found', 'There is no such role');
const nameTaken = () =>
  new DomainError('conflict', 'There is already a role of this name', { reason: 'name-taken' });
