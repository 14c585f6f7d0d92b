// The statement that finds everything assigned to devices, or to a person: to themselves, their user, his groups, the organization.
import type { RuleContent } from '@gatehouse/core/compliance/parse-rule.ts';
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { ConnectionSchedule } from '@gatehouse/core/schedules/schedule.ts';
import type { Settings } from '@gatehouse/core/settings/catalogue.ts';
import type { TargetKind } from '@gatehouse/core/settings/resolve.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';
import type { ItemKind } from './queries.ts';

/** What an assignment says, to one of the targets that it reaches. */
export interface AssignedRow {
  readonly item_kind: ItemKind;
  readonly item_id: string;
  readonly name: string;
  readonly version: number;
  readonly settings: Settings | null;
  readonly schedule: ConnectionSchedule | null;
  /** Of a rule that is enabled. */
  readonly rule: RuleContent | null;
  readonly target_kind: TargetKind;
  readonly target_id: string;
  readonly target_name: string;
  readonly priority: number;
}

/**
 * What reaches subjects: rows of `device_id`, `user_id`, `platform` and `name`, those that do not apply null. Each branch is a look-up
 * in the index (organization, item kind, target kind, target). Most of a fleet has the same few things assigned: whoever is reached by
 * the same in the same way shares a row, and what it says is read once.
 */
const whatReaches = `reached as materialized (
   select s.device_id, a.item_kind, a.item_id, a.target_kind, a.target_id, a.target_name, a.priority, held.from_version
   from subjects s
   left join lateral (
     select a.*, o.name as target_name from assignments a join organizations o on o.organization_id = $1
     where a.organization_id = $1 and a.item_kind in ('policy', 'schedule', 'rule') and a.target_kind = 'organization'
       and a.target_id = $1
     union all
     select a.*, g.name from group_members m
       join groups g on g.organization_id = $1 and g.group_id = m.group_id
       join assignments a on a.organization_id = $1 and a.item_kind in ('policy', 'schedule', 'rule')
         and a.target_kind = 'group' and a.target_id = m.group_id
     where m.organization_id = $1 and m.user_id = s.user_id
     union all
     select a.*, g.name from group_devices m
       join groups g on g.organization_id = $1 and g.group_id = m.group_id
       join assignments a on a.organization_id = $1 and a.item_kind in ('policy', 'schedule', 'rule')
         and a.target_kind = 'group' and a.target_id = m.group_id
     where m.organization_id = $1 and m.device_id = s.device_id
     union all
     select a.*, u.user_name from users u
       join assignments a on a.organization_id = $1 and a.item_kind in ('policy', 'schedule', 'rule')
         and a.target_kind = 'user' and a.target_id = u.user_id
     where u.organization_id = $1 and u.user_id = s.user_id
     union all
     select a.*, s.name from assignments a
     where a.organization_id = $1 and a.item_kind in ('policy', 'schedule', 'rule') and a.target_kind = 'device'
       and a.target_id = s.device_id
   ) a on a.platform is null or a.platform = s.platform
   -- Of what is rolled out in rings: the version before, for whoever is in none that was reached.
   left join lateral (
     select o.from_version from rollouts o
     where o.organization_id = $1 and o.item_id = a.item_id and o.state in ('preparing', 'running', 'halted')
       and ('x' || left(md5(o.rollout_id::text || coalesce(s.device_id::text, s.user_id::text, '')), 8))::bit(32)::bigint % 100
         >= o.reached_percent
       and not exists (select 1 from group_members m
         where m.organization_id = $1 and m.user_id = s.user_id and m.group_id = any (o.reached_groups))
       and not exists (select 1 from group_devices m
         where m.organization_id = $1 and m.device_id = s.device_id and m.group_id = any (o.reached_groups))
     offset 0) held on true
 ), alike as materialized (
   select array_agg(device_id) as device_ids, item_kind, item_id, target_kind, target_id, target_name, priority, from_version
   from reached group by item_kind, item_id, target_kind, target_id, target_name, priority, from_version
 )
 select a.device_ids, a.item_kind, a.item_id, coalesce(p.name, s.name, r.name) as name,
   coalesce(a.from_version, p.version, s.version, r.version) as version,
   coalesce((select v.settings from policy_versions v
     where a.item_kind = 'policy' and v.organization_id = $1 and v.policy_id = a.item_id and v.version = a.from_version), p.settings)
     as settings, s.schedule,
   case when a.from_version is null then case when r.enabled then r.content end
     else (select v.content from compliance_rule_versions v
       where a.item_kind = 'rule' and v.organization_id = $1 and v.rule_id = a.item_id and v.version = a.from_version and v.enabled)
     end as rule, a.target_kind, a.target_id, a.target_name, a.priority
 from alike a
 left join policy_suites p on a.item_kind = 'policy' and p.organization_id = $1 and p.policy_id = a.item_id
 left join connection_schedules s on a.item_kind = 'schedule' and s.organization_id = $1 and s.schedule_id = a.item_id
 left join compliance_rules r on a.item_kind = 'rule' and r.organization_id = $1 and r.rule_id = a.item_id`;

/** The array is read through a sub-query, because its length would otherwise be a reason to plan each execution anew. */
const selectAssigned = sql(
  'policies-select-assigned',
  `with subjects as (
     select d.device_id, d.user_id, d.platform, d.name from devices d
     where d.organization_id = $1 and d.device_id = any ((select $2::uuid[])::uuid[])
   ), ${whatReaches}`,
);

type Alike = { readonly device_ids: readonly string[] } & (
  | AssignedRow
  /** The devices to which nothing is assigned. */
  | { readonly item_kind: null }
);

/** By device, those to which nothing is assigned included: devices that are reached by the same in the same way share the list. */
export async function selectAssignedTo(
  tx: TenantTx,
  deviceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly AssignedRow[]>> {
  const rows = await tx.query<Alike>(selectAssigned, [tx.organizationId, deviceIds]);
  const places = new Map<string, string>();
  for (const [place, { device_ids }] of rows.entries())
    for (const id of device_ids)
      places.set(id, places.has(id) ? `${places.get(id)} ${place}` : String(place));
  const lists = new Map<string, readonly AssignedRow[]>();
  return new Map(
    [...places].map(([deviceId, key]) => {
      const list = lists.get(key) ?? key.split(' ').flatMap((place) => assignedRow(rows[Number(place)]));
      lists.set(key, list);
      return [deviceId, list];
    }),
  );
}

function assignedRow(row: Alike | undefined): readonly AssignedRow[] {
  return row === undefined || row.item_kind === null ? [] : [row];
}

const selectAssignedToUser = sql(
  'policies-select-assigned-to-user',
  `with subjects as (
     select null::uuid as device_id, $2::uuid as user_id, $3::text as platform, null::text as name
   ), ${whatReaches}`,
);

/** What is assigned to a person, his groups and the organization: for a device that is not known beyond its user. */
export async function selectAssignedToPerson(
  tx: TenantTx,
  userId: string | null,
  platform: Platform | null,
): Promise<readonly AssignedRow[]> {
  const rows = await tx.query<Alike>(selectAssignedToUser, [tx.organizationId, userId, platform]);
  return rows.flatMap(assignedRow);
}
