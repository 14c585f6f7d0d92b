// What a restore ends, in each tenant, in the transaction that brings the rows back. A backup knows nothing of what happened
// after it: a code used, a token revoked, a wipe withdrawn. So whatever could let somebody in or set something off is dead on
// arrival, and only what keeps people out is kept (DAT-07).
import { defaultDestructiveLimits, destructiveBudget } from '@gatehouse/core/commands/guard.ts';
import type { TenantTx } from '../db/database.ts';
import { sql } from '../db/sql.ts';
import { countTransactionsAnew } from '../db/other-cluster.ts';

/** By the minute, so that a second restore of the same backup is another epoch than the first. */
const raiseEpoch = sql(
  'restore-raise-epoch',
  `update organizations set epoch = greatest(epoch + 1, (extract(epoch from now()) / 60)::int) where organization_id = $1`,
);
const revokeTokens = sql(
  'restore-revoke-tokens',
  `update api_tokens set revoked_at = now() where organization_id = $1 and revoked_at is null`,
);
/** Open codes, and used ones whose answer could be asked for again. */
const cancelEnrollments = sql(
  'restore-cancel-enrollments',
  `update enrollments set state = case state when 'open' then 'cancelled' else state end, server_key = null, device_key = null, answer = null
   where organization_id = $1 and (state = 'open' or server_key is not null or device_key is not null or answer is not null)`,
);
/** One that a device holds already cannot be withdrawn, before a restore or after; its answer is still awaited. */
const cancelCommands = sql(
  'restore-cancel-commands',
  `update commands set state = 'cancelled', reason = 'restored', finished_at = now(), sealed_params = null
   where organization_id = $1 and state = 'queued'`,
);
/** What waits for a yes would set something off; who still wants it asks again. */
const withdrawApprovals = sql(
  'restore-withdraw-approvals',
  `update approval_requests set state = 'withdrawn', decision_reason = 'restored', finished_at = now(), sealed_params = null
   where organization_id = $1 and state in ('pending', 'canary')`,
);
const stopPlaybooks = sql(
  'restore-stop-playbooks',
  `update playbook_runs set state = 'stopped', due_at = null, ended_at = now(), ended_by = 'system:restore', note = 'restored'
   where organization_id = $1 and state in ('running', 'waiting')`,
);
const largestLimits = sql(
  'restore-largest-limits',
  `select coalesce(max(minimum_budget), 0)::int as budget, coalesce(max(fleet_percent), 0)::float8 as percent
   from destructive_limits where organization_id = $1`,
);
/** A lease of a worker that is gone; without a key, because a newer job may wait under it. */
const releaseJobs = sql(
  'restore-release-jobs',
  `update jobs set state = 'ready', job_key = null, locked_until = null where organization_id = $1 and state = 'running'`,
);
const countFleet = sql(
  'restore-count-fleet',
  `select count(*)::int as fleet from devices where organization_id = $1 and state in ('registered', 'wiping', 'blocked')`,
);
/** What was spent since the backup is not known, so the budget of this hour counts as spent. */
const spendBudget = sql(
  'restore-spend-budget',
  `insert into destructive_spending (organization_id, command_id, actor, created_at)
   select $1, gen_random_uuid(), 'system:restore', now() from generate_series(1, $2::int)`,
);

export interface Invalidated {
  readonly tokens: number;
  readonly enrollments: number;
  readonly commands: number;
}

export async function invalidate(tx: TenantTx): Promise<Invalidated> {
  const own = [tx.organizationId];
  await tx.run(raiseEpoch, own);
  const tokens = await tx.run(revokeTokens, own);
  const enrollments = await tx.run(cancelEnrollments, own);
  const commands = await tx.run(cancelCommands, own);
  await tx.run(releaseJobs, own);
  await countTransactionsAnew(tx);
  await tx.run(withdrawApprovals, own);
  await tx.run(stopPlaybooks, own);
  const limits = await tx.one<{ budget: number; percent: number }>(largestLimits, own);
  const counted = await tx.one<{ fleet: number }>(countFleet, own);
  await tx.run(spendBudget, [
    tx.organizationId,
    destructiveBudget(counted?.fleet ?? 0, {
      ...defaultDestructiveLimits,
      minimumBudget: Math.max(defaultDestructiveLimits.minimumBudget, limits?.budget ?? 0),
      fleetShare: Math.max(defaultDestructiveLimits.fleetShare, (limits?.percent ?? 0) / 100),
    }),
  ]);
  return { tokens, enrollments, commands };
}
