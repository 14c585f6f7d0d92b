import { sql } from '../db/sql.ts';

export interface JobRow {
  readonly organization_id: string;
  readonly job_id: string;
  readonly kind: string;
  readonly job_key: string | null;
  readonly payload: unknown;
  readonly attempts: number;
  readonly max_attempts: number;
}

/** A job that waits under the same key is replaced: newest payload, earliest time. */
export const insertJob = sql(
  'jobs-insert',
  `insert into jobs (organization_id, kind, job_key, payload, run_at, max_attempts)
   values ($1, $2, $3, $4, coalesce($5, now()), $6)
   on conflict (organization_id, kind, job_key) where job_key is not null and state = 'ready'
   do update set payload = excluded.payload, run_at = least(jobs.run_at, excluded.run_at), attempts = 0, last_error = null`,
);

/** The same for many, no two of which have one key; in the order of the keys, so that two such statements do not deadlock. */
export const insertJobs = sql(
  'jobs-insert-many',
  `insert into jobs (organization_id, kind, job_key, payload, run_at, max_attempts)
   select $1, n.kind, n.job_key, n.payload, coalesce(n.run_at, now()), n.max_attempts
   from unnest($2::text[], $3::text[], $4::jsonb[], $5::timestamptz[], $6::integer[])
     as n (kind, job_key, payload, run_at, max_attempts)
   order by n.kind, n.job_key
   on conflict (organization_id, kind, job_key) where job_key is not null and state = 'ready'
   do update set payload = excluded.payload, run_at = least(jobs.run_at, excluded.run_at), attempts = 0, last_error = null`,
);

/**
 * Claims a batch, fairly: every tenant with due work gives at most $2 jobs, $1 altogether, so that one tenant's million
 * jobs do not hold up another's single one (JOB-04). A claim is a lease; a crashed worker's jobs come back when it ends.
 */
export const claimJobs = sql(
  'jobs-claim',
  `with recursive tenants as (
     (select organization_id from jobs where state = 'ready' order by organization_id limit 1)
     union all
     select (select j.organization_id from jobs j where j.state = 'ready' and j.organization_id > t.organization_id
             order by j.organization_id limit 1)
     from tenants t where t.organization_id is not null
   ), due as (
     select j.organization_id, j.job_id from tenants t cross join lateral (
       select organization_id, job_id from jobs
       where organization_id = t.organization_id and state = 'ready' and run_at <= now()
       order by run_at, job_id limit $2 for update skip locked) j
     limit $1
   )
   update jobs set state = 'running', attempts = attempts + 1, locked_until = now() + $3 * interval '1 second'
   from due where jobs.organization_id = due.organization_id and jobs.job_id = due.job_id
   returning jobs.organization_id, jobs.job_id, kind, job_key, payload, attempts, max_attempts`,
);

export const reclaimJobs = sql(
  'jobs-reclaim',
  `update jobs set state = 'ready', locked_until = null
   where state = 'running' and locked_until < now()
     and not exists (select 1 from jobs other where other.organization_id = jobs.organization_id
       and other.kind = jobs.kind and other.job_key = jobs.job_key and other.state = 'ready')`,
);

/** A crashed job whose key has a newer one waiting has nothing left to do. */
export const dropSupersededJobs = sql(
  'jobs-drop-superseded',
  `delete from jobs where state = 'running' and locked_until < now() and exists (
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

export const nextRun = sql('jobs-next-run', `select min(run_at) as run_at from jobs where state = 'ready'`);

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
