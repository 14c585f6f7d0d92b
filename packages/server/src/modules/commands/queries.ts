// Statements over commands. `$1` is always the organization.
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';
import type { CommandState } from '@gatehouse/core/commands/state-machine.ts';
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface CommandRow {
  readonly command_id: string;
  readonly command_no: string;
  readonly device_id: string;
  /** '' is the device itself, else one of its users. */
  readonly channel: string;
  readonly origin: CommandOrigin;
  /** Lower first, then in the order in which they were queued. */
  readonly priority: number;
  readonly name: CommandName;
  readonly params: Readonly<Record<string, unknown>>;
  readonly sealed_params: Buffer | null;
  readonly state: CommandState;
  readonly reason: string | null;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly sealed_result: Buffer | null;
  readonly error_chain: readonly Readonly<Record<string, unknown>>[] | null;
  /** How many of the messages that make up the command are done. */
  readonly step: number;
  /** When the device last said "not now", while it waits because of that. */
  readonly deferred_at: Date | null;
  readonly requested_by: string;
  readonly permission: string | null;
  readonly created_at: Date;
  readonly delivered_at: Date | null;
  readonly finished_at: Date | null;
  readonly expires_at: Date;
}

export type CommandOrigin = 'administrator' | 'system';

const columns = `command_id, command_no, device_id, channel, origin, priority, name, params, sealed_params, state, reason,
  result, sealed_result, error_chain, step, deferred_at, requested_by, permission, created_at, delivered_at, finished_at,
  expires_at`;

/** Open is what has not finished: see the index. */
const selectOpen = sql(
  'commands-select-open',
  `select ${columns} from commands
   where organization_id = $1 and device_id = $2 and channel = $3 and finished_at is null
     and (state = 'queued' or (state = 'delivered' and not $4)) and deferred_at is null and expires_at > $5
   order by priority, command_no limit $6`,
);

export interface OpenFilter {
  readonly channel: string;
  /** Leaves out what was handed over before and has not been answered yet. */
  readonly freshOnly: boolean;
  readonly now: Date;
  readonly limit: number;
}

/** In the order in which they are handed over; without what the device has put off. */
export function openCommands(
  tx: TenantTx,
  deviceId: string,
  { channel, freshOnly, now, limit }: OpenFilter,
): Promise<CommandRow[]> {
  return tx.query<CommandRow>(selectOpen, [tx.organizationId, deviceId, channel, freshOnly, now, limit]);
}

const selectWithOpen = sql(
  'commands-select-devices-with-open',
  `select distinct device_id from commands where organization_id = $1 and device_id = any ($2::uuid[]) and finished_at is null`,
);

/** Those of the devices for which anything may wait, whichever channel it is for. */
export async function devicesWithOpenCommands(
  tx: TenantTx,
  deviceIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ device_id: string }>(selectWithOpen, [tx.organizationId, deviceIds]);
  return new Set(rows.map((row) => row.device_id));
}

const selectOpenByName = sql(
  'commands-select-open-by-name',
  `select ${columns} from commands
   where organization_id = $1 and device_id = any ($2) and finished_at is null and name = $3 and expires_at > $4`,
);

export function openCommandsByName(
  tx: TenantTx,
  deviceIds: readonly string[],
  name: CommandName,
  now: Date,
): Promise<CommandRow[]> {
  return tx.query<CommandRow>(selectOpenByName, [tx.organizationId, deviceIds, name, now]);
}

const offerAgain = sql(
  'commands-offer-again',
  `update commands set deferred_at = null
   where organization_id = $1 and device_id = $2 and channel = $3 and finished_at is null and deferred_at is not null`,
);

/** What the device has put off in an earlier conversation is handed over again. */
export function offerDeferred(tx: TenantTx, deviceId: string, channel: string): Promise<number> {
  return tx.run(offerAgain, [tx.organizationId, deviceId, channel]);
}

const deferStatement = sql(
  'commands-defer',
  `update commands set state = 'queued', deferred_at = $3 where organization_id = $1 and command_id = $2`,
);

export function writeDeferral(tx: TenantTx, commandId: string, at: Date): Promise<number> {
  return tx.run(deferStatement, [tx.organizationId, commandId, at]);
}

const advanceStatement = sql(
  'commands-advance',
  `update commands set step = $3 where organization_id = $1 and command_id = $2`,
);

export function writeStep(tx: TenantTx, commandId: string, step: number): Promise<number> {
  return tx.run(advanceStatement, [tx.organizationId, commandId, step]);
}

const markDeliveredStatement = sql(
  'commands-mark-delivered',
  `update commands set state = 'delivered', delivered_at = $3
   where organization_id = $1 and command_id = any ($2) and state = 'queued' returning command_id`,
);

