// Views that people save: a search with its columns and its order, for oneself or for everybody of the organization. A view holds
// what is asked, never what is found: whoever opens it sees what he may see.
import type { NewView, SavedView, ViewChanges } from '@gatehouse/contracts/admin/searches.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import type { SearchDeps } from './search-deps.ts';
import {
  deleteView as deleteViewRow,
  insertView,
  lockView,
  selectViews,
  updateView as updateViewRow,
  type ViewRow,
} from './view-queries.ts';

const mostViews = 100;

const ownerOf = ({ kind, id }: TenantPrincipal): string => `${kind}:${id}`;

const present = (row: ViewRow, principal: TenantPrincipal): SavedView => ({
  id: row.view_id,
  name: row.name,
  shared: row.shared,
  own: row.owner === ownerOf(principal),
  ownerName: row.owner_name,
  query: row.query,
  columns: [...row.columns],
  sort: row.sort,
  createdAt: row.created_at.toISOString(),
});

export async function listViews(
  deps: SearchDeps,
  principal: TenantPrincipal,
): Promise<{ readonly items: SavedView[] }> {
  requirePermission(principal, 'devices.read');
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectViews(tx, ownerOf(principal)),
    { readOnly: true },
  );
  return { items: rows.map((row) => present(row, principal)) };
}

/** @throws DomainError `forbidden` for a shared one without the right, `conflict` */
export async function createView(
  deps: SearchDeps,
  principal: TenantPrincipal,
  { name, query, shared = false, columns = [], sort = 'name' }: NewView,
): Promise<SavedView> {
  requirePermission(principal, shared ? 'searches.manage' : 'devices.read');
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const row: ViewRow = {
      view_id: newId(),
      owner: ownerOf(principal),
      owner_name: principal.label,
      name,
      shared,
      query,
      columns,
      sort,
      created_at: new Date(deps.clock.now()),
    };
    const made = await insertView(tx, row, mostViews);
    if (!made) throw new DomainError('conflict', `One may have ${mostViews} views.`, { reason: 'too-many' });
    await record(tx, principal, 'create', made);
    return present(made, principal);
  });
}

/** @throws DomainError `not-found`, `forbidden` */
export async function updateView(
  deps: SearchDeps,
  principal: TenantPrincipal,
  viewId: string,
  changes: ViewChanges,
): Promise<SavedView> {
  requirePermission(principal, 'devices.read');
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const before = await lockOwn(tx, principal, viewId);
    if (changes.shared === true) requirePermission(principal, 'searches.manage');
    const row = await updateViewRow(tx, { ...before, ...changes });
    if (!row) throw noSuchView();
    await record(tx, principal, 'update', row);
    return present(row, principal);
  });
}

/** @throws DomainError `not-found`, `forbidden` */
export async function deleteView(
  deps: SearchDeps,
  principal: TenantPrincipal,
  viewId: string,
): Promise<void> {
  requirePermission(principal, 'devices.read');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const before = await lockOwn(tx, principal, viewId);
    await deleteViewRow(tx, viewId);
    await record(tx, principal, 'delete', before);
  });
}

const noSuchView = () => new DomainError('not-found', 'There is no such view.');

/** One’s own, or a shared one for whoever manages these. */
async function lockOwn(tx: TenantTx, principal: TenantPrincipal, viewId: string): Promise<ViewRow> {
  const row = await lockView(tx, ownerOf(principal), viewId);
  if (!row) throw noSuchView();
  if (row.shared) requirePermission(principal, 'searches.manage');
  return row;
}

/** One’s own views are nobody’s business; what all see is on record. */
async function record(
  tx: TenantTx,
  principal: TenantPrincipal,
  verb: 'create' | 'update' | 'delete',
  { view_id, name, query, shared }: ViewRow,
): Promise<void> {
  if (!shared) return;
  await recordAudit(tx, {
    actor: principal,
    action: `views.${verb}`,
    target: { kind: 'view', id: view_id },
    outcome: 'done',
    show: { name, query },
  });
}
