import { sql } from '../db/sql.ts';

export interface JobRow {
  readonly organization_id: string;
  readonly job_id: string;
  readonly kind: string;
  readonly job_key: string | null;
  readonly payload: unknown;
  readonly attempts: number;
  readonly max_attempts: number;
  readonly run_at: Date;
}

/**
 * A job that waits under the same key is replaced: newest payload, earliest time. What has no time of its own is due by the
 * clock of this moment and not of the transaction's start: who waited for a lock comes after whoever held it.
 */
export const insertJob = sql(
  'jobs-insert',
  `insert into jobs (organization_id, kind, job_key, payload, run_at, max_attempts)
   values ($1, $2, $3, $4, coalesce($5, clock_timestamp()), $6)
   on conflict (organization_id, kind, job_key) where job_key is not null and state = 'ready'
   do update set payload = excluded.payload, run_at = least(jobs.run_at, excluded.run_at), attempts = 0, last_error = null`,
);

/**
 * The same for many, no two of which have one key; in the order of the keys, so that two such statements do not deadlock, and
 * those without a key as they were given. Of a kind that must be wanted ($7) only where somebody wants it.
 */
export const insertJobs = sql(
  'jobs-insert-many',
  `insert into jobs (organization_id, kind, job_key, payload, run_at, max_attempts)
   select $1, n.kind, n.job_key, n.payload, coalesce(n.run_at, clock_timestamp()), n.max_attempts
   from unnest((select $2::text[]), (select $3::text[]), (select $4::jsonb[]), (select $5::timestamptz[]),
     (select $6::integer[]), (select $7::boolean[])) with ordinality
     as n (kind, job_key, payload, run_at, max_attempts, if_wanted, place)
   where not n.if_wanted
     or exists (select 1 from job_receivers r where r.organization_id = $1 and r.kind = n.kind)
   order by n.kind, n.job_key, n.place
   on conflict (organization_id, kind, job_key) where job_key is not null and state = 'ready'
   do update set payload = excluded.payload, run_at = least(jobs.run_at, excluded.run_at), attempts = 0, last_error = null`,
);

export const selectWantedKinds = sql(
  'jobs-select-wanted-kinds',
  'select distinct kind from job_receivers where organization_id = $1',
);

export const insertReceiver = sql(
  'jobs-insert-receiver',
  `insert into job_receivers (organization_id, kind, receiver) values ($1, $2, $3) on conflict do nothing`,
);

export const deleteReceiver = sql(
  'jobs-delete-receiver',
  `delete from job_receivers where organization_id = $1 and kind = $2 and receiver = $3`,
);

/** One claim at a time, whoever makes it: what the claim then sees of jobs under way is what every other has taken. */
export const beginClaim = sql('jobs-begin-claim', `select pg_advisory_xact_lock(7023119)`);

/**
 * Claims due jobs, fairly: by tenant and kind, whose turn it is by lot when not all find room, so that one tenant's million jobs
 * do not hold up another's single one (JOB-04), nor a tenant's own of another kind. $1 turns of kinds that run singly, at most
 * $2 jobs each; $3 turns of kinds in $4 that run in batches of at most $5, those in $6 only while no batch of theirs is under
 * way, one whose worker died included: what comes later must not overtake it before it is reclaimed. A claim is a lease of $7 seconds, renewed while the worker lives; a crashed one's jobs come back when it ends.
 */
export const claimJobs = sql(
  'jobs-claim',
  `with recursive pairs as (
     (select organization_id, kind from jobs where state = 'ready' order by organization_id, kind limit 1)
     union all
     select next.organization_id, next.kind from pairs p cross join lateral (
       select j.organization_id, j.kind from jobs j
       where j.state = 'ready' and (j.organization_id, j.kind) > (p.organization_id, p.kind)
       order by j.organization_id, j.kind limit 1) next
   ), candidates as (
     select p.organization_id, p.kind, coalesce(b.most, $2::integer) as most, b.kind is not null as batched,
       row_number() over (partition by b.kind is not null order by random()) as lot
     from pairs p
       left join unnest((select $4::text[]), (select $5::integer[]), (select $6::boolean[])) as b (kind, most, in_turn)
         on b.kind = p.kind
     where exists (select 1 from jobs d where d.organization_id = p.organization_id and d.kind = p.kind
         and d.state = 'ready' and d.run_at <= now())
       and not (coalesce(b.in_turn, false) and exists (select 1 from jobs r where r.organization_id = p.organization_id
         and r.kind = p.kind and r.state = 'running'))
   ), due as (
     select j.organization_id, j.job_id from candidates c cross join lateral (
       select organization_id, job_id from jobs
       where organization_id = c.organization_id and kind = c.kind and state = 'ready' and run_at <= now()
       order by run_at, job_id limit c.most for update skip locked) j
     where c.lot <= case when c.batched then $3::bigint else $1::bigint end
   )
   update jobs set state = 'running', attempts = attempts + 1, locked_until = now() + $7 * interval '1 second'
   from due where jobs.organization_id = due.organization_id and jobs.job_id = due.job_id
   returning jobs.organization_id, jobs.job_id, kind, job_key, payload, attempts, max_attempts, run_at`,
);

