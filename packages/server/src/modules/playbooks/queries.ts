// Statements over procedures and their steps. `$1` is always the organization.
import type { Ownership } from '@gatehouse/core/devices/device.ts';
import type { PlaybookName, PlaybookOption, StepKind } from '@gatehouse/core/playbooks/playbook.ts';
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';
import type { PlaybookDetails } from './playbook-deps.ts';

export const runStates = ['running', 'waiting', 'done', 'stopped', 'failed'] as const;
export type RunState = (typeof runStates)[number];
export type StepState = 'to-do' | 'waiting' | 'done' | 'skipped' | 'failed' | 'stopped' | 'undone';

export interface RunRow {
  readonly run_id: string;
  readonly run_no: string;
  readonly device_id: string;
  readonly playbook: PlaybookName;
  readonly option: PlaybookOption | null;
  readonly ownership: Ownership;
  readonly state: RunState;
  readonly reason: string;
  readonly details: PlaybookDetails;
  readonly started_by: string;
  readonly started_at: Date;
  readonly due_at: Date | null;
  readonly ended_at: Date | null;
  readonly ended_by: string | null;
  readonly note: string | null;
}

export interface StepRow {
  readonly run_id: string;
  readonly step_no: number;
  readonly kind: StepKind;
  readonly state: StepState;
  readonly note: string | null;
  readonly command_id: string | null;
  readonly approval_id: string | null;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
}

const runColumns = `run_id, run_no, device_id, playbook, option, ownership, state, reason, details, started_by, started_at, due_at,
  ended_at, ended_by, note`;
const stepColumns = 'run_id, step_no, kind, state, note, command_id, approval_id, started_at, ended_at';

const insertRunStatement = sql(
  'playbooks-insert-run',
  `insert into playbook_runs (organization_id, run_id, device_id, playbook, option, ownership, state, reason, details,
     started_by, started_at)
   values ($1, $2, $3, $4, $5, $6, 'running', $7, $8, $9, $10)`,
);
const insertStepsStatement = sql(
  'playbooks-insert-steps',
  `insert into playbook_steps (organization_id, run_id, step_no, kind, state)
   select $1, $2, n.place::int, n.kind, 'to-do' from unnest((select $3::text[])) with ordinality as n (kind, place)`,
);

export async function insertRun(
  tx: TenantTx,
  run: Pick<
    RunRow,
    | 'run_id'
    | 'device_id'
    | 'playbook'
    | 'option'
    | 'ownership'
    | 'reason'
    | 'details'
    | 'started_by'
    | 'started_at'
  >,
  steps: readonly StepKind[],
): Promise<void> {
  await Promise.all([
    tx.run(insertRunStatement, [
      tx.organizationId,
      run.run_id,
      run.device_id,
      run.playbook,
      run.option,
      run.ownership,
      run.reason,
      JSON.stringify(run.details),
      run.started_by,
      run.started_at,
    ]),
    tx.run(insertStepsStatement, [tx.organizationId, run.run_id, steps]),
  ]);
}

const selectRun = sql(
  'playbooks-select-run',
  `select ${runColumns} from playbook_runs where organization_id = $1 and run_id = $2`,
);
const lockRunStatement = sql(
  'playbooks-lock-run',
  `select ${runColumns} from playbook_runs where organization_id = $1 and run_id = $2 for update`,
);
const selectOpen = sql(
  'playbooks-select-open-run',
  `select ${runColumns} from playbook_runs
   where organization_id = $1 and device_id = $2 and state in ('running', 'waiting') for update`,
);

export function findRun(tx: TenantTx, runId: string): Promise<RunRow | undefined> {
  return tx.one<RunRow>(selectRun, [tx.organizationId, runId]);
}

export function lockRun(tx: TenantTx, runId: string): Promise<RunRow | undefined> {
  return tx.one<RunRow>(lockRunStatement, [tx.organizationId, runId]);
}

/** The device is locked, so nobody starts another one meanwhile. */
export function lockOpenRun(tx: TenantTx, deviceId: string): Promise<RunRow | undefined> {
  return tx.one<RunRow>(selectOpen, [tx.organizationId, deviceId]);
}

const selectSteps = sql(
  'playbooks-select-steps',
  `select ${stepColumns} from playbook_steps where organization_id = $1 and run_id = any ($2) order by run_id, step_no`,
);

export function stepsOf(tx: TenantTx, runIds: readonly string[]): Promise<StepRow[]> {
  return tx.query<StepRow>(selectSteps, [tx.organizationId, runIds]);
}

