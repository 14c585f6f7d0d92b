// The job queue: rows of the same database, added in the transaction of the use-case that wants them, so that a job exists
// exactly when its cause was committed. See docs/adr for why this is ours and not a library's.
import type { TenantTx } from '../db/database.ts';
import { insertJob, insertJobs } from './queries.ts';

/**
 * What a job needs to be: a parser for its payload (checked again when it runs, JOB-01) and the work.
 * Methods, not properties: a table of definitions holds payloads of many types.
 */
export interface JobDefinition<Payload = unknown> {
  parse(payload: unknown): Payload;
  /**
   * Runs inside the job's tenant, in one transaction with the job's own removal: effects in the database happen exactly
   * once. Work that reaches outside goes into {@link outside}.
   */
  run?(tx: TenantTx, payload: Payload): Promise<void>;
  /** Work that reaches other systems: at least once, outside any transaction; must be idempotent. */
  outside?(organizationId: string, payload: Payload): Promise<void>;
  readonly maxAttempts?: number;
}

export interface NewJob {
  readonly kind: string;
  /** Jobs of one kind and key coalesce while they wait. */
  readonly key?: string;
  readonly payload: unknown;
  readonly runAt?: Date;
  readonly maxAttempts?: number;
}

/** Adds a job to the transaction. Wake the worker with `afterCommit` or let it find the job within its poll interval. */
export async function enqueue(tx: TenantTx, job: NewJob): Promise<void> {
  await tx.run(insertJob, [
    tx.organizationId,
    job.kind,
    job.key ?? null,
    JSON.stringify(job.payload),
    job.runAt ?? null,
    job.maxAttempts ?? 12,
  ]);
}

/** Many in one statement. Of several with one key the last one counts, as if they had come one after the other. */
export async function enqueueAll(tx: TenantTx, jobs: readonly NewJob[]): Promise<void> {
  const [first] = jobs;
  if (jobs.length <= 1) return first && enqueue(tx, first);
  const last = new Map(
    jobs.map((job, place) => [job.key === undefined ? place : `${job.kind}/${job.key}`, job]),
  );
  const rows = [...last.values()];
  await tx.run(insertJobs, [
    tx.organizationId,
    rows.map((job) => job.kind),
    rows.map((job) => job.key ?? null),
    rows.map((job) => JSON.stringify(job.payload)),
    rows.map((job) => job.runAt ?? null),
    rows.map((job) => job.maxAttempts ?? 12),
  ]);
}

/** Seconds before attempt n + 1: 2, 4, 8 … up to an hour, with a spread so that failures do not march in step. */
export function backOffSeconds(attempts: number, spread: number): number {
  return Math.min(3600, 2 ** Math.min(attempts, 12)) * (0.75 + spread / 2);
}
