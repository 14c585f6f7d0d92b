// Statements over facts, their history and the identifiers that derive from them. `$1` is always the organization.
import type { FactReport } from '@gatehouse/core/facts/select.ts';
import type { FactSource, FactValue, Scan } from '@gatehouse/core/facts/types.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface FactsRow {
  readonly scan: Scan;
  readonly source: FactSource;
  readonly facts: Readonly<Record<string, FactValue>> | null;
  readonly truncated: boolean;
  readonly observed_at: Date;
  readonly received_at: Date;
}

const selectFactsStatement = sql(
  'devices-select-facts',
  `select scan, source, facts, truncated, observed_at, received_at from device_facts
   where organization_id = $1 and device_id = $2 and scan = any ($3)`,
);

export function selectFactRows(tx: TenantTx, deviceId: string, scans: readonly Scan[]): Promise<FactsRow[]> {
  return tx.query<FactsRow>(selectFactsStatement, [tx.organizationId, deviceId, scans]);
}

export function toFactReport(row: FactsRow): FactReport {
  return { source: row.source, observedAt: row.observed_at.getTime(), facts: row.facts ?? {} };
}

/** The contents only of the small scans: inventories of apps, profiles and certificates can be megabytes and have no history. */
const selectFactsBefore = sql(
  'devices-select-facts-before',
  `select device_id, scan, source, observed_at, truncated, received_at,
     case when scan in ('device-information', 'security') then facts end as facts
   from device_facts where organization_id = $1 and device_id = any ($2::uuid[])`,
);

