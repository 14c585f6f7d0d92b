/** The check that opens every use-case. */
import type { Principal } from '../actor.ts';
import { DomainError } from '../errors.ts';
import { type Permission, permissionCatalogue } from './catalogue.ts';

/** @throws DomainError `forbidden`, naming the permission that is missing. */
export function requirePermission(principal: Pick<Principal, 'permissions'>, permission: Permission): void {
  if (principal.permissions.has(permission)) return;
  throw new DomainError(
    'forbidden',
    `This needs the permission "${permission}": ${permissionCatalogue[permission]}`,
    {
      reason: 'permission-missing',
      detail: { permission },
    },
  );
}
