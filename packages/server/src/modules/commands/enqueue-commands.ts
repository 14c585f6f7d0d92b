// Writes commands into the queues of any number of devices with a handful of statements: commands, audit entries, events. It
// asks nobody; who may order what of whom is decided before, in queue-command.ts.
import { type Actor, actorReference } from '@gatehouse/core/actor.ts';
import type { AuditChannel } from '@gatehouse/core/audit/entry.ts';
import {
  auditedParams,
  type Command,
  commandDefinition,
  splitParams,
} from '@gatehouse/core/commands/catalogue.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { newId } from '../../kernel/ids.ts';
import { announce } from '../../kernel/notifications.ts';
import { type Cause, spend } from '../approvals/index.ts';
import { type NewAuditEntry, recordAudits } from '../audit/index.ts';
import type { CommandDeps } from './command-deps.ts';
import type { PresentableCommand } from './present-command.ts';
import type { CommandOrigin } from './queries.ts';
import {
  insertCommands,
  type NewCommandRow,
  replaceCommands,
  type WaitingRow,
  waitingCommands,
} from './queue-queries.ts';

/** One command for one device. */
export interface CommandOrder {
  readonly deviceId: string;
  readonly command: Command;
  /** '' (the default) is the device itself, else one of its users. */
  readonly channel?: string | undefined;
  /** Lower is handed over first, whenever it was queued; default 100. */
  readonly priority?: number | undefined;
  /** A command that still waits for the device under the same key is replaced, and keeps its id and its place. */
  readonly coalesceKey?: string | undefined;
  /** Shortens the command's own deadline. */
  readonly expiresInMs?: number | undefined;
}

export interface EnqueueOptions {
  readonly actor: Actor;
  readonly origin: CommandOrigin;
  /** Why, for the audit record. */
  readonly reason?: string | undefined;
  /** Under which permission they are asked for, when it is not the command's own. */
  readonly permission?: string | undefined;
  readonly via?: AuditChannel | undefined;
  /** What made the system order it, for the audit record. */
  readonly cause?: Cause | undefined;
  /** Under which approval what destroys is spent; without, within the budget. */
  readonly approvalId?: string | undefined;
}

type Deps = Pick<CommandDeps, 'sealer' | 'clock' | 'events' | 'notifications'>;

/**
 * The caller holds the locks of all devices, and has decided that the commands may be queued.
 * @returns one for each order, in their order. Of several with one device, channel and key the last one stands.
 */
export async function enqueueCommands(
  deps: Deps,
  tx: TenantTx,
  orders: readonly CommandOrder[],
  options: EnqueueOptions,
): Promise<readonly PresentableCommand[]> {
  const now = new Date(deps.clock.now());
  const waiting = await findWaiting(tx, orders);
  const taken = new Map<string, NewCommandRow>();
  const rows: NewCommandRow[] = [];
  for (const order of orders) {
    const key = keyOf(order);
    const earlier = key === undefined ? undefined : (taken.get(key) ?? toEarlier(waiting.get(key)));
    const row = await toRow(deps, tx, order, options, earlier ?? { commandId: newId(), createdAt: now }, now);
    if (key !== undefined) taken.set(key, row);
    rows.push(row);
  }
  const last = [...new Map(rows.map((row) => [row.commandId, row])).values()];
  const known = new Set([...waiting.values()].map((row) => row.command_id));
  const fresh = last.filter((row) => !known.has(row.commandId));
  const writes = [
    insertCommands(tx, fresh),
    replaceCommands(
      tx,
      last.filter((row) => known.has(row.commandId)),
    ),
    recordAudits(
      tx,
      rows.map((row, index) => auditEntryOf(row, orders[index]?.command, options)),
    ),
    deps.events.emitAll(
      tx,
      rows.map(({ deviceId, commandId, name }) => ({
        name: 'command.queued',
        subjectId: deviceId,
        payload: { deviceId, commandId, name },
      })),
    ),
    spend(
      tx,
      fresh.filter(({ name }) => commandDefinition(name).destructive).map(({ commandId }) => commandId),
      { actor: actorReference(options.actor), at: now, approvalId: options.approvalId ?? null },
    ),
  ];
  for (const { deviceId } of last) {
    announce(tx, deps.notifications, 'command-queued', { organizationId: tx.organizationId, id: deviceId });
  }
  await Promise.all(writes);
  return rows.map(toPresentable);
}

function keyOf({ deviceId, channel = '', coalesceKey }: CommandOrder): string | undefined {
  return coalesceKey === undefined ? undefined : JSON.stringify([deviceId, channel, coalesceKey]);
}

async function findWaiting(
  tx: TenantTx,
  orders: readonly CommandOrder[],
): Promise<ReadonlyMap<string, WaitingRow>> {
  const keys = orders.flatMap(({ deviceId, channel = '', coalesceKey }) =>
    coalesceKey === undefined ? [] : [{ deviceId, channel, coalesceKey }],
  );
  const rows = await waitingCommands(tx, keys);
  return new Map(rows.map((row) => [JSON.stringify([row.device_id, row.channel, row.coalesce_key]), row]));
}

function toEarlier(row: WaitingRow | undefined): Pick<NewCommandRow, 'commandId' | 'createdAt'> | undefined {
  return row && { commandId: row.command_id, createdAt: row.created_at };
}

async function toRow(
  { sealer }: Pick<Deps, 'sealer'>,
  tx: TenantTx,
  order: CommandOrder,
  { actor, origin, permission }: EnqueueOptions,
  { commandId, createdAt }: Pick<NewCommandRow, 'commandId' | 'createdAt'>,
  now: Date,
): Promise<NewCommandRow> {
  const { command, deviceId, channel = '', priority = 100, coalesceKey = null } = order;
  const definition = commandDefinition(command.name);
  const { plain, sealed } = splitParams(command);
  const lifetime = Math.min(order.expiresInMs ?? definition.expiresAfterMs, definition.expiresAfterMs);
  return {
    commandId,
    deviceId,
    channel,
    origin,
    priority,
    coalesceKey,
    name: command.name,
    params: plain,
    sealedParams:
      Object.keys(sealed).length === 0
        ? null
        : await sealer.seal(tx, 'commands.sealed_params', commandId, Buffer.from(JSON.stringify(sealed))),
    requestedBy: actorReference(actor),
    permission: permission ?? definition.permission,
    createdAt,
    expiresAt: new Date(now.getTime() + lifetime),
  };
}

function auditEntryOf(
  { commandId, deviceId, name }: NewCommandRow,
  command: Command | undefined,
  { actor, reason, via, cause, approvalId }: EnqueueOptions,
): NewAuditEntry {
  const params = command === undefined ? {} : auditedParams(command);
  return {
    actor,
    action: `devices.${name}`,
    target: { kind: 'device', id: deviceId },
    outcome: 'done',
    ...(reason === undefined ? {} : { reason }),
    ...(via === undefined ? {} : { via }),
    show: {
      commandId,
      params: params as Record<string, string>,
      ...(cause === undefined ? {} : { cause }),
      ...(approvalId === undefined ? {} : { approvalId }),
    },
  };
}

function toPresentable(row: NewCommandRow): PresentableCommand {
  return {
    command_id: row.commandId,
    device_id: row.deviceId,
    channel: row.channel,
    origin: row.origin,
    name: row.name,
    params: row.params,
    state: 'queued',
    reason: null,
    result: null,
    error_chain: null,
    deferred_at: null,
    requested_by: row.requestedBy,
    created_at: row.createdAt,
    delivered_at: null,
    finished_at: null,
    expires_at: row.expiresAt,
  };
}
