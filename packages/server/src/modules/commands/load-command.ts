// One command of a device with all its parameters, for the platform that has to understand the device's answer to it.
import type { CommandState } from '@gatehouse/core/commands/state-machine.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { CommandDeps } from './command-deps.ts';
import { findCommand } from './queries.ts';
import { type TakenCommand, toTaken } from './take-commands.ts';

export interface LoadedCommand extends TakenCommand {
  readonly channel: string;
  readonly state: CommandState;
}

/** @returns undefined when the device has no such command. */
export async function loadCommand(
  deps: Pick<CommandDeps, 'sealer'>,
  tx: TenantTx,
  deviceId: string,
  commandId: string,
): Promise<LoadedCommand | undefined> {
  const row = await findCommand(tx, commandId);
  if (row?.device_id !== deviceId) return undefined;
  return { ...(await toTaken(deps, tx, row)), channel: row.channel, state: row.state };
}
