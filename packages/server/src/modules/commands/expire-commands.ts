// No command waits for ever: what was not answered by its deadline expires, and what ended with its device is closed.
import { type Actor, systemActor } from '@gatehouse/core/actor.ts';
import { isOpen } from '@gatehouse/core/commands/state-machine.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import { isUuid } from '../../kernel/ids.ts';
import type { SingleJob } from '../../kernel/jobs/jobs.ts';
import { lockDevice } from '../devices/index.ts';
import type { CommandDeps } from './command-deps.ts';
import { finishCommand } from './finish-command.ts';
import { findCommand, findExpired, lockCommand, openCommandIds } from './queries.ts';

export interface ExpiryDeps extends Omit<CommandDeps, 'database' | 'sealer'> {
  readonly database: Pick<Database, 'withTenant' | 'withSystem'>;
}

const mostPerRound = 1_000;

/** Several servers may do so at once: each command is looked at again under its device's lock. */
export async function expireCommands(deps: ExpiryDeps): Promise<{ expired: number }> {
  let expired = 0;
  for (;;) {
    const now = deps.clock.now();
    const due = await deps.database.withSystem('find-due-work', (tx) =>
      findExpired(tx, new Date(now), mostPerRound),
    );
    for (const { organization_id: organizationId, command_id: commandId } of due) {
      const done = await deps.database.withTenant(organizationId, (tx) =>
        expireOne(deps, tx, commandId, now),
      );
      expired += done ? 1 : 0;
    }
    if (due.length < mostPerRound) return { expired };
  }
}

async function expireOne(deps: ExpiryDeps, tx: TenantTx, commandId: string, now: number): Promise<boolean> {
  const known = await findCommand(tx, commandId);
  if (!known) return false;
  await lockDevice(tx, known.device_id);
  const row = await lockCommand(tx, commandId);
  if (!row || !isOpen(row.state) || row.expires_at.getTime() > now) return false;
  await finishCommand(deps, tx, row, {
    event: 'expire',
    actor: systemActor('expire-commands', tx.organizationId),
    reason:
      row.state === 'queued'
        ? 'The device did not come for it in time.'
        : 'The device did not answer in time; whether it was carried out is not known.',
  });
  return true;
}

/** Ends whatever waits for the device or for its answer. The caller holds the device's lock. */
export async function closeCommands(
  deps: Omit<ExpiryDeps, 'database'>,
  tx: TenantTx,
  { deviceId, actor, reason }: { readonly deviceId: string; readonly actor: Actor; readonly reason: string },
): Promise<void> {
  for (const id of await openCommandIds(tx, deviceId)) {
    const row = await lockCommand(tx, id);
    if (!row || !isOpen(row.state)) continue;
    await finishCommand(deps, tx, row, {
      event: row.state === 'queued' ? 'cancel' : 'expire',
      actor,
      reason,
    });
  }
}

export const closeCommandsKind = 'close-device-commands';

/** The reaction to the end of a device's management. */
export function closeCommandsJob(deps: Omit<ExpiryDeps, 'database'>): SingleJob<{ deviceId: string }> {
  return {
    parse(input) {
      const { deviceId } = input as { deviceId?: unknown };
      if (typeof deviceId !== 'string' || !isUuid(deviceId)) throw new TypeError('deviceId is not an id');
      return { deviceId };
    },
    async run(tx, { deviceId }) {
      // Enrolled again meanwhile: what waits now is meant for the device as it is now.
      const device = (await openCommandIds(tx, deviceId)).length > 0 && (await lockDevice(tx, deviceId));
      if (!device || device.state !== 'unmanaged') return;
      await closeCommands(deps, tx, {
        deviceId,
        actor: systemActor(closeCommandsKind, tx.organizationId),
        reason: 'The device is no longer managed.',
      });
    },
  };
}