/** When there is something to do again. What is due already waits for room or its turn, and whoever makes room looks. */
export const nextRun = sql(
  'jobs-next-run',
  `select min(run_at) as run_at from jobs where state = 'ready' and run_at > now()`,
);

/** Those of a batch that are still ours, held until the transaction ends. */
export const holdJobs = sql(
  'jobs-hold',
  `select job_id from jobs where organization_id = $1 and job_id = any($2::bigint[]) and state = 'running'
   order by jobs.job_id for update`,
);

export const finishJobs = sql(
  'jobs-finish-many',
  `delete from jobs where organization_id = $1 and job_id = any($2::bigint[]) and state = 'running'`,
);

/** Whoever holds a job in a transaction is at work on it, however long ago he last said so. */
const abandoned = `(select organization_id, job_id from jobs where state = 'running' and locked_until < now()
     for update skip locked)`;

export const renewLeases = sql(
  'jobs-renew-leases',
  `update jobs set locked_until = now() + $3 * interval '1 second'
   from (select j.organization_id, j.job_id from unnest((select $1::uuid[]), (select $2::bigint[])) as h (organization_id, job_id)
     join jobs j on j.organization_id = h.organization_id and j.job_id = h.job_id and j.state = 'running'
     for update of j skip locked) held
   where jobs.organization_id = held.organization_id and jobs.job_id = held.job_id`,
);

/** Nearly always there are none, and then nothing else is asked. */
export const findAbandoned = sql(
  'jobs-find-abandoned',
  `select job_id from jobs where state = 'running' and locked_until < now() order by locked_until limit 1`,
);

export const reclaimJobs = sql(
  'jobs-reclaim',
  `update jobs set state = 'ready', locked_until = null from ${abandoned} gone
   where jobs.organization_id = gone.organization_id and jobs.job_id = gone.job_id
     and not exists (select 1 from jobs other where other.organization_id = jobs.organization_id
       and other.kind = jobs.kind and other.job_key = jobs.job_key and other.state = 'ready')`,
);

/** A crashed job whose key has a newer one waiting has nothing left to do. */
export const dropSupersededJobs = sql(
  'jobs-drop-superseded',
  `delete from jobs using ${abandoned} gone
   where jobs.organization_id = gone.organization_id and jobs.job_id = gone.job_id and exists (
     select 1 from jobs other where other.organization_id = jobs.organization_id
       and other.kind = jobs.kind and other.job_key = jobs.job_key and other.state = 'ready')`,
);

export const finishJob = sql(
  'jobs-finish',
  `delete from jobs where organization_id = $1 and job_id = $2 and state = 'running'`,
);

export const retryJobLater = sql(
  'jobs-retry-later',
  `update jobs set state = 'ready', locked_until = null, last_error = $3, run_at = now() + $4 * interval '1 second'
   where organization_id = $1 and job_id = $2 and state = 'running'
     and not exists (select 1 from jobs other where other.organization_id = $1
       and other.kind = jobs.kind and other.job_key = jobs.job_key and other.state = 'ready')`,
);

export const buryJob = sql(
  'jobs-bury',
  `update jobs set state = 'dead', locked_until = null, last_error = $3
   where organization_id = $1 and job_id = $2 and state = 'running'`,
);

export interface DeadJobRow {
  readonly job_id: string;
  readonly kind: string;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly created_at: Date;
}

export const selectDeadJobs = sql(
  'jobs-select-dead',
  `select job_id::text, kind, attempts, last_error, created_at from jobs
   where organization_id = $1 and state = 'dead' and job_id > $2 order by jobs.job_id limit $3`,
);

export const reviveJob = sql(
  'jobs-revive',
  `update jobs set state = 'ready', attempts = 0, run_at = now()
   where organization_id = $1 and job_id = $2 and state = 'dead'
     and not exists (select 1 from jobs other where other.organization_id = $1
       and other.kind = jobs.kind and other.job_key = jobs.job_key and other.state = 'ready')`,
);

export const countJobs = sql('jobs-count', `select state, count(*)::int as count from jobs group by state`);

export const purgeEvents = sql(
  'events-purge',
  `delete from events where created_at < now() - $1 * interval '1 day'`,
);
