import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';
import type { UserRow } from './queries.ts';

export interface GroupRow {
  readonly group_id: string;
  readonly name: string;
  readonly description: string;
  /** null: people choose the members. */
  readonly expression: string | null;
  readonly created_at: Date;
}

export interface ListedGroupRow extends GroupRow {
  readonly users: number;
  /** Of a smart group. */
  readonly devices: number;
}

export type GroupWrite = Pick<GroupRow, 'name' | 'description' | 'expression'> & { readonly id: string };

const columns = 'group_id, name, description, expression, created_at';

const insert = sql(
  'groups-insert',
  `insert into groups (organization_id, group_id, name, description, expression) values ($1, $2, $3, $4, $5)
   on conflict (organization_id, lower(name)) do nothing returning ${columns}`,
);

/** undefined: the name is taken. */
export function insertGroup(tx: TenantTx, group: GroupWrite): Promise<GroupRow | undefined> {
  return tx.one(insert, [tx.organizationId, group.id, group.name, group.description, group.expression]);
}

const countSmart = sql(
  'groups-count-smart',
  'select count(*)::int as count from groups where organization_id = $1 and expression is not null',
);

export async function countSmartGroups(tx: TenantTx): Promise<number> {
  return (await tx.one<{ count: number }>(countSmart, [tx.organizationId]))?.count ?? 0;
}

const update = sql(
  'groups-update',
  `update groups set name = $3, description = $4, expression = $5
   where organization_id = $1 and group_id = $2 returning ${columns}`,
);

export function updateGroupRow(tx: TenantTx, group: GroupWrite): Promise<GroupRow | undefined> {
  return tx.one(update, [tx.organizationId, group.id, group.name, group.description, group.expression]);
}

const remove = sql('groups-delete', 'delete from groups where organization_id = $1 and group_id = $2');

export async function deleteGroupRow(tx: TenantTx, groupId: string): Promise<boolean> {
  return (await tx.run(remove, [tx.organizationId, groupId])) > 0;
}

const lock = sql(
  'groups-lock',
  `select ${columns} from groups where organization_id = $1 and group_id = $2 for update`,
);

export function lockGroup(tx: TenantTx, groupId: string): Promise<GroupRow | undefined> {
  return tx.one(lock, [tx.organizationId, groupId]);
}

const select = sql(
  'groups-select',
  `select ${columns} from groups where organization_id = $1 and group_id = $2`,
);

export function selectGroup(tx: TenantTx, groupId: string): Promise<GroupRow | undefined> {
  return tx.one(select, [tx.organizationId, groupId]);
}

const byName = sql(
  'groups-by-name',
  `select ${columns} from groups where organization_id = $1 and lower(name) = lower($2)`,
);

export function findGroupByName(tx: TenantTx, name: string): Promise<GroupRow | undefined> {
  return tx.one(byName, [tx.organizationId, name]);
}

const list = sql(
  'groups-list',
  `select ${columns},
     (select count(*)::int from group_members m where m.organization_id = $1 and m.group_id = groups.group_id) as users,
     (select count(*)::int from group_devices d where d.organization_id = $1 and d.group_id = groups.group_id) as devices
   from groups where organization_id = $1
     and ($2::text is null or (lower(name), group_id) > (lower($2), $3::uuid))
   order by lower(name), group_id limit $4`,
);

export function selectGroups(
  tx: TenantTx,
  after: { name: string; id: string } | undefined,
  limit: number,
): Promise<ListedGroupRow[]> {
  return tx.query(list, [tx.organizationId, after?.name ?? null, after?.id ?? null, limit]);
}

const insertMember = sql(
  'groups-insert-member',
  `insert into group_members (organization_id, group_id, user_id) values ($1, $2, $3) on conflict do nothing`,
);

/** False: was a member already. */
export async function insertGroupMember(tx: TenantTx, groupId: string, userId: string): Promise<boolean> {
  return (await tx.run(insertMember, [tx.organizationId, groupId, userId])) > 0;
}

const deleteMember = sql(
  'groups-delete-member',
  'delete from group_members where organization_id = $1 and group_id = $2 and user_id = $3',
);

export async function deleteGroupMember(tx: TenantTx, groupId: string, userId: string): Promise<boolean> {
  return (await tx.run(deleteMember, [tx.organizationId, groupId, userId])) > 0;
}

const members = sql(
  'groups-members',
  `select u.user_id, u.user_no, u.email, u.user_name, u.display_name, u.employee_id, u.language, u.state, u.created_at
   from group_members m join users u on u.organization_id = m.organization_id and u.user_id = m.user_id
   where m.organization_id = $1 and m.group_id = $2 and u.user_no > $3 order by u.user_no limit $4`,
);

export function selectGroupMembers(
  tx: TenantTx,
  groupId: string,
  after: number,
  limit: number,
): Promise<UserRow[]> {
  return tx.query(members, [tx.organizationId, groupId, after, limit]);
}

const ofUser = sql(
  'groups-of-user',
  `select g.group_id, g.name, g.description, g.expression, g.created_at from group_members m
   join groups g on g.organization_id = $1 and g.group_id = m.group_id
   where m.organization_id = $1 and m.user_id = $2 order by lower(g.name) limit 500`,
);

export function selectGroupsOfUser(tx: TenantTx, userId: string): Promise<GroupRow[]> {
  return tx.query<GroupRow>(ofUser, [tx.organizationId, userId]);
}
