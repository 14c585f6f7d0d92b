// Statements that find devices for people: lists in a stable order, searches by any identifier. Each order and each narrow
// filter has a statement of its own, so that each has an index to walk along.
import type { Access } from '@gatehouse/core/compliance/gate.ts';
import type { DeviceState, Ownership, Platform } from '@gatehouse/core/devices/device.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface OverviewRow {
  readonly device_id: string;
  readonly device_no: string;
  readonly platform: Platform;
  readonly ownership: Ownership;
  readonly state: DeviceState;
  readonly name: string;
  readonly name_key: string;
  readonly asset_number: string | null;
  readonly created_at: Date;
  readonly registered_at: Date | null;
  readonly unmanaged_at: Date | null;
  readonly user_id: string | null;
  readonly email: string | null;
  readonly display_name: string | null;
  readonly user_name: string | null;
  readonly last_check_in_at: Date | null;
  readonly clock_skew_seconds: number | null;
  readonly acknowledged_policy_version: string | null;
  readonly compliant: boolean;
  readonly access_network: Access;
  readonly access_mail: Access;
  readonly access_vpn: Access;
  readonly failure_reason: string | null;
  readonly remediation: string | null;
  readonly policy_version: string;
  readonly evaluated_at: Date;
  readonly next_change_at: Date | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly serial_number: string | null;
  readonly os_version: string | null;
  readonly host_name: string | null;
  readonly imei: string | null;
  readonly meid: string | null;
  readonly udid: string | null;
  readonly guid: string;
  readonly macs: readonly string[];
}

export const deviceOrders = ['enrolled', '-enrolled', 'name', '-name'] as const;
export type DeviceOrder = (typeof deviceOrders)[number];

export interface DeviceFilter {
  readonly platform?: Platform | undefined;
  readonly state?: DeviceState | undefined;
  readonly ownership?: Ownership | undefined;
  readonly userId?: string | undefined;
  readonly compliant?: boolean | undefined;
  /** What the network gate answers. */
  readonly access?: Access | undefined;
}

const filter = `o.organization_id = $1 and ($2::text is null or o.platform = $2) and ($3::text is null or o.state = $3)
  and ($4::text is null or o.ownership = $4) and ($5::uuid is null or o.user_id = $5)
  and ($6::boolean is null or o.compliant = $6) and ($7::text is null or o.access_network = $7)`;

const byNameUp = `and ($9::text is null or (o.name_key >= $9 and (o.name_key > $9 or o.device_no > $10::bigint)))
  order by o.name_key, o.device_no limit $8`;

const byNameDown = `and ($9::text is null or (o.name_key <= $9 and (o.name_key < $9 or o.device_no < $10::bigint)))
  order by o.name_key desc, o.device_no desc limit $8`;

const lists = {
  enrolled: sql(
    'devices-list-enrolled',
    `select o.* from device_overview o where ${filter} and o.device_no > coalesce($9::bigint, 0)
     order by o.device_no limit $8`,
  ),
  '-enrolled': sql(
    'devices-list-enrolled-down',
    `select o.* from device_overview o where ${filter} and o.device_no < coalesce($9::bigint, 9223372036854775807)
     order by o.device_no desc limit $8`,
  ),
  name: sql('devices-list-name', `select o.* from device_overview o where ${filter} ${byNameUp}`),
  '-name': sql('devices-list-name-down', `select o.* from device_overview o where ${filter} ${byNameDown}`),
} as const satisfies Record<DeviceOrder, unknown>;

/** The list that people look at most: along the index of those that are not compliant, few among many. */
const listNotCompliant = sql(
  'devices-list-not-compliant',
  `select o.* from device_overview o where ${filter} and not o.compliant and o.posture_no > coalesce($9::bigint, 0)
   order by o.posture_no limit $8`,
);

