// Reads the events of an organization on from a place, each once and none left out. Their ids alone give no such order: one that
// was given earlier may be committed later. So they are read by transaction, and only those of transactions before the oldest that
// is still under way: whatever is committed from now on comes after them. A long transaction delays readers and loses them nothing.
import type { TenantTx } from './db/database.ts';
import { sql } from './db/sql.ts';

/** After which event; both are decimal numbers. */
export interface OutboxPosition {
  readonly transaction: string;
  readonly event: string;
}

export interface StoredEvent {
  readonly position: OutboxPosition;
  readonly name: string;
  readonly subjectId: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

interface EventRow {
  readonly transaction: string;
  readonly event_id: string;
  readonly name: string;
  readonly subject_id: string | null;
  readonly payload: Record<string, unknown>;
  readonly created_at: Date;
}

const readOn = sql(
  'outbox-read-on',
  `select transaction, event_id, name, subject_id, payload, created_at from events
   where organization_id = $1 and transaction >= $2 and (transaction > $2 or event_id > $3)
     and transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
   order by transaction, event_id limit $4`,
);
const readBetween = sql(
  'outbox-read-between',
  `select transaction, event_id, name, subject_id, payload, created_at from events
   where organization_id = $1 and created_at >= $2 and created_at < $3 and name = any ($4::text[])
   order by transaction, event_id limit $5`,
);
const latest = sql(
  'outbox-latest',
  `select pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1 as transaction`,
);

const storedEvent = (row: EventRow): StoredEvent => ({
  position: { transaction: row.transaction, event: row.event_id },
  name: row.name,
  subjectId: row.subject_id,
  payload: row.payload,
  createdAt: row.created_at,
});

export async function readOutbox(
  tx: TenantTx,
  { transaction, event }: OutboxPosition,
  limit: number,
): Promise<StoredEvent[]> {
  const rows = await tx.query<EventRow>(readOn, [tx.organizationId, transaction, event, limit]);
  return rows.map(storedEvent);
}

/** What is kept of a stretch of time. */
export async function readEventsBetween(
  tx: TenantTx,
  from: Date,
  until: Date | 'infinity',
  names: readonly string[],
  limit: number,
): Promise<StoredEvent[]> {
  const rows = await tx.query<EventRow>(readBetween, [tx.organizationId, from, until, names, limit]);
  return rows.map(storedEvent);
}

/** After everything that is settled now: reading on from here gives what happens next. */
export async function latestPosition(tx: TenantTx): Promise<OutboxPosition> {
  const row = await tx.one<{ transaction: string }>(latest);
  return { transaction: row?.transaction ?? '0', event: '9223372036854775807' };
}

export function formatPosition({ transaction, event }: OutboxPosition): string {
  return `${transaction}-${event}`;
}

export function parsePosition(text: string): OutboxPosition | undefined {
  const match = /^(\d{1,18})-(\d{1,19})$/.exec(text);
  if (!match) return undefined;
  const [, transaction = '', event = ''] = match;
  return BigInt(event) <= 9_223_372_036_854_775_807n ? { transaction, event } : undefined;
}
