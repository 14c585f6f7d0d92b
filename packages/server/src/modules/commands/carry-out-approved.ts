// Carries out what was approved: the port of the approvals module. The asker's rights are those of now, and so are the devices.
import type { TenantTx } from '../../kernel/db/database.ts';
import type { ApprovedOrder, OrderOutcome } from '../approvals/index.ts';
import { noSuchDevice } from '../devices/index.ts';
import type { CommandDeps } from './command-deps.ts';
import { principalLater } from './principal-later.ts';
import { queueInTransaction } from './queue-command.ts';

export async function carryOutApproved(
  deps: Omit<CommandDeps, 'database'>,
  tx: TenantTx,
  order: ApprovedOrder,
): Promise<readonly OrderOutcome[]> {
  const { approvalId, command, deviceIds, permission, standing, reason, cause } = order;
  if (deviceIds.length === 0) return [];
  const principal = await principalLater(tx, order.requestedBy, deviceIds);
  if (!principal.permissions.has(permission)) {
    const refusal = 'Whoever asked for it may no longer do so.';
    return deviceIds.map((deviceId) => ({ deviceId, commandId: null, refusal }));
  }
  const outcomes = await queueInTransaction(
    deps,
    tx,
    principal,
    { deviceIds, name: command.name, params: command.params, reason },
    { permission, granted: { approvalId, standing }, ...(cause === null ? {} : { cause }) },
  );
  const byDevice = new Map(outcomes.map((outcome) => [outcome.deviceId, outcome]));
  return deviceIds.map((deviceId) => {
    const outcome = byDevice.get(deviceId) ?? { deviceId, refusal: noSuchDevice() };
    return 'command' in outcome
      ? { deviceId, commandId: outcome.command.id, refusal: null }
      : { deviceId, commandId: null, refusal: outcome.refusal.message };
  });
}
