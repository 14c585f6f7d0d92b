// Statements over the destructive budget: its limits, and what is spent of it. `$1` is always the organization.
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

/** One destructive decision an organization at a time, so that two cannot both see the last of the budget (ADM-06). */
const lockBudget = sql(
  'approvals-lock-budget',
  `select pg_advisory_xact_lock(hashtextextended('destructive-budget/' || $1::text, 0))`,
);

export interface LimitsRow {
  readonly approval_id: string;
  readonly minimum_budget: number;
  readonly fleet_percent: number;
  readonly window_minutes: number;
  readonly second_person: 'above-budget' | 'always';
  readonly canary_above: number;
  readonly effective_at: Date;
}

const limitColumns = `approval_id, minimum_budget, fleet_percent::float8 as fleet_percent, window_minutes, second_person,
  canary_above, effective_at`;

const selectLimits = sql(
  'approvals-select-limits',
  `select ${limitColumns} from destructive_limits where organization_id = $1 and effective_at <= $2
   order by effective_at desc, approval_id desc limit 1`,
);
const selectComing = sql(
  'approvals-select-coming-limits',
  `select ${limitColumns} from destructive_limits where organization_id = $1 and effective_at > $2
   order by effective_at, approval_id`,
);

export async function lockAndReadLimits(tx: TenantTx, now: Date): Promise<LimitsRow | undefined> {
  const [, row] = await Promise.all([tx.run(lockBudget, [tx.organizationId]), findLimits(tx, now)]);
  return row;
}

export function findLimits(tx: TenantTx, now: Date): Promise<LimitsRow | undefined> {
  return tx.one<LimitsRow>(selectLimits, [tx.organizationId, now]);
}

export function findComingLimits(tx: TenantTx, now: Date): Promise<LimitsRow[]> {
  return tx.query<LimitsRow>(selectComing, [tx.organizationId, now]);
}

const insertLimitsStatement = sql(
  'approvals-insert-limits',
  `insert into destructive_limits (organization_id, approval_id, minimum_budget, fleet_percent, window_minutes, second_person,
     canary_above, effective_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);

export async function insertLimits(tx: TenantTx, row: LimitsRow): Promise<void> {
  await tx.run(insertLimitsStatement, [
    tx.organizationId,
    row.approval_id,
    row.minimum_budget,
    row.fleet_percent,
    row.window_minutes,
    row.second_person,
    row.canary_above,
    row.effective_at,
  ]);
}

const countSpending = sql(
  'approvals-count-spending',
  `select (select count(*)::int from destructive_spending where organization_id = $1 and created_at > $2) as spent,
     (select count(*)::int from devices
      where organization_id = $1 and state in ('registered', 'wiping', 'blocked')) as fleet`,
);

export interface Counted {
  readonly spent: number;
  readonly fleet: number;
}

/** Under the lock it sees what the former holder spent. What was approved counts too: it leaves less for everybody. */
export async function countSpent(tx: TenantTx, since: Date): Promise<Counted> {
  return (
    (await tx.one<Counted>(countSpending, [tx.organizationId, since])) ?? { spent: Number.NaN, fleet: 0 }
  );
}

/** What emergencies have destroyed without a second person. */
const countOverridden = sql(
  'approvals-count-overridden',
  `select coalesce(sum(cardinality(device_ids)), 0)::int as devices from approval_requests
   where organization_id = $1 and overridden and decided_at > $2`,
);

export async function countOverriddenDevices(tx: TenantTx, since: Date): Promise<number> {
  return (
    (await tx.one<{ devices: number }>(countOverridden, [tx.organizationId, since]))?.devices ?? Number.NaN
  );
}

const insertSpending = sql(
  'approvals-insert-spending',
  `insert into destructive_spending (organization_id, command_id, actor, created_at, approval_id)
   select $1, command_id, $3, $4, $5 from unnest((select $2::uuid[])) as command_id`,
);

/** @param approvalId under which approval; null: within the budget. */
export async function spend(
  tx: TenantTx,
  commandIds: readonly string[],
  spent: { readonly actor: string; readonly at: Date; readonly approvalId: string | null },
): Promise<void> {
  if (commandIds.length === 0) return;
  await tx.run(insertSpending, [tx.organizationId, commandIds, spent.actor, spent.at, spent.approvalId]);
}
