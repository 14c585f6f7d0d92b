// Statements that queue commands, any number at once: a handful for a whole fleet. `$1` is always the organization. Arrays are
// read through sub-queries, because their length would otherwise be a reason to plan each execution anew.
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';
import type { CommandOrigin } from './queries.ts';

export interface NewCommandRow {
  readonly commandId: string;
  readonly deviceId: string;
  readonly channel: string;
  readonly origin: CommandOrigin;
  readonly priority: number;
  readonly coalesceKey: string | null;
  readonly name: CommandName;
  readonly params: Readonly<Record<string, unknown>>;
  readonly sealedParams: Buffer | null;
  readonly requestedBy: string;
  readonly permission: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** In the order given: `command_no` counts up along it. */
const insertStatement = sql(
  'commands-insert',
  `insert into commands (organization_id, command_id, device_id, channel, origin, priority, coalesce_key, name, params,
     sealed_params, requested_by, permission, created_at, expires_at)
   select $1, n.command_id, n.device_id, n.channel, n.origin, n.priority, n.coalesce_key, n.name, n.params, n.sealed_params,
     n.requested_by, n.permission, n.created_at, n.expires_at
   from unnest((select $2::uuid[]), (select $3::uuid[]), (select $4::text[]), (select $5::text[]), (select $6::integer[]),
     (select $7::text[]), (select $8::text[]), (select $9::jsonb[]), (select $10::bytea[]), (select $11::text[]),
     (select $12::text[]), (select $13::timestamptz[]), (select $14::timestamptz[])) with ordinality
     as n (command_id, device_id, channel, origin, priority, coalesce_key, name, params, sealed_params, requested_by,
       permission, created_at, expires_at, place)
   order by n.place`,
);

export async function insertCommands(tx: TenantTx, rows: readonly NewCommandRow[]): Promise<void> {
  if (rows.length > 0) await tx.run(insertStatement, [tx.organizationId, ...columnsOf(rows)]);
}

/** A command that waits gets what was ordered last, and keeps its id and its place. */
const replaceStatement = sql(
  'commands-replace-waiting',
  `update commands c set name = n.name, params = n.params, sealed_params = n.sealed_params, origin = n.origin,
     requested_by = n.requested_by, permission = n.permission, expires_at = n.expires_at, deferred_at = null, step = 0,
     priority = least(c.priority, n.priority)
   from unnest((select $2::uuid[]), (select $3::uuid[]), (select $4::text[]), (select $5::text[]), (select $6::integer[]),
     (select $7::text[]), (select $8::text[]), (select $9::jsonb[]), (select $10::bytea[]), (select $11::text[]),
     (select $12::text[]), (select $13::timestamptz[]), (select $14::timestamptz[]))
     as n (command_id, device_id, channel, origin, priority, coalesce_key, name, params, sealed_params, requested_by,
       permission, created_at, expires_at)
   where c.organization_id = $1 and c.command_id = n.command_id and c.state = 'queued'`,
);

export async function replaceCommands(tx: TenantTx, rows: readonly NewCommandRow[]): Promise<void> {
  if (rows.length > 0) await tx.run(replaceStatement, [tx.organizationId, ...columnsOf(rows)]);
}

function columnsOf(rows: readonly NewCommandRow[]): unknown[][] {
  return [
    rows.map((row) => row.commandId),
    rows.map((row) => row.deviceId),
    rows.map((row) => row.channel),
    rows.map((row) => row.origin),
    rows.map((row) => row.priority),
    rows.map((row) => row.coalesceKey),
    rows.map((row) => row.name),
    rows.map((row) => JSON.stringify(row.params)),
    rows.map((row) => row.sealedParams),
    rows.map((row) => row.requestedBy),
    rows.map((row) => row.permission),
    rows.map((row) => row.createdAt),
    rows.map((row) => row.expiresAt),
  ];
}

export interface WaitingRow {
  readonly command_id: string;
  readonly device_id: string;
  readonly channel: string;
  readonly coalesce_key: string;
  readonly created_at: Date;
}

const selectWaiting = sql(
  'commands-select-waiting',
  `select c.command_id, c.device_id, c.channel, c.coalesce_key, c.created_at
   from unnest((select $2::uuid[]), (select $3::text[]), (select $4::text[])) as w (device_id, channel, coalesce_key)
   join commands c on c.organization_id = $1 and c.device_id = w.device_id and c.channel = w.channel
     and c.finished_at is null and c.coalesce_key = w.coalesce_key and c.state = 'queued'`,
);

/** Which of these keys have a command waiting. The devices are locked, so it stays so until the transaction ends. */
export async function waitingCommands(
  tx: TenantTx,
  keys: readonly { readonly deviceId: string; readonly channel: string; readonly coalesceKey: string }[],
): Promise<WaitingRow[]> {
  if (keys.length === 0) return [];
  return tx.query<WaitingRow>(selectWaiting, [
    tx.organizationId,
    keys.map((key) => key.deviceId),
    keys.map((key) => key.channel),
    keys.map((key) => key.coalesceKey),
  ]);
}
