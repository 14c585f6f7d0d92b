// Statements over what rules did. `$1` is always the organization.
import type { ActionKind } from '@gatehouse/core/compliance/compliance-rule.ts';
import type { Json } from '@gatehouse/core/audit/canonical-json.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export const actionStates = ['done', 'ordered', 'held', 'refused', 'skipped', 'failed', 'undone'] as const;
export type ActionState = (typeof actionStates)[number];

export interface ActionRow {
  readonly action_id: string;
  readonly action_no: string;
  readonly device_id: string;
  readonly rule: string;
  readonly rule_id: string | null;
  readonly rule_version: number | null;
  readonly rule_name: string | null;
  readonly summary: string | null;
  readonly remedy: string | null;
  readonly stage: number;
  readonly kind: ActionKind;
  readonly detail: Readonly<Record<string, Json>>;
  readonly state: ActionState;
  readonly note: string | null;
  readonly command_id: string | null;
  readonly approval_id: string | null;
  readonly created_at: Date;
  readonly ended_at: Date | null;
}

const columns = `action_id, action_no, device_id, rule, rule_id, rule_version, rule_name, summary, remedy, stage, kind, detail,
  state, note, command_id, approval_id, created_at, ended_at`;

const insert = sql(
  'remediation-insert',
  `insert into remediation_actions (organization_id, action_id, device_id, rule, rule_id, rule_version, rule_name, summary,
     remedy, stage, kind, detail, state, note, command_id, approval_id, created_at, ended_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
);

export async function insertAction(tx: TenantTx, row: Omit<ActionRow, 'action_no'>): Promise<void> {
  await tx.run(insert, [
    tx.organizationId,
    row.action_id,
    row.device_id,
    row.rule,
    row.rule_id,
    row.rule_version,
    row.rule_name,
    row.summary,
    row.remedy,
    row.stage,
    row.kind,
    JSON.stringify(row.detail),
    row.state,
    row.note,
    row.command_id,
    row.approval_id,
    row.created_at,
    row.ended_at,
  ]);
}

/** What is not over and could be taken back. */
const selectOpen = sql(
  'remediation-select-open',
  `select ${columns} from remediation_actions
   where organization_id = $1 and device_id = $2 and rule = $3 and ended_at is null order by action_no`,
);

export function openActions(tx: TenantTx, deviceId: string, rule: string): Promise<ActionRow[]> {
  return tx.query<ActionRow>(selectOpen, [tx.organizationId, deviceId, rule]);
}

const end = sql(
  'remediation-end',
  `update remediation_actions set state = $3, note = coalesce($4, note), ended_at = $5
   where organization_id = $1 and action_id = $2`,
);

export async function endAction(
  tx: TenantTx,
  actionId: string,
  ended: { readonly state: ActionState; readonly note: string | null; readonly at: Date },
): Promise<void> {
  await tx.run(end, [tx.organizationId, actionId, ended.state, ended.note, ended.at]);
}

/** With what became of its command, or of the request for it. */
export interface ReportRow extends ActionRow {
  readonly device_name: string;
  readonly command_state: string | null;
  readonly approval_state: string | null;
}

const reportColumns = `a.action_id, a.action_no, a.device_id, a.rule, a.rule_id, a.rule_version, a.rule_name, a.summary, a.remedy,
  a.stage, a.kind, a.detail, a.state, a.note, a.command_id, a.approval_id, a.created_at, a.ended_at`;

const list = sql(
  'remediation-list',
  `select ${reportColumns}, d.name as device_name, c.state as command_state, q.state as approval_state
   from remediation_actions a
   join devices d on d.organization_id = $1 and d.device_id = a.device_id
   left join commands c on c.organization_id = $1 and c.command_id = a.command_id
   left join approval_requests q on q.organization_id = $1 and q.approval_id = a.approval_id
   where a.organization_id = $1 and a.action_no < coalesce($2::bigint, 9223372036854775807)
     and ($3::uuid is null or a.device_id = $3) and ($4::text is null or a.rule = $4)
     and ($5::text is null or a.kind = $5) and ($6::text is null or a.state = $6)
     and ($7::timestamptz is null or a.created_at >= $7)
   order by a.action_no desc limit $8`,
);

export interface ActionFilter {
  readonly before: string | null;
  readonly deviceId: string | null;
  readonly rule: string | null;
  readonly kind: ActionKind | null;
  readonly state: ActionState | null;
  readonly since: Date | null;
  readonly limit: number;
}

export function selectActions(tx: TenantTx, filter: ActionFilter): Promise<ReportRow[]> {
  const { before, deviceId, rule, kind, state, since, limit } = filter;
  return tx.query<ReportRow>(list, [tx.organizationId, before, deviceId, rule, kind, state, since, limit]);
}

const summary = sql(
  'remediation-summary',
  `select rule, max(rule_name) as rule_name, kind, state, count(*)::int as count, count(distinct device_id)::int as devices
   from remediation_actions where organization_id = $1 and created_at >= $2
   group by rule, kind, state order by rule, kind, state limit 1000`,
);

export interface SummaryRow {
  readonly rule: string;
  readonly rule_name: string | null;
  readonly kind: ActionKind;
  readonly state: ActionState;
  readonly count: number;
  readonly devices: number;
}

export function selectSummary(tx: TenantTx, since: Date): Promise<SummaryRow[]> {
  return tx.query<SummaryRow>(summary, [tx.organizationId, since]);
}

const selectReader = sql(
  'remediation-select-reader',
  `select u.email, u.display_name, u.language, u.state, d.name as device_name, o.name as organization, p.phone_number
   from devices d
   join organizations o on o.organization_id = $1
   left join users u on u.organization_id = $1 and u.user_id = d.user_id
   left join device_posture p on p.organization_id = $1 and p.device_id = d.device_id
   where d.organization_id = $1 and d.device_id = $2`,
);

/** Whom to write to about a device, and how. */
export interface ReaderRow {
  readonly email: string | null;
  readonly display_name: string | null;
  readonly language: string | null;
  readonly state: string | null;
  readonly device_name: string;
  readonly organization: string;
  readonly phone_number: string | null;
}

export function findReader(tx: TenantTx, deviceId: string): Promise<ReaderRow | undefined> {
  return tx.one<ReaderRow>(selectReader, [tx.organizationId, deviceId]);
}

const selectAction = sql(
  'remediation-select',
  `select ${columns} from remediation_actions where organization_id = $1 and action_id = $2`,
);

export function findAction(tx: TenantTx, actionId: string): Promise<ActionRow | undefined> {
  return tx.one<ActionRow>(selectAction, [tx.organizationId, actionId]);
}
