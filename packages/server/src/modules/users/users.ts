// Users: the people whose devices are managed. Local here; a directory may bring them later.
import type { ListedUser, NewUser, User, UserChanges } from '@gatehouse/contracts/admin/users.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Database } from '../../kernel/db/database.ts';
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
import { dropPasswordLinks } from './credential-queries.ts';
import {
  deleteUserRow,
  insertUser,
  lockUser,
  selectBelongings,
  selectUser,
  selectUsers,
  updateUserRow,
  type UserRow,
  type UserValues,
} from './queries.ts';

export interface UserDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly events: Events;
}

export const presentUser = (row: UserRow): User => ({
  id: row.user_id,
  email: row.email,
  userName: row.user_name,
  displayName: row.display_name,
  employeeId: row.employee_id,
  language: row.language,
  state: row.state,
  createdAt: row.created_at.toISOString(),
});

export const noSuchUser = () => new DomainError('not-found', 'There is no such user');

/** What stands before the @ is the usual name at the network (ENR-14). */
export function userValues(input: NewUser): UserValues {
  return {
    email: input.email,
    user_name: input.userName ?? input.email.slice(0, input.email.lastIndexOf('@')),
    display_name: input.displayName ?? '',
    employee_id: input.employeeId ?? null,
    language: input.language ?? null,
    state: 'active',
  };
}

/** Turns the violation of a unique index into what the caller did. */
export function explainTaken(error: unknown): unknown {
  switch (violatedConstraint(error)) {
    case 'users_email':
      return new DomainError('conflict', 'Another user has this e-mail address', { reason: 'email-taken' });
    case 'users_user_name':
      return new DomainError('conflict', 'Another user has this user name; give one with userName', {
        reason: 'user-name-taken',
      });
    case 'devices_organization_id_user_id_fkey':
      return new DomainError(
        'conflict',
        'The user still has devices; remove them or give them to somebody else',
        {
          reason: 'has-devices',
        },
      );
    default:
      return error;
  }
}

export async function createUser(deps: UserDeps, principal: TenantPrincipal, input: NewUser): Promise<User> {
  requirePermission(principal, 'users.manage');
  try {
    return await deps.database.withTenant(principal.organizationId, async (tx) => {
      const row = await insertUser(tx, newId(), userValues(input));
      await recordAudit(tx, {
        actor: principal,
        action: 'users.create',
        target: { kind: 'user', id: row.user_id },
        outcome: 'done',
        personal: { email: row.email, userName: row.user_name },
      });
      await deps.events.emit(tx, { name: 'user.created', subjectId: row.user_id, payload: {} });
      return presentUser(row);
    });
  } catch (error) {
    throw explainTaken(error);
  }
}

/** @returns the values after the change, and the names of those that differ. */
function changed(before: UserRow, changes: UserChanges): { values: UserValues; names: string[] } {
  const values: UserValues = {
    email: changes.email ?? before.email,
    user_name: changes.userName ?? before.user_name,
    display_name: changes.displayName ?? before.display_name,
    employee_id: changes.employeeId === undefined ? before.employee_id : changes.employeeId,
    language: changes.language === undefined ? before.language : changes.language,
    state: changes.state ?? before.state,
  };
  const names = (Object.keys(values) as (keyof UserValues)[]).filter((name) => values[name] !== before[name]);
  return { values, names };
}

export async function updateUser(
  deps: UserDeps,
  principal: TenantPrincipal,
  userId: string,
  changes: UserChanges,
): Promise<User> {
  requirePermission(principal, 'users.manage');
  try {
    return await deps.database.withTenant(principal.organizationId, async (tx) => {
      const before = await lockUser(tx, userId);
      if (!before) throw noSuchUser();
      const { values, names } = changed(before, changes);
      if (names.length === 0) return presentUser(before);
      const row = await updateUserRow(tx, userId, values);
      // A link was sent to the address of then, for the person of then (ENR-T08).
      if (names.includes('email') || names.includes('state')) await dropPasswordLinks(tx, userId, new Date());
      await recordAudit(tx, {
        actor: principal,
        action: 'users.update',
        target: { kind: 'user', id: userId },
        outcome: 'done',
        show: { changed: names, ...(names.includes('state') ? { state: values.state } : {}) },
        personal: names.includes('email') ? { before: before.email, after: row.email } : {},
      });
      await deps.events.emit(tx, { name: 'user.updated', subjectId: userId, payload: { changed: names } });
      return presentUser(row);
    });
  } catch (error) {
    throw explainTaken(error);
  }
}

export async function deleteUser(deps: UserDeps, principal: TenantPrincipal, userId: string): Promise<void> {
  requirePermission(principal, 'users.manage');
  try {
    await deps.database.withTenant(principal.organizationId, async (tx) => {
      const before = await lockUser(tx, userId);
      if (!before || !(await deleteUserRow(tx, userId))) throw noSuchUser();
      await recordAudit(tx, {
        actor: principal,
        action: 'users.delete',
        target: { kind: 'user', id: userId },
        outcome: 'done',
        personal: { email: before.email },
      });
      await deps.events.emit(tx, { name: 'user.deleted', subjectId: userId, payload: {} });
    });
  } catch (error) {
    throw explainTaken(error);
  }
}

export async function readUser(deps: UserDeps, principal: TenantPrincipal, userId: string): Promise<User> {
  requirePermission(principal, 'users.read');
  const row = await deps.database.withTenant(principal.organizationId, (tx) => selectUser(tx, userId), {
    readOnly: true,
  });
  if (!row) throw noSuchUser();
  return presentUser(row);
}

export async function listUsers(
  deps: UserDeps,
  principal: TenantPrincipal,
  filter: { search?: string; state?: 'active' | 'disabled' },
  page: PageRequest,
): Promise<PageAnswer<ListedUser>> {
  requirePermission(principal, 'users.read');
  const after = Number(page.after?.[0] ?? 0);
  const { rows, belongings } = await deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      const found = await selectUsers(tx, { ...filter, after, limit: page.limit + 1 });
      const ids = found.slice(0, page.limit).map(({ user_id }) => user_id);
      return { rows: found, belongings: await selectBelongings(tx, ids) };
    },
    { readOnly: true },
  );
  const byUser = new Map(belongings.map((row) => [row.user_id, row]));
  const present = (row: UserRow): ListedUser => {
    const { devices = 0, worst = null, groups = [] } = byUser.get(row.user_id) ?? {};
    return { ...presentUser(row), devices, worst, groups: [...groups] };
  };
  return pageOfRows(rows, page.limit, present, (row) => [Number(row.user_no)]);
}
