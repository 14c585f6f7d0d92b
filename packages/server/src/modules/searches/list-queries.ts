// Statements that find, order and count the devices of a fleet by anything that is recorded of them. They look at a whole fleet on
// purpose: people filter by what has no index and sort by what changes with every check-in. The fleet is joined behind a fence
// (`offset 0`), so that no guess about the filters can make the planner look for a hundred thousand devices one by one.
// `$1` is the organization, `$2` to `$21` the filter, of which null stands for anything.
import type { DeviceSearchQuery } from '@gatehouse/contracts/admin/searches.ts';
import type { Standing } from '@gatehouse/core/compliance/standing.ts';
import type { Access } from '@gatehouse/core/compliance/gate.ts';
import type { DeviceState, Ownership, Platform } from '@gatehouse/core/devices/device.ts';
import { type FactName, factDefinition } from '@gatehouse/core/facts/catalogue.ts';
import type { FactSource, FactValue } from '@gatehouse/core/facts/types.ts';
import type { Static } from 'typebox';
import type { TenantTx } from '../../kernel/db/database.ts';
import { planForThis } from '../../kernel/db/plan-for-this.ts';
import { sql } from '../../kernel/db/sql.ts';

export type DeviceSort = NonNullable<Static<typeof DeviceSearchQuery.sort>>;

/** A word as it stands in names, and where it may be the beginning of an identifier. */
export interface SoughtWord {
  readonly key: string;
  readonly ranges: readonly { readonly kind: string; readonly low: string; readonly high: string }[];
}

export interface FleetFilter {
  readonly platforms: readonly string[] | null;
  readonly states: readonly string[];
  readonly ownerships: readonly string[] | null;
  readonly standings: readonly string[] | null;
  readonly network: readonly string[] | null;
  readonly mail: readonly string[] | null;
  readonly vpn: readonly string[] | null;
  readonly compliant: boolean | null;
  readonly contactMade: boolean | null;
  readonly users: readonly string[] | null;
  readonly failing: readonly string[] | null;
  readonly groups: readonly string[] | null;
  readonly seenBefore: Date | null;
  readonly seenAfter: Date | null;
  readonly changedBefore: Date | null;
  readonly changedAfter: Date | null;
  readonly words: readonly SoughtWord[];
  readonly selectionId: string | null;
  /** No device can be among these. */
  readonly impossible: boolean;
}

function filterValues(tx: TenantTx, filter: FleetFilter): unknown[] {
  const ranges = filter.words.flatMap((word, index) =>
    word.ranges.map((range) => ({ ...range, word: index + 1 })),
  );
  return [
    tx.organizationId,
    filter.platforms,
    filter.states,
    filter.ownerships,
    filter.standings,
    filter.network,
    filter.mail,
    filter.vpn,
    filter.compliant,
    filter.contactMade,
    filter.users,
    filter.failing,
    filter.groups,
    filter.seenBefore,
    filter.seenAfter,
    filter.changedBefore,
    filter.changedAfter,
    filter.selectionId,
    filter.words.map(({ key }) => key),
    JSON.stringify(ranges),
  ];
}

/** Outer joins, because those that a question has no use for are left away: the plan is made for the question (`planForThis`). */
const recorded = (
  devices: string,
) => `(select d.device_id, d.device_no, d.platform, d.state, d.ownership, d.name_key, d.search_key,
    d.asset_number, d.user_id, u.search_key as user_search_key, u.user_name, c.last_check_in_at, p.standing, p.failing, p.compliant,
    p.access_network, p.access_mail, p.access_vpn, p.access_changed_at, p.model, p.os_key
  from ${devices} d
  left join device_contacts c on c.organization_id = $1 and c.device_id = d.device_id
  left join device_posture p on p.organization_id = $1 and p.device_id = d.device_id
  left join users u on u.organization_id = $1 and u.user_id = d.user_id
  where d.organization_id = $1 offset 0) o`;

const fleet = recorded('devices');

/** So many devices after one, in the order of enrolment. */
const stretch = recorded(`(select * from devices where organization_id = $1 and device_no > $22::bigint
    order by device_no limit $21 offset 0)`);