const updateStep = sql(
  'playbooks-update-step',
  `update playbook_steps set state = $4, note = $5, command_id = $6, approval_id = $7, started_at = coalesce(started_at, $8),
     ended_at = $9
   where organization_id = $1 and run_id = $2 and step_no = $3`,
);

export async function writeStep(tx: TenantTx, step: StepRow): Promise<void> {
  await tx.run(updateStep, [
    tx.organizationId,
    step.run_id,
    step.step_no,
    step.state,
    step.note,
    step.command_id,
    step.approval_id,
    step.started_at,
    step.ended_at,
  ]);
}

const updateRun = sql(
  'playbooks-update-run',
  `update playbook_runs set state = $3, due_at = $4, ended_at = $5, ended_by = $6, note = $7
   where organization_id = $1 and run_id = $2`,
);

export async function writeRun(
  tx: TenantTx,
  run: Pick<RunRow, 'run_id' | 'state' | 'due_at' | 'ended_at' | 'ended_by' | 'note'>,
): Promise<void> {
  await tx.run(updateRun, [
    tx.organizationId,
    run.run_id,
    run.state,
    run.due_at,
    run.ended_at,
    run.ended_by,
    run.note,
  ]);
}

const stepByCommand = sql(
  'playbooks-step-by-command',
  `select ${stepColumns} from playbook_steps where organization_id = $1 and command_id = $2 and state = 'waiting'`,
);
const stepByApproval = sql(
  'playbooks-step-by-approval',
  `select ${stepColumns} from playbook_steps where organization_id = $1 and approval_id = $2 and state = 'waiting'`,
);

export function findStepOfCommand(tx: TenantTx, commandId: string): Promise<StepRow | undefined> {
  return tx.one<StepRow>(stepByCommand, [tx.organizationId, commandId]);
}

/** Requests for one device are shared by whoever asks for the same, so there may be several. */
export function findStepsOfApproval(tx: TenantTx, approvalId: string): Promise<StepRow[]> {
  return tx.query<StepRow>(stepByApproval, [tx.organizationId, approvalId]);
}

const list = sql(
  'playbooks-list',
  `select ${runColumns} from playbook_runs
   where organization_id = $1 and run_no < coalesce($2::bigint, 9223372036854775807)
     and ($3::uuid is null or device_id = $3) and ($4::text is null or state = $4)
   order by run_no desc limit $5`,
);

export function selectRuns(
  tx: TenantTx,
  filter: {
    readonly before: string | null;
    readonly deviceId: string | null;
    readonly state: RunState | null;
    readonly limit: number;
  },
): Promise<RunRow[]> {
  const { before, deviceId, state, limit } = filter;
  return tx.query<RunRow>(list, [tx.organizationId, before, deviceId, state, limit]);
}

const lockDownPolicies = sql(
  'playbooks-lock-down-policies',
  `select distinct details ->> 'policyId' as policy_id from playbook_runs
   where organization_id = $1 and device_id = $2 and details ->> 'policyId' is not null`,
);

export async function lockDownPoliciesOf(tx: TenantTx, deviceId: string): Promise<string[]> {
  const rows = await tx.query<{ policy_id: string }>(lockDownPolicies, [tx.organizationId, deviceId]);
  return rows.map((row) => row.policy_id);
}

/** Whether it was declared lost, and not found since. */
const declaredLost = sql(
  'playbooks-declared-lost',
  `select name = 'enable-lost-mode' as lost from commands
   where organization_id = $1 and device_id = $2 and name in ('enable-lost-mode', 'disable-lost-mode')
     and state in ('queued', 'delivered', 'acknowledged')
   order by command_no desc limit 1`,
);

export async function isDeclaredLost(tx: TenantTx, deviceId: string): Promise<boolean> {
  return (await tx.one<{ lost: boolean }>(declaredLost, [tx.organizationId, deviceId]))?.lost === true;
}

const commandState = sql(
  'playbooks-command-state',
  `select state from commands where organization_id = $1 and command_id = $2 and finished_at is not null`,
);

/** Of a command that is over. */
export async function endOfCommand(tx: TenantTx, commandId: string): Promise<string | undefined> {
  return (await tx.one<{ state: string }>(commandState, [tx.organizationId, commandId]))?.state;
}

const selectDue = sql(
  'playbooks-select-due',
  `select organization_id, run_id from playbook_runs
   where state in ('running', 'waiting') and due_at <= $1 order by due_at limit $2`,
);

export function findDueRuns(
  tx: SystemTx,
  now: Date,
  limit: number,
): Promise<{ organization_id: string; run_id: string }[]> {
  return tx.query(selectDue, [now, limit]);
}
