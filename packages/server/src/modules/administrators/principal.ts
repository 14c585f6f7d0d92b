// From what is stored of an account to the principal of one request.
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import { customRoleId, effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import type { AccountRow } from './credential-queries.ts';

/** @param stored the permissions of the custom role, when `role` names one that exists. */
export function permissionsOf(role: string, stored: readonly string[] | null): ReadonlySet<Permission> {
  const id = customRoleId(role);
  return effectivePermissions(role, id !== undefined && stored ? new Map([[id, stored]]) : new Map());
}

/** When the account last gained power, by itself or by its role. */
export function empoweredAt(...times: (Date | null | undefined)[]): number {
  return Math.max(0, ...times.map((time) => time?.getTime() ?? 0));
}

export function administratorPrincipal(
  organizationId: string,
  row: AccountRow,
  permissions: ReadonlySet<Permission> = permissionsOf(row.role, row.role_permissions),
): TenantPrincipal {
  return {
    kind: 'administrator',
    id: row.administrator_id,
    organizationId,
    label: row.email,
    role: row.role,
    permissions,
    empoweredAt: empoweredAt(row.empowered_at, row.role_empowered_at),
  };
}

/** Accounts of machines: network access, signals, and nothing else. They have no sessions. */
export function isServiceAccount(permissions: ReadonlySet<Permission>): boolean {
  return (
    permissions.size > 0 &&
    [...permissions].every((permission) => permission.startsWith('nac.') || permission === 'signals.receive')
  );
}