/** The fence inside makes it a walk along the index of identifiers for each word, and never a look at all of them. */
const identified = `(select a.word, i.device_id from jsonb_to_recordset($20::jsonb) as a (word bigint, kind text, low text, high text)
    cross join lateral (select x.device_id from device_identifiers x
      where x.organization_id = $1 and x.kind = a.kind and x.value >= a.low and x.value < a.high offset 0) i)`;

const contains = (
  key: string,
) => `strpos(o.search_key, ${key}) > 0 or coalesce(strpos(o.user_search_key, ${key}) > 0, false)
      or coalesce(lower(o.asset_number) = ${key}, false) or coalesce(strpos(lower(o.model), ${key}) > 0, false)`;

/** The first words one by one, which costs half of what a list of words does for each device. */
const hasWord = (n: number) => `(cardinality($19::text[]) < ${n} or ${contains(`($19::text[])[${n}]`)}
    or o.device_id in (select s.device_id from ${identified} s where s.word = ${n}))`;

const hasFurtherWords = `(cardinality($19::text[]) < 3 or not exists (select 1 from unnest($19) with ordinality as w (key, word)
    where w.word > 2 and not (${contains('w.key')}
      or (w.word, o.device_id) in (select s.word, s.device_id from ${identified} s))))`;

const fits = `($2::text[] is null or o.platform = any ($2)) and o.state = any ($3::text[])
  and ($4::text[] is null or o.ownership = any ($4)) and ($5::text[] is null or o.standing = any ($5))
  and ($6::text[] is null or o.access_network = any ($6)) and ($7::text[] is null or o.access_mail = any ($7))
  and ($8::text[] is null or o.access_vpn = any ($8)) and ($9::boolean is null or o.compliant = $9)
  and ($10::boolean is null or (o.last_check_in_at is not null) = $10)
  and ($11::text[] is null or o.user_name = any ($11)) and ($12::text[] is null or o.failing && $12)
  and ($13::text[] is null
    or o.device_id in (select m.device_id from group_devices m join groups g on g.organization_id = $1 and g.group_id = m.group_id
      where m.organization_id = $1 and g.name = any ($13))
    or o.user_id in (select m.user_id from group_members m join groups g on g.organization_id = $1 and g.group_id = m.group_id
      where m.organization_id = $1 and g.name = any ($13)))
  and ($14::timestamptz is null or o.last_check_in_at < $14) and ($15::timestamptz is null or o.last_check_in_at > $15)
  and ($16::timestamptz is null or o.access_changed_at < $16) and ($17::timestamptz is null or o.access_changed_at > $17)
  and ($18::uuid is null or o.device_id in (select unnest(s.device_ids) from device_selections s
    where s.organization_id = $1 and s.selection_id = $18))
  and ${hasWord(1)} and ${hasWord(2)} and ${hasFurtherWords}`;

const bySeen = `coalesce(o.last_check_in_at, '-infinity')`;
const byStanding = `array_position(array['bad', 'stale', 'unknown', 'grace', 'exempt', 'unchecked', 'ok'], o.standing)`;
const byOs = `(o.platform || ' ' || o.os_key) collate "C"`;
const byOwner = `coalesce(o.user_search_key, '') collate "C"`;

/** A key of the type that `$22` is cast to, and the number of the device where keys are alike. */
const up = (type: string) => `($22::${type} is null or (f.key, f.device_no) > ($22::${type}, $23::bigint))
  order by f.key, f.device_no limit $21`;
const down = (type: string) => `($22::${type} is null or (f.key, f.device_no) < ($22::${type}, $23::bigint))
  order by f.key desc, f.device_no desc limit $21`;
const text = 'text collate "C"';

const keyed = (key: string) => `select f.key::text as key, f.device_id, f.device_no
  from (select ${key} as key, o.device_id, o.device_no from ${fleet} where ${fits}) f`;
const named = keyed('o.name_key');
const seen = keyed(bySeen);
const versioned = keyed(byOs);
const standing = keyed(byStanding);
const owned = keyed(byOwner);
const numbered = keyed('o.device_no');

