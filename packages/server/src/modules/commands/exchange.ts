// One turn of the conversation with a device: its answer to a command is recorded and the next commands are handed over. Most
// turns are one statement in one round trip; those that need a decision beside (a wipe, sealed values, an order whose giver may
// have lost the right, an answer that does not come in its place) are a transaction, as everything else is.
import { commandDefinition, type CommandName } from '@gatehouse/core/commands/catalogue.ts';
import { applyCommandEvent, type CommandState } from '@gatehouse/core/commands/state-machine.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { DomainEvent } from '../../kernel/events.ts';
import { composeEntry } from '../audit/index.ts';
import type { CommandDeps } from './command-deps.ts';
import {
  type AnswerToRecord,
  type ExchangeAnswer,
  type ExchangeOrder,
  exchangeInOneTrip,
  nameOfCommand,
} from './exchange-queries.ts';
import { forgetHandedOver, recallHandedOver, rememberHandedOver } from './handed-over.ts';
import {
  type CommandResult,
  eventOfAnswer,
  noCommandOfDevice,
  recordCommandResult,
  storable,
} from './record-command-result.ts';
import { type TakenCommand, takeCommands, type Taking } from './take-commands.ts';

export interface ExchangeDeps extends Omit<CommandDeps, 'database'> {
  readonly database: Pick<Database, 'withTenant' | 'tenantQuery'>;
}

export interface CommandAnswer extends CommandResult {
  readonly commandId: string;
}

/** See {@link Taking} for what is handed over; `most: 0` hands over nothing. */
export interface ExchangeRequest extends Taking {
  readonly organizationId: string;
  readonly deviceId: string;
  readonly answer?: CommandAnswer | undefined;
  /** For the audit record. */
  readonly requestId?: string | undefined;
}

export interface Exchanged {
  /** Of the command that was answered, after the answer. */
  readonly state: CommandState | undefined;
  /** In the order in which they are to be carried out. */
  readonly commands: readonly TakenCommand[];
}

/**
 * Records the answer (once: repeating it changes nothing) and hands over what is open. The device is authenticated by the
 * caller; commands of other devices do not exist for it.
 * @throws DomainError `not-found` (`unknown-command`), `conflict` for an answer that contradicts the first one or comes before
 * delivery, `unprocessable` for a result that cannot be stored. Nothing is recorded nor handed over then.
 */
export async function exchange(deps: ExchangeDeps, request: ExchangeRequest): Promise<Exchanged> {
  const { organizationId, deviceId, answer } = request;
  let name: CommandName | undefined;
  if (answer !== undefined) {
    name =
      recallHandedOver(deviceId, answer.commandId) ??
      (await nameOfCommand(deps.database, organizationId, deviceId, answer.commandId));
    if (name === undefined) throw noCommandOfDevice();
  }
  const planned = planExchange(deps, request, name);
  if (planned === undefined) {
    return deps.database.withTenant(organizationId, (tx) => exchangeInside(deps, tx, request));
  }
  const told = await exchangeInOneTrip(deps.database, organizationId, planned.order);
  return concludeExchange(deps, planned, told);
}

/** An exchange that one statement can do. */
export interface PlannedExchange {
  readonly request: ExchangeRequest;
  readonly order: ExchangeOrder;
}

/**
 * For platforms that let it travel with a statement of their own; {@link concludeExchange} makes of its rows what came of it.
 * @param name of the command that is answered.
 * @returns undefined when the answer needs a transaction: see {@link exchange}.
 */
export function planExchange(
  deps: Pick<ExchangeDeps, 'events' | 'clock'>,
  request: ExchangeRequest,
  name: CommandName | undefined,
): PlannedExchange | undefined {
  const { deviceId, answer, channel = '', most = 20, which = 'open', anew = false } = request;
  if (answer !== undefined && (name === undefined || !isPlain(deps, deviceId, name, answer)))
    return undefined;
  return {
    request,
    order: {
      deviceId,
      channel,
      now: new Date(deps.clock.now()),
      answer: answer && name && planAnswer(request, answer, name),
      most,
      freshOnly: which === 'fresh',
      anew,
    },
  };
}