/** @returns the ids of those that were still queued. */
export async function markDelivered(
  tx: TenantTx,
  commandIds: readonly string[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ command_id: string }>(markDeliveredStatement, [
    tx.organizationId,
    commandIds,
    now,
  ]);
  return new Set(rows.map((row) => row.command_id));
}

const selectCommand = sql(
  'commands-select',
  `select ${columns} from commands where organization_id = $1 and command_id = $2`,
);
const lockCommandStatement = sql(
  'commands-lock',
  `select ${columns} from commands where organization_id = $1 and command_id = $2 for update`,
);

export function findCommand(tx: TenantTx, commandId: string): Promise<CommandRow | undefined> {
  return tx.one<CommandRow>(selectCommand, [tx.organizationId, commandId]);
}

export function lockCommand(tx: TenantTx, commandId: string): Promise<CommandRow | undefined> {
  return tx.one<CommandRow>(lockCommandStatement, [tx.organizationId, commandId]);
}

/** What is sealed is needed no more once nobody waits for the command. */
const finishCommandStatement = sql(
  'commands-finish',
  `update commands set state = $3, reason = $4, result = $5, sealed_result = $6, error_chain = $7, finished_at = $8,
     sealed_params = null
   where organization_id = $1 and command_id = $2`,
);

export interface FinishRow {
  readonly state: CommandState;
  readonly reason: string | null;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly sealedResult: Buffer | null;
  readonly errorChain: readonly unknown[] | null;
  readonly at: Date;
}

export function writeFinish(tx: TenantTx, commandId: string, finish: FinishRow): Promise<number> {
  return tx.run(finishCommandStatement, [
    tx.organizationId,
    commandId,
    finish.state,
    finish.reason,
    finish.result === null ? null : JSON.stringify(finish.result),
    finish.sealedResult,
    finish.errorChain === null ? null : JSON.stringify(finish.errorChain),
    finish.at,
  ]);
}

const activeUser = sql(
  'commands-active-user',
  `select 1 from users where organization_id = $1 and user_id = $2 and state = 'active'`,
);

export async function isActiveUser(tx: TenantTx, userId: string): Promise<boolean> {
  return (await tx.one(activeUser, [tx.organizationId, userId])) !== undefined;
}

const listOfDevice = sql(
  'commands-list-of-device',
  `select ${columns} from commands
   where organization_id = $1 and device_id = $2 and command_no < coalesce($3::bigint, 9223372036854775807)
   order by command_no desc limit $4`,
);

export function selectOfDevice(
  tx: TenantTx,
  deviceId: string,
  before: string | null,
  limit: number,
): Promise<CommandRow[]> {
  return tx.query<CommandRow>(listOfDevice, [tx.organizationId, deviceId, before, limit]);
}

const selectExpired = sql(
  'commands-select-expired',
  `select organization_id, command_id from commands
   where coalesce(finished_at, 'infinity') = 'infinity' and expires_at <= $1 order by expires_at limit $2`,
);

export function findExpired(
  tx: SystemTx,
  now: Date,
  limit: number,
): Promise<{ organization_id: string; command_id: string }[]> {
  return tx.query(selectExpired, [now, limit]);
}

const selectOpenIds = sql(
  'commands-select-open-ids',
  `select command_id from commands where organization_id = $1 and device_id = $2 and finished_at is null
   order by command_no`,
);

export async function openCommandIds(tx: TenantTx, deviceId: string): Promise<string[]> {
  const rows = await tx.query<{ command_id: string }>(selectOpenIds, [tx.organizationId, deviceId]);
  return rows.map((row) => row.command_id);
}

const selectOpenOfDevice = sql(
  'commands-select-open-of-device',
  `select command_id, name, channel from commands
   where organization_id = $1 and device_id = $2 and finished_at is null and expires_at > $3
   order by priority, command_no limit 200`,
);

/** Of every channel, in the order in which they are handed over. */
export function openCommandsOf(
  tx: TenantTx,
  deviceId: string,
  now: Date,
): Promise<Pick<CommandRow, 'command_id' | 'name' | 'channel'>[]> {
  return tx.query(selectOpenOfDevice, [tx.organizationId, deviceId, now]);
}

const selectLocatedStatement = sql(
  'commands-select-located',
  `select command_id, sealed_result, finished_at from commands
   where organization_id = $1 and device_id = $2 and name = 'locate-device' and state = 'acknowledged'
   order by command_no desc limit $3`,
);

/** What locating the device brought to light, newest first. */
export function selectLocated(
  tx: TenantTx,
  deviceId: string,
  limit: number,
): Promise<
  { readonly command_id: string; readonly sealed_result: Buffer | null; readonly finished_at: Date }[]
> {
  return tx.query(selectLocatedStatement, [tx.organizationId, deviceId, limit]);
}
