import type { ApprovalState } from '@gatehouse/core/approvals/approval-state.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { pageOfRows, type PageRequest, type TenantPrincipal } from '../../kernel/http/route.ts';
import type { ApprovalDeps } from './approval-deps.ts';
import { presentRequest } from './present-request.ts';
import { findRequest, selectRequests } from './queries.ts';

type Deps = Pick<ApprovalDeps, 'database'>;

export async function listRequests(
  deps: Deps,
  principal: TenantPrincipal,
  state: ApprovalState | undefined,
  page: PageRequest,
) {
  requirePermission(principal, 'approvals.read');
  const before = page.after === undefined ? null : String(page.after[0]);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectRequests(tx, { before, state: state ?? null, limit: page.limit + 1 }),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentRequest, (row) => [row.approval_no]);
}

/** @throws DomainError `not-found` */
export async function getRequest(deps: Deps, principal: TenantPrincipal, approvalId: string) {
  requirePermission(principal, 'approvals.read');
  const row = await deps.database.withTenant(principal.organizationId, (tx) => findRequest(tx, approvalId), {
    readOnly: true,
  });
  if (!row) throw new DomainError('not-found', 'There is no such request.');
  return presentRequest(row);
}
