// Puts a command in a device's queue: permission, the state of the device, the guard over what destroys or tracks, and then
// command, spent budget, audit entry and event in one transaction. Everybody who commands devices comes through here.
import { type Actor, actorReference, type Principal } from '@gatehouse/core/actor.ts';
import {
  auditedParams,
  type Command,
  commandDefinition,
  parseCommand,
  splitParams,
} from '@gatehouse/core/commands/catalogue.ts';
import {
  decideDestructive,
  defaultDestructiveLimits,
  type DestructiveDecision,
  type DestructiveRefusal,
} from '@gatehouse/core/commands/guard.ts';
import type { DeviceState } from '@gatehouse/core/devices/device.ts';
import type { AuditChannel } from '@gatehouse/core/audit/entry.ts';
import { DomainError, type ErrorCode } from '@gatehouse/core/errors.ts';
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { announce } from '../../kernel/notifications.ts';
import { recordAudit } from '../audit/index.ts';
import { type LockedDevice, lockDevice } from '../devices/index.ts';
import type { CommandDeps } from './command-deps.ts';
import { type CommandPresentation, presentCommand } from './present-command.ts';
import { type CommandRow, countUnderLock, insertCommand, openCommands, spend } from './queries.ts';

export interface CommandRequest {
  readonly deviceId: string;
  readonly name: string;
  readonly params?: unknown;
  /** Why, for the audit record. */
  readonly reason?: string | undefined;
  /** Shortens the command's own deadline. */
  readonly expiresInMs?: number | undefined;
}

/** For callers with rights of their own kind, such as the network's account: what they need instead of the command's permission. */
export interface QueueOptions {
  readonly permission?: Permission;
  readonly via?: AuditChannel;
}

/**
 * A wipe that waits already is not queued, nor paid for, again: the waiting one is the answer.
 * @throws DomainError `invalid-input`, `forbidden`, `not-found`, `conflict` for a device that takes no commands,
 * `too-many-requests` when the destructive budget is spent. What the guard refuses is on record all the same.
 */
export async function queueCommand(
  deps: CommandDeps,
  principal: TenantPrincipal,
  request: CommandRequest,
  options: QueueOptions = {},
): Promise<CommandPresentation> {
  const command = parseCommand(request.name, request.params ?? {});
  requirePermission(principal, options.permission ?? commandDefinition(command.name).permission);
  const outcome = await deps.database.withTenant(principal.organizationId, async (tx) => {
    const device = await lockDevice(tx, request.deviceId);
    requireReachable(device.state);
    const { destructive } = commandDefinition(command.name);
    const waiting = destructive ? await findWaiting(deps, tx, device.deviceId, command) : undefined;
    if (waiting) return waiting;
    const decision = await decide(deps, tx, principal, device, command);
    return decision.allowed
      ? enqueueCommand(deps, tx, principal, device, command, request, options)
      : refuse(tx, principal, device, command, decision, options);
  });
  if ('refusal' in outcome) throw guardError(outcome.refusal);
  return presentCommand(outcome);
}

const unreachable: Partial<Record<DeviceState, string>> = {
  pending: 'The device has not completed its enrolment.',
  blocked: 'The device is blocked and cannot be reached; unblock it first.',
  unmanaged: 'The device is no longer managed.',
};

function requireReachable(state: DeviceState): void {
  const problem = unreachable[state];
  if (problem !== undefined) throw new DomainError('conflict', problem, { reason: `device-${state}` });
}

async function findWaiting(
  deps: CommandDeps,
  tx: TenantTx,
  deviceId: string,
  command: Command,
): Promise<CommandRow | undefined> {
  const open = await openCommands(tx, deviceId, new Date(deps.clock.now()), 1_000);
  return open.find((row) => row.name === command.name);
}

type Refused = Extract<DestructiveDecision, { allowed: false }>;

async function decide(
  deps: CommandDeps,
  tx: TenantTx,
  principal: Principal,
  device: LockedDevice,
  command: Command,
): Promise<DestructiveDecision> {
  // The time is read under the lock, so that spendings lie in the order in which they were granted.
  const counted = commandDefinition(command.name).destructive
    ? await countUnderLock(tx, new Date(deps.clock.now() - defaultDestructiveLimits.windowMs))
    : { spent: 0, fleet: 0 };
  return decideDestructive({
    command: command.name,
    ownership: device.ownership,
    actor: principal,
    spentInWindow: counted.spent,
    fleetSize: counted.fleet,
    now: deps.clock.now(),
  });
}

async function enqueueCommand(
  deps: CommandDeps,
  tx: TenantTx,
  actor: Actor,
  { deviceId }: LockedDevice,
  command: Command,
  { reason, expiresInMs }: CommandRequest,
  { via, permission }: QueueOptions,
): Promise<CommandRow> {
  const definition = commandDefinition(command.name);
  const [commandId, now] = [newId(), deps.clock.now()];
  const { plain, sealed } = splitParams(command);
  const secret =
    Object.keys(sealed).length === 0
      ? null
      : await deps.sealer.seal(tx, 'commands.sealed_params', commandId, Buffer.from(JSON.stringify(sealed)));
  const row = await insertCommand(tx, {
    commandId,
    deviceId,
    name: command.name,
    params: plain,
    sealedParams: secret,
    requestedBy: actorReference(actor),
    permission: permission ?? definition.permission,
    createdAt: new Date(now),
    expiresAt: new Date(now + Math.min(expiresInMs ?? definition.expiresAfterMs, definition.expiresAfterMs)),
  });
  if (!row) throw new Error('an inserted command returned no row');
  const writes: Promise<unknown>[] = [
    recordAudit(tx, {
      actor,
      action: `devices.${command.name}`,
      target: { kind: 'device', id: deviceId },
      outcome: 'done',
      ...(reason === undefined ? {} : { reason }),
      ...(via === undefined ? {} : { via }),
      show: { commandId, params: auditedParams(command) as Record<string, string> },
    }),
    deps.events.emit(tx, {
      name: 'command.queued',
      subjectId: deviceId,
      payload: { deviceId, commandId, name: command.name },
    }),
  ];
  if (definition.destructive) writes.push(spend(tx, commandId, actorReference(actor), new Date(now)));
  announce(tx, deps.notifications, 'command-queued', { organizationId: tx.organizationId, id: deviceId });
  await Promise.all(writes);
  return row;
}

/** Committed, while the caller is told no: a refused wipe is something an auditor wants to see. */
async function refuse(
  tx: TenantTx,
  actor: Actor,
  { deviceId, ownership }: LockedDevice,
  command: Command,
  refusal: Refused,
  { via }: QueueOptions,
): Promise<{ readonly refusal: Refused }> {
  await recordAudit(tx, {
    actor,
    action: `devices.${command.name}`,
    target: { kind: 'device', id: deviceId },
    outcome: 'refused',
    reason: refusal.reason,
    ...(via === undefined ? {} : { via }),
    show: { ownership },
  });
  return { refusal };
}

const errorCodes = {
  'personal-device': 'forbidden',
  'empowered-too-recently': 'forbidden',
  'budget-spent': 'too-many-requests',
} as const satisfies Record<DestructiveRefusal, ErrorCode>;

function guardError({ reason, message }: Refused): DomainError {
  const retry = reason === 'budget-spent' ? { retryAfterSeconds: 600 } : {};
  return new DomainError(errorCodes[reason], message, { reason, ...retry });
}
