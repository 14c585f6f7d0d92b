// Statements over who is to be called. `$1` is always the organization.
import type { SystemTx, TenantTx } from '../../../kernel/db/database.ts';
import { sql } from '../../../kernel/db/sql.ts';

export interface ChannelRow {
  readonly device_id: string;
  readonly channel: string;
  readonly channel_id: string;
  readonly topic: string;
  readonly push_magic: Buffer;
  readonly push_token: Buffer;
  /** It is being spoken with at this moment and fetches what waits by itself. */
  readonly in_contact: boolean;
}

// Pauses grow with the attempts: a minute, five, half an hour, then every four hours, each give or take a fifth, so that a fleet
// that was called together is not called together again.
const nextPush = `$3::timestamptz + interval '1 second' * (0.8 + 0.4 * random())
  * (array[60, 300, 1800, 14400])[least(w.attempts + 1, 4)]`;

// A channel has something to come for while a command is open on it, or while its device has yet to answer for the first time.
// Whoever was handed a command a moment ago and has not answered yet is in contact: the answer brings it the next one.
const channelsOf = `join apple_channels c on c.organization_id = $1 and c.device_id = of.device_id and c.channel = of.channel
  join devices d on d.organization_id = $1 and d.device_id = of.device_id
  cross join lateral (
    select exists (select 1 from commands m where m.organization_id = $1 and m.device_id = c.device_id and m.channel = c.channel
        and m.finished_at is null and m.expires_at > $3) or d.state = 'pending' as waits,
      exists (select 1 from commands m where m.organization_id = $1 and m.device_id = c.device_id and m.channel = c.channel
        and m.finished_at is null and m.state = 'delivered' and m.delivered_at > $3::timestamptz - interval '30 seconds') as in_contact
  ) q
  where q.waits and d.state in ('pending', 'registered') and c.enrolled_at is not null and c.push_dead_at is null
    and c.push_token is not null and c.push_magic is not null and c.topic is not null`;

const beginStatement = sql(
  'wake-begin',
  `with of as materialized (
     select a.device_id, a.channel from apple_channels a where a.organization_id = $1 and a.device_id = any ($2::uuid[])
   ), found as materialized (
     select c.device_id, c.channel, c.channel_id, c.topic, c.push_magic, c.push_token, q.in_contact
     from of ${channelsOf}
   ), noted as (
     insert into apple_wakes as w (organization_id, device_id, channel, attempts, pushed_at, next_push_at, outcome)
     select $1, device_id, channel, 1, $3, $3::timestamptz + interval '1 second' * (48 + 24 * random()),
       case when not in_contact then $4::text end
     from found order by device_id, channel
     on conflict (organization_id, device_id, channel) do update set attempts = 1, pushed_at = excluded.pushed_at,
       next_push_at = excluded.next_push_at, outcome = excluded.outcome
   )
   select * from found`,
);

/**
 * The channels of these devices that have something to come for, noted as called now.
 * @param outcome of the calls, where it is known before they are made: nobody can be called.
 */
export function beginWakes(
  tx: TenantTx,
  deviceIds: readonly string[],
  now: Date,
  outcome?: string,
): Promise<ChannelRow[]> {
  return tx.query(beginStatement, [tx.organizationId, deviceIds, now, outcome ?? null]);
}

const claimStatement = sql(
  'wake-claim',
  `with of as materialized (
     select device_id, channel from apple_wakes where organization_id = $1 and next_push_at <= $3
     order by next_push_at limit $2 for update skip locked
   ), found as materialized (
     select c.device_id, c.channel, c.channel_id, c.topic, c.push_magic, c.push_token, q.in_contact
     from of ${channelsOf}
   ), over as (
     delete from apple_wakes w using of
     where w.organization_id = $1 and w.device_id = of.device_id and w.channel = of.channel
       and not exists (select 1 from found f where f.device_id = of.device_id and f.channel = of.channel)
   ), again as (
     update apple_wakes w set attempts = w.attempts + 1, pushed_at = $3, next_push_at = ${nextPush},
       outcome = case when $4::text is null or found.in_contact then w.outcome else $4 end
     from found where w.organization_id = $1 and w.device_id = found.device_id and w.channel = found.channel
   )
   select * from found`,
);

