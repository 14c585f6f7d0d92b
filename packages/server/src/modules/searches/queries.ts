// Statements over expressions, what they find, and what is read of devices to hold against them. `$1` is the organization.
import type { Access } from '@gatehouse/core/compliance/gate.ts';
import type { Standing } from '@gatehouse/core/compliance/standing.ts';
import type { DeviceState, Ownership, Platform } from '@gatehouse/core/devices/device.ts';
import { type FactName, factDefinition } from '@gatehouse/core/facts/catalogue.ts';
import type { FactSource, FactValue } from '@gatehouse/core/facts/types.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export type SetKind = 'group' | 'watch-list';

/** An expression that is held against every device whenever something is known anew of it. */
export interface StandingSearch {
  readonly kind: SetKind;
  readonly set_id: string;
  readonly name: string;
  readonly expression: string;
  readonly tell_entry: boolean;
  readonly tell_exit: boolean;
}

const selectStanding = sql(
  'searches-select-standing',
  `select 'group' as kind, group_id as set_id, name, expression, false as tell_entry, false as tell_exit
   from groups where organization_id = $1 and expression is not null
   union all
   select 'watch-list', watch_list_id, name, expression, tell_entry, tell_exit from watch_lists where organization_id = $1`,
);

export function selectStandingSearches(tx: TenantTx): Promise<StandingSearch[]> {
  return tx.query<StandingSearch>(selectStanding, [tx.organizationId]);
}

export interface SearchedRow {
  readonly device_id: string;
  readonly device_no: string;
  readonly platform: Platform;
  readonly ownership: Ownership;
  readonly state: DeviceState;
  readonly name: string;
  readonly user_name: string | null;
  readonly last_check_in_at: Date | null;
  readonly compliant: boolean;
  readonly access_network: Access;
  readonly access_mail: Access;
  readonly access_vpn: Access;
  readonly access_changed_at: Date | null;
  readonly standing: Standing;
  readonly failing: readonly string[];
  /** Names; null: not asked for. */
  readonly groups: readonly string[] | null;
  /** Of each source that states any of the facts asked for. */
  readonly reports:
    | readonly {
        readonly source: FactSource;
        /** ms since the epoch */
        readonly at: number;
        readonly facts: Readonly<Record<string, FactValue>>;
      }[]
    | null;
}

/** Only the facts that are asked for leave the database: an inventory of apps can be megabytes. */
const document = `select d.device_id, d.device_no, d.platform, d.ownership, d.state, d.name, u.user_name, c.last_check_in_at,
     p.compliant, p.access_network, p.access_mail, p.access_vpn, p.access_changed_at, p.standing, p.failing,
     case when $4::boolean then array(
       select g.name from group_devices m join groups g on g.organization_id = $1 and g.group_id = m.group_id
         where m.organization_id = $1 and m.device_id = d.device_id
       union select g.name from group_members m join groups g on g.organization_id = $1 and g.group_id = m.group_id
         where m.organization_id = $1 and m.user_id = d.user_id) end as groups,
     (select jsonb_agg(jsonb_build_object('source', f.source, 'at', (extract(epoch from f.observed_at) * 1000)::bigint,
        'facts', (select jsonb_object_agg(n.name, f.facts -> n.name) from unnest((select $3::text[])) as n (name)
          where f.facts ? n.name)))
      from device_facts f
      where f.organization_id = $1 and f.device_id = d.device_id and f.scan = any ($5) and f.facts ?| $3) as reports
   from devices d
   join device_contacts c on c.organization_id = $1 and c.device_id = d.device_id
   join device_posture p on p.organization_id = $1 and p.device_id = d.device_id
   left join users u on u.organization_id = $1 and u.user_id = d.user_id`;

const selectSearched = sql(
  'searches-select-devices',
  `${document} where d.organization_id = $1 and d.device_id = any ($2)`,
);

export function selectSearchedDevices(
  tx: TenantTx,
  deviceIds: readonly string[],
  facts: readonly FactName[],
  withGroups: boolean,
): Promise<SearchedRow[]> {
  const scans = [...new Set(facts.map((fact) => factDefinition(fact).scan))];
  return tx.query<SearchedRow>(selectSearched, [tx.organizationId, deviceIds, facts, withGroups, scans]);
}

// ------------------------------------------------------------------------------------------------------ who is in which set