const finds = {
  name: sql('searches-find-name', `${named} where ${up(text)}`),
  '-name': sql('searches-find-name-down', `${named} where ${down(text)}`),
  seen: sql('searches-find-seen', `${seen} where ${up('timestamptz')}`),
  '-seen': sql('searches-find-seen-down', `${seen} where ${down('timestamptz')}`),
  os: sql('searches-find-os', `${versioned} where ${up(text)}`),
  '-os': sql('searches-find-os-down', `${versioned} where ${down(text)}`),
  standing: sql('searches-find-standing', `${standing} where ${up('int')}`),
  '-standing': sql('searches-find-standing-down', `${standing} where ${down('int')}`),
  owner: sql('searches-find-owner', `${owned} where ${up(text)}`),
  '-owner': sql('searches-find-owner-down', `${owned} where ${down(text)}`),
  enrolled: sql('searches-find-enrolled', `${numbered} where ${up('bigint')}`),
  '-enrolled': sql('searches-find-enrolled-down', `${numbered} where ${down('bigint')}`),
} as const satisfies Record<DeviceSort, unknown>;

/** Nothing but under management, or to come: along the indexes, whatever the size of the fleet. */
const walked = (key: string) =>
  `select ${key}::text as key, device_id, device_no from devices where organization_id = $1 and state <> 'unmanaged'`;
const walks = {
  name: sql(
    'searches-walk-name',
    `${walked('name_key')} and ($3::text is null or (name_key >= $3 and (name_key > $3 or device_no > $4::bigint)))
     order by name_key, device_no limit $2`,
  ),
  '-name': sql(
    'searches-walk-name-down',
    `${walked('name_key')} and ($3::text is null or (name_key <= $3 and (name_key < $3 or device_no < $4::bigint)))
     order by name_key desc, device_no desc limit $2`,
  ),
  enrolled: sql(
    'searches-walk-enrolled',
    `${walked('device_no')} and ($3::bigint is null or device_no > $4::bigint) order by devices.device_no limit $2`,
  ),
  '-enrolled': sql(
    'searches-walk-enrolled-down',
    `${walked('device_no')} and ($3::bigint is null or device_no < $4::bigint) order by devices.device_no desc limit $2`,
  ),
} as const;

export const isWalk = (sort: DeviceSort): sort is keyof typeof walks => Object.hasOwn(walks, sort);

export interface FoundRow {
  /** As text, such as a later page is asked for after. */
  readonly key: string;
  readonly device_id: string;
  readonly device_no: string;
}

export type FoundPlace = readonly [key: string, deviceNo: string];

export function findDevices(
  tx: TenantTx,
  filter: FleetFilter,
  sort: DeviceSort,
  after: FoundPlace | null,
  limit: number,
): Promise<FoundRow[]> {
  const [key, deviceNo] = after ?? [null, null];
  planForThis(tx);
  return tx.query<FoundRow>(finds[sort], [...filterValues(tx, filter), limit, key, deviceNo]);
}

export function walkDevices(
  tx: TenantTx,
  sort: keyof typeof walks,
  after: FoundPlace | null,
  limit: number,
): Promise<FoundRow[]> {
  const [key, deviceNo] = after ?? [null, null];
  planForThis(tx);
  return tx.query<FoundRow>(walks[sort], [tx.organizationId, limit, key, deviceNo]);
}

const countBefore = (key: string, comparison: string, type: string) =>
  `select count(*)::int as devices from (select ${key} as key, o.device_no from ${fleet} where ${fits}) f
   where (f.key, f.device_no) ${comparison} ($21::${type}, $22::bigint)`;

const countsBefore = {
  name: sql('searches-before-name', countBefore('o.name_key', '<=', text)),
  '-name': sql('searches-before-name-down', countBefore('o.name_key', '>=', text)),
  seen: sql('searches-before-seen', countBefore(bySeen, '<=', 'timestamptz')),
  '-seen': sql('searches-before-seen-down', countBefore(bySeen, '>=', 'timestamptz')),
  owner: sql('searches-before-owner', countBefore(byOwner, '<=', text)),
  '-owner': sql('searches-before-owner-down', countBefore(byOwner, '>=', text)),
} as const;

