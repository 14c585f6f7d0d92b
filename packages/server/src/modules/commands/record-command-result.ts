// A device's answer to a command. The first answer stands; repeating it changes nothing (DEV-07).
import type { CommandState } from '@gatehouse/core/commands/state-machine.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { lockDevice } from '../devices/index.ts';
import type { CommandDeps } from './command-deps.ts';
import { finishCommand } from './finish-command.ts';
import { lockCommand } from './queries.ts';
import { deviceActor } from './take-commands.ts';

export interface CommandResult {
  readonly state: 'acknowledged' | 'failed';
  readonly reason?: string | undefined;
  readonly result?: Readonly<Record<string, unknown>> | undefined;
}

/** Bytes of JSON; a location or an error needs a fraction. */
const mostBytes = 64 * 1024;

/**
 * @throws DomainError `not-found` (`unknown-command`) for a command that is not this device's (DEV-02), `conflict` for an
 * answer that contradicts the first one or comes before delivery.
 */
export async function recordCommandResult(
  deps: Omit<CommandDeps, 'database' | 'sealer'>,
  tx: TenantTx,
  deviceId: string,
  commandId: string,
  { state, reason, result }: CommandResult,
): Promise<CommandState> {
  const told = result === undefined ? undefined : storable(result);
  await lockDevice(tx, deviceId);
  const row = await lockCommand(tx, commandId);
  if (!row || row.device_id !== deviceId) {
    throw new DomainError('not-found', 'The device has no such command.', { reason: 'unknown-command' });
  }
  return finishCommand(deps, tx, row, {
    event: state === 'acknowledged' ? 'acknowledge' : 'fail',
    actor: deviceActor(tx, deviceId),
    reason: reason?.toWellFormed().replaceAll('\0', '\ufffd').slice(0, 500),
    result: told,
  });
}

/** JSON that the database can hold: no NUL, no half characters, not too much of it. */
function storable(result: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const text = JSON.stringify(result, (_name, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : value,
  );
  if (Buffer.byteLength(text) > mostBytes || /\\u0000|\\ud[89a-f]/i.test(text)) {
    throw new DomainError('unprocessable', 'The result cannot be stored.', { reason: 'result-unfit' });
  }
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}
