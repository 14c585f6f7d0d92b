// What follows a yes: the commands of the request, or the new budget. The request's stored set is carried out and nothing else;
// of more devices than a few the first goes ahead alone.
import { type Command, parseCommand } from '@gatehouse/core/commands/catalogue.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { type ApprovalDeps, approvalLimits, type ApprovedOrder, type OrderOutcome } from './approval-deps.ts';
import { insertLimits } from './budget-queries.ts';
import type { Sealable } from './hash-request.ts';
import { type BudgetSettings, isLooser, limitsFrom, readLimits, rowOf } from './limits.ts';
import type { RequestRow } from './queries.ts';

export interface CarriedOut {
  readonly outcomes: readonly OrderOutcome[];
  /** Of the device that goes ahead; the others wait for it. */
  readonly canaryCommandId: string | null;
}

type Deps = Pick<ApprovalDeps, 'clock' | 'sealer' | 'carryOut'>;

/** So many devices are tried until one of them takes the command, before the rest is sent it. */
const mostCanaries = 10;

/** @param canary whether the first device of many goes ahead alone. */
export async function carryOut(
  deps: Deps,
  tx: TenantTx,
  row: RequestRow,
  canary: boolean,
): Promise<CarriedOut> {
  if (row.action === 'change-budget') {
    await changeBudget(deps, tx, row);
    return { outcomes: [], canaryCommandId: null };
  }
  const { canaryAbove } = await readLimits(tx, deps.clock.now());
  const order = { ...(await orderOf(deps, tx, row)), standing: 'approved' } as const;
  if (!canary || row.device_ids.length <= canaryAbove) {
    return { outcomes: await deps.carryOut(tx, order), canaryCommandId: null };
  }
  const outcomes: OrderOutcome[] = [];
  for (const deviceId of row.device_ids.slice(0, mostCanaries)) {
    const [outcome] = await deps.carryOut(tx, { ...order, deviceIds: [deviceId] });
    if (outcome === undefined) continue;
    outcomes.push(outcome);
    if (outcome.commandId !== null) return { outcomes, canaryCommandId: outcome.commandId };
  }
  const rest = row.device_ids.filter((id) => !outcomes.some(({ deviceId }) => deviceId === id));
  return {
    outcomes: [...outcomes, ...(await deps.carryOut(tx, { ...order, deviceIds: rest }))],
    canaryCommandId: null,
  };
}

/** The others of the batch. What nobody had to approve is counted against the budget of now. */
export async function carryOutRest(
  deps: Deps,
  tx: TenantTx,
  row: RequestRow,
): Promise<readonly OrderOutcome[]> {
  const done = new Set(row.outcomes.map(({ deviceId }) => deviceId));
  const rest = await deps.carryOut(tx, {
    ...(await orderOf(deps, tx, row)),
    deviceIds: row.device_ids.filter((id) => !done.has(id)),
    standing: row.held === 'waits-for-first-device' ? 'within-budget' : 'approved',
  });
  return [...row.outcomes, ...rest];
}

async function orderOf(
  { sealer }: Deps,
  tx: TenantTx,
  row: RequestRow,
): Promise<Omit<ApprovedOrder, 'standing'>> {
  const secret =
    row.sealed_params === null
      ? {}
      : (
          JSON.parse(
            (
              await sealer.open(tx, 'approval_requests.sealed_params', row.approval_id, row.sealed_params)
            ).toString(),
          ) as Sealable
        ).params;
  const command: Command = parseCommand(row.command ?? '', { ...row.params, ...secret });
  return {
    approvalId: row.approval_id,
    action: row.action === 'mail-wipe' ? 'mail-wipe' : 'command',
    requestedBy: row.requested_by,
    command,
    deviceIds: row.device_ids,
    permission: row.permission,
    reason: row.reason ?? undefined,
    cause: row.cause,
  };
}

async function changeBudget(deps: Deps, tx: TenantTx, row: RequestRow): Promise<void> {
  const settings = row.params as unknown as BudgetSettings;
  const now = deps.clock.now();
  const looser = isLooser(await readLimits(tx, now), limitsFrom(settings));
  const at = new Date(now + (looser ? approvalLimits.looserAfterMs : 0));
  await insertLimits(tx, rowOf(row.approval_id, settings, at));
}
