// Statements over what is to be told. `$1` is always the organization.
import type { StoredEvaluation } from '@gatehouse/core/compliance/stored-evaluation.ts';
import type { EventType, SecurityEvent } from '@gatehouse/protocols/shared-signals/index.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface SignalRow {
  readonly event_no: string;
  readonly jti: string;
  readonly event_type: EventType;
  readonly subject_id: string | null;
  readonly content: SignalContent;
  readonly issued_at: Date;
}

export type SignalContent = Pick<SecurityEvent, 'subject' | 'claims'> & { readonly transaction?: string };

export interface NewSignal {
  readonly streamId: string;
  readonly jti: string;
  readonly subjectId: string | null;
  readonly type: EventType;
  readonly content: SignalContent;
  readonly issuedAt: Date;
}

const insertSignals = sql(
  'signals-insert-events',
  `insert into signal_events (organization_id, stream_id, jti, subject_id, event_type, content, issued_at)
   select $1, e.stream_id, e.jti, e.subject_id, e.event_type, e.content, e.issued_at
   from rows from (jsonb_to_recordset($2::jsonb)
     as (stream_id uuid, jti uuid, subject_id uuid, event_type text, content jsonb, issued_at timestamptz))
     with ordinality as e (stream_id, jti, subject_id, event_type, content, issued_at, place)
   order by e.place`,
);
/** What was held of a subject, and what is now to be told of it makes obsolete (SSF 1.0 section 8.1.2, "paused"). */
const deleteSuperseded = sql(
  'signals-delete-superseded',
  `delete from signal_events e using unnest((select $2::uuid[]), (select $3::uuid[]), (select $4::text[])) as n (stream_id, subject_id, event_type)
   where e.organization_id = $1 and e.stream_id = n.stream_id and e.subject_id = n.subject_id and e.event_type = n.event_type
     and e.state = 'waiting' and (e.locked_until is null or e.locked_until < now())`,
);
/** Of each subject the newest event of a type stays. */
const compactStream = sql(
  'signals-compact',
  `delete from signal_events e where e.organization_id = $1 and e.stream_id = $2 and e.state = 'waiting'
     and (e.locked_until is null or e.locked_until < now())
     and exists (select 1 from signal_events n where n.organization_id = $1 and n.stream_id = $2 and n.subject_id = e.subject_id
       and n.event_type = e.event_type and n.state = 'waiting' and n.event_no > e.event_no)`,
);
/**
 * The next ones, of each subject only the oldest: the next of it goes when that is through, so that whoever sends beside us
 * cannot overtake. $4: only what is about the stream itself. What a server that died had taken is free again soon, since all that
 * is for the same device waits behind it; should a slow receiver outlast that, it gets the same token twice.
 */
const claimSignals = sql(
  'signals-claim',
  `with next as (
     select e.event_no from signal_events e
     where e.organization_id = $1 and e.stream_id = $2 and e.state = 'waiting'
       and (e.locked_until is null or e.locked_until < now()) and (not $4::boolean or e.subject_id is null)
       and not exists (select 1 from signal_events o where o.organization_id = $1 and o.stream_id = $2
         and o.subject_id = e.subject_id and o.event_no < e.event_no and o.state = 'waiting' offset 0)
     order by e.event_no limit $3 for update skip locked
   )
   update signal_events e set locked_until = now() + interval '15 seconds'
   where e.organization_id = $1 and e.stream_id = $2 and e.event_no = any (array (select event_no from next))
   returning e.event_no, e.jti, e.event_type, e.subject_id, e.content, e.issued_at`,
);
const selectSignals = sql(
  'signals-select-waiting',
  `select event_no, jti, event_type, subject_id, content, issued_at from signal_events
   where organization_id = $1 and stream_id = $2 and state = 'waiting' and (not $4::boolean or subject_id is null)
   order by event_no limit $3`,
);
const deleteSignals = sql(
  'signals-delete-told',
  `delete from signal_events where organization_id = $1 and stream_id = $2 and jti = any ($3::uuid[]) and state = 'waiting'`,
);
const releaseSignals = sql(
  'signals-release',
  `update signal_events set locked_until = null
   where organization_id = $1 and stream_id = $2 and jti = any ($3::uuid[]) and state = 'waiting'`,
);
const parkSignals = sql(
  'signals-park',
  `update signal_events e set state = 'parked', problem = p.problem, locked_until = null
   from unnest((select $3::uuid[]), (select $4::text[])) as p (jti, problem)
   where e.organization_id = $1 and e.stream_id = $2 and e.jti = p.jti and e.state = 'waiting'`,
);
const deleteAll = sql(
  'signals-delete-all',
  `delete from signal_events where organization_id = $1 and stream_id = $2 and subject_id is not null`,
);
const countSignals = sql(
  'signals-count',
  `select count(*) filter (where state = 'waiting')::int as waiting, count(*) filter (where state = 'parked')::int as parked,
     min(issued_at) filter (where state = 'waiting') as oldest
   from (select state, issued_at from signal_events where organization_id = $1 and stream_id = $2 limit $3) counted`,
);
const selectParked = sql(
  'signals-select-parked',
  `select event_no, jti, event_type, subject_id, problem, issued_at from signal_events
   where organization_id = $1 and stream_id = $2 and state = 'parked' and event_no > $3
   order by event_no limit $4`,
);
const reviveParked = sql(
  'signals-revive-parked',
  `update signal_events set state = 'waiting', problem = null
   where organization_id = $1 and stream_id = $2 and state = 'parked'`,
);
const purgeParked = sql(
  'signals-purge-parked',
  `delete from signal_events where organization_id = $1 and state = 'parked' and issued_at < $2`,
);