/** A prefix of any identifier, name, user's name or address, as ranges `[from, to)` of the normal forms; an asset number whole. */
const searchStatement = sql(
  'devices-search',
  `with asked as (select * from unnest($10::text[], $11::text[], $12::text[]) as a (kind, low, high)),
   found as (
     (select i.device_id from asked a join device_identifiers i
        on i.organization_id = $1 and i.kind = a.kind and i.value >= a.low and i.value < a.high limit 200)
     union
     (select d.device_id from devices d
        where d.organization_id = $1 and d.name_key >= $13 and d.name_key < $14 limit 200)
     union
     (select d.device_id from devices d where d.organization_id = $1 and d.asset_number = $15 limit 200)
     union
     (select d.device_id from users u join devices d on d.organization_id = $1 and d.user_id = u.user_id
        where u.organization_id = $1 and u.email_key >= $13 and u.email_key < $14 limit 200)
     union
     (select d.device_id from users u join devices d on d.organization_id = $1 and d.user_id = u.user_id
        where u.organization_id = $1 and u.user_name_key >= $13 and u.user_name_key < $14 limit 200)
   )
   select o.* from found join device_overview o on o.organization_id = $1 and o.device_id = found.device_id
   where ${filter} and o.device_no > coalesce($9::bigint, 0) order by o.device_no limit $8`,
);

function filterValues(tx: TenantTx, wanted: DeviceFilter): unknown[] {
  return [
    tx.organizationId,
    wanted.platform ?? null,
    wanted.state ?? null,
    wanted.ownership ?? null,
    wanted.userId ?? null,
    wanted.compliant ?? null,
    wanted.access ?? null,
  ];
}

/** @param after device number, preceded by the name where the order is by name. */
export function selectOverview(
  tx: TenantTx,
  wanted: DeviceFilter,
  order: DeviceOrder,
  after: readonly (string | null)[],
  limit: number,
): Promise<OverviewRow[]> {
  const named = order === 'name' || order === '-name';
  const place = named ? [after[0] ?? null, after[1] ?? null] : [after[0] ?? null];
  const statement = wanted.compliant === false && order === 'enrolled' ? listNotCompliant : lists[order];
  return tx.query<OverviewRow>(statement, [...filterValues(tx, wanted), limit, ...place]);
}

export interface PrefixRange {
  readonly kind: string;
  readonly low: string;
  readonly high: string;
}

/** In the order of enrolment; at most 200 hits a kind of match, beyond which a search is no search. */
export function searchOverview(
  tx: TenantTx,
  wanted: DeviceFilter,
  search: { identifiers: readonly PrefixRange[]; name: Omit<PrefixRange, 'kind'>; asset: string },
  after: string | null,
  limit: number,
): Promise<OverviewRow[]> {
  return tx.query<OverviewRow>(searchStatement, [
    ...filterValues(tx, wanted),
    limit,
    after,
    search.identifiers.map(({ kind }) => kind),
    search.identifiers.map(({ low }) => low),
    search.identifiers.map(({ high }) => high),
    search.name.low,
    search.name.high,
    search.asset,
  ]);
}

const selectOverviewOf = sql(
  'devices-overview-of',
  'select o.* from device_overview o where o.organization_id = $1 and o.device_id = $2',
);

export function findOverview(tx: TenantTx, deviceId: string): Promise<OverviewRow | undefined> {
  return tx.one<OverviewRow>(selectOverviewOf, [tx.organizationId, deviceId]);
}

const matchIdentifiers = sql(
  'devices-match-identifiers',
  `select a.line, i.device_id from unnest($2::int[], $3::text[], $4::text[]) as a (line, kind, value)
   join device_identifiers i on i.organization_id = $1 and i.kind = a.kind and i.value = a.value
   group by a.line, i.device_id`,
);

/** For a bulk import: which devices claim each line's identifier, whatever its kind. */
export function matchLines(
  tx: TenantTx,
  lines: readonly { readonly line: number; readonly kind: string; readonly value: string }[],
): Promise<{ line: number; device_id: string }[]> {
  return tx.query(matchIdentifiers, [
    tx.organizationId,
    lines.map(({ line }) => line),
    lines.map(({ kind }) => kind),
    lines.map(({ value }) => value),
  ]);
}
