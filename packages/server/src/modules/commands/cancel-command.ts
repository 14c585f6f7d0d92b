import type { Actor } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { lockDevice } from '../devices/index.ts';
import type { CommandDeps } from './command-deps.ts';
import { finishCommand } from './finish-command.ts';
import { type CommandPresentation, presentCommand } from './present-command.ts';
import { findCommand, lockCommand } from './queries.ts';

export const noSuchCommand = () => new DomainError('not-found', 'There is no such command.');

/** Withdraws a command that no device has received yet. Spent budget stays spent: else queue and cancel would be free (ADM-06). */
export async function cancelCommand(
  deps: CommandDeps,
  principal: TenantPrincipal,
  commandId: string,
  reason?: string,
): Promise<CommandPresentation> {
  requirePermission(principal, 'commands.cancel');
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const known = await findCommand(tx, commandId);
    if (!known) throw noSuchCommand();
    // The device first, as everybody does, then the command.
    await lockDevice(tx, known.device_id);
    const row = await lockCommand(tx, commandId);
    if (!row) throw noSuchCommand();
    await finishCommand(deps, tx, row, { event: 'cancel', actor: principal, reason });
    return presentCommand((await findCommand(tx, commandId)) ?? row);
  });
}

/**
 * The reason for an order of the system's own has passed: it is taken back, if the device has not got it yet.
 * @returns whether it was.
 */
export async function withdrawCommand(
  deps: Omit<CommandDeps, 'database' | 'sealer'>,
  tx: TenantTx,
  {
    commandId,
    actor,
    reason,
  }: { readonly commandId: string; readonly actor: Actor; readonly reason: string },
): Promise<boolean> {
  const known = await findCommand(tx, commandId);
  if (known?.state !== 'queued') return false;
  await lockDevice(tx, known.device_id);
  const row = await lockCommand(tx, commandId);
  if (row?.state !== 'queued') return false;
  await finishCommand(deps, tx, row, { event: 'cancel', actor, reason });
  return true;
}