export interface Membership {
  readonly set_id: string;
  readonly device_id: string;
}

const memberships = {
  group: {
    select: sql(
      'searches-select-group-devices',
      'select group_id as set_id, device_id from group_devices where organization_id = $1 and device_id = any ($2)',
    ),
    insert: sql(
      'searches-insert-group-devices',
      `insert into group_devices (organization_id, group_id, device_id, since)
       select $1, m.set_id, m.device_id, $4 from unnest((select $2::uuid[]), (select $3::uuid[])) as m (set_id, device_id)
       on conflict do nothing`,
    ),
    remove: sql(
      'searches-delete-group-devices',
      `delete from group_devices g using unnest((select $2::uuid[]), (select $3::uuid[])) as m (set_id, device_id)
       where g.organization_id = $1 and g.group_id = m.set_id and g.device_id = m.device_id`,
    ),
  },
  'watch-list': {
    select: sql(
      'searches-select-watched',
      'select watch_list_id as set_id, device_id from watch_list_devices where organization_id = $1 and device_id = any ($2)',
    ),
    insert: sql(
      'searches-insert-watched',
      `insert into watch_list_devices (organization_id, watch_list_id, device_id, since)
       select $1, m.set_id, m.device_id, $4 from unnest((select $2::uuid[]), (select $3::uuid[])) as m (set_id, device_id)
       on conflict do nothing`,
    ),
    remove: sql(
      'searches-delete-watched',
      `delete from watch_list_devices w using unnest((select $2::uuid[]), (select $3::uuid[])) as m (set_id, device_id)
       where w.organization_id = $1 and w.watch_list_id = m.set_id and w.device_id = m.device_id`,
    ),
  },
} as const satisfies Record<SetKind, unknown>;

export function selectMemberships(
  tx: TenantTx,
  kind: SetKind,
  deviceIds: readonly string[],
): Promise<Membership[]> {
  return tx.query<Membership>(memberships[kind].select, [tx.organizationId, deviceIds]);
}

export async function changeMemberships(
  tx: TenantTx,
  kind: SetKind,
  entered: readonly Membership[],
  left: readonly Membership[],
  now: Date,
): Promise<void> {
  const columns = (rows: readonly Membership[]) => [
    rows.map(({ set_id }) => set_id),
    rows.map(({ device_id }) => device_id),
  ];
  await Promise.all([
    entered.length > 0
      ? tx.run(memberships[kind].insert, [tx.organizationId, ...columns(entered), now])
      : undefined,
    left.length > 0 ? tx.run(memberships[kind].remove, [tx.organizationId, ...columns(left)]) : undefined,
  ]);
}

// ------------------------------------------------------------------------------------------------------------- watch lists

export interface WatchListRow {
  readonly watch_list_id: string;
  readonly name: string;
  readonly description: string;
  readonly expression: string;
  readonly tell_entry: boolean;
  readonly tell_exit: boolean;
  readonly created_at: Date;
  readonly devices: number;
}

const columns = `watch_list_id, name, description, expression, tell_entry, tell_exit, created_at,
  (select count(*)::int from watch_list_devices d
   where d.organization_id = $1 and d.watch_list_id = w.watch_list_id) as devices`;

const insertList = sql(
  'watch-lists-insert',
  `insert into watch_lists as w (organization_id, watch_list_id, name, description, expression, tell_entry, tell_exit)
   select $1, $2, $3, $4, $5, $6, $7 where (select count(*) from watch_lists where organization_id = $1) < $8
   on conflict (organization_id, lower(name)) do nothing returning ${columns}`,
);

export interface WatchListWrite {
  readonly watchListId: string;
  readonly name: string;
  readonly description: string;
  readonly expression: string;
  readonly tellEntry: boolean;
  readonly tellExit: boolean;
}

/** undefined: the name is taken, or there are as many as there may be. */
export function insertWatchList(
  tx: TenantTx,
  list: WatchListWrite,
  most: number,
): Promise<WatchListRow | undefined> {
  const { watchListId, name, description, expression, tellEntry, tellExit } = list;
  const values = [watchListId, name, description, expression, tellEntry, tellExit, most];
  return tx.one<WatchListRow>(insertList, [tx.organizationId, ...values]);
}

