// The one statement that finds everything assigned to devices: to themselves, their user, his groups, the organization.
import type { RuleContent } from '@gatehouse/core/compliance/parse-rule.ts';
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { ConnectionSchedule } from '@gatehouse/core/schedules/schedule.ts';
import type { Settings } from '@gatehouse/core/settings/catalogue.ts';
import type { TargetKind } from '@gatehouse/core/settings/resolve.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';
import type { ItemKind } from './queries.ts';

export interface AssignedRow {
  readonly device_id: string;
  readonly platform: Platform;
  /** null in the one row of a device to which nothing is assigned; so are the others then. */
  readonly item_kind: ItemKind | null;
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

/** Each branch is a look-up in the index (organization, item kind, target kind, target). */
const selectAssigned = sql(
  'policies-select-assigned',
  `select d.device_id, d.platform, a.item_kind, a.item_id, coalesce(p.name, s.name, r.name) as name,
     coalesce(held.version, p.version, s.version, r.version) as version,
     coalesce(held.settings, p.settings)::text as settings, s.schedule::text as schedule,
     case when held.version is not null then held.rule when r.enabled then r.content end::text as rule, a.target_kind, a.target_id, a.target_name, a.priority
   from devices d
   left join lateral (
     select a.*, o.name as target_name from assignments a join organizations o on o.organization_id = $1
     where a.organization_id = $1 and a.item_kind in ('policy', 'schedule', 'rule') and a.target_kind = 'organization'
       and a.target_id = $1
     union all
     select a.*, g.name from group_members m
       join groups g on g.organization_id = $1 and g.group_id = m.group_id
       join assignments a on a.organization_id = $1 and a.item_kind in ('policy', 'schedule', 'rule')
         and a.target_kind = 'group' and a.target_id = m.group_id
     where m.organization_id = $1 and m.user_id = d.user_id
     union all
     select a.*, g.name from group_devices m
       join groups g on g.organization_id = $1 and g.group_id = m.group_id
       join assignments a on a.organization_id = $1 and a.item_kind in ('policy', 'schedule', 'rule')
         and a.target_kind = 'group' and a.target_id = m.group_id
     where m.organization_id = $1 and m.device_id = d.device_id
     union all
     select a.*, u.user_name from users u
       join assignments a on a.organization_id = $1 and a.item_kind in ('policy', 'schedule', 'rule')
         and a.target_kind = 'user' and a.target_id = u.user_id
     where u.organization_id = $1 and u.user_id = d.user_id
     union all
     select a.*, d.name from assignments a
     where a.organization_id = $1 and a.item_kind in ('policy', 'schedule', 'rule') and a.target_kind = 'device'
       and a.target_id = d.device_id
   ) a on a.platform is null or a.platform = d.platform
   left join policy_suites p on a.item_kind = 'policy' and p.organization_id = $1 and p.policy_id = a.item_id
   left join connection_schedules s on a.item_kind = 'schedule' and s.organization_id = $1 and s.schedule_id = a.item_id
   left join compliance_rules r on a.item_kind = 'rule' and r.organization_id = $1 and r.rule_id = a.item_id
   -- Of what is rolled out in rings: the version before, for whoever is in none that was reached.
   left join lateral (
     select o.from_version as version,
       (select v.settings from policy_versions v
        where a.item_kind = 'policy' and v.organization_id = $1 and v.policy_id = o.item_id and v.version = o.from_version)
         as settings,
       (select v.content from compliance_rule_versions v
        where a.item_kind = 'rule' and v.organization_id = $1 and v.rule_id = o.item_id and v.version = o.from_version
          and v.enabled) as rule
     from rollouts o
     where o.organization_id = $1 and o.item_id = a.item_id and o.state in ('preparing', 'running', 'halted')
       and ('x' || left(md5(o.rollout_id::text || d.device_id::text), 8))::bit(32)::bigint % 100 >= o.reached_percent
       and not exists (select 1 from group_members m
         where m.organization_id = $1 and m.user_id = d.user_id and m.group_id = any (o.reached_groups))
       and not exists (select 1 from group_devices m
         where m.organization_id = $1 and m.device_id = d.device_id and m.group_id = any (o.reached_groups))
     offset 0) held on true
   where d.organization_id = $1 and d.device_id = any ($2)`,
);

type Texts = Record<'settings' | 'schedule' | 'rule', string | null>;

export async function selectAssignedTo(
  tx: TenantTx,
  deviceIds: readonly string[],
): Promise<readonly AssignedRow[]> {
  const rows = await tx.query<Omit<AssignedRow, keyof Texts> & Texts>(selectAssigned, [
    tx.organizationId,
    deviceIds,
  ]);
  // Most of a fleet has the same few things assigned: each is taken apart once and shared.
  const known = new Map<string, unknown>();
  const parse = (text: string | null): unknown => {
    if (text === null) return null;
    const parsed = known.get(text) ?? (JSON.parse(text) as unknown);
    known.set(text, parsed);
    return parsed;
  };
  return rows.map((row) =>
    Object.assign(row, {
      settings: parse(row.settings) as Settings | null,
      schedule: parse(row.schedule) as ConnectionSchedule | null,
      rule: parse(row.rule) as RuleContent | null,
    }),
  );
}

const selectAssignedToUser = sql(
  'policies-select-assigned-to-user',
  `select null as device_id, $3 as platform, a.item_kind, a.item_id, coalesce(p.name, s.name, r.name) as name,
     coalesce(held.version, p.version, s.version, r.version) as version,
     coalesce(held.settings, p.settings) as settings, s.schedule,
     case when held.version is not null then held.rule when r.enabled then r.content end as rule, a.target_kind, a.target_id, a.target_name, a.priority
   from (
     select a.*, o.name as target_name from assignments a join organizations o on o.organization_id = $1
     where a.organization_id = $1 and a.item_kind in ('policy', 'schedule', 'rule') and a.target_kind = 'organization'
       and a.target_id = $1
     union all
     select a.*, g.name from group_members m
       join groups g on g.organization_id = $1 and g.group_id = m.group_id
       join assignments a on a.organization_id = $1 and a.item_kind in ('policy', 'schedule', 'rule')
         and a.target_kind = 'group' and a.target_id = m.group_id
     where m.organization_id = $1 and m.user_id = $2
     union all
     select a.*, u.user_name from users u
       join assignments a on a.organization_id = $1 and a.item_kind in ('policy', 'schedule', 'rule')
         and a.target_kind = 'user' and a.target_id = u.user_id
     where u.organization_id = $1 and u.user_id = $2
   ) a
   left join policy_suites p on a.item_kind = 'policy' and p.organization_id = $1 and p.policy_id = a.item_id
   left join connection_schedules s on a.item_kind = 'schedule' and s.organization_id = $1 and s.schedule_id = a.item_id
   left join compliance_rules r on a.item_kind = 'rule' and r.organization_id = $1 and r.rule_id = a.item_id
   left join lateral (
     select o.from_version as version,
       (select v.settings from policy_versions v
        where a.item_kind = 'policy' and v.organization_id = $1 and v.policy_id = o.item_id and v.version = o.from_version)
         as settings,
       (select v.content from compliance_rule_versions v
        where a.item_kind = 'rule' and v.organization_id = $1 and v.rule_id = o.item_id and v.version = o.from_version
          and v.enabled) as rule
     from rollouts o
     where o.organization_id = $1 and o.item_id = a.item_id and o.state in ('preparing', 'running', 'halted')
       and ('x' || left(md5(o.rollout_id::text || coalesce($2::text, '')), 8))::bit(32)::bigint % 100 >= o.reached_percent
       and not exists (select 1 from group_members m
         where m.organization_id = $1 and m.user_id = $2 and m.group_id = any (o.reached_groups))
     offset 0) held on true
   where a.platform is null or a.platform = $3`,
);

/** What is assigned to a person, his groups and the organization: for a device that is not known beyond its user. */
export function selectAssignedToPerson(
  tx: TenantTx,
  userId: string | null,
  platform: Platform | null,
): Promise<AssignedRow[]> {
  return tx.query<AssignedRow>(selectAssignedToUser, [tx.organizationId, userId, platform]);
}
