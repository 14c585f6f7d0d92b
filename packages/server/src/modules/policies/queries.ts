// Statements over policy suites, their versions, connection schedules and assignments. `$1` is always the organization.
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { ConnectionSchedule } from '@gatehouse/core/schedules/schedule.ts';
import type { Settings } from '@gatehouse/core/settings/catalogue.ts';
import type { TargetKind } from '@gatehouse/core/settings/resolve.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export type ItemKind = 'policy' | 'schedule' | 'resource' | 'rule';

// ---------------------------------------------------------------------------------------------------- policy suites

export interface PolicyRow {
  readonly policy_id: string;
  readonly name: string;
  readonly description: string;
  readonly version: number;
  readonly settings: Settings;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const policyColumns = 'policy_id, name, description, version, settings, created_at, updated_at';

const insertPolicyStatement = sql(
  'policies-insert',
  `insert into policy_suites (organization_id, policy_id, name, description, settings, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $6) on conflict do nothing returning ${policyColumns}`,
);
const insertVersionStatement = sql(
  'policies-insert-version',
  `insert into policy_versions (organization_id, policy_id, version, settings, created_by, created_at, reason)
   values ($1, $2, $3, $4, $5, $6, $7)`,
);

/** @returns undefined when a suite of that name exists. */
export async function insertPolicy(
  tx: TenantTx,
  policy: { id: string; name: string; description: string; settings: Settings },
  at: Date,
): Promise<PolicyRow | undefined> {
  const { id, name, description, settings } = policy;
  return tx.one<PolicyRow>(insertPolicyStatement, [
    tx.organizationId,
    id,
    name,
    description,
    JSON.stringify(settings),
    at,
  ]);
}

export function insertVersion(
  tx: TenantTx,
  policy: Pick<PolicyRow, 'policy_id' | 'version' | 'settings'>,
  by: string,
  at: Date,
  reason = '',
): Promise<number> {
  return tx.run(insertVersionStatement, [
    tx.organizationId,
    policy.policy_id,
    policy.version,
    JSON.stringify(policy.settings),
    by,
    at,
    reason,
  ]);
}

const selectPolicy = sql(
  'policies-select',
  `select ${policyColumns} from policy_suites where organization_id = $1 and policy_id = $2`,
);
const lockPolicyStatement = sql(
  'policies-lock',
  `select ${policyColumns} from policy_suites where organization_id = $1 and policy_id = $2 for update`,
);

export function findPolicy(tx: TenantTx, policyId: string): Promise<PolicyRow | undefined> {
  return tx.one<PolicyRow>(selectPolicy, [tx.organizationId, policyId]);
}

export function lockPolicy(tx: TenantTx, policyId: string): Promise<PolicyRow | undefined> {
  return tx.one<PolicyRow>(lockPolicyStatement, [tx.organizationId, policyId]);
}

const nameTaken = sql(
  'policies-name-taken',
  `select 1 from policy_suites where organization_id = $1 and lower(name) = lower($2) and policy_id <> $3`,
);

export async function isPolicyNameTaken(tx: TenantTx, name: string, except: string): Promise<boolean> {
  return (await tx.one(nameTaken, [tx.organizationId, name, except])) !== undefined;
}

const updatePolicyStatement = sql(
  'policies-update',
  `update policy_suites set name = $3, description = $4, settings = $5, version = $6, updated_at = $7
   where organization_id = $1 and policy_id = $2 returning ${policyColumns}`,
);

export function updatePolicyRow(
  tx: TenantTx,
  policy: Pick<PolicyRow, 'policy_id' | 'name' | 'description' | 'settings' | 'version'>,
  at: Date,
): Promise<PolicyRow | undefined> {
  const { policy_id, name, description, settings, version } = policy;
  return tx.one<PolicyRow>(updatePolicyStatement, [
    tx.organizationId,
    policy_id,
    name,
    description,
    JSON.stringify(settings),
    version,
    at,
  ]);
}

const deletePolicyStatement = sql(
  'policies-delete',
  'delete from policy_suites where organization_id = $1 and policy_id = $2',
);

export function deletePolicyRow(tx: TenantTx, policyId: string): Promise<number> {
  return tx.run(deletePolicyStatement, [tx.organizationId, policyId]);
}

const listPoliciesStatement = sql(
  'policies-list',
  `select ${policyColumns} from policy_suites
   where organization_id = $1 and ($2::uuid is null or policy_id > $2) order by policy_id limit $3`,
);

export function selectPolicies(tx: TenantTx, after: string | null, limit: number): Promise<PolicyRow[]> {
  return tx.query<PolicyRow>(listPoliciesStatement, [tx.organizationId, after, limit]);
}

export interface VersionRow {
  readonly version: number;
  readonly settings: Settings;
  readonly created_by: string;
  readonly author: string | null;
  readonly reason: string;
  readonly created_at: Date;
}

const listVersions = sql(
  'policies-list-versions',
  // Likewise below: the key of the join is computed apart, so that only the accounts that made these versions are read.
  `select v.version, v.settings, v.created_by, coalesce(nullif(a.display_name, ''), a.email) as author, v.reason, v.created_at
   from (select p.*, case when p.created_by like 'administrator:%' then substr(p.created_by, 15)::uuid end as administrator_id
     from policy_versions p
     where p.organization_id = $1 and p.policy_id = $2 and ($3::int is null or p.version < $3)
     order by p.version desc limit $4) v
   left join administrators a on a.organization_id = $1 and a.administrator_id = v.administrator_id
   order by v.version desc`,
);

export function selectVersions(
  tx: TenantTx,
  policyId: string,
  before: number | null,
  limit: number,
): Promise<VersionRow[]> {
  return tx.query<VersionRow>(listVersions, [tx.organizationId, policyId, before, limit]);
}

const selectVersionsNamed = sql(
  'policies-versions-named',
  // The key of the second join is computed apart: a cast inside its condition is not leakproof and would read all accounts.
  `select v.policy_id, v.version, v.created_by, coalesce(nullif(a.display_name, ''), a.email) as author, v.created_at
   from (select p.policy_id, p.version, p.created_by, p.created_at,
       case when p.created_by like 'administrator:%' then substr(p.created_by, 15)::uuid end as administrator_id
     from rows from (unnest((select $2::uuid[])), unnest((select $3::int[]))) as w (policy_id, version)
     join policy_versions p on p.organization_id = $1 and p.policy_id = w.policy_id and p.version = w.version offset 0) v
   left join administrators a on a.organization_id = $1 and a.administrator_id = v.administrator_id`,
);

/** Who published these versions of policies, and when; each once. */
export async function findPolicyVersions(
  tx: TenantTx,
  named: readonly { readonly policyId: string; readonly version: number }[],
): Promise<
  (Pick<VersionRow, 'version' | 'created_by' | 'author' | 'created_at'> & { readonly policy_id: string })[]
> {
  const once = [...new Map(named.map((each) => [`${each.policyId} ${each.version}`, each])).values()];
  if (once.length === 0) return [];
  return tx.query(selectVersionsNamed, [
    tx.organizationId,
    once.map(({ policyId }) => policyId),
    once.map(({ version }) => version),
  ]);
}

// ---------------------------------------------------------------------------------------------------- schedules

export interface ScheduleRow {
  readonly schedule_id: string;
  readonly name: string;
  readonly version: number;
  readonly schedule: ConnectionSchedule;
  readonly created_at: Date;
}

const scheduleColumns = 'schedule_id, name, version, schedule, created_at';

const insertScheduleStatement = sql(
  'schedules-insert',
  `insert into connection_schedules (organization_id, schedule_id, name, schedule, created_at)
   values ($1, $2, $3, $4, $5) on conflict do nothing returning ${scheduleColumns}`,
);

/** @returns undefined when a schedule of that name exists. */
export function insertSchedule(
  tx: TenantTx,
  schedule: { id: string; name: string; schedule: ConnectionSchedule },
  at: Date,
): Promise<ScheduleRow | undefined> {
  return tx.one<ScheduleRow>(insertScheduleStatement, [
    tx.organizationId,
    schedule.id,
    schedule.name,
    JSON.stringify(schedule.schedule),
    at,
  ]);
}

const selectSchedule = sql(
  'schedules-select',
  `select ${scheduleColumns} from connection_schedules where organization_id = $1 and schedule_id = $2`,
);
const lockScheduleStatement = sql(
  'schedules-lock',
  `select ${scheduleColumns} from connection_schedules where organization_id = $1 and schedule_id = $2 for update`,
);

export function findSchedule(tx: TenantTx, scheduleId: string): Promise<ScheduleRow | undefined> {
  return tx.one<ScheduleRow>(selectSchedule, [tx.organizationId, scheduleId]);
}

export function lockSchedule(tx: TenantTx, scheduleId: string): Promise<ScheduleRow | undefined> {
  return tx.one<ScheduleRow>(lockScheduleStatement, [tx.organizationId, scheduleId]);
}

const scheduleNameTaken = sql(
  'schedules-name-taken',
  `select 1 from connection_schedules where organization_id = $1 and lower(name) = lower($2) and schedule_id <> $3`,
);

export async function isScheduleNameTaken(tx: TenantTx, name: string, except: string): Promise<boolean> {
  return (await tx.one(scheduleNameTaken, [tx.organizationId, name, except])) !== undefined;
}

const updateScheduleStatement = sql(
  'schedules-update',
  `update connection_schedules set name = $3, schedule = $4, version = $5
   where organization_id = $1 and schedule_id = $2 returning ${scheduleColumns}`,
);

export function updateScheduleRow(
  tx: TenantTx,
  row: Pick<ScheduleRow, 'schedule_id' | 'name' | 'schedule' | 'version'>,
): Promise<ScheduleRow | undefined> {
  return tx.one<ScheduleRow>(updateScheduleStatement, [
    tx.organizationId,
    row.schedule_id,
    row.name,
    JSON.stringify(row.schedule),
    row.version,
  ]);
}

const deleteScheduleStatement = sql(
  'schedules-delete',
  'delete from connection_schedules where organization_id = $1 and schedule_id = $2',
);

export function deleteScheduleRow(tx: TenantTx, scheduleId: string): Promise<number> {
  return tx.run(deleteScheduleStatement, [tx.organizationId, scheduleId]);
}

const listSchedulesStatement = sql(
  'schedules-list',
  `select ${scheduleColumns} from connection_schedules
   where organization_id = $1 and ($2::uuid is null or schedule_id > $2) order by schedule_id limit $3`,
);

export function selectSchedules(tx: TenantTx, after: string | null, limit: number): Promise<ScheduleRow[]> {
  return tx.query<ScheduleRow>(listSchedulesStatement, [tx.organizationId, after, limit]);
}

// ---------------------------------------------------------------------------------------------------- assignments

export interface AssignmentRow {
  readonly assignment_id: string;
  readonly item_kind: ItemKind;
  readonly item_id: string;
  readonly item_name: string | null;
  readonly target_kind: TargetKind;
  readonly target_id: string;
  readonly target_name: string | null;
  readonly platform: Platform | null;
  readonly priority: number;
  readonly created_at: Date;
}

const insertAssignmentStatement = sql(
  'assignments-insert',
  `insert into assignments (organization_id, assignment_id, item_kind, item_id, target_kind, target_id, platform, priority,
     created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
);

export interface NewAssignment {
  readonly id: string;
  readonly itemKind: ItemKind;
  readonly itemId: string;
  readonly targetKind: TargetKind;
  readonly targetId: string;
  readonly platform: Platform | null;
  readonly priority: number;
}

/** @returns false when the item is assigned to that target already. */
export async function insertAssignment(tx: TenantTx, assignment: NewAssignment, at: Date): Promise<boolean> {
  const { id, itemKind, itemId, targetKind, targetId, platform, priority } = assignment;
  const values = [tx.organizationId, id, itemKind, itemId, targetKind, targetId, platform, priority, at];
  return (await tx.run(insertAssignmentStatement, values)) === 1;
}

const targetExists = {
  group: sql(
    'assignments-group-exists',
    'select 1 from groups where organization_id = $1 and group_id = $2 for key share',
  ),
  user: sql(
    'assignments-user-exists',
    'select 1 from users where organization_id = $1 and user_id = $2 for key share',
  ),
  device: sql(
    'assignments-device-exists',
    'select 1 from devices where organization_id = $1 and device_id = $2 for key share',
  ),
};

export async function hasTarget(tx: TenantTx, kind: TargetKind, id: string): Promise<boolean> {
  if (kind === 'organization') return id === tx.organizationId;
  return (await tx.one(targetExists[kind], [tx.organizationId, id])) !== undefined;
}

const assignmentSelect = `select a.assignment_id, a.item_kind, a.item_id, coalesce(p.name, s.name, r.name, c.name) as item_name,
    a.target_kind, a.target_id, coalesce(g.name, nullif(u.display_name, ''), u.email, d.name, o.name) as target_name,
    a.platform, a.priority, a.created_at
  from assignments a
  left join policy_suites p on a.item_kind = 'policy' and p.organization_id = $1 and p.policy_id = a.item_id
  left join connection_schedules s on a.item_kind = 'schedule' and s.organization_id = $1 and s.schedule_id = a.item_id
  left join resources r on a.item_kind = 'resource' and r.organization_id = $1 and r.resource_id = a.item_id
  left join compliance_rules c on a.item_kind = 'rule' and c.organization_id = $1 and c.rule_id = a.item_id
  left join groups g on a.target_kind = 'group' and g.organization_id = $1 and g.group_id = a.target_id
  left join users u on a.target_kind = 'user' and u.organization_id = $1 and u.user_id = a.target_id
  left join devices d on a.target_kind = 'device' and d.organization_id = $1 and d.device_id = a.target_id
  left join organizations o on a.target_kind = 'organization' and o.organization_id = $1`;

const listAssignmentsStatement = sql(
  'assignments-list',
  `${assignmentSelect} where a.organization_id = $1 and ($2::uuid is null or a.assignment_id > $2)
     and ($4::uuid is null or a.item_id = $4) and ($5::uuid is null or a.target_id = $5)
     and ($6::text is null or a.item_kind = $6)
   order by a.assignment_id limit $3`,
);
const selectAssignment = sql(
  'assignments-select',
  `${assignmentSelect} where a.organization_id = $1 and a.assignment_id = $2`,
);

export interface AssignmentFilter {
  readonly itemId?: string | undefined;
  readonly itemKind?: ItemKind | undefined;
  readonly targetId?: string | undefined;
}

export function selectAssignments(
  tx: TenantTx,
  filter: AssignmentFilter,
  after: string | null,
  limit: number,
): Promise<AssignmentRow[]> {
  return tx.query<AssignmentRow>(listAssignmentsStatement, [
    tx.organizationId,
    after,
    limit,
    filter.itemId ?? null,
    filter.targetId ?? null,
    filter.itemKind ?? null,
  ]);
}

export function findAssignment(tx: TenantTx, assignmentId: string): Promise<AssignmentRow | undefined> {
  return tx.one<AssignmentRow>(selectAssignment, [tx.organizationId, assignmentId]);
}

/** What a change of an item touches: see the event `policy.reach-changed`. */
export interface ReachRow {
  readonly target_kind: TargetKind;
  readonly target_id: string;
  readonly platform: Platform | null;
}

const selectReach = sql(
  'assignments-reach-of-item',
  'select distinct target_kind, target_id, platform from assignments where organization_id = $1 and item_id = $2',
);

export function reachOfItem(tx: TenantTx, itemId: string): Promise<ReachRow[]> {
  return tx.query<ReachRow>(selectReach, [tx.organizationId, itemId]);
}

const deleteAssignmentStatement = sql(
  'assignments-delete',
  `delete from assignments where organization_id = $1 and assignment_id = $2
   returning item_kind, item_id, target_kind, target_id, platform`,
);
const deleteAssignmentsOfItem = sql(
  'assignments-delete-of-item',
  'delete from assignments where organization_id = $1 and item_id = $2 returning target_kind, target_id, platform',
);

export function deleteAssignmentRow(
  tx: TenantTx,
  assignmentId: string,
): Promise<(ReachRow & Pick<AssignmentRow, 'item_kind' | 'item_id'>) | undefined> {
  return tx.one(deleteAssignmentStatement, [tx.organizationId, assignmentId]);
}

export function deleteAssignmentRowsOfItem(tx: TenantTx, itemId: string): Promise<ReachRow[]> {
  return tx.query<ReachRow>(deleteAssignmentsOfItem, [tx.organizationId, itemId]);
}
