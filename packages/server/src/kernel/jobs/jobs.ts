// The job queue: rows of the same database, added in the transaction of the use-case that wants them, so that a job exists
// exactly when its cause was committed. See docs/adr for why this is ours and not a library's.
import type { TenantTx } from '../db/database.ts';
import { deleteReceiver, insertJob, insertJobs, insertReceiver } from './queries.ts';

interface Definition<Payload> {
  /** Checked again when the job runs (JOB-01). */
  parse(payload: unknown): Payload;
  readonly maxAttempts?: number;
}

/** Work that is done job by job. Methods, not properties: a table of definitions holds payloads of many types. */
export interface SingleJob<Payload = unknown> extends Definition<Payload> {
  /**
   * Runs inside the job's tenant, in one transaction with the job's own removal: effects in the database happen exactly
   * once. Work that reaches outside goes into {@link outside}.
   */
  run?(tx: TenantTx, payload: Payload): Promise<void>;
  /** Work that reaches other systems: at least once, outside any transaction; must be idempotent. */
  outside?(organizationId: string, payload: Payload): Promise<void>;
  readonly batch?: undefined;
}

/**
 * Work that is cheaper done for many: up to `batch.most` due jobs of the kind and of one organization at once, the earliest
 * first. Each keeps its own attempts and its own fate: a method returns those that failed, and the others are done. A method
 * that throws has failed for all, but when `runBatch` throws each job is first tried alone, so that one that cannot be
 * done takes no other with it.
 */
export interface BatchedJob<Payload = unknown> extends Definition<Payload> {
  readonly batch: {
    readonly most: number;
    /** No two batches of one organization at a time, in any process: what happened first is done first, until something fails. */
    readonly inTurn: boolean;
  };
  /** In one transaction with the removal of those that did not fail. For one that is returned as failed nothing may be changed. */
  runBatch?(tx: TenantTx, jobs: readonly JobInBatch<Payload>[]): Promise<readonly FailedJob[] | undefined>;
  /** As {@link SingleJob.outside}, before `runBatch`, which gets those that did not fail here. */
  outsideBatch?(
    organizationId: string,
    jobs: readonly JobInBatch<Payload>[],
  ): Promise<readonly FailedJob[] | undefined>;
}

export interface JobInBatch<Payload> {
  readonly jobId: string;
  readonly payload: Payload;
  /** This one included. */
  readonly attempts: number;
}

export interface FailedJob {
  readonly jobId: string;
  readonly error: Error;
}

export type JobDefinition<Payload = unknown> = SingleJob<Payload> | BatchedJob<Payload>;

export interface NewJob {
  readonly kind: string;
  /** Jobs of one kind and key coalesce while they wait. */
  readonly key?: string;
  readonly payload: unknown;
  readonly runAt?: Date;
  readonly maxAttempts?: number;
  /** Added only where somebody receives what it brings, see {@link addReceiver}. */
  readonly ifWanted?: boolean;
}

/** Transactions to which a job that is due at once was added: what runs jobs looks again behind them. */
const adding = new WeakSet<TenantTx>();

/** Whether a job that is due at once was added to the transaction. */
export function addsJobs(tx: TenantTx): boolean {
  return adding.has(tx);
}

/** Adds a job to the transaction. Wake the worker with `afterCommit` or let it find the job within its poll interval. */
export async function enqueue(tx: TenantTx, job: NewJob): Promise<void> {
  if (job.runAt === undefined) adding.add(tx);
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
  if (first === undefined) return;
  if (jobs.length === 1 && first.ifWanted !== true) return enqueue(tx, first);
  const last = new Map(
    jobs.map((job, place) => [job.key === undefined ? place : `${job.kind}/${job.key}`, job]),
  );
  const rows = [...last.values()];
  if (rows.some(({ runAt }) => runAt === undefined)) adding.add(tx);
  await tx.run(insertJobs, [
    tx.organizationId,
    rows.map((job) => job.kind),
    rows.map((job) => job.key ?? null),
    rows.map((job) => JSON.stringify(job.payload)),
    rows.map((job) => job.runAt ?? null),
    rows.map((job) => job.maxAttempts ?? 12),
    rows.map((job) => job.ifWanted === true),
  ]);
}

/** From now on jobs of this kind are added in the organization: `receiver` says for whom, such as a stream’s id. */
export async function addReceiver(tx: TenantTx, kind: string, receiver: string): Promise<void> {
  await tx.run(insertReceiver, [tx.organizationId, kind, receiver]);
}

/** With the last receiver of a kind its jobs are no longer added. */
export async function removeReceiver(tx: TenantTx, kind: string, receiver: string): Promise<void> {
  await tx.run(deleteReceiver, [tx.organizationId, kind, receiver]);
}

/** Seconds before attempt n + 1: 2, 4, 8 … up to an hour, with a spread so that failures do not march in step. */
export function backOffSeconds(attempts: number, spread: number): number {
  return Math.min(3600, 2 ** Math.min(attempts, 12)) * (0.75 + spread / 2);
}