export async function selectFactsBeforeReports(
  tx: TenantTx,
  deviceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly FactsRow[]>> {
  const rows = await tx.query<FactsRow & { readonly device_id: string }>(selectFactsBefore, [
    tx.organizationId,
    deviceIds,
  ]);
  return Map.groupBy(rows, (row) => row.device_id);
}

const selectCollectionPolicy = sql(
  'devices-select-collection-policy',
  `select settings -> 'collection' as collection from organizations where organization_id = $1`,
);

export async function selectCollection(tx: TenantTx): Promise<unknown> {
  const row = await tx.one<{ collection: unknown }>(selectCollectionPolicy, [tx.organizationId]);
  return row?.collection ?? null;
}

/**
 * The last line holds whatever the order in which reports arrive: an older observation never replaces a newer one (DEV-14), except one
 * that lies ahead because our clock was set back.
 */
const upsertFacts = sql(
  'devices-upsert-facts',
  `insert into device_facts (organization_id, device_id, scan, source, facts, truncated, observed_at, received_at)
   select $1, r.device_id, r.scan, $2, r.facts, r.truncated, r.observed_at, r.received_at
   from unnest((select $3::uuid[]), (select $4::text[]), (select $5::jsonb[]), (select $6::boolean[]),
     (select $7::timestamptz[]), (select $8::timestamptz[]))
     as r (device_id, scan, facts, truncated, observed_at, received_at)
   on conflict (organization_id, device_id, scan, source) do update
   set facts = case when device_facts.facts = excluded.facts then device_facts.facts else excluded.facts end,
     truncated = excluded.truncated, observed_at = excluded.observed_at, received_at = excluded.received_at
   where device_facts.observed_at <= excluded.observed_at or device_facts.observed_at > excluded.received_at`,
);

export interface ScanWrite {
  readonly deviceId: string;
  readonly scan: Scan;
  readonly facts: Readonly<Record<string, FactValue>>;
  readonly truncated: boolean;
  readonly observedAt: number;
  readonly receivedAt: number;
}

export function writeFacts(tx: TenantTx, source: FactSource, scans: readonly ScanWrite[]): Promise<number> {
  return tx.run(upsertFacts, [
    tx.organizationId,
    source,
    scans.map(({ deviceId }) => deviceId),
    scans.map(({ scan }) => scan),
    scans.map(({ facts }) => JSON.stringify(facts)),
    scans.map(({ truncated }) => truncated),
    scans.map(({ observedAt }) => new Date(observedAt)),
    scans.map(({ receivedAt }) => new Date(receivedAt)),
  ]);
}

const insertChanges = sql(
  'devices-insert-fact-changes',
  `insert into fact_changes (organization_id, device_id, fact, source, before, after, observed_at)
   select $1, c.device_id, c.fact, $2, c.before, c.after, c.observed_at
   from unnest((select $3::uuid[]), (select $4::text[]), (select $5::jsonb[]), (select $6::jsonb[]),
     (select $7::timestamptz[])) as c (device_id, fact, before, after, observed_at)`,
);
/** What is too many is found first, device by device, and deleted by its key: joined, it would be found again for each row there is. */
const trimChanges = sql(
  'devices-trim-fact-changes',
  `delete from fact_changes where organization_id = $1 and change_id = any (array(
     select older.change_id from unnest((select $2::uuid[])) as d (device_id) cross join lateral (
       select change_id from fact_changes where organization_id = $1 and device_id = d.device_id
       order by change_id desc offset $3) older))`,
);

export interface ChangeWrite {
  readonly deviceId: string;
  readonly fact: string;
  readonly before: FactValue | undefined;
  readonly after: FactValue | undefined;
  readonly observedAt: number;
}

/** Adds to the history and keeps the newest `keep` rows of each device. */
export async function writeChanges(
  tx: TenantTx,
  source: FactSource,
  changes: readonly ChangeWrite[],
  keep: number,
): Promise<void> {
  const json = (value: FactValue | undefined) => (value === undefined ? null : JSON.stringify(value));
  await Promise.all([
    tx.run(insertChanges, [
      tx.organizationId,
      source,
      changes.map(({ deviceId }) => deviceId),
      changes.map(({ fact }) => fact),
      changes.map(({ before }) => json(before)),
      changes.map(({ after }) => json(after)),
      changes.map(({ observedAt }) => new Date(observedAt)),
    ]),
    tx.run(trimChanges, [tx.organizationId, [...new Set(changes.map(({ deviceId }) => deviceId))], keep]),
  ]);
}

export interface ChangeRow {
  readonly change_id: string;
  readonly fact: string;
  readonly source: FactSource;
  readonly before: FactValue | null;
  readonly after: FactValue | null;
  readonly observed_at: Date;
}

const selectChanges = sql(
  'devices-select-fact-changes',
  `select change_id::text, fact, source, before, after, observed_at from fact_changes
   where organization_id = $1 and device_id = $2 and change_id < coalesce($3::bigint, 9223372036854775807)
     and fact = any ($4)
   order by fact_changes.change_id desc limit $5`,
);

export function selectHistory(
  tx: TenantTx,
  deviceId: string,
  before: string | null,
  facts: readonly string[],
  limit: number,
): Promise<ChangeRow[]> {
  return tx.query<ChangeRow>(selectChanges, [tx.organizationId, deviceId, before, facts, limit]);
}

/** The GUID is ours and stays; everything else is what the device claims now. */
const replaceIdentifiers = sql(
  'devices-replace-identifiers',
  `with wanted as (select distinct w.kind, w.value from unnest($3::text[], $4::text[]) as w (kind, value)),
   gone as (
     delete from device_identifiers i where i.organization_id = $1 and i.device_id = $2 and i.kind <> 'guid'
       and not exists (select 1 from wanted where wanted.kind = i.kind and wanted.value = i.value)
   )
   insert into device_identifiers (organization_id, kind, value, device_id)
   select $1, kind, value, $2 from wanted on conflict do nothing`,
);

export function writeIdentifiers(
  tx: TenantTx,
  deviceId: string,
  identifiers: readonly { readonly kind: string; readonly value: string }[],
): Promise<number> {
  return tx.run(replaceIdentifiers, [
    tx.organizationId,
    deviceId,
    identifiers.map(({ kind }) => kind),
    identifiers.map(({ value }) => value),
  ]);
}

const eraseCurrent = sql(
  'devices-erase-facts',
  `update device_facts set facts = facts - $3::text[]
   where organization_id = $1 and device_id = $2 and facts ?| $3::text[]`,
);
const eraseHistory = sql(
  'devices-erase-fact-changes',
  'delete from fact_changes where organization_id = $1 and device_id = $2 and fact = any ($3)',
);

export async function eraseFacts(tx: TenantTx, deviceId: string, facts: readonly string[]): Promise<void> {
  const values = [tx.organizationId, deviceId, facts];
  await Promise.all([tx.run(eraseCurrent, values), tx.run(eraseHistory, values)]);
}
