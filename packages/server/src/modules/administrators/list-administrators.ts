import type { Administrator } from '@gatehouse/contracts/admin/administrators.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Database } from '../../kernel/db/database.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { presentAdministrator } from './present.ts';
import { listAdministratorRows, selectAdministrator } from './queries.ts';

export async function listAdministrators(
  deps: { readonly database: Database },
  actor: TenantPrincipal,
  page: PageRequest,
): Promise<PageAnswer<Administrator>> {
  requirePermission(actor, 'administrators.read');
  const after = page.after === undefined ? undefined : String(page.after[0]);
  const rows = await deps.database.withTenant(
    actor.organizationId,
    (tx) => listAdministratorRows(tx, page.limit + 1, after),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentAdministrator, (row) => [row.email.toLowerCase()]);
}

export async function readAdministrator(
  deps: { readonly database: Database },
  actor: TenantPrincipal,
  id: string,
): Promise<Administrator> {
  requirePermission(actor, 'administrators.read');
  const row = await deps.database.withTenant(actor.organizationId, (tx) => selectAdministrator(tx, id), {
    readOnly: true,
  });
  if (!row) throw new DomainError('not-found', 'There is no such administrator');
  return presentAdministrator(row);
}
