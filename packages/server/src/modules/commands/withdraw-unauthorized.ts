// A command may wait for weeks. Before one that destroys or tracks is handed over, it is asked again whether whoever ordered it
// may still do so to this device: accounts are disabled, rights withdrawn, phones become private meanwhile (JOB-02, TEN-14).
import { systemActor } from '@gatehouse/core/actor.ts';
import { commandDefinition } from '@gatehouse/core/commands/catalogue.ts';
import { isPermission } from '@gatehouse/core/permissions/catalogue.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { LockedDevice } from '../devices/index.ts';
import type { CommandDeps } from './command-deps.ts';
import { finishCommand } from './finish-command.ts';
import { type CommandRow, lockCommand } from './queries.ts';
import { rightsOfOrderer } from './rights-of-orderer.ts';
import { systemRights } from './system-rights.ts';

/**
 * Cancels those of the queued commands whose authority is gone, each with its reason. The device is locked.
 * @returns their ids.
 */
export async function withdrawUnauthorized(
  deps: Omit<CommandDeps, 'database' | 'sealer'>,
  tx: TenantTx,
  device: LockedDevice,
  queued: readonly CommandRow[],
): Promise<ReadonlySet<string>> {
  const withdrawn = new Set<string>();
  for (const known of queued) {
    const { destructive, personalPermission } = commandDefinition(known.name);
    if (!destructive && personalPermission === undefined) continue;
    const reason = await whyNot(tx, device, known);
    const row = reason === undefined ? undefined : await lockCommand(tx, known.command_id);
    if (reason === undefined || row?.state !== 'queued') continue;
    const actor = systemActor('hand-over', tx.organizationId);
    await finishCommand(deps, tx, row, { event: 'cancel', actor, reason });
    withdrawn.add(row.command_id);
  }
  return withdrawn;
}

async function whyNot(tx: TenantTx, device: LockedDevice, command: CommandRow): Promise<string | undefined> {
  const { ownership } = device;
  const { permission, personalPermission, destructive } = commandDefinition(command.name);
  // What rules and procedures destroy by themselves, they destroy within their rights until the end.
  const ofSystem = destructive && command.requested_by.startsWith('system:');
  const rights =
    (await rightsOfOrderer(tx, command.requested_by, [device])) ?? (ofSystem ? systemRights : null);
  if (rights === null) return undefined;
  const asked = command.permission ?? permission;
  if (!isPermission(asked) || !rights.has(asked)) {
    return 'Whoever ordered it may no longer do so.';
  }
  if (ownership !== 'corporate' && personalPermission !== undefined && !rights.has(personalPermission)) {
    return `The device has become ${ownership}, and whoever ordered it may not do this to it.`;
  }
  return undefined;
}
