// Groups of users. Who joins or leaves one may come under other policies, so membership is an event.
import type { Group, GroupChanges, NewGroup, User } from '@gatehouse/contracts/admin/users.ts';
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
import {
  deleteGroupMember,
  deleteGroupRow,
  type GroupRow,
  insertGroup,
  insertGroupMember,
  lockGroup,
  selectGroup,
  selectGroupMembers,
  selectGroups,
  updateGroupRow,
} from './group-queries.ts';
import { selectUser } from './queries.ts';
import { noSuchUser, presentUser, type UserDeps } from './users.ts';

const presentGroup = (row: GroupRow): Group => ({
  id: row.group_id,
  name: row.name,
  description: row.description,
  createdAt: row.created_at.toISOString(),
});

const noSuchGroup = () => new DomainError('not-found', 'There is no such group');
const nameTaken = () => new DomainError('conflict', 'Another group has this name', { reason: 'name-taken' });

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
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const row = await insertGroup(tx, {
      id: newId(),
      name: input.name,
      description: input.description ?? '',
    });
    if (!row) throw nameTaken();
    await recordAudit(tx, {
      actor: principal,
      action: 'groups.create',
      target: { kind: 'group', id: row.group_id },
      outcome: 'done',
      show: { name: row.name },
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
  try {
    return await deps.database.withTenant(principal.organizationId, async (tx) => {
      const before = await lockGroup(tx, groupId);
      if (!before) throw noSuchGroup();
      const after = {
        name: changes.name ?? before.name,
        description: changes.description ?? before.description,
      };
      const row = await updateGroupRow(tx, { id: groupId, ...after });
      if (!row) throw noSuchGroup();
      await recordAudit(tx, {
        actor: principal,
        action: 'groups.update',
        target: { kind: 'group', id: groupId },
        outcome: 'done',
        show: { before: { name: before.name, description: before.description }, after },
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
): Promise<PageAnswer<Group>> {
  requirePermission(principal, 'groups.read');
  const after = page.after ? { name: String(page.after[0]), id: String(page.after[1]) } : undefined;
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectGroups(tx, after, page.limit + 1),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentGroup, (row) => [row.name, row.group_id]);
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
    if (!(await lockGroup(tx, groupId))) throw noSuchGroup();
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
