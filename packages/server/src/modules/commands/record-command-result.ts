// A device's answer to a command. The first answer stands; repeating it changes nothing (DEV-07).
import type { AuditChannel } from '@gatehouse/core/audit/entry.ts';
import { commandDefinition } from '@gatehouse/core/commands/catalogue.ts';
import {
  applyCommandEvent,
  type CommandEvent,
  type CommandState,
} from '@gatehouse/core/commands/state-machine.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { recordAudit } from '../audit/index.ts';
import { lockDevice } from '../devices/index.ts';
import type { CommandDeps } from './command-deps.ts';
import { finishCommand, refusalOf } from './finish-command.ts';
import { forgetHandedOver } from './handed-over.ts';
import { type CommandRow, lockCommand, writeDeferral, writeStep } from './queries.ts';
import { deviceActor } from './take-commands.ts';

export interface CommandResult {
  /**
   * acknowledged: done. failed: it cannot. deferred: not now; it is handed over again in a later conversation. continued: this
   * step is done and another follows, so the command stays with the device.
   */
  readonly state: 'acknowledged' | 'failed' | 'deferred' | 'continued';
  /** Which of the messages that make up the command is answered; default: whichever is due. */
  readonly step?: number | undefined;
  /** Why it failed, in words. */
  readonly reason?: string | undefined;
  readonly result?: Readonly<Record<string, unknown>> | undefined;
  /** What went wrong in the platform's own words, outermost first. */
  readonly errorChain?: readonly Readonly<Record<string, unknown>>[] | undefined;
  /** The way in, for the audit record; default `agent`. */
  readonly via?: AuditChannel | undefined;
}

export const eventOfAnswer = {
  acknowledged: 'acknowledge',
  failed: 'fail',
  deferred: 'defer',
  continued: 'deliver',
} as const satisfies Record<CommandResult['state'], CommandEvent>;

/** Bytes of JSON; a location or an error needs a fraction. */
const mostBytes = 64 * 1024;

export const noCommandOfDevice = () =>
  new DomainError('not-found', 'The device has no such command.', { reason: 'unknown-command' });

/**
 * @returns the state in which the command is now.
 * @throws DomainError `not-found` (`unknown-command`) for a command that is not this device's (DEV-02), `conflict` for an
 * answer that contradicts the first one or comes before delivery.
 */
export async function recordCommandResult(
  deps: Omit<CommandDeps, 'database'>,
  tx: TenantTx,
  deviceId: string,
  commandId: string,
  answer: CommandResult,
): Promise<CommandState> {
  const result = answer.result === undefined ? undefined : storable(answer.result);
  const errorChain = answer.errorChain === undefined ? undefined : storable(answer.errorChain);
  await lockDevice(tx, deviceId);
  const row = await lockCommand(tx, commandId);
  if (!row || row.device_id !== deviceId) throw noCommandOfDevice();
  // A step that is done is answered once more: nobody knows whether our answer arrived.
  if (row.state === 'delivered' && answer.step !== undefined && answer.step < row.step) return row.state;
  if (answer.state === 'continued') return continueCommand(tx, row, answer.step ?? row.step);
  if (answer.state === 'deferred') return deferCommand(deps, tx, row, answer.via);
  forgetHandedOver(commandId);
  const isPrivate = result !== undefined && commandDefinition(row.name).privateResult;
  return finishCommand(deps, tx, row, {
    event: eventOfAnswer[answer.state],
    actor: deviceActor(tx, deviceId),
    reason: answer.reason?.toWellFormed().replaceAll('\0', '\ufffd').slice(0, 500),
    result: isPrivate ? undefined : result,
    sealedResult: isPrivate
      ? await deps.sealer.seal(tx, 'commands.sealed_result', commandId, Buffer.from(JSON.stringify(result)))
      : undefined,
    errorChain,
    via: answer.via,
  });
}

async function continueCommand(tx: TenantTx, row: CommandRow, step: number): Promise<CommandState> {
  if (row.state !== 'delivered' || step !== row.step) {
    const transition = applyCommandEvent(row.state, 'deliver');
    throw refusalOf(transition.kind === 'refused' ? transition.reason : 'not-delivered');
  }
  await writeStep(tx, row.command_id, step + 1);
  return row.state;
}

async function deferCommand(
  deps: Pick<CommandDeps, 'clock' | 'events'>,
  tx: TenantTx,
  { command_id: commandId, device_id: deviceId, name, state }: CommandRow,
  via: AuditChannel | undefined,
): Promise<CommandState> {
  const transition = applyCommandEvent(state, 'defer');
  if (transition.kind === 'unchanged') return state;
  if (transition.kind === 'refused') throw refusalOf(transition.reason);
  await writeDeferral(tx, commandId, new Date(deps.clock.now()));
  await Promise.all([
    recordAudit(tx, {
      actor: deviceActor(tx, deviceId),
      action: 'commands.defer',
      target: { kind: 'command', id: commandId },
      outcome: 'done',
      ...(via === undefined ? {} : { via }),
      show: { deviceId, name, from: state },
    }),
    deps.events.emit(tx, {
      name: 'command.deferred',
      subjectId: deviceId,
      payload: { deviceId, commandId, name, state: transition.to },
    }),
  ]);
  return transition.to;
}

/** JSON that the database can hold: no NUL, no half characters, not too much of it. */
export function storable<T extends object>(result: T): T {
  const text = JSON.stringify(result, (_name, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : value,
  );
  if (Buffer.byteLength(text) > mostBytes || /\\u0000|\\ud[89a-f]/i.test(text)) {
    throw new DomainError('unprocessable', 'The result cannot be stored.', { reason: 'result-unfit' });
  }
  return JSON.parse(text) as T;
}
