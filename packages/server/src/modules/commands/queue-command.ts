// Puts a command in the queues of one device or many: permission, the state of each device, the guard over what destroys or
// tracks, and then commands, spent budget, audit entries and events in one transaction. Everybody who commands devices comes
// through here.
import type { Actor, Principal } from '@gatehouse/core/actor.ts';
import { type Command, commandDefinition, parseCommand } from '@gatehouse/core/commands/catalogue.ts';
import {
  decideDestructive,
  defaultDestructiveLimits,
  type DestructiveLimits,
} from '@gatehouse/core/commands/guard.ts';
import type { DeviceState } from '@gatehouse/core/devices/device.ts';
import type { AuditChannel } from '@gatehouse/core/audit/entry.ts';
import { DomainError, type ErrorCode } from '@gatehouse/core/errors.ts';
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { type TenantPrincipal, type Transact, transactIn, type Worked } from '../../kernel/http/route.ts';
import { type Cause, holdBudget } from '../approvals/index.ts';
import { recordAudits } from '../audit/index.ts';
import { type LockedDevice, lockDevices, noSuchDevice } from '../devices/index.ts';
import type { CommandDeps } from './command-deps.ts';
import { type CommandOrder, enqueueCommands } from './enqueue-commands.ts';
import { type Decided, holdBack, type Refused, sendFirst } from './hold-back.ts';
import { type CommandPresentation, presentCommand } from './present-command.ts';
import { openCommandsByName } from './queries.ts';

interface Request {
  readonly name: string;
  readonly params?: unknown;
  /** Why, for the audit record. */
  readonly reason?: string | undefined;
  /** Shortens the command's own deadline. */
  readonly expiresInMs?: number | undefined;
  /** See {@link CommandOrder}. */
  readonly channel?: string | undefined;
  readonly priority?: number | undefined;
  readonly coalesceKey?: string | undefined;
}

export interface CommandRequest extends Request {
  readonly deviceId: string;
}

export interface BulkCommandRequest extends Request {
  /** At most {@link mostDevices}; one that is named twice is sent the command once. */
  readonly deviceIds: readonly string[];
}

/** For callers with rights of their own kind, such as the network's account: what they need instead of the command's permission. */
export interface QueueOptions {
  readonly permission?: Permission;
  readonly via?: AuditChannel;
  /** Around the whole; by default a transaction of its own. */
  readonly transact?: Transact;
}

/** For orders that are carried out inside somebody else's transaction: an approval, a rule, a procedure. */
export interface InsideOptions extends Omit<QueueOptions, 'transact'> {
  readonly cause?: Cause | undefined;
  /** What stands against it no more: another person has approved, or the first device of the batch has answered. */
  readonly granted?: { readonly approvalId: string; readonly standing: 'approved' | 'within-budget' };
}

/** What came of one device: a command, or why there is none. */
export interface QueueOutcome {
  readonly deviceId: string;
  readonly command: CommandPresentation | null;
  readonly refusal: {
    readonly code: ErrorCode;
    readonly reason: string | null;
    readonly message: string;
    /** The request under which it may happen yet. */
    readonly approvalId: string | null;
  } | null;
}

export type Outcome =
  | { readonly deviceId: string; readonly command: CommandPresentation }
  | { readonly deviceId: string; readonly refusal: DomainError };

export const mostDevices = 1_000;

/**
 * One command for many devices, in one transaction. What stands against one of them concerns that one alone: it is told in its
 * outcome, the others are sent the command. A wipe that waits already is not queued, nor paid for, again: the waiting one is
 * the answer.
 * @returns one outcome for each device, in the order in which they were named.
 * @throws DomainError `invalid-input`, `forbidden`: nothing is queued then.
 */
export async function queueCommands(
  deps: CommandDeps,
  principal: TenantPrincipal,
  request: BulkCommandRequest,
  options: QueueOptions = {},
): Promise<{ readonly items: readonly QueueOutcome[] }> {
  const command = permitted(principal, request, options);
  const transact = options.transact ?? transactIn(deps.database, principal.organizationId);
  return transact(async (tx) => {
    const outcomes = await queueInside(deps, tx, principal, request, command, options);
    return { answer: { items: outcomes.map(presentOutcome) } };
  });
}

function presentOutcome(outcome: Outcome): QueueOutcome {
  const { deviceId } = outcome;
  if ('command' in outcome) return { deviceId, command: outcome.command, refusal: null };
  const { code, reason = null, message, detail } = outcome.refusal;
  const approvalId = typeof detail?.['approvalId'] === 'string' ? detail['approvalId'] : null;
  return { deviceId, command: null, refusal: { code, reason, message, approvalId } };
}