const updateList = sql(
  'watch-lists-update',
  `update watch_lists w set name = $3, description = $4, expression = $5, tell_entry = $6, tell_exit = $7
   where organization_id = $1 and watch_list_id = $2 returning ${columns}`,
);

export function updateWatchListRow(tx: TenantTx, list: WatchListWrite): Promise<WatchListRow | undefined> {
  const { watchListId, name, description, expression, tellEntry, tellExit } = list;
  return tx.one<WatchListRow>(updateList, [
    tx.organizationId,
    watchListId,
    name,
    description,
    expression,
    tellEntry,
    tellExit,
  ]);
}

const removeList = sql(
  'watch-lists-delete',
  'delete from watch_lists where organization_id = $1 and watch_list_id = $2 returning name',
);

export function deleteWatchListRow(tx: TenantTx, watchListId: string): Promise<{ name: string } | undefined> {
  return tx.one(removeList, [tx.organizationId, watchListId]);
}

const lockList = sql(
  'watch-lists-lock',
  `select ${columns} from watch_lists w where organization_id = $1 and watch_list_id = $2 for update`,
);

export function lockWatchList(tx: TenantTx, watchListId: string): Promise<WatchListRow | undefined> {
  return tx.one<WatchListRow>(lockList, [tx.organizationId, watchListId]);
}

const selectLists = sql(
  'watch-lists-list',
  `select ${columns} from watch_lists w where organization_id = $1
     and ($2::text is null or (lower(name), watch_list_id) > (lower($2), $3::uuid))
   order by lower(name), watch_list_id limit $4`,
);

export function selectWatchLists(
  tx: TenantTx,
  after: { name: string; id: string } | undefined,
  limit: number,
): Promise<WatchListRow[]> {
  return tx.query(selectLists, [tx.organizationId, after?.name ?? null, after?.id ?? null, limit]);
}

// ------------------------------------------------------------------------------------------------------ devices of one set

export interface MemberRow {
  readonly device_id: string;
  readonly device_no: string;
  readonly name: string;
  readonly platform: Platform;
  readonly since: Date | null;
}

const exists = {
  group: sql('searches-group-exists', 'select 1 from groups where organization_id = $1 and group_id = $2'),
  'watch-list': sql(
    'searches-list-exists',
    'select 1 from watch_lists where organization_id = $1 and watch_list_id = $2',
  ),
} as const satisfies Record<SetKind, unknown>;

export async function setExists(tx: TenantTx, kind: SetKind, setId: string): Promise<boolean> {
  return (await tx.one(exists[kind], [tx.organizationId, setId])) !== undefined;
}

/** Of a smart group, or of the members of another one. */
const devicesOfGroup = sql(
  'searches-devices-of-group',
  `select d.device_id, d.device_no, d.name, d.platform, m.since from (
     select device_id, since from group_devices where organization_id = $1 and group_id = $2
     union all
     select d.device_id, null from group_members g
     join devices d on d.organization_id = $1 and d.user_id = g.user_id and d.state <> 'unmanaged'
     where g.organization_id = $1 and g.group_id = $2
   ) m join devices d on d.organization_id = $1 and d.device_id = m.device_id
   where d.device_no > $3 order by d.device_no limit $4`,
);

const devicesOfList = sql(
  'searches-devices-of-list',
  `select d.device_id, d.device_no, d.name, d.platform, w.since from watch_list_devices w
   join devices d on d.organization_id = $1 and d.device_id = w.device_id
   where w.organization_id = $1 and w.watch_list_id = $2 and d.device_no > $3 order by d.device_no limit $4`,
);

export function selectMembers(
  tx: TenantTx,
  kind: SetKind,
  setId: string,
  after: string,
  limit: number,
): Promise<MemberRow[]> {
  const statement = kind === 'group' ? devicesOfGroup : devicesOfList;
  return tx.query<MemberRow>(statement, [tx.organizationId, setId, after, limit]);
}

const memberIds = sql(
  'searches-member-ids',
  `select device_id from group_devices where organization_id = $1 and group_id = $2`,
);

/** The devices of a smart group. */
export async function selectMemberIds(tx: TenantTx, groupId: string): Promise<readonly string[]> {
  const rows = await tx.query<{ device_id: string }>(memberIds, [tx.organizationId, groupId]);
  return rows.map(({ device_id }) => device_id);
}