/** @throws DomainError as {@link exchange} does. */
export async function concludeExchange(
  deps: ExchangeDeps,
  { request, order }: PlannedExchange,
  told: ExchangeAnswer,
): Promise<Exchanged> {
  const { deviceId, organizationId, answer } = request;
  const inside = (rest: ExchangeRequest) =>
    deps.database.withTenant(organizationId, (tx) => exchangeInside(deps, tx, rest));
  if (answer !== undefined && told.refused)
    return answerOutOfPlace(deps, request, answer, told, () => inside(request));
  if (answer?.state === 'acknowledged') forgetHandedOver(answer.commandId);
  const state = order.answer && (order.answer.into ?? 'delivered');
  if (told.closer) {
    const { commands } = await inside({ ...request, answer: undefined, anew: false });
    return { state, commands };
  }
  const commands = told.commands ?? [];
  for (const { id, name } of commands) rememberHandedOver(id, { deviceId, name });
  return { state, commands };
}

/** The same in a transaction that the caller has opened, for platforms that record more with an answer than the answer. */
export async function exchangeInside(
  deps: Omit<CommandDeps, 'database'>,
  tx: TenantTx,
  { deviceId, answer, ...taking }: Omit<ExchangeRequest, 'organizationId'>,
): Promise<Exchanged> {
  const state = answer && (await recordCommandResult(deps, tx, deviceId, answer.commandId, answer));
  const commands = taking.most === 0 ? [] : await takeCommands(deps, tx, deviceId, taking);
  tx.afterCommit(() => {
    for (const { id, name } of commands) rememberHandedOver(id, { deviceId, name });
  });
  return { state, commands };
}

/** Whether the statement does everything that follows from the answer. */
function isPlain(
  { events }: Pick<ExchangeDeps, 'events'>,
  deviceId: string,
  name: CommandName,
  { commandId, state, result }: CommandAnswer,
): boolean {
  const { destructive, privateResult } = commandDefinition(name);
  if (state === 'continued') return true;
  // What a device says in its own words is kept apart from the audit entry, see finish-command.ts.
  if (state === 'failed' || destructive || (privateResult && result !== undefined)) return false;
  return !events.hasReactions(eventOf(deviceId, commandId, name, state));
}

const eventNames = { acknowledged: 'command.finished', deferred: 'command.deferred' } as const;

function eventOf(
  deviceId: string,
  commandId: string,
  name: CommandName,
  state: keyof typeof eventNames,
): DomainEvent {
  const into = intoOf(state);
  return {
    name: eventNames[state],
    subjectId: deviceId,
    payload: { deviceId, commandId, name, state: into },
  };
}

function intoOf(state: keyof typeof eventNames): CommandState {
  const transition = applyCommandEvent('delivered', eventOfAnswer[state]);
  if (transition.kind !== 'moved') throw new TypeError('an answer that leads nowhere');
  return transition.to;
}

const auditActions = { acknowledged: 'commands.acknowledge', deferred: 'commands.defer' } as const;

function planAnswer(
  { organizationId, deviceId, requestId }: ExchangeRequest,
  { commandId, state, step = 0, result, via }: CommandAnswer,
  name: CommandName,
): AnswerToRecord {
  if (state !== 'acknowledged' && state !== 'deferred') {
    return { commandId, name, step, into: null, result: undefined, record: undefined };
  }
  const { text, hash } = composeEntry(organizationId, {
    actor: { kind: 'device', id: deviceId, ...(requestId === undefined ? {} : { requestId }) },
    action: auditActions[state],
    target: { kind: 'command', id: commandId },
    outcome: 'done',
    ...(via === undefined ? {} : { via }),
    show: { deviceId, name, from: 'delivered' },
  });
  return {
    commandId,
    name,
    step,
    into: intoOf(state),
    result: state === 'acknowledged' && result !== undefined ? storable(result) : undefined,
    record: { text, hash, event: eventOf(deviceId, commandId, name, state) },
  };
}

/** The command does not wait for this answer: it was given before, or too late, or never asked for. */
async function answerOutOfPlace(
  deps: ExchangeDeps,
  request: ExchangeRequest,
  answer: CommandAnswer,
  { state, step }: Pick<ExchangeAnswer, 'state' | 'step'>,
  inside: () => Promise<Exchanged>,
): Promise<Exchanged> {
  if (state === null) throw noCommandOfDevice();
  const isRepeated =
    (state === 'delivered' && (answer.step ?? 0) < (step ?? 0)) ||
    (answer.state !== 'continued' &&
      applyCommandEvent(state, eventOfAnswer[answer.state]).kind === 'unchanged');
  if (!isRepeated) return inside();
  const { commands } = await exchange(deps, { ...request, answer: undefined });
  return { state, commands };
}
