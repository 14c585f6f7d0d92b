// What a device is handed when it comes: its open commands in the order in which they were queued. A command is handed over
// until it is answered, because nobody knows whether an answer to the device arrived; the device applies each id once.
import { applyCommandEvent } from '@gatehouse/core/commands/state-machine.ts';
import { commandDefinition, type CommandName } from '@gatehouse/core/commands/catalogue.ts';
import type { Actor } from '@gatehouse/core/actor.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { changeStanding, lockDevice } from '../devices/index.ts';
import type { CommandDeps } from './command-deps.ts';
import { withdrawUnauthorized } from './withdraw-unauthorized.ts';
import {
  type CommandOrigin,
  type CommandRow,
  devicesWithOpenCommands,
  markDelivered,
  offerDeferred,
  openCommands,
} from './queries.ts';

export interface TakenCommand {
  readonly id: string;
  readonly name: CommandName;
  /** All of them, those that are sealed at rest included: for the device only. */
  readonly params: Readonly<Record<string, unknown>>;
  /** How many of the messages that make up the command are done; the next one is due. */
  readonly step: number;
  readonly origin: CommandOrigin;
  /** ms since the epoch */
  readonly expiresAt: number;
}

export interface Taking {
  /** '' (the default) is the device itself, else one of its users. */
  readonly channel?: string | undefined;
  /** The rest follows on the next request; default 20. */
  readonly most?: number | undefined;
  /**
   * open (the default): all that are not answered, those that were handed over before included. fresh: only what has not been
   * handed over yet, for a device that says it still has the others in hand.
   */
  readonly which?: 'open' | 'fresh' | undefined;
  /** A conversation begins: what the device put off in an earlier one is handed over again. */
  readonly anew?: boolean | undefined;
}

/** {@link takeCommands} for several devices whose locks the caller holds; few of them have anything waiting. */
export async function takeCommandsOfMany(
  deps: Omit<CommandDeps, 'database'>,
  tx: TenantTx,
  deviceIds: readonly string[],
  taking: Taking,
): Promise<ReadonlyMap<string, readonly TakenCommand[]>> {
  const waiting = deviceIds.length === 0 ? [] : await devicesWithOpenCommands(tx, deviceIds);
  const taken = new Map<string, readonly TakenCommand[]>();
  for (const deviceId of waiting) taken.set(deviceId, await takeCommands(deps, tx, deviceId, taking));
  return taken;
}

export async function takeCommands(
  deps: Omit<CommandDeps, 'database'>,
  tx: TenantTx,
  deviceId: string,
  { channel = '', most = 20, which = 'open', anew = false }: Taking = {},
): Promise<readonly TakenCommand[]> {
  const now = new Date(deps.clock.now());
  if (anew) await offerDeferred(tx, deviceId, channel);
  const filter = { channel, freshOnly: which === 'fresh', now, limit: most };
  let open = await openCommands(tx, deviceId, filter);
  if (open.some(isNew)) {
    const device = await lockDevice(tx, deviceId);
    // Again, under the lock: another request of the device may have taken some, an administrator cancelled others.
    open = await openCommands(tx, deviceId, filter);
    const withdrawn = await withdrawUnauthorized(deps, tx, device, open.filter(isNew));
    open = open.filter((row) => !withdrawn.has(row.command_id));
    const fresh = open.filter(isNew);
    const delivered = await markDelivered(
      tx,
      fresh.map((row) => row.command_id),
      now,
    );
    open = open.filter((row) => !isNew(row) || delivered.has(row.command_id));
    // From here on the device cannot be trusted with anything any more (see devices/device-lifecycle.ts).
    const wipe = fresh.find(
      (row) => delivered.has(row.command_id) && commandDefinition(row.name).endsManagement,
    );
    if (wipe)
      await changeStanding(deps, tx, { deviceId, event: 'begin-wipe', actor: deviceActor(tx, deviceId) });
  }
  return Promise.all(open.map((row) => toTaken(deps, tx, row)));
}

export function deviceActor(tx: TenantTx, deviceId: string): Actor {
  return { kind: 'device', id: deviceId, organizationId: tx.organizationId, label: deviceId };
}

function isNew(row: CommandRow): boolean {
  return applyCommandEvent(row.state, 'deliver').kind === 'moved';
}

export async function toTaken(
  { sealer }: Pick<CommandDeps, 'sealer'>,
  tx: TenantTx,
  row: CommandRow,
): Promise<TakenCommand> {
  const secret =
    row.sealed_params === null
      ? {}
      : (JSON.parse(
          (await sealer.open(tx, 'commands.sealed_params', row.command_id, row.sealed_params)).toString(),
        ) as Record<string, unknown>);
  return {
    id: row.command_id,
    name: row.name,
    params: { ...row.params, ...secret },
    step: row.step,
    origin: row.origin,
    expiresAt: row.expires_at.getTime(),
  };
}
