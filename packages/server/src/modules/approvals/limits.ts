// The limits of destruction as they hold now: the defaults, or what two people of the organization agreed upon.
import {
  defaultDestructiveLimits,
  type DestructiveLimits,
  destructiveBudget,
} from '@gatehouse/core/commands/guard.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import type { ApprovalDeps } from './approval-deps.ts';
import {
  type Counted,
  countSpent,
  findComingLimits,
  findLimits,
  type LimitsRow,
  lockAndReadLimits,
} from './budget-queries.ts';

/** What people say and see of the limits. */
export interface BudgetSettings {
  readonly minimumBudget: number;
  /** Of the fleet; the larger of the two is the budget. */
  readonly fleetPercent: number;
  readonly windowMinutes: number;
  readonly secondPerson: DestructiveLimits['secondPerson'];
  readonly canaryAbove: number;
}

function limitsOf(row: LimitsRow | undefined): DestructiveLimits {
  if (row === undefined) return defaultDestructiveLimits;
  return {
    ...defaultDestructiveLimits,
    minimumBudget: row.minimum_budget,
    fleetShare: row.fleet_percent / 100,
    windowMs: row.window_minutes * 60_000,
    secondPerson: row.second_person,
    canaryAbove: row.canary_above,
  };
}

export const settingsOf = (limits: DestructiveLimits): BudgetSettings => ({
  minimumBudget: limits.minimumBudget,
  fleetPercent: Math.round(limits.fleetShare * 10_000) / 100,
  windowMinutes: Math.round(limits.windowMs / 60_000),
  secondPerson: limits.secondPerson,
  canaryAbove: limits.canaryAbove,
});

/**
 * The budget of this moment, held until the transaction ends. The time is read under the lock, so that spendings lie in the
 * order in which they were granted. Devices are locked before it, by everybody.
 */
export async function holdBudget(
  tx: TenantTx,
  clock: { now(): number },
): Promise<{ readonly limits: DestructiveLimits; readonly now: number } & Counted> {
  const limits = limitsOf(await lockAndReadLimits(tx, new Date(clock.now())));
  const now = clock.now();
  return { limits, now, ...(await countSpent(tx, new Date(now - limits.windowMs))) };
}

export async function readLimits(tx: TenantTx, now: number): Promise<DestructiveLimits> {
  return limitsOf(await findLimits(tx, new Date(now)));
}

/** The budget of this moment for whoever only looks: the next order may find another. */
export async function readBudget(
  tx: TenantTx,
  now: number,
): Promise<{ readonly limits: DestructiveLimits } & Counted> {
  const limits = await readLimits(tx, now);
  return { limits, ...(await countSpent(tx, new Date(now - limits.windowMs))) };
}

/** Whether something becomes possible that was not: that takes time as well as two people. */
export function isLooser(before: DestructiveLimits, after: DestructiveLimits): boolean {
  return (
    after.minimumBudget > before.minimumBudget ||
    after.fleetShare > before.fleetShare ||
    after.windowMs < before.windowMs ||
    after.canaryAbove > before.canaryAbove ||
    (before.secondPerson === 'always' && after.secondPerson !== 'always')
  );
}

export async function getBudget(deps: Pick<ApprovalDeps, 'database' | 'clock'>, principal: TenantPrincipal) {
  requirePermission(principal, 'approvals.read');
  return deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      const now = deps.clock.now();
      const [{ limits, spent, fleet }, coming] = await Promise.all([
        readBudget(tx, now),
        findComingLimits(tx, new Date(now)),
      ]);
      const budget = destructiveBudget(fleet, limits);
      return {
        settings: settingsOf(limits),
        fleet,
        budget,
        spent,
        left: limits.secondPerson === 'always' ? 0 : Math.max(0, budget - spent),
        coming: coming.map((row) => ({
          approvalId: row.approval_id,
          settings: settingsOf(limitsOf(row)),
          effectiveAt: row.effective_at.toISOString(),
        })),
      };
    },
    { readOnly: true },
  );
}

/** @param settings as approved. */
export function rowOf(approvalId: string, settings: BudgetSettings, effectiveAt: Date): LimitsRow {
  return {
    approval_id: approvalId,
    minimum_budget: settings.minimumBudget,
    fleet_percent: settings.fleetPercent,
    window_minutes: settings.windowMinutes,
    second_person: settings.secondPerson,
    canary_above: settings.canaryAbove,
    effective_at: effectiveAt,
  };
}

export const limitsFrom = (settings: BudgetSettings): DestructiveLimits =>
  limitsOf(rowOf('', settings, new Date(0)));
