// Nobody grants, and nobody changes, more than he has (TEN-05, ADM-05). Asked at every grant; at use, rights are computed
// anew from the role, so that a role which shrinks takes its holders along at once.
import type { Principal } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import { customRoleId, isBuiltInRole, mayGrant } from '@gatehouse/core/permissions/roles.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { permissionsOf } from './principal.ts';
import { shareRole } from './role-queries.ts';

/**
 * The permissions of a role that the actor is about to give; the role cannot grow before the transaction ends.
 * @throws DomainError `forbidden` when they exceed the actor's, `invalid-input` when there is no such role.
 */
export async function requireGrantable(
  tx: TenantTx,
  actor: Pick<Principal, 'permissions'>,
  role: string,
): Promise<ReadonlySet<Permission>> {
  const granted = await rolePermissions(tx, role);
  requireNoMoreThanOwn(actor, granted, 'give');
  return granted;
}

async function rolePermissions(tx: TenantTx, role: string): Promise<ReadonlySet<Permission>> {
  if (isBuiltInRole(role)) return permissionsOf(role, null);
  const id = customRoleId(role);
  const row = id === undefined ? undefined : await shareRole(tx, id);
  if (!row) throw new DomainError('invalid-input', `There is no role ${role}`, { reason: 'unknown-role' });
  return permissionsOf(role, row.permissions);
}

export function requireNoMoreThanOwn(
  actor: Pick<Principal, 'permissions'>,
  permissions: ReadonlySet<Permission>,
  verb: 'give' | 'change',
): void {
  if (mayGrant(actor.permissions, permissions)) return;
  const missing = [...permissions].filter((permission) => !actor.permissions.has(permission));
  throw new DomainError(
    'forbidden',
    verb === 'give'
      ? 'Nobody can give a role that permits more than their own'
      : 'Nobody can change an account that may do more than their own',
    { reason: 'more-than-own', detail: { missing } },
  );
}