export async function storeSignals(tx: TenantTx, signals: readonly NewSignal[]): Promise<void> {
  if (signals.length === 0) return;
  const rows = signals.map((signal) => ({
    stream_id: signal.streamId,
    jti: signal.jti,
    subject_id: signal.subjectId,
    event_type: signal.type,
    content: signal.content,
    issued_at: signal.issuedAt,
  }));
  await tx.run(insertSignals, [tx.organizationId, JSON.stringify(rows)]);
}

export async function dropSuperseded(tx: TenantTx, signals: readonly NewSignal[]): Promise<void> {
  if (signals.length === 0) return;
  await tx.run(deleteSuperseded, [
    tx.organizationId,
    signals.map(({ streamId }) => streamId),
    signals.map(({ subjectId }) => subjectId),
    signals.map(({ type }) => type),
  ]);
}

const own = (tx: TenantTx, streamId: string) => [tx.organizationId, streamId];
export const compact = (tx: TenantTx, streamId: string) => tx.run(compactStream, own(tx, streamId));
export const takeSignals = (tx: TenantTx, streamId: string, most: number, aboutStream: boolean) =>
  tx.query<SignalRow>(claimSignals, [...own(tx, streamId), most, aboutStream]);
export const waitingSignals = (tx: TenantTx, streamId: string, most: number, aboutStream: boolean) =>
  tx.query<SignalRow>(selectSignals, [...own(tx, streamId), most, aboutStream]);
export const dropSignals = (tx: TenantTx, streamId: string, jtis: readonly string[]) =>
  jtis.length === 0 ? 0 : tx.run(deleteSignals, [...own(tx, streamId), jtis]);
export const giveBackSignals = (tx: TenantTx, streamId: string, jtis: readonly string[]) =>
  jtis.length === 0 ? 0 : tx.run(releaseSignals, [...own(tx, streamId), jtis]);
export const dropEverySignal = (tx: TenantTx, streamId: string) => tx.run(deleteAll, own(tx, streamId));

export async function storeParked(
  tx: TenantTx,
  streamId: string,
  parked: readonly { readonly jti: string; readonly problem: string }[],
): Promise<number> {
  if (parked.length === 0) return 0;
  return tx.run(parkSignals, [
    ...own(tx, streamId),
    parked.map(({ jti }) => jti),
    parked.map(({ problem }) => problem),
  ]);
}

export interface SignalCounts {
  readonly waiting: number;
  readonly parked: number;
  readonly oldest: Date | null;
}
/** Counts no further than `most`. */
export async function countOf(tx: TenantTx, streamId: string, most: number): Promise<SignalCounts> {
  const row = await tx.one<SignalCounts>(countSignals, [...own(tx, streamId), most]);
  return row ?? { waiting: 0, parked: 0, oldest: null };
}

export interface ParkedRow extends Omit<SignalRow, 'content'> {
  readonly problem: string;
}
export const parkedSignals = (tx: TenantTx, streamId: string, after: string, most: number) =>
  tx.query<ParkedRow>(selectParked, [...own(tx, streamId), after, most]);
export const revive = (tx: TenantTx, streamId: string) => tx.run(reviveParked, own(tx, streamId));
export const dropParkedBefore = (tx: TenantTx, before: Date) =>
  tx.run(purgeParked, [tx.organizationId, before]);

export interface ToldDeviceRow {
  readonly device_id: string;
  readonly email: string | null;
  readonly compliant: boolean;
  readonly evaluation: StoredEvaluation;
}
const selectDevices = sql(
  'signals-select-devices',
  `select p.device_id, u.email, p.compliant, p.evaluation
   from device_posture p
     join devices d on d.organization_id = $1 and d.device_id = p.device_id
     left join users u on u.organization_id = $1 and u.user_id = d.user_id
   where p.organization_id = $1 and p.device_id = any ($2::uuid[])`,
);
export const devicesToTellOf = (tx: TenantTx, deviceIds: readonly string[]) =>
  tx.query<ToldDeviceRow>(selectDevices, [tx.organizationId, deviceIds]);
