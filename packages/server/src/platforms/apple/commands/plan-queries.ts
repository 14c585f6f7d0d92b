// What a command of several messages found when it was begun. `$1` is the organization.
import type { TenantTx } from '../../../kernel/db/database.ts';
import { sql } from '../../../kernel/db/sql.ts';

const insertPlan = sql(
  'apple-insert-plan',
  `insert into apple_command_plans (organization_id, command_id, plan) values ($1, $2, $3)
   on conflict (organization_id, command_id) do nothing`,
);
const selectPlan = sql(
  'apple-select-plan',
  'select plan from apple_command_plans where organization_id = $1 and command_id = $2',
);

/** The same answer with every call: what the first one made. */
export async function planOnce<Plan>(
  tx: TenantTx,
  commandId: string,
  make: () => Promise<Plan>,
): Promise<Plan> {
  const known = await tx.one<{ plan: Plan }>(selectPlan, [tx.organizationId, commandId]);
  if (known) return known.plan;
  await tx.run(insertPlan, [tx.organizationId, commandId, JSON.stringify(await make())]);
  const written = await tx.one<{ plan: Plan }>(selectPlan, [tx.organizationId, commandId]);
  if (!written) throw new Error('a plan is gone');
  return written.plan;
}
