// Statements that say whom assignments reach. `$1` is always the organization.
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

/** Assignment and device, as often as there are ways from one to the other. */
const reached = `
  select a.assignment_id, a.item_kind, a.item_id, d.device_id from assignments a
  join devices d on d.organization_id = $1 and (a.platform is null or a.platform = d.platform) and d.state <> 'unmanaged'
  where a.organization_id = $1 and a.target_kind = 'organization'
  union all
  select a.assignment_id, a.item_kind, a.item_id, d.device_id from assignments a
  join group_members m on m.organization_id = $1 and m.group_id = a.target_id
  join devices d on d.organization_id = $1 and d.user_id = m.user_id and (a.platform is null or a.platform = d.platform)
    and d.state <> 'unmanaged'
  where a.organization_id = $1 and a.target_kind = 'group'
  union all
  select a.assignment_id, a.item_kind, a.item_id, d.device_id from assignments a
  join group_devices m on m.organization_id = $1 and m.group_id = a.target_id
  join devices d on d.organization_id = $1 and d.device_id = m.device_id and (a.platform is null or a.platform = d.platform)
    and d.state <> 'unmanaged'
  where a.organization_id = $1 and a.target_kind = 'group'
  union all
  select a.assignment_id, a.item_kind, a.item_id, d.device_id from assignments a
  join devices d on d.organization_id = $1 and (a.platform is null or a.platform = d.platform) and d.state <> 'unmanaged'
    and ((a.target_kind = 'user' and d.user_id = a.target_id) or (a.target_kind = 'device' and d.device_id = a.target_id))
  where a.organization_id = $1 and a.target_kind in ('user', 'device')`;

const countReached = sql(
  'assignments-count-reached',
  `select assignment_id, count(distinct device_id)::int as devices from (${reached}) r where item_id = $2
   group by grouping sets ((assignment_id), ())`,
);

/** Devices by assignment; under null all of them, each once. Assignments that reach nobody are missing. */
export async function countDevicesReached(
  tx: TenantTx,
  itemId: string,
): Promise<ReadonlyMap<string | null, number>> {
  const rows = await tx.query<{ assignment_id: string | null; devices: number }>(countReached, [
    tx.organizationId,
    itemId,
  ]);
  return new Map(rows.map((row) => [row.assignment_id, row.devices]));
}

const selectMeetingsStatement = sql(
  'policies-select-meetings',
  `with own as materialized (select distinct device_id from (${reached}) r where item_id = $2)
   select assignment_ids, count(*)::int as devices from (
     select array_agg(distinct r.assignment_id order by r.assignment_id) as assignment_ids
     from (${reached}) r join own on own.device_id = r.device_id where r.item_kind = 'policy'
     group by r.device_id) met
   group by assignment_ids order by count(*) desc, assignment_ids limit $3`,
);

export interface Meeting {
  /** Of suites, all that reach these devices. */
  readonly assignment_ids: readonly string[];
  readonly devices: number;
}

/** Which assignments of suites meet on the devices that one suite reaches, the most frequent first. */
export function selectMeetings(tx: TenantTx, policyId: string, limit: number): Promise<Meeting[]> {
  return tx.query<Meeting>(selectMeetingsStatement, [tx.organizationId, policyId, limit]);
}

export interface FleetGroup {
  readonly platform: Platform;
  readonly os_version: string | null;
  readonly supervised: boolean | null;
  readonly devices: number;
}

/** What the newest report says that says anything about it. */
const osVersion = `(
  select f.facts ->> 'os.version' from device_facts f
  where f.organization_id = $1 and f.device_id = d.device_id and f.scan = 'device-information' and f.facts ? 'os.version'
  order by f.observed_at desc limit 1)`;
const supervised = `(
  select f.facts ->> 'management.supervised' from device_facts f
  where f.organization_id = $1 and f.device_id = d.device_id and f.scan = 'security' and f.facts ? 'management.supervised'
  order by f.observed_at desc limit 1)`;

const selectFleet = sql(
  'policies-select-fleet-shape',
  `select platform, os_version, supervised, count(*)::int as devices from (
     select d.platform, left(${osVersion}, 64) as os_version,
       case ${supervised} when 'true' then true when 'false' then false end as supervised
     from devices d where d.organization_id = $1 and d.state in ('registered', 'wiping', 'blocked')) fleet
   group by 1, 2, 3 order by count(*) desc, 1, 2, 3 limit 2000`,
);

export function selectFleetShape(tx: TenantTx): Promise<FleetGroup[]> {
  return tx.query<FleetGroup>(selectFleet, [tx.organizationId]);
}
