// Statements over streams. `$1` is always the organization.
import type { DeliveryMethod, StreamStatus } from '@gatehouse/protocols/shared-signals/index.ts';
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface StreamRow {
  readonly stream_id: string;
  readonly description: string;
  readonly events_requested: string[];
  readonly method: DeliveryMethod;
  readonly endpoint_url: string | null;
  readonly authorization_header: Buffer | null;
  readonly status: StreamStatus;
  readonly status_reason: string | null;
  readonly status_by: 'receiver' | 'transmitter' | 'administrator';
  readonly subjects_locked: boolean;
  readonly created_by: string;
  readonly created_at: Date;
  readonly last_contact_at: Date | null;
  readonly verified_at: Date | null;
  readonly failing_since: Date | null;
  readonly failures: number;
  readonly last_failure: string | null;
  readonly retry_at: Date | null;
}

const selectStreams = sql(
  'signals-select-streams',
  `select * from signal_streams where organization_id = $1 order by created_at, stream_id`,
);
const selectStream = sql(
  'signals-select-stream',
  `select * from signal_streams where organization_id = $1 and stream_id = $2`,
);
const lockStream = sql(
  'signals-lock-stream',
  `select * from signal_streams where organization_id = $1 and stream_id = $2 for update`,
);
/** Held against a change of status until what is put into them is committed. */
const holdActiveStreams = sql(
  'signals-hold-active-streams',
  `select stream_id, events_requested, status,
     exists (select 1 from signal_removed_subjects r where r.organization_id = $1 and r.stream_id = s.stream_id) as removes
   from signal_streams s where organization_id = $1 and status <> 'disabled' order by stream_id for key share`,
);
/** Creations of one organization go one after the other: the number of streams is bounded. */
const lockStreamCount = sql(
  'signals-lock-stream-count',
  `select pg_advisory_xact_lock(hashtextextended('signal-streams ' || $1::uuid::text, 0))`,
);
const insertStream = sql(
  'signals-insert-stream',
  `insert into signal_streams (organization_id, stream_id, description, events_requested, method, endpoint_url,
     authorization_header, created_by, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);
const updateStream = sql(
  'signals-update-stream',
  `update signal_streams set description = $3, events_requested = $4, method = $5, endpoint_url = $6,
     authorization_header = $7, failing_since = null, failures = 0, last_failure = null, retry_at = null
   where organization_id = $1 and stream_id = $2`,
);
const deleteStreamRow = sql(
  'signals-delete-stream',
  `delete from signal_streams where organization_id = $1 and stream_id = $2`,
);
const setStatus = sql(
  'signals-set-status',
  `update signal_streams set status = $3, status_reason = $4, status_by = $5,
     failing_since = case when $3 = 'enabled' then null else failing_since end,
     failures = case when $3 = 'enabled' then 0 else failures end,
     retry_at = case when $3 = 'enabled' then null else retry_at end,
     last_contact_at = case when $3 = 'enabled' then $6 else last_contact_at end
   where organization_id = $1 and stream_id = $2`,
);
const setSubjectsLocked = sql(
  'signals-lock-subjects',
  `update signal_streams set subjects_locked = $3 where organization_id = $1 and stream_id = $2`,
);
const noteVerification = sql(
  'signals-note-verification',
  `update signal_streams set verified_at = $3 where organization_id = $1 and stream_id = $2
     and (verified_at is null or verified_at <= $3::timestamptz - $4 * interval '1 second')`,
);
/** At most once in ten seconds: a poll is not worth a write each. */
const noteContact = sql(
  'signals-note-contact',
  `update signal_streams set last_contact_at = $3, failing_since = null, failures = 0, last_failure = null, retry_at = null
   where organization_id = $1 and stream_id = $2
     and (failing_since is not null or last_contact_at is null or last_contact_at < $3::timestamptz - interval '10 seconds')`,
);
const noteFailure = sql(
  'signals-note-failure',
  `update signal_streams set failing_since = coalesce(failing_since, $3), failures = failures + 1, last_failure = $4,
     retry_at = $5
   where organization_id = $1 and stream_id = $2 returning failures`,
);
const removeSubject = sql(
  'signals-remove-subject',
  `insert into signal_removed_subjects (organization_id, stream_id, subject_hash)
   select $1, $2, $3 where (select count(*) from signal_removed_subjects where organization_id = $1 and stream_id = $2) < $4
   on conflict do nothing`,
);
const countRemoved = sql(
  'signals-count-removed',
  `select count(*)::int as count from signal_removed_subjects where organization_id = $1 and stream_id = $2`,
);
const restoreSubject = sql(
  'signals-restore-subject',
  `delete from signal_removed_subjects where organization_id = $1 and stream_id = $2 and subject_hash = $3`,
);
const removedAmong = sql(
  'signals-removed-among',
  `select stream_id, subject_hash from signal_removed_subjects
   where organization_id = $1 and stream_id = any ($2::uuid[]) and subject_hash = any ($3::bytea[])`,
);
/** Streams with something to push, or to look after because it has waited. */
const streamsToPush = sql(
  'signals-streams-to-push',
  `select s.organization_id, s.stream_id from signal_streams s
   where s.method = 'push' and s.status <> 'disabled' and (s.retry_at is null or s.retry_at <= now())
     and exists (select 1 from signal_events e where e.organization_id = s.organization_id and e.stream_id = s.stream_id
       and e.state = 'waiting' and (e.subject_id is null or s.status = 'enabled'))`,
);
const organizationsWithStreams = sql(
  'signals-organizations-with-streams',
  `select distinct organization_id from signal_streams`,
);

export const readStreams = (tx: TenantTx) => tx.query<StreamRow>(selectStreams, [tx.organizationId]);
export const readStream = (tx: TenantTx, streamId: string) =>
  tx.one<StreamRow>(selectStream, [tx.organizationId, streamId]);
export const readStreamForChange = (tx: TenantTx, streamId: string) =>
  tx.one<StreamRow>(lockStream, [tx.organizationId, streamId]);

export interface ActiveStream {
  readonly stream_id: string;
  readonly events_requested: string[];
  readonly status: 'enabled' | 'paused';
  readonly removes: boolean;
}
export const activeStreams = (tx: TenantTx) => tx.query<ActiveStream>(holdActiveStreams, [tx.organizationId]);

export async function countStreams(tx: TenantTx): Promise<number> {
  await tx.query(lockStreamCount, [tx.organizationId]);
  return (await readStreams(tx)).length;
}

export interface StreamValues {
  readonly description: string;
  readonly eventsRequested: readonly string[];
  readonly method: DeliveryMethod;
  readonly endpointUrl: string | null;
  readonly authorizationHeader: Buffer | null;
}

export async function storeStream(
  tx: TenantTx,
  streamId: string,
  values: StreamValues,
  made: { readonly by: string; readonly at: Date },
): Promise<void> {
  await tx.run(insertStream, [tx.organizationId, streamId, ...columnsOf(values), made.by, made.at]);
}

export async function changeStream(tx: TenantTx, streamId: string, values: StreamValues): Promise<void> {
  await tx.run(updateStream, [tx.organizationId, streamId, ...columnsOf(values)]);
}

const columnsOf = (values: StreamValues) => [
  values.description,
  values.eventsRequested,
  values.method,
  values.endpointUrl,
  values.authorizationHeader,
];

export const dropStream = (tx: TenantTx, streamId: string) =>
  tx.run(deleteStreamRow, [tx.organizationId, streamId]);
export const storeStatus = (
  tx: TenantTx,
  streamId: string,
  status: StreamStatus,
  reason: string | null,
  by: StreamRow['status_by'],
  now: Date,
) => tx.run(setStatus, [tx.organizationId, streamId, status, reason, by, now]);
export const storeSubjectsLocked = (tx: TenantTx, streamId: string, locked: boolean) =>
  tx.run(setSubjectsLocked, [tx.organizationId, streamId, locked]);
/** @returns 0 when the last one was too short a time ago. */
export const storeVerification = (tx: TenantTx, streamId: string, now: Date, seconds: number) =>
  tx.run(noteVerification, [tx.organizationId, streamId, now, seconds]);
export const storeContact = (tx: TenantTx, streamId: string, now: Date) =>
  tx.run(noteContact, [tx.organizationId, streamId, now]);
export const storeFailure = (tx: TenantTx, streamId: string, now: Date, text: string, retryAt: Date) =>
  tx.one<{ failures: number }>(noteFailure, [tx.organizationId, streamId, now, text, retryAt]);

export async function storeRemovedSubject(
  tx: TenantTx,
  streamId: string,
  hash: Buffer,
  most: number,
): Promise<'kept' | 'full'> {
  if ((await tx.run(removeSubject, [tx.organizationId, streamId, hash, most])) > 0) return 'kept';
  const row = await tx.one<{ count: number }>(countRemoved, [tx.organizationId, streamId]);
  return (row?.count ?? 0) < most ? 'kept' : 'full';
}
export const dropRemovedSubject = (tx: TenantTx, streamId: string, hash: Buffer) =>
  tx.run(restoreSubject, [tx.organizationId, streamId, hash]);
export const removedSubjects = (tx: TenantTx, streams: readonly string[], hashes: readonly Buffer[]) =>
  tx.query<{ stream_id: string; subject_hash: Buffer }>(removedAmong, [tx.organizationId, streams, hashes]);

export interface FoundStream {
  readonly organization_id: string;
  readonly stream_id: string;
}
export const findStreamsToPush = (tx: SystemTx) => tx.query<FoundStream>(streamsToPush);
export const findOrganizationsWithStreams = async (tx: SystemTx) =>
  (await tx.query<{ organization_id: string }>(organizationsWithStreams)).map((row) => row.organization_id);