/** How many stand before a place in the order; undefined: nobody asks for places in it. */
export async function countDevicesBefore(
  tx: TenantTx,
  filter: FleetFilter,
  sort: DeviceSort,
  place: FoundPlace,
): Promise<number | undefined> {
  if (!Object.hasOwn(countsBefore, sort)) return undefined;
  planForThis(tx);
  const statement = countsBefore[sort as keyof typeof countsBefore];
  return (await tx.one<{ devices: number }>(statement, [...filterValues(tx, filter), ...place]))?.devices;
}

const lookThrough = sql(
  'searches-look-through',
  `select o.device_no::text as key, o.device_id, o.device_no, coalesce(${fits}, false) as fits from ${stretch} order by o.device_no`,
);

/** The next devices in the order of enrolment, and whether the filter lets them through: a whole fleet is read once in all. */
export async function lookThroughDevices(
  tx: TenantTx,
  filter: FleetFilter,
  after: FoundPlace | null,
  limit: number,
): Promise<(FoundRow & { readonly fits: boolean })[]> {
  planForThis(tx);
  return tx.query(lookThrough, [...filterValues(tx, filter), limit, after?.[1] ?? '0']);
}

const countFound = sql(
  'searches-count-found',
  `select o.platform, count(*)::int as devices from ${fleet} where ${fits} group by o.platform`,
);

export function countFoundDevices(
  tx: TenantTx,
  filter: FleetFilter,
): Promise<{ readonly platform: Platform; readonly devices: number }[]> {
  planForThis(tx);
  return tx.query(countFound, filterValues(tx, filter));
}

export interface ListedRow {
  readonly device_id: string;
  readonly name: string;
  readonly platform: Platform;
  readonly ownership: Ownership;
  readonly state: DeviceState;
  readonly asset_number: string | null;
  readonly user_id: string | null;
  readonly email: string | null;
  readonly user_name: string | null;
  readonly display_name: string | null;
  readonly created_at: Date;
  readonly last_check_in_at: Date | null;
  readonly standing: Standing;
  readonly failing: readonly string[];
  readonly failure_reason: string | null;
  readonly access_network: Access;
  readonly access_mail: Access;
  readonly access_vpn: Access;
  readonly access_changed_at: Date | null;
  readonly next_change_at: Date | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly os_version: string | null;
  readonly host_name: string | null;
  readonly serial_number: string | null;
  readonly macs: readonly string[];
  readonly reports:
    | readonly {
        readonly source: FactSource;
        /** ms since the epoch */
        readonly at: number;
        readonly facts: Readonly<Record<string, FactValue>>;
      }[]
    | null;
}

const selectListed = sql(
  'searches-select-listed',
  `select o.device_id, o.name, o.platform, o.ownership, o.state, o.asset_number, o.user_id, o.email, o.user_name, o.display_name,
     o.created_at, o.last_check_in_at, o.standing, o.failing, o.failure_reason, o.access_network, o.access_mail, o.access_vpn,
     o.access_changed_at, o.next_change_at, o.manufacturer, o.model, o.os_version, o.host_name, o.serial_number, o.macs,
     case when cardinality($3::text[]) > 0 then
       (select jsonb_agg(jsonb_build_object('source', f.source, 'at', (extract(epoch from f.observed_at) * 1000)::bigint,
          'facts', (select jsonb_object_agg(n.name, f.facts -> n.name) from unnest((select $3::text[])) as n (name)
            where f.facts ? n.name)))
        from device_facts f
        where f.organization_id = $1 and f.device_id = o.device_id and f.scan = any ($4) and f.facts ?| $3) end as reports
   from device_overview o where o.organization_id = $1 and o.device_id = any ($2)`,
);

/** In no particular order. @param facts those that are shown as columns. */
export function selectListedDevices(
  tx: TenantTx,
  deviceIds: readonly string[],
  facts: readonly FactName[],
): Promise<ListedRow[]> {
  const scans = [...new Set(facts.map((fact) => factDefinition(fact).scan))];
  return tx.query<ListedRow>(selectListed, [tx.organizationId, deviceIds, facts, scans]);
}
