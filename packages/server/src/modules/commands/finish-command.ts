// The end of a command, however it comes: answered, expired, withdrawn. The state machine decides, then state, audit entry,
// event and effects on the device follow in the same transaction.
import type { Actor } from '@gatehouse/core/actor.ts';
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
import { changeStanding } from '../devices/index.ts';
import type { CommandDeps } from './command-deps.ts';
import { type CommandRow, writeFinish } from './queries.ts';

export interface Finish {
  readonly event: Exclude<CommandEvent, 'deliver' | 'defer'>;
  readonly actor: Actor;
  readonly reason?: string | undefined;
  readonly result?: Readonly<Record<string, unknown>> | undefined;
  /** Instead of `result`, when what it says concerns a person. */
  readonly sealedResult?: Buffer | undefined;
  readonly errorChain?: readonly unknown[] | undefined;
  /** The way in, for the audit record. */
  readonly via?: AuditChannel | undefined;
}

const auditActions = {
  acknowledge: 'commands.acknowledge',
  fail: 'commands.fail',
  expire: 'commands.expire',
  cancel: 'commands.cancel',
} as const satisfies Record<Finish['event'], string>;

const refusals: Readonly<Record<string, string>> = {
  'not-delivered': 'The command has not been handed to the device.',
  'already-finished': 'The command is finished already.',
  'already-answered': 'Another answer to this command was given before.',
  'already-delivered': 'The device has the command already.',
  cancelled: 'The command was withdrawn.',
};

export function refusalOf(reason: string): DomainError {
  return new DomainError('conflict', refusals[reason] ?? 'The command does not allow this now.', { reason });
}

/**
 * The caller holds the locks of device and command.
 * @returns the state in which the command is now.
 * @throws DomainError `conflict` when the state does not allow the event; nothing is changed then.
 */
export async function finishCommand(
  deps: Omit<CommandDeps, 'database' | 'sealer'>,
  tx: TenantTx,
  row: CommandRow,
  { event, actor, reason, result, sealedResult, errorChain, via }: Finish,
): Promise<CommandState> {
  const transition = applyCommandEvent(row.state, event);
  if (transition.kind === 'unchanged') return row.state;
  if (transition.kind === 'refused') {
    throw refusalOf(transition.reason);
  }
  const { command_id: commandId, device_id: deviceId, name } = row;
  const at = new Date(deps.clock.now());
  await writeFinish(tx, commandId, {
    state: transition.to,
    reason: reason ?? null,
    result: result ?? null,
    sealedResult: sealedResult ?? null,
    errorChain: errorChain ?? null,
    at,
  });
  await Promise.all([
    recordAudit(tx, {
      actor,
      action: auditActions[event],
      target: { kind: 'command', id: commandId },
      ...(via === undefined ? {} : { via }),
      outcome: event === 'acknowledge' || event === 'cancel' ? 'done' : 'failed',
      ...(event === 'cancel' && reason !== undefined ? { reason } : {}),
      show: { deviceId, name, from: row.state },
      // What a device says in its own words is not for every reader of the record.
      personal: event === 'fail' ? { reason: reason ?? null } : {},
    }),
    deps.events.emit(tx, {
      name: 'command.finished',
      subjectId: deviceId,
      payload: { deviceId, commandId, name, state: transition.to },
    }),
  ]);
  // Apart from the event above: who waits for what did not happen must not slow down all that does.
  if (transition.to !== 'acknowledged') {
    const payload = { deviceId, commandId, name, state: transition.to };
    await deps.events.emit(tx, { name: 'command.not-done', subjectId: deviceId, payload });
  }
  if (commandDefinition(name).endsManagement) await applyToDevice(deps, tx, row, event, actor);
  return transition.to;
}

/** Both wipes end management, also when the news of it comes late; a wipe that did not happen gives the device back. */
async function applyToDevice(
  deps: Omit<CommandDeps, 'database' | 'sealer'>,
  tx: TenantTx,
  { device_id: deviceId, name }: CommandRow,
  event: Finish['event'],
  actor: Actor,
): Promise<void> {
  if (event === 'cancel') return;
  const ended = event === 'acknowledge';
  await changeStanding(deps, tx, {
    deviceId,
    event: ended ? 'unmanage' : 'end-wipe',
    actor,
    reason: ended ? `${name} acknowledged` : `${name} ${event === 'fail' ? 'failed' : 'expired'}`,
  });
}
