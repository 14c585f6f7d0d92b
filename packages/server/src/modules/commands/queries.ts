// Statements over commands and what destructive ones have spent. `$1` is always the organization.
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';
import type { CommandState } from '@gatehouse/core/commands/state-machine.ts';
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface CommandRow {
  readonly command_id: string;
  readonly command_no: string;
  readonly device_id: string;
  readonly name: CommandName;
  readonly params: Readonly<Record<string, unknown>>;
  readonly sealed_params: Buffer | null;
  readonly state: CommandState;
  readonly reason: string | null;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly requested_by: string;
  readonly permission: string | null;
  readonly created_at: Date;
  readonly delivered_at: Date | null;
  readonly finished_at: Date | null;
  readonly expires_at: Date;
}

const columns = `command_id, command_no, device_id, name, params, sealed_params, state, reason, result, requested_by,
  permission, created_at, delivered_at, finished_at, expires_at`;

const insertCommandStatement = sql(
  'commands-insert',
  `insert into commands (organization_id, command_id, device_id, name, params, sealed_params, requested_by, created_at,
     expires_at, permission)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning ${columns}`,
);

export interface NewCommandRow {
  readonly commandId: string;
  readonly deviceId: string;
  readonly name: CommandName;
  readonly params: Readonly<Record<string, unknown>>;
  readonly sealedParams: Buffer | null;
  readonly requestedBy: string;
  readonly permission: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export function insertCommand(tx: TenantTx, row: NewCommandRow): Promise<CommandRow | undefined> {
  return tx.one<CommandRow>(insertCommandStatement, [
    tx.organizationId,
    row.commandId,
    row.deviceId,
    row.name,
    JSON.stringify(row.params),
    row.sealedParams,
    row.requestedBy,
    row.createdAt,
    row.expiresAt,
    row.permission,
  ]);
}

const selectOpen = sql(
  'commands-select-open',
  `select ${columns} from commands
   where organization_id = $1 and device_id = $2 and state in ('queued', 'delivered') and expires_at > $3
   order by command_no limit $4`,
);

export function openCommands(
  tx: TenantTx,
  deviceId: string,
  now: Date,
  limit: number,
): Promise<CommandRow[]> {
  return tx.query<CommandRow>(selectOpen, [tx.organizationId, deviceId, now, limit]);
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
  `update commands set state = $3, reason = $4, result = $5, finished_at = $6, sealed_params = null
   where organization_id = $1 and command_id = $2 returning ${columns}`,
);

export function writeFinish(
  tx: TenantTx,
  commandId: string,
  finish: {
    readonly state: CommandState;
    readonly reason: string | null;
    readonly result: Readonly<Record<string, unknown>> | null;
    readonly at: Date;
  },
): Promise<CommandRow | undefined> {
  return tx.one<CommandRow>(finishCommandStatement, [
    tx.organizationId,
    commandId,
    finish.state,
    finish.reason,
    finish.result === null ? null : JSON.stringify(finish.result),
    finish.at,
  ]);
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
   where finished_at is null and expires_at <= $1 order by expires_at limit $2`,
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
  `select command_id from commands where organization_id = $1 and device_id = $2 and state in ('queued', 'delivered')
   order by command_no`,
);

export async function openCommandIds(tx: TenantTx, deviceId: string): Promise<string[]> {
  const rows = await tx.query<{ command_id: string }>(selectOpenIds, [tx.organizationId, deviceId]);
  return rows.map((row) => row.command_id);
}

// ------------------------------------------------------------------------------------------- the destructive budget

/** One destructive decision an organization at a time, so that two cannot both see the last of the budget (ADM-06). */
const lockBudget = sql(
  'commands-lock-budget',
  `select pg_advisory_xact_lock(hashtextextended('destructive-budget/' || $1::text, 0))`,
);
const countSpending = sql(
  'commands-count-spending',
  `select (select count(*)::int from destructive_spending where organization_id = $1 and created_at > $2) as spent,
     (select count(*)::int from devices
      where organization_id = $1 and state in ('registered', 'wiping', 'blocked')) as fleet`,
);

/** Two statements sent together: the count begins when the lock is held, and so sees what the former holder spent. */
export async function countUnderLock(
  tx: TenantTx,
  since: Date,
): Promise<{ readonly spent: number; readonly fleet: number }> {
  const [, counted] = await Promise.all([
    tx.run(lockBudget, [tx.organizationId]),
    tx.one<{ spent: number; fleet: number }>(countSpending, [tx.organizationId, since]),
  ]);
  return counted ?? { spent: Number.NaN, fleet: 0 };
}

const insertSpending = sql(
  'commands-insert-spending',
  'insert into destructive_spending (organization_id, command_id, actor, created_at) values ($1, $2, $3, $4)',
);

export function spend(tx: TenantTx, commandId: string, actor: string, at: Date): Promise<number> {
  return tx.run(insertSpending, [tx.organizationId, commandId, actor, at]);
}
