import { type Standing, standings } from '@gatehouse/core/compliance/standing.ts';
import { searchKey } from '@gatehouse/core/devices/search-words.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface UserRow {
  readonly user_id: string;
  readonly user_no: string;
  readonly email: string;
  readonly user_name: string;
  readonly display_name: string;
  readonly employee_id: string | null;
  /** In which the person is written to; null: nobody has said. */
  readonly language: string | null;
  readonly state: 'active' | 'disabled';
  readonly created_at: Date;
}

export type UserValues = Pick<
  UserRow,
  'email' | 'user_name' | 'display_name' | 'employee_id' | 'language' | 'state'
>;

const columns = 'user_id, user_no, email, user_name, display_name, employee_id, language, state, created_at';

const insert = sql(
  'users-insert',
  `insert into users (organization_id, user_id, email, user_name, display_name, employee_id, language)
   values ($1, $2, $3, $4, $5, $6, $7) returning ${columns}`,
);

export async function insertUser(tx: TenantTx, userId: string, values: UserValues): Promise<UserRow> {
  const row = await tx.one<UserRow>(insert, [
    tx.organizationId,
    userId,
    values.email,
    values.user_name,
    values.display_name,
    values.employee_id,
    values.language,
  ]);
  if (!row) throw new Error('an insert returned nothing');
  return row;
}

const update = sql(
  'users-update',
  `update users set email = $3, user_name = $4, display_name = $5, employee_id = $6, state = $7, language = $8
   where organization_id = $1 and user_id = $2 returning ${columns}`,
);

export async function updateUserRow(tx: TenantTx, userId: string, values: UserValues): Promise<UserRow> {
  const row = await tx.one<UserRow>(update, [
    tx.organizationId,
    userId,
    values.email,
    values.user_name,
    values.display_name,
    values.employee_id,
    values.state,
    values.language,
  ]);
  if (!row) throw new Error('an update of a locked row found nothing');
  return row;
}

const remove = sql('users-delete', 'delete from users where organization_id = $1 and user_id = $2');

export async function deleteUserRow(tx: TenantTx, userId: string): Promise<boolean> {
  return (await tx.run(remove, [tx.organizationId, userId])) > 0;
}

const select = sql(
  'users-select',
  `select ${columns} from users where organization_id = $1 and user_id = $2`,
);

export function selectUser(tx: TenantTx, userId: string): Promise<UserRow | undefined> {
  return tx.one(select, [tx.organizationId, userId]);
}

const lock = sql(
  'users-lock',
  `select ${columns} from users where organization_id = $1 and user_id = $2 for update`,
);

export function lockUser(tx: TenantTx, userId: string): Promise<UserRow | undefined> {
  return tx.one(lock, [tx.organizationId, userId]);
}

const lockByEmail = sql(
  'users-lock-by-email',
  `select ${columns} from users where organization_id = $1 and email_key = lower($2) for update`,
);

export function lockUserByEmail(tx: TenantTx, email: string): Promise<UserRow | undefined> {
  return tx.one(lockByEmail, [tx.organizationId, email]);
}

const list = sql(
  'users-list',
  `select ${columns} from users where organization_id = $1 and user_no > $2
     and ($3::text is null or state = $3)
     and ($4::text is null or strpos(search_key, $4) > 0)
   order by user_no limit $5`,
);

export function selectUsers(
  tx: TenantTx,
  filter: { after: number; state?: string | undefined; search?: string | undefined; limit: number },
): Promise<UserRow[]> {
  return tx.query(list, [
    tx.organizationId,
    filter.after,
    filter.state ?? null,
    filter.search === undefined ? null : searchKey(filter.search),
    filter.limit,
  ]);
}

const belongings = sql(
  'users-belongings',
  `select u.user_id, count(d.device_id)::int as devices,
     (array_agg(p.standing order by array_position($3::text[], p.standing)) filter (where p.standing is not null))[1] as worst,
     array(select g.name from group_members m join groups g on g.organization_id = $1 and g.group_id = m.group_id
       where m.organization_id = $1 and m.user_id = u.user_id order by g.name) as groups
   from unnest((select $2::uuid[])) as u (user_id)
   left join devices d on d.organization_id = $1 and d.user_id = u.user_id and d.state <> 'unmanaged'
   left join device_posture p on p.organization_id = $1 and p.device_id = d.device_id
   group by u.user_id`,
);

export interface BelongingsRow {
  readonly user_id: string;
  readonly devices: number;
  readonly worst: Standing | null;
  readonly groups: readonly string[];
}

/** The devices of each, how the worst of them stands, and the groups. */
export function selectBelongings(tx: TenantTx, userIds: readonly string[]): Promise<BelongingsRow[]> {
  return tx.query<BelongingsRow>(belongings, [tx.organizationId, userIds, standings]);
}

const groupNames = sql(
  'users-group-names',
  `select m.user_id, array_agg(g.name order by g.name) as names from group_members m
   join groups g on g.organization_id = m.organization_id and g.group_id = m.group_id
   where m.organization_id = $1 and m.user_id = any ($2::uuid[]) group by m.user_id`,
);

export function selectGroupNames(
  tx: TenantTx,
  userIds: readonly string[],
): Promise<{ user_id: string; names: string[] }[]> {
  return tx.query(groupNames, [tx.organizationId, userIds]);
}

const selectAddresses = sql(
  'users-select-addresses',
  `select user_id, email from users where organization_id = $1 and user_id = any ((select $2::uuid[])::uuid[])`,
);

/** Whom ids mean, for lists that are about something else: addresses by id. */
export async function addressesOf(
  tx: TenantTx,
  userIds: readonly (string | null)[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Set(userIds.filter((id) => id !== null))];
  if (wanted.length === 0) return new Map();
  const rows = await tx.query<{ user_id: string; email: string }>(selectAddresses, [
    tx.organizationId,
    wanted,
  ]);
  return new Map(rows.map((row) => [row.user_id, row.email]));
}
