// Watch lists: expressions whose devices are known at any moment; administrators are told of who enters and leaves (MON-04).
import type {
  FoundDevice,
  NewWatchList,
  WatchList,
  WatchListChanges,
} from '@gatehouse/contracts/admin/searches.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { violatedConstraint } from '../../kernel/db/errors.ts';
import type { Events } from '../../kernel/events.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import { compileAs } from './expressions.ts';
import {
  deleteWatchListRow,
  insertWatchList,
  lockWatchList,
  type MemberRow,
  selectMembers,
  selectWatchLists,
  setExists,
  type SetKind,
  updateWatchListRow,
  type WatchListRow,
} from './queries.ts';
import type { SearchDeps } from './search-deps.ts';

export interface WatchListDeps extends SearchDeps {
  readonly events: Events;
}

/** Each is held against every device that reports. */
export const mostWatchLists = 100;

/** All devices are to be held against the standing expressions again. */
export const searchesChanged = 'searches.changed';

const noSuchList = () => new DomainError('not-found', 'There is no such watch list.');
const refused = () =>
  new DomainError('conflict', `Another watch list has this name, or there are ${mostWatchLists} already.`, {
    reason: 'name-taken',
  });

const present = (row: WatchListRow): WatchList => ({
  id: row.watch_list_id,
  name: row.name,
  description: row.description,
  expression: row.expression,
  tellEntry: row.tell_entry,
  tellExit: row.tell_exit,
  devices: row.devices,
  createdAt: row.created_at.toISOString(),
});

async function record(
  deps: WatchListDeps,
  tx: TenantTx,
  principal: TenantPrincipal,
  verb: 'create' | 'update' | 'delete',
  watchListId: string,
  show: { readonly name: string; readonly expression?: string },
): Promise<void> {
  await recordAudit(tx, {
    actor: principal,
    action: `watch-lists.${verb}`,
    target: { kind: 'watch-list', id: watchListId },
    outcome: 'done',
    show,
  });
  await deps.events.emit(tx, { name: searchesChanged, subjectId: tx.organizationId, payload: {} });
}

/** @throws DomainError `invalid-input`, `forbidden`, `conflict`. */
export async function createWatchList(
  deps: WatchListDeps,
  principal: TenantPrincipal,
  input: NewWatchList,
): Promise<WatchList> {
  requirePermission(principal, 'searches.manage');
  compileAs(principal, 'watch-list', input.expression);
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const { name, expression, description = '', tellEntry = true, tellExit = false } = input;
    const list = { watchListId: newId(), name, description, expression, tellEntry, tellExit };
    const row = await insertWatchList(tx, list, mostWatchLists);
    if (!row) throw refused();
    await record(deps, tx, principal, 'create', row.watch_list_id, { name, expression });
    return present(row);
  });
}

/** @throws DomainError `invalid-input`, `forbidden`, `not-found`, `conflict`. */
export async function updateWatchList(
  deps: WatchListDeps,
  principal: TenantPrincipal,
  watchListId: string,
  changes: WatchListChanges,
): Promise<WatchList> {
  requirePermission(principal, 'searches.manage');
  if (changes.expression !== undefined) compileAs(principal, 'watch-list', changes.expression);
  try {
    return await deps.database.withTenant(principal.organizationId, async (tx) => {
      const before = await lockWatchList(tx, watchListId);
      if (!before) throw noSuchList();
      const row = await updateWatchListRow(tx, {
        watchListId,
        name: changes.name ?? before.name,
        description: changes.description ?? before.description,
        expression: changes.expression ?? before.expression,
        tellEntry: changes.tellEntry ?? before.tell_entry,
        tellExit: changes.tellExit ?? before.tell_exit,
      });
      if (!row) throw noSuchList();
      const { name, expression } = row;
      await record(deps, tx, principal, 'update', watchListId, { name, expression });
      return present(row);
    });
  } catch (error) {
    if (violatedConstraint(error) === 'watch_lists_name') throw refused();
    throw error;
  }
}

/** @throws DomainError `not-found` */
export async function deleteWatchList(
  deps: WatchListDeps,
  principal: TenantPrincipal,
  watchListId: string,
): Promise<void> {
  requirePermission(principal, 'searches.manage');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const row = await deleteWatchListRow(tx, watchListId);
    if (!row) throw noSuchList();
    await record(deps, tx, principal, 'delete', watchListId, { name: row.name });
  });
}

export async function listWatchLists(
  deps: WatchListDeps,
  principal: TenantPrincipal,
  page: PageRequest,
): Promise<PageAnswer<WatchList>> {
  requirePermission(principal, 'devices.read');
  const after = page.after ? { name: String(page.after[0]), id: String(page.after[1]) } : undefined;
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectWatchLists(tx, after, page.limit + 1),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, present, (row) => [row.name, row.watch_list_id]);
}

/** The devices that are in it now. @throws DomainError `not-found` */
export async function listMembers(
  deps: WatchListDeps,
  principal: TenantPrincipal,
  kind: SetKind,
  setId: string,
  page: PageRequest,
): Promise<PageAnswer<FoundDevice>> {
  requirePermission(principal, 'devices.read');
  const after = String(page.after?.[0] ?? '0');
  const rows = await deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      if (!(await setExists(tx, kind, setId)))
        throw kind === 'group' ? new DomainError('not-found', 'There is no such group') : noSuchList();
      return selectMembers(tx, kind, setId, after, page.limit + 1);
    },
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentMember, (row) => [row.device_no]);
}

function presentMember(row: MemberRow): FoundDevice {
  const { device_id: id, name, platform, since } = row;
  return { id, name, platform, since: since?.toISOString() ?? null };
}
