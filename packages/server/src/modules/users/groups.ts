// Groups of users, and smart groups, whose members are the devices of which an expression holds. Who joins or leaves one may come
// under other policies, so membership is an event.
import type { Group, GroupChanges, ListedGroup, NewGroup, User } from '@gatehouse/contracts/admin/users.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { compileExpression } from '@gatehouse/core/expressions/compile.ts';
import { factsReadBy } from '@gatehouse/core/expressions/device-environment.ts';
import { groupEnvironment } from '@gatehouse/core/expressions/search-environment.ts';
import { requireSight } from '@gatehouse/core/facts/fact-rights.ts';
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
import {
  countSmartGroups,
  deleteGroupMember,
  deleteGroupRow,
  type GroupRow,
  insertGroup,
  insertGroupMember,
  type ListedGroupRow,
  lockGroup,
  selectGroup,
  selectGroupMembers,
  selectGroups,
  selectGroupsOfUser,
  updateGroupRow,
} from './group-queries.ts';
import { selectUser } from './queries.ts';
import { noSuchUser, presentUser, type UserDeps } from './users.ts';

const presentGroup = (row: GroupRow): Group => ({
  id: row.group_id,
  name: row.name,
  description: row.description,
  expression: row.expression,
  createdAt: row.created_at.toISOString(),
});

const presentListed = (row: ListedGroupRow): ListedGroup => ({
  ...presentGroup(row),
  users: row.users,
  devices: row.expression === null ? null : row.devices,
});

const noSuchGroup = () => new DomainError('not-found', 'There is no such group');
const nameTaken = () => new DomainError('conflict', 'Another group has this name', { reason: 'name-taken' });

/** Each is held against every device that reports. */
export const mostSmartGroups = 100;

/** All devices are to be held against it again. */
export const smartGroupChanged = 'group.expression-changed';

const isSmart = () =>
  new DomainError('conflict', 'The members of this group are found by its expression.', {
    reason: 'smart-group',
  });

/** @throws DomainError `invalid-input`, `forbidden` for facts that the author may not see (CEL-03). */
function checkExpression(principal: TenantPrincipal, expression: string): void {
  requireSight(principal, factsReadBy(compileExpression(expression, groupEnvironment)));
}

/** What the user's devices are given may have changed. */
export function announceMembership(tx: TenantTx, events: Events, userId: string): Promise<void> {
  return events.emit(tx, { name: 'user.groups-changed', subjectId: userId, payload: {} });
}

export async function createGroup(
  deps: UserDeps,
  principal: TenantPrincipal,
  input: NewGroup,
): Promise<Group> {
  requirePermission(principal, 'groups.manage');
  const expression = input.expression ?? null;
  if (expression !== null) checkExpression(principal, expression);
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    if (expression !== null && (await countSmartGroups(tx)) >= mostSmartGroups) {
      throw new DomainError('conflict', `There are ${mostSmartGroups} smart groups already.`, {
        reason: 'too-many-smart-groups',
      });
    }
    const row = await insertGroup(tx, {
      id: newId(),
      name: input.name,
      description: input.description ?? '',
      expression,
    });
    if (!row) throw nameTaken();
    if (expression !== null)
      await deps.events.emit(tx, { name: smartGroupChanged, subjectId: tx.organizationId, payload: {} });
    await recordAudit(tx, {
      actor: principal,
      action: 'groups.create',
      target: { kind: 'group', id: row.group_id },
      outcome: 'done',
      show: { name: row.name, expression },
    });
    return presentGroup(row);
  });
}

export async function updateGroup(
  deps: UserDeps,
  principal: TenantPrincipal,
  groupId: string,
  changes: GroupChanges,
): Promise<Group> {
  requirePermission(principal, 'groups.manage');
  if (changes.expression !== undefined) checkExpression(principal, changes.expression);
  try {
    return await deps.database.withTenant(principal.organizationId, async (tx) => {
      const before = await lockGroup(tx, groupId);
      if (!before) throw noSuchGroup();
      if (changes.expression !== undefined && before.expression === null) {
        throw new DomainError('conflict', 'People choose the members of this group; make a smart group.', {
          reason: 'not-a-smart-group',
        });
      }
      const after = {
        name: changes.name ?? before.name,
        description: changes.description ?? before.description,
        expression: changes.expression ?? before.expression,
      };
      const row = await updateGroupRow(tx, { id: groupId, ...after });
      if (!row) throw noSuchGroup();
      if (after.expression !== before.expression)
        await deps.events.emit(tx, { name: smartGroupChanged, subjectId: tx.organizationId, payload: {} });
      await recordAudit(tx, {
        actor: principal,
        action: 'groups.update',
        target: { kind: 'group', id: groupId },
        outcome: 'done',
        show: {
          before: { name: before.name, description: before.description, expression: before.expression },
          after,
        },
      });
      return presentGroup(row);
    });
  } catch (error) {
    if (violatedConstraint(error) === 'groups_name') throw nameTaken();
    throw error;
  }
}