/**
 * @throws DomainError `invalid-input`, `forbidden`, `not-found`, `conflict` for a device that takes no commands,
 * `too-many-requests` when the destructive budget is spent. What the guard refuses is on record all the same.
 */
export async function queueCommand(
  deps: CommandDeps,
  principal: TenantPrincipal,
  { deviceId, ...request }: CommandRequest,
  options: QueueOptions = {},
): Promise<CommandPresentation> {
  const command = permitted(principal, request, options);
  const transact = options.transact ?? transactIn(deps.database, principal.organizationId);
  return transact(async (tx): Promise<Worked<CommandPresentation>> => {
    const many = { ...request, deviceIds: [deviceId] };
    const [outcome] = await queueInside(deps, tx, principal, many, command, options);
    if (outcome === undefined) return { refusal: noSuchDevice() };
    return 'command' in outcome ? { answer: outcome.command } : { refusal: outcome.refusal };
  });
}

/**
 * What the server orders of its own accord, inside the transaction of whatever causes it: commands of any kind for any devices.
 * Nothing that destroys: that is for people to order. Devices that take no commands are left out.
 * @returns the ids, by the place of the order; undefined for those that were left out.
 */
export async function queueSystemCommands(
  deps: Omit<CommandDeps, 'database'>,
  tx: TenantTx,
  actor: Actor,
  orders: readonly CommandOrder[],
  reason?: string,
): Promise<readonly (string | undefined)[]> {
  for (const { command } of orders) {
    if (commandDefinition(command.name).destructive)
      throw new TypeError(`${command.name} is not for the system to order`);
  }
  const devices = await lockDevices(tx, [...new Set(orders.map(({ deviceId }) => deviceId))]);
  const possible = orders.filter(({ deviceId }) => whyUnreachable(devices.get(deviceId)) === undefined);
  const queued = await enqueueCommands(deps, tx, possible, { actor, origin: 'system', reason });
  const ids = new Map(possible.map((order, index) => [order, queued[index]?.command_id]));
  return orders.map((order) => ids.get(order));
}

function permitted(principal: Principal, { name, params }: Request, { permission }: QueueOptions): Command {
  const command = parseCommand(name, params ?? {});
  requirePermission(principal, permission ?? commandDefinition(command.name).permission);
  return command;
}

/**
 * The same inside the caller's transaction, which holds no device's lock yet.
 * @throws DomainError `invalid-input`, `forbidden`
 */
export async function queueInTransaction(
  deps: InsideDeps,
  tx: TenantTx,
  principal: Principal,
  request: BulkCommandRequest,
  options: InsideOptions = {},
): Promise<readonly Outcome[]> {
  return queueInside(deps, tx, principal, request, permitted(principal, request, options), options);
}

type InsideDeps = Omit<CommandDeps, 'database'>;

