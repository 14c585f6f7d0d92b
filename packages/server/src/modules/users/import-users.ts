// Users in bulk from CSV (OWN-06): each line is a use-case of its own, so a bad line costs only itself, and a file that is
// sent again changes nothing.
import type { Readable } from 'node:stream';
import { type ImportReport, NewUser } from '@gatehouse/contracts/admin/users.ts';
import { DomainError, isDomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { Compile } from 'typebox/schema';
import { type CsvLine, readCsv } from '../../kernel/csv/read-csv.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import { findGroupByName, insertGroup, insertGroupMember } from './group-queries.ts';
import { announceMembership } from './groups.ts';
import { insertUser, lockUserByEmail, updateUserRow, type UserRow } from './queries.ts';
import { explainTaken, type UserDeps, userValues } from './users.ts';

const columns = ['email', 'user_name', 'display_name', 'employee_id', 'groups'] as const;
type Column = (typeof columns)[number];
/** What a line may change of a user who is there. */
const importedColumns = ['user_name', 'display_name', 'employee_id'] as const;
type Outcome = ImportReport['lines'][number];

const newUser = Compile(NewUser);

export async function importUsers(
  deps: UserDeps,
  principal: TenantPrincipal,
  content: Readable,
): Promise<ImportReport> {
  requirePermission(principal, 'users.manage');
  const lines: Outcome[] = [];
  for await (const line of readCsv(content, { columns, required: ['email'] })) {
    lines.push(await importLine(deps, principal, line));
  }
  return { lines };
}

async function importLine(
  deps: UserDeps,
  principal: TenantPrincipal,
  line: CsvLine<Column>,
): Promise<Outcome> {
  const failed = (reason: string): Outcome => ({ line: line.line, outcome: 'failed', reason });
  if (line.problem !== undefined) return failed(line.problem);
  const input = toUser(line.values);
  if (!newUser.Check(input)) {
    const [, [error]] = newUser.Errors(input);
    return failed(`${error?.instancePath.slice(1) || 'the line'} ${error?.message ?? 'is not valid'}`);
  }
  const groups = (line.values.groups ?? '')
    .split(';')
    .map((name) => name.trim())
    .filter(Boolean);
  if (groups.some((name) => name.length > 200)) return failed('a group name is longer than 200 characters');
  try {
    const outcome = await deps.database.withTenant(principal.organizationId, (tx) =>
      putUser(deps, tx, principal, input, groups),
    );
    return { line: line.line, outcome };
  } catch (error) {
    const explained = explainTaken(error);
    if (isDomainError(explained, 'conflict')) return failed(explained.message);
    throw explained;
  }
}

function toUser(values: Partial<Record<Column, string>>): NewUser {
  return {
    email: values.email ?? '',
    ...(values.user_name === undefined ? {} : { userName: values.user_name }),
    ...(values.display_name === undefined ? {} : { displayName: values.display_name }),
    ...(values.employee_id === undefined ? {} : { employeeId: values.employee_id }),
  };
}

/** Cells that the file leaves empty leave what is there. */
async function putUser(
  deps: UserDeps,
  tx: TenantTx,
  principal: TenantPrincipal,
  input: NewUser,
  groups: readonly string[],
): Promise<'created' | 'updated' | 'unchanged'> {
  const groupIds: string[] = [];
  for (const name of groups) groupIds.push(await groupToJoin(tx, name));
  const before = await lockUserByEmail(tx, input.email);
  const user = before
    ? await changeUser(tx, before, input)
    : await insertUser(tx, newId(), userValues(input));
  let joined = 0;
  for (const groupId of groupIds) joined += (await insertGroupMember(tx, groupId, user.user_id)) ? 1 : 0;
  const outcome = !before ? 'created' : user !== before || joined > 0 ? 'updated' : 'unchanged';
  if (outcome === 'unchanged') return outcome;
  await recordAudit(tx, {
    actor: principal,
    action: outcome === 'created' ? 'users.create' : 'users.update',
    target: { kind: 'user', id: user.user_id },
    outcome: 'done',
    show: { import: true, joined },
    personal: { email: user.email },
  });
  const changed = before ? importedColumns.filter((name) => user[name] !== before[name]) : [];
  await deps.events.emit(tx, {
    name: before ? 'user.updated' : 'user.created',
    subjectId: user.user_id,
    payload: before ? { changed } : {},
  });
  if (joined > 0) await announceMembership(tx, deps.events, user.user_id);
  return outcome;
}

/** @returns the very row it was given when nothing differs. */
async function changeUser(tx: TenantTx, before: UserRow, input: NewUser): Promise<UserRow> {
  const values = {
    email: before.email,
    user_name: input.userName ?? before.user_name,
    display_name: input.displayName ?? before.display_name,
    employee_id: input.employeeId ?? before.employee_id,
    language: input.language ?? before.language,
    state: before.state,
  };
  const same = importedColumns.every((name) => values[name] === before[name]);
  return same ? before : updateUserRow(tx, before.user_id, values);
}

/** A group that does not exist is made. @throws DomainError `conflict` for a smart group, before anything of the line is written. */
async function groupToJoin(tx: TenantTx, name: string): Promise<string> {
  const group =
    (await findGroupByName(tx, name)) ??
    (await insertGroup(tx, { id: newId(), name, description: '', expression: null })) ??
    (await findGroupByName(tx, name));
  if (!group) throw new DomainError('conflict', `The group ${name} could not be made.`);
  if (group.expression !== null) {
    throw new DomainError('conflict', `The members of the group ${name} are found by its expression.`, {
      reason: 'smart-group',
    });
  }
  return group.group_id;
}
