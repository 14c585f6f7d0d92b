// Statements over what became of requests: by mail device, by hour and server, and the last errors. `$1` is always the organization.
import type { MailOutcome } from '@gatehouse/core/mail/mail-outcome.ts';
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface DeviceTraffic {
  readonly mailDeviceId: string;
  readonly lastSeenAt: Date;
  readonly command: string;
  readonly outcome: MailOutcome;
  readonly requests: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** In the order of their ids, so that two servers cannot deadlock. */
const addToDevices = sql(
  'mail-traffic-add-to-devices',
  `insert into mail_device_traffic (organization_id, mail_device_id, last_seen_at, last_command, last_outcome, requests, bytes_in,
     bytes_out)
   select $1, m.mail_device_id, r.seen, r.command, r.outcome, r.requests, r.bytes_in, r.bytes_out
   from rows from (unnest((select $2::uuid[])), unnest((select $3::timestamptz[])), unnest((select $4::text[])),
     unnest((select $5::text[])), unnest((select $6::bigint[])), unnest((select $7::bigint[])), unnest((select $8::bigint[])))
     as r (mail_device_id, seen, command, outcome, requests, bytes_in, bytes_out)
   join mail_devices m on m.organization_id = $1 and m.mail_device_id = r.mail_device_id
   order by m.mail_device_id
   on conflict (organization_id, mail_device_id) do update set
     last_seen_at = greatest(mail_device_traffic.last_seen_at, excluded.last_seen_at),
     last_command = excluded.last_command, last_outcome = excluded.last_outcome,
     requests = mail_device_traffic.requests + excluded.requests, bytes_in = mail_device_traffic.bytes_in + excluded.bytes_in,
     bytes_out = mail_device_traffic.bytes_out + excluded.bytes_out`,
);

export function addDeviceTraffic(tx: TenantTx, rows: readonly DeviceTraffic[]): Promise<number> {
  return tx.run(addToDevices, [
    tx.organizationId,
    rows.map((row) => row.mailDeviceId),
    rows.map((row) => row.lastSeenAt),
    rows.map((row) => row.command),
    rows.map((row) => row.outcome),
    rows.map((row) => row.requests),
    rows.map((row) => row.bytesIn),
    rows.map((row) => row.bytesOut),
  ]);
}

const noteClients = sql(
  'mail-traffic-note-clients',
  `update mail_devices m set protocol_version = coalesce(r.protocol, m.protocol_version), user_agent = coalesce(r.agent, m.user_agent)
   from rows from (unnest((select $2::uuid[])), unnest((select $3::text[])), unnest((select $4::text[])))
     as r (mail_device_id, protocol, agent)
   where m.organization_id = $1 and m.mail_device_id = r.mail_device_id
     and (coalesce(r.protocol, m.protocol_version) is distinct from m.protocol_version
       or coalesce(r.agent, m.user_agent) is distinct from m.user_agent)`,
);

export function noteClientVersions(
  tx: TenantTx,
  rows: readonly {
    readonly mailDeviceId: string;
    readonly protocolVersion: string | null;
    readonly userAgent: string | null;
  }[],
): Promise<number> {
  return tx.run(noteClients, [
    tx.organizationId,
    rows.map((row) => row.mailDeviceId),
    rows.map((row) => row.protocolVersion),
    rows.map((row) => row.userAgent),
  ]);
}

export interface HourlyTraffic {
  readonly hour: Date;
  readonly serverId: string;
  readonly outcome: MailOutcome;
  readonly requests: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

const addToHours = sql(
  'mail-traffic-add-to-hours',
  `insert into mail_traffic (organization_id, hour, server_id, outcome, requests, bytes_in, bytes_out)
   select $1, r.hour, r.server_id, r.outcome, r.requests, r.bytes_in, r.bytes_out
   from rows from (unnest((select $2::timestamptz[])), unnest((select $3::uuid[])), unnest((select $4::text[])),
     unnest((select $5::bigint[])), unnest((select $6::bigint[])), unnest((select $7::bigint[])))
     as r (hour, server_id, outcome, requests, bytes_in, bytes_out)
   order by r.hour, r.server_id, r.outcome
   on conflict (organization_id, hour, server_id, outcome) do update set requests = mail_traffic.requests + excluded.requests,
     bytes_in = mail_traffic.bytes_in + excluded.bytes_in, bytes_out = mail_traffic.bytes_out + excluded.bytes_out`,
);

export function addHourlyTraffic(tx: TenantTx, rows: readonly HourlyTraffic[]): Promise<number> {
  return tx.run(addToHours, [
    tx.organizationId,
    rows.map((row) => row.hour),
    rows.map((row) => row.serverId),
    rows.map((row) => row.outcome),
    rows.map((row) => row.requests),
    rows.map((row) => row.bytesIn),
    rows.map((row) => row.bytesOut),
  ]);
}

export interface MailErrorRow {
  readonly at: Date;
  readonly server_id: string | null;
  readonly mail_device_id: string | null;
  readonly command: string;
  readonly outcome: MailOutcome;
  readonly summary: string;
}

const insertErrors = sql(
  'mail-traffic-insert-errors',
  `insert into mail_errors (organization_id, at, server_id, mail_device_id, command, outcome, summary)
   select $1, r.at, r.server_id, r.mail_device_id, r.command, r.outcome, r.summary
   from rows from (unnest((select $2::timestamptz[])), unnest((select $3::uuid[])), unnest((select $4::uuid[])),
     unnest((select $5::text[])), unnest((select $6::text[])), unnest((select $7::text[])))
     as r (at, server_id, mail_device_id, command, outcome, summary)`,
);

const trimErrors = sql(
  'mail-traffic-trim-errors',
  `delete from mail_errors where organization_id = $1 and error_no <= (
     select error_no from mail_errors where organization_id = $1 order by error_no desc offset 1000 limit 1)`,
);

/** A thousand are kept, however many there are. */
export async function addErrors(tx: TenantTx, rows: readonly MailErrorRow[]): Promise<void> {
  await tx.run(insertErrors, [
    tx.organizationId,
    rows.map((row) => row.at),
    rows.map((row) => row.server_id),
    rows.map((row) => row.mail_device_id),
    rows.map((row) => row.command),
    rows.map((row) => row.outcome),
    rows.map((row) => row.summary),
  ]);
  await tx.run(trimErrors, [tx.organizationId]);
}

const sumHours = sql(
  'mail-traffic-sum',
  `select server_id, outcome, sum(requests)::bigint::text as requests, sum(bytes_in)::bigint::text as bytes_in,
     sum(bytes_out)::bigint::text as bytes_out
   from mail_traffic where organization_id = $1 and hour >= $2 group by server_id, outcome order by server_id, outcome`,
);

export function sumTraffic(
  tx: TenantTx,
  since: Date,
): Promise<
  {
    readonly server_id: string;
    readonly outcome: MailOutcome;
    readonly requests: string;
    readonly bytes_in: string;
    readonly bytes_out: string;
  }[]
> {
  return tx.query(sumHours, [tx.organizationId, since]);
}

const selectErrors = sql(
  'mail-traffic-errors',
  `select at, server_id, mail_device_id, command, outcome, summary from mail_errors
   where organization_id = $1 order by error_no desc limit $2`,
);

export function selectLastErrors(tx: TenantTx, limit: number): Promise<MailErrorRow[]> {
  return tx.query<MailErrorRow>(selectErrors, [tx.organizationId, limit]);
}

// --------------------------------------------------------------------------------------- facts of enrolled devices

export interface DueStatement {
  readonly mail_device_id: string;
  readonly device_id: string;
  readonly last_seen_at: Date;
}

const dueStatements = sql(
  'mail-traffic-due-statements',
  `select m.mail_device_id, m.device_id, t.last_seen_at
   from rows from (unnest((select $2::uuid[])), unnest((select $3::boolean[]))) as r (mail_device_id, authorized)
   join mail_devices m on m.organization_id = $1 and m.mail_device_id = r.mail_device_id
   join mail_device_traffic t on t.organization_id = $1 and t.mail_device_id = r.mail_device_id
   where m.device_id is not null and (t.stated_at is null or t.stated_at < $4
     or (r.authorized is not null and r.authorized is distinct from t.stated_authorized))`,
);

/** Whose facts have changed, or are so old that they are to be said again. */
export function selectDueStatements(
  tx: TenantTx,
  rows: readonly { readonly mailDeviceId: string; readonly authorized: boolean | null }[],
  before: Date,
): Promise<DueStatement[]> {
  return tx.query<DueStatement>(dueStatements, [
    tx.organizationId,
    rows.map((row) => row.mailDeviceId),
    rows.map((row) => row.authorized),
    before,
  ]);
}

const writeStated = sql(
  'mail-traffic-write-stated',
  `update mail_device_traffic set stated_at = $3, stated_authorized = coalesce($4, stated_authorized)
   where organization_id = $1 and mail_device_id = $2`,
);

export function noteStated(
  tx: TenantTx,
  mailDeviceId: string,
  at: Date,
  authorized: boolean | null,
): Promise<number> {
  return tx.run(writeStated, [tx.organizationId, mailDeviceId, at, authorized]);
}

// ----------------------------------------------------------------------------------------------------------- retention

const purgeHours = sql('mail-traffic-purge-hours', 'delete from mail_traffic where hour < $1');
const purgeErrors = sql('mail-traffic-purge-errors', 'delete from mail_errors where at < $1');

export async function purgeTraffic(tx: SystemTx, hoursBefore: Date, errorsBefore: Date): Promise<void> {
  await Promise.all([tx.run(purgeHours, [hoursBefore]), tx.run(purgeErrors, [errorsBefore])]);
}