export async function deleteGroup(
  deps: UserDeps,
  principal: TenantPrincipal,
  groupId: string,
): Promise<void> {
  requirePermission(principal, 'groups.manage');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const before = await lockGroup(tx, groupId);
    if (!before) throw noSuchGroup();
    for (let after = 0; ; ) {
      const members = await selectGroupMembers(tx, groupId, after, 1_000);
      for (const member of members) await announceMembership(tx, deps.events, member.user_id);
      if (members.length < 1_000) break;
      after = Number(members.at(-1)?.user_no);
    }
    if (before.expression !== null)
      await deps.events.emit(tx, { name: smartGroupChanged, subjectId: tx.organizationId, payload: {} });
    await deleteGroupRow(tx, groupId);
    await recordAudit(tx, {
      actor: principal,
      action: 'groups.delete',
      target: { kind: 'group', id: groupId },
      outcome: 'done',
      show: { name: before.name },
    });
    await deps.events.emit(tx, { name: 'group.deleted', subjectId: groupId, payload: {} });
  });
}

export async function listGroups(
  deps: UserDeps,
  principal: TenantPrincipal,
  page: PageRequest,
): Promise<PageAnswer<ListedGroup>> {
  requirePermission(principal, 'groups.read');
  const after = page.after ? { name: String(page.after[0]), id: String(page.after[1]) } : undefined;
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectGroups(tx, after, page.limit + 1),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentListed, (row) => [row.name, row.group_id]);
}

export async function listGroupsOfUser(
  deps: UserDeps,
  principal: TenantPrincipal,
  userId: string,
): Promise<PageAnswer<Group>> {
  requirePermission(principal, 'groups.read');
  const rows = await deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      if (!(await selectUser(tx, userId))) throw noSuchUser();
      return selectGroupsOfUser(tx, userId);
    },
    { readOnly: true },
  );
  return { items: rows.map(presentGroup) };
}

export async function readGroup(deps: UserDeps, principal: TenantPrincipal, groupId: string): Promise<Group> {
  requirePermission(principal, 'groups.read');
  const row = await deps.database.withTenant(principal.organizationId, (tx) => selectGroup(tx, groupId), {
    readOnly: true,
  });
  if (!row) throw noSuchGroup();
  return presentGroup(row);
}

export async function listGroupMembers(
  deps: UserDeps,
  principal: TenantPrincipal,
  groupId: string,
  page: PageRequest,
): Promise<PageAnswer<User>> {
  requirePermission(principal, 'groups.read');
  const rows = await deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      if (!(await selectGroup(tx, groupId))) throw noSuchGroup();
      return selectGroupMembers(tx, groupId, Number(page.after?.[0] ?? 0), page.limit + 1);
    },
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentUser, (row) => [Number(row.user_no)]);
}

export async function setGroupMember(
  deps: UserDeps,
  principal: TenantPrincipal,
  groupId: string,
  userId: string,
  member: boolean,
): Promise<void> {
  requirePermission(principal, 'groups.manage');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const group = await lockGroup(tx, groupId);
    if (!group) throw noSuchGroup();
    if (group.expression !== null) throw isSmart();
    if (!(await selectUser(tx, userId))) throw noSuchUser();
    const changed = member
      ? await insertGroupMember(tx, groupId, userId)
      : await deleteGroupMember(tx, groupId, userId);
    if (!changed) return;
    await recordAudit(tx, {
      actor: principal,
      action: member ? 'groups.add-member' : 'groups.remove-member',
      target: { kind: 'group', id: groupId },
      outcome: 'done',
      show: { user: userId },
    });
    await announceMembership(tx, deps.events, userId);
  });
}