async function queueInside(
  deps: InsideDeps,
  tx: TenantTx,
  principal: Principal,
  request: BulkCommandRequest,
  command: Command,
  options: InsideOptions,
): Promise<readonly Outcome[]> {
  const { permission, via, cause, granted } = options;
  const deviceIds = [...new Set(request.deviceIds)];
  if (deviceIds.length > mostDevices) {
    throw new DomainError('invalid-input', `A command is sent to at most ${mostDevices} devices at once.`);
  }
  const devices = await lockDevices(tx, deviceIds);
  const outcomes = new Map<string, Outcome>();
  const reachable: LockedDevice[] = [];
  for (const deviceId of deviceIds) {
    const device = devices.get(deviceId);
    const refusal = whyUnreachable(device);
    if (refusal !== undefined) outcomes.set(deviceId, { deviceId, refusal });
    else if (device !== undefined) reachable.push(device);
  }
  for (const [deviceId, why] of (await deps.support?.(tx, {
    command,
    channel: request.channel ?? '',
    devices: reachable,
  })) ?? []) {
    const refusal = new DomainError('unprocessable', why, { reason: 'unsupported-by-device' });
    outcomes.set(deviceId, { deviceId, refusal });
  }
  const { destructive, endsManagement } = commandDefinition(command.name);
  if (endsManagement) await answerWithWaiting(deps, tx, reachable, command, outcomes);
  const asked = reachable.filter(({ deviceId }) => !outcomes.has(deviceId));
  const { decisions, limits } = await decide(deps, tx, principal, asked, command, granted);
  const refused = decisions.filter((each): each is Refused => !each.decision.allowed);
  // Committed, while the caller is told no: a refused wipe is something an auditor wants to see.
  await recordAudits(
    tx,
    refused.map(({ device: { deviceId, ownership }, decision: { reason } }) => ({
      actor: principal,
      action: `devices.${command.name}`,
      target: { kind: 'device', id: deviceId },
      outcome: 'refused',
      reason,
      ...(via === undefined ? {} : { via }),
      show: { ownership, ...(cause === undefined ? {} : { cause }) },
    })),
  );
  const { expiresInMs, channel, priority, coalesceKey, reason } = request;
  const question = {
    actor: principal,
    command,
    permission: permission ?? commandDefinition(command.name).permission,
    reason,
    cause,
  };
  for (const [deviceId, refusal] of await holdBack(deps, tx, question, refused)) {
    outcomes.set(deviceId, { deviceId, refusal });
  }
  const orders = decisions
    .filter(({ decision }) => decision.allowed)
    .map(({ device: { deviceId } }) => ({ deviceId, command, expiresInMs, channel, priority, coalesceKey }));
  const alone = destructive && orders.length > limits.canaryAbove;
  const queued = await enqueueCommands(deps, tx, alone ? orders.slice(0, 1) : orders, {
    actor: principal,
    origin: principal.kind === 'system' ? 'system' : 'administrator',
    reason,
    permission,
    via,
    cause,
    approvalId: granted?.standing === 'approved' ? granted.approvalId : undefined,
  });
  for (const row of queued) {
    outcomes.set(row.device_id, { deviceId: row.device_id, command: presentCommand(row) });
  }
  const [first] = queued;
  if (alone && first !== undefined) {
    const rest = orders.slice(1).map(({ deviceId }) => deviceId);
    for (const [deviceId, refusal] of await sendFirst(deps, tx, question, first.command_id, rest)) {
      outcomes.set(deviceId, { deviceId, refusal });
    }
  }
  return deviceIds.flatMap((deviceId) => outcomes.get(deviceId) ?? []);
}

const unreachable: Partial<Record<DeviceState, string>> = {
  pending: 'The device has not completed its enrolment.',
  blocked: 'The device is blocked and cannot be reached; unblock it first.',
  unmanaged: 'The device is no longer managed.',
};

export function whyUnreachable(device: LockedDevice | undefined): DomainError | undefined {
  if (device === undefined) return noSuchDevice();
  const problem = unreachable[device.state];
  return problem === undefined
    ? undefined
    : new DomainError('conflict', problem, { reason: `device-${device.state}` });
}

async function answerWithWaiting(
  deps: Pick<CommandDeps, 'clock'>,
  tx: TenantTx,
  devices: readonly LockedDevice[],
  { name }: Command,
  outcomes: Map<string, Outcome>,
): Promise<void> {
  const ids = devices.map(({ deviceId }) => deviceId);
  for (const row of await openCommandsByName(tx, ids, name, new Date(deps.clock.now()))) {
    if (outcomes.has(row.device_id)) continue;
    outcomes.set(row.device_id, { deviceId: row.device_id, command: presentCommand(row) });
  }
}

/** Each command that is allowed counts for the next. */
async function decide(
  deps: InsideDeps,
  tx: TenantTx,
  actor: Principal,
  devices: readonly LockedDevice[],
  command: Command,
  granted: InsideOptions['granted'],
): Promise<{ readonly decisions: readonly Decided[]; readonly limits: DestructiveLimits }> {
  const held =
    commandDefinition(command.name).destructive && devices.length > 0
      ? await holdBudget(tx, deps.clock)
      : { spent: 0, fleet: 0, limits: defaultDestructiveLimits, now: deps.clock.now() };
  const limits = limitsFor(held.limits, granted);
  let spentInWindow = held.spent;
  const decisions = devices.map((device) => {
    const decision = decideDestructive({
      command: command.name,
      ownership: device.ownership,
      actor,
      spentInWindow,
      fleetSize: held.fleet,
      limits,
      now: held.now,
    });
    spentInWindow += decision.allowed ? 1 : 0;
    return { device, decision };
  });
  return { decisions, limits };
}

/** What another person approved does not ask for the budget; whoever waited for a first device does not wait for a second. */
function limitsFor(limits: DestructiveLimits, granted: InsideOptions['granted']): DestructiveLimits {
  if (granted === undefined) return limits;
  const everything = Number.MAX_SAFE_INTEGER;
  return granted.standing === 'approved'
    ? { ...limits, secondPerson: 'above-budget', minimumBudget: everything, canaryAbove: everything }
    : { ...limits, canaryAbove: everything };
}
