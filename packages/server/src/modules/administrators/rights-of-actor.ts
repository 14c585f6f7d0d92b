// What somebody who asked for something earlier may do now: work that waits is checked again before it is done (JOB-02).
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import { intersectPermissions } from '@gatehouse/core/permissions/roles.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { isUuid } from '../../kernel/ids.ts';
import { permissionsOf } from './principal.ts';
import { findAdministratorRights, findTokenRights } from './rights-queries.ts';

const none: ReadonlySet<Permission> = new Set();

/**
 * @param reference as in `actorReference`: `administrator:0193…`
 * @returns no rights for an account that was disabled or deleted and for a token that was revoked; a token that merely ran out
 * has not been withdrawn. null for actors whose power does not come from a role: the local operator, the system.
 */
export async function rightsOfActor(
  tx: TenantTx,
  reference: string,
): Promise<ReadonlySet<Permission> | null> {
  const separator = reference.indexOf(':');
  const [kind, id] = [reference.slice(0, separator), reference.slice(separator + 1)];
  if (kind === 'local' || kind === 'system') return null;
  const row =
    kind === 'administrator' && isUuid(id)
      ? await findAdministratorRights(tx, id)
      : kind === 'token'
        ? await findTokenRights(tx, id)
        : undefined;
  if (!row) return none;
  const own = permissionsOf(row.role, row.role_permissions);
  return row.behind_role === null
    ? own
    : intersectPermissions(own, permissionsOf(row.behind_role, row.behind_role_permissions));
}
