// The statements behind assignment-table.ts. `$1` is the organization.
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { TargetKind } from '@gatehouse/core/settings/resolve.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';
import type { AssignedRow } from './resolve-queries.ts';

/** An assignment with what it assigns, whomever it reaches. */
export interface TabledRow extends AssignedRow {
  readonly assignment_id: string;
  /** Only devices of this platform; null: of every one. */
  readonly for_platform: Platform | null;
}

const selectAll = sql(
  'policies-select-all-assigned',
  `select a.assignment_id, a.platform as for_platform, a.item_kind, a.item_id, coalesce(p.name, s.name, r.name) as name,
     coalesce(p.version, s.version, r.version) as version, p.settings, s.schedule, r.content as rule, a.target_kind, a.target_id,
     coalesce(g.name, u.user_name, d.name, o.name) as target_name, a.priority
   from assignments a
   left join policy_suites p on a.item_kind = 'policy' and p.organization_id = $1 and p.policy_id = a.item_id
   left join connection_schedules s on a.item_kind = 'schedule' and s.organization_id = $1 and s.schedule_id = a.item_id
   left join compliance_rules r on a.item_kind = 'rule' and r.organization_id = $1 and r.rule_id = a.item_id and r.enabled
   left join groups g on a.target_kind = 'group' and g.organization_id = $1 and g.group_id = a.target_id
   left join users u on a.target_kind = 'user' and u.organization_id = $1 and u.user_id = a.target_id
   left join devices d on a.target_kind = 'device' and d.organization_id = $1 and d.device_id = a.target_id
   left join organizations o on a.target_kind = 'organization' and o.organization_id = $1
   where a.organization_id = $1 and a.item_kind in ('policy', 'schedule', 'rule')`,
);

export function selectAllAssigned(tx: TenantTx): Promise<TabledRow[]> {
  return tx.query<TabledRow>(selectAll, [tx.organizationId]);
}

const selectPolicyAs = sql(
  'policies-select-as-assigned',
  `select p.policy_id as item_id, p.name, p.version, p.settings, null as schedule, null as rule from policy_suites p
   where p.organization_id = $1 and p.policy_id = $2`,
);
const selectScheduleAs = sql(
  'schedules-select-as-assigned',
  `select s.schedule_id as item_id, s.name, s.version, null as settings, s.schedule, null as rule from connection_schedules s
   where s.organization_id = $1 and s.schedule_id = $2`,
);

const selectRuleAs = sql(
  'rules-select-as-assigned',
  `select r.rule_id as item_id, r.name, r.version, null as settings, null as schedule,
     case when r.enabled then r.content end as rule from compliance_rules r
   where r.organization_id = $1 and r.rule_id = $2`,
);

const selectItemAs = { policy: selectPolicyAs, schedule: selectScheduleAs, rule: selectRuleAs } as const;

/** What an assignment of this item would say. */
export function selectAssignable(
  tx: TenantTx,
  kind: keyof typeof selectItemAs,
  id: string,
): Promise<Pick<TabledRow, 'item_id' | 'name' | 'version' | 'settings' | 'schedule' | 'rule'> | undefined> {
  return tx.one(selectItemAs[kind], [tx.organizationId, id]);
}

const selectTarget = sql(
  'policies-select-target-name',
  `select name from groups where $2 = 'group' and organization_id = $1 and group_id = $3
   union all select user_name from users where $2 = 'user' and organization_id = $1 and user_id = $3
   union all select name from devices where $2 = 'device' and organization_id = $1 and device_id = $3
   union all select name from organizations where $2 = 'organization' and organization_id = $1 and $1 = $3`,
);

/** What a target is called; undefined: there is none. Unlike `hasTarget` it locks nothing. */
export async function findTargetName(
  tx: TenantTx,
  kind: TargetKind,
  id: string,
): Promise<string | undefined> {
  return (await tx.one<{ name: string }>(selectTarget, [tx.organizationId, kind, id]))?.name;
}
