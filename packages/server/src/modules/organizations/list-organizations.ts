import type { Organization } from '@gatehouse/contracts/admin/organizations.ts';
import type { Principal } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Database } from '../../kernel/db/database.ts';
import { type PageAnswer, pageOfRows, type PageRequest } from '../../kernel/http/route.ts';
import { presentOrganization } from './present.ts';
import { listOrganizationRows, selectOrganization } from './queries.ts';

/** The operator sees all organizations; everybody else their own. */
export async function listOrganizations(
  deps: { readonly database: Database },
  actor: Principal,
  page: PageRequest,
): Promise<PageAnswer<Organization>> {
  if (!actor.permissions.has('system.operate')) return { items: [await readOrganization(deps, actor)] };
  const after = page.after === undefined ? undefined : String(page.after[0]);
  const rows = await deps.database.withSystem('list-organizations', (tx) =>
    listOrganizationRows(tx, after, page.limit + 1),
  );
  return pageOfRows(rows, page.limit, presentOrganization, (row) => [row.slug]);
}

/** The organization acted in. */
export async function readOrganization(
  deps: { readonly database: Database },
  actor: Principal,
): Promise<Organization> {
  requirePermission(actor, 'organizations.read');
  const row = actor.organizationId
    ? await deps.database.withTenant(actor.organizationId, (tx) => selectOrganization(tx), { readOnly: true })
    : undefined;
  if (!row) throw new DomainError('not-found', 'There is no such organization');
  return presentOrganization(row);
}
