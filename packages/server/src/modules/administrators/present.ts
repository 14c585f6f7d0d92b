import type { Administrator } from '@gatehouse/contracts/admin/administrators.ts';
import type { Role } from '@gatehouse/contracts/admin/roles.ts';
import type { ApiToken } from '@gatehouse/contracts/admin/tokens.ts';
import { customRoleReference } from '@gatehouse/core/permissions/roles.ts';
import type { AdministratorRow } from './queries.ts';
import type { RoleRow } from './role-queries.ts';
import type { TokenRow } from './token-queries.ts';

export function presentAdministrator(row: AdministratorRow): Administrator {
  return {
    id: row.administrator_id,
    email: row.email,
    displayName: row.display_name,
    role: row.role,
    state: row.state,
    secondFactor: row.totp_secret !== null || row.passkeys > 0,
    createdAt: row.created_at.toISOString(),
    ...(row.last_sign_in_at ? { lastSignInAt: row.last_sign_in_at.toISOString() } : {}),
  };
}

export function presentRole(row: RoleRow): Role {
  return {
    reference: customRoleReference(row.role_id),
    id: row.role_id,
    name: row.name,
    description: row.description,
    builtIn: false,
    permissions: row.permissions,
  };
}

export function presentToken(row: TokenRow): ApiToken {
  return {
    id: row.token_id,
    name: row.name,
    role: row.role,
    ...(row.administrator_id === null ? {} : { administratorId: row.administrator_id }),
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    ...(row.last_used_at ? { lastUsedAt: row.last_used_at.toISOString() } : {}),
    ...(row.revoked_at ? { revokedAt: row.revoked_at.toISOString() } : {}),
  };
}