/** Takes those that are due, so that no other server calls them too; forgets those that nothing waits for any more. */
export function claimWakes(tx: TenantTx, most: number, now: Date, outcome?: string): Promise<ChannelRow[]> {
  return tx.query(claimStatement, [tx.organizationId, most, now, outcome ?? null]);
}

const dueStatement = sql(
  'wake-due',
  `select o.organization_id from organizations o
   where exists (select 1 from apple_wakes w where w.organization_id = o.organization_id and w.next_push_at <= $1)`,
);

export async function organizationsWithDue(tx: SystemTx, now: Date): Promise<string[]> {
  return (await tx.query<{ organization_id: string }>(dueStatement, [now])).map((row) => row.organization_id);
}

const forgottenStatement = sql(
  'wake-forgotten',
  `insert into apple_wakes (organization_id, device_id, channel, attempts, pushed_at, next_push_at)
   select $1, c.device_id, c.channel, 0, $2, $2::timestamptz + interval '1 second' * 30 * random()
   from apple_channels c join devices d on d.organization_id = $1 and d.device_id = c.device_id
   where c.organization_id = $1 and c.enrolled_at is not null and c.push_dead_at is null and c.push_token is not null
     and d.state in ('pending', 'registered')
     and (d.state = 'pending' or exists (select 1 from commands m where m.organization_id = $1 and m.device_id = c.device_id
       and m.channel = c.channel and m.finished_at is null and m.expires_at > $2 and m.created_at < $2::timestamptz - interval '30 seconds'))
     and not exists (select 1 from apple_wakes w where w.organization_id = $1 and w.device_id = c.device_id and w.channel = c.channel)
   limit 5000
   on conflict do nothing`,
);

/** Whom a crash between commit and call has left waiting. @returns how many */
export function noteForgotten(tx: TenantTx, now: Date): Promise<number> {
  return tx.run(forgottenStatement, [tx.organizationId, now]);
}

const outcomesStatement = sql(
  'wake-outcomes',
  `update apple_wakes w set outcome = r.outcome, next_push_at = coalesce(r.not_before, w.next_push_at)
   from unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[]) r (device_id, channel, outcome, not_before)
   where w.organization_id = $1 and w.device_id = r.device_id and w.channel = r.channel`,
);

export interface WakeOutcome {
  readonly deviceId: string;
  readonly channel: string;
  readonly outcome: string;
  /** Apple took nothing, and may be asked again then. */
  readonly notBefore: Date | null;
}

export async function writeOutcomes(tx: TenantTx, outcomes: readonly WakeOutcome[]): Promise<void> {
  await tx.run(outcomesStatement, [
    tx.organizationId,
    outcomes.map(({ deviceId }) => deviceId),
    outcomes.map(({ channel }) => channel),
    outcomes.map(({ outcome }) => outcome),
    outcomes.map(({ notBefore }) => notBefore),
  ]);
}

const dropWakeStatement = sql(
  'wake-drop',
  `delete from apple_wakes where organization_id = $1 and device_id = $2 and channel = $3`,
);

/** Nothing is pushed to it until it says where it is reached. */
export async function dropWake(tx: TenantTx, deviceId: string, channel: string): Promise<void> {
  await tx.run(dropWakeStatement, [tx.organizationId, deviceId, channel]);
}

const organizationsStatement = sql(
  'wake-organizations',
  `select distinct organization_id from apple_push_certificates where state = 'active'`,
);

/** Where anybody could be called. */
export async function organizationsThatPush(tx: SystemTx): Promise<string[]> {
  return (await tx.query<{ organization_id: string }>(organizationsStatement)).map(
    (row) => row.organization_id,
  );
}

const resumeStatement = sql(
  'wake-resume',
  `update apple_wakes set attempts = 0, next_push_at = $2::timestamptz + interval '1 second' * (30 + 270 * random())
   where organization_id = $1`,
);

/** After another certificate: all who wait are called again soon, though not all at once. */
export async function resumeWakes(tx: TenantTx, now: Date): Promise<void> {
  await tx.run(resumeStatement, [tx.organizationId, now]);
}
