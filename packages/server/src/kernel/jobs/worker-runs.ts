// Runs jobs that the worker has claimed, one or a batch, and records what became of them.
import { randomInt } from 'node:crypto';
import type { Database, TenantTx } from '../db/database.ts';
import type { Log } from '../log.ts';
import {
  addsJobs,
  backOffSeconds,
  type BatchedJob,
  type JobDefinition,
  type JobInBatch,
  type SingleJob,
} from './jobs.ts';
import { buryJob, finishJob, finishJobs, holdJobs, type JobRow, retryJobLater } from './queries.ts';

export interface RunDeps {
  readonly database: Database;
  readonly definitions: Readonly<Record<string, JobDefinition>>;
  readonly log: Log;
}

/** A job that can never succeed: it goes to the dead letters at once. */
class UnfitJob extends Error {}

/**
 * Never throws: a failure that cannot be recorded is left to the end of the lease.
 * @returns whether other jobs follow from it, such as the next share of a long one.
 */
export async function runSingle(deps: RunDeps, job: JobRow): Promise<boolean> {
  const { organization_id: organizationId, job_id: jobId } = job;
  const definition = deps.definitions[job.kind] as SingleJob | undefined;
  try {
    if (!definition) throw new UnfitJob(`no handler for jobs of kind ${job.kind}`);
    const payload = parse(definition, job);
    await definition.outside?.(organizationId, payload);
    return await deps.database.withTenant(organizationId, async (tx) => {
      // First of all, so that a job whose lease was lost to another worker changes nothing here.
      if ((await tx.run(finishJob, [organizationId, jobId])) === 0) return false;
      await definition.run?.(tx, payload);
      return addsJobs(tx);
    });
  } catch (error) {
    await recordFailures(deps, organizationId, [{ job, error: error as Error }]);
    return false;
  }
}

interface Failure {
  readonly job: JobRow;
  readonly error: Error;
}

/**
 * Never throws, as {@link runSingle}.
 * @param jobs of one kind and one organization
 * @returns whether other jobs follow from them
 */
export async function runBatch(deps: RunDeps, jobs: readonly JobRow[]): Promise<boolean> {
  const first = jobs[0];
  const definition = first && (deps.definitions[first.kind] as BatchedJob | undefined);
  if (!definition) return false;
  const organizationId = first.organization_id;
  let followed = false;
  const byId = new Map(jobs.map((job) => [job.job_id, job]));
  const failures: Failure[] = [];
  const fail = (jobId: string, error: Error) => {
    const job = byId.get(jobId);
    if (job) failures.push({ job, error });
    byId.delete(jobId);
  };

  const parsed = jobs.flatMap((job): JobInBatch<unknown>[] => {
    try {
      return [{ jobId: job.job_id, payload: parse(definition, job), attempts: job.attempts }];
    } catch (error) {
      fail(job.job_id, error as Error);
      return [];
    }
  });
  const left = () => parsed.filter(({ jobId }) => byId.has(jobId));

  if (definition.outsideBatch && parsed.length > 0) {
    try {
      const failed = await definition.outsideBatch(organizationId, parsed);
      for (const { jobId, error } of failed ?? []) fail(jobId, error);
    } catch (error) {
      for (const { jobId } of parsed) fail(jobId, error as Error);
    }
  }

  const settle = (some: readonly JobInBatch<unknown>[]) =>
    deps.database.withTenant(organizationId, async (tx) => {
      const held = await hold(tx, some);
      const failed = held.length === 0 ? [] : ((await definition.runBatch?.(tx, held)) ?? []);
      const undone = new Set(failed.map(({ jobId }) => jobId));
      const done = held.filter(({ jobId }) => !undone.has(jobId));
      await tx.run(finishJobs, [organizationId, done.map(({ jobId }) => jobId)]);
      followed ||= addsJobs(tx);
      return failed;
    });
  const together = left();
  try {
    if (together.length > 0) for (const { jobId, error } of await settle(together)) fail(jobId, error);
  } catch (error) {
    if (together.length === 1) fail(together[0]?.jobId ?? '', error as Error);
    for (const job of together.length === 1 ? [] : together) {
      try {
        for (const failed of await settle([job])) fail(failed.jobId, failed.error);
      } catch (alone) {
        fail(job.jobId, alone as Error);
      }
    }
  }
  await recordFailures(deps, organizationId, failures);
  return followed;
}

/** Those whose lease was not lost to another worker; they stay ours until the transaction ends. */
async function hold(tx: TenantTx, jobs: readonly JobInBatch<unknown>[]): Promise<JobInBatch<unknown>[]> {
  const held = await tx.query<{ job_id: string }>(holdJobs, [
    tx.organizationId,
    jobs.map(({ jobId }) => jobId),
  ]);
  const ids = new Set(held.map((row) => row.job_id));
  return jobs.filter(({ jobId }) => ids.has(jobId));
}

function parse(definition: JobDefinition, job: JobRow): unknown {
  // A payload that names another tenant than its row is an attack or a bug, never work (JOB-01).
  const named = (job.payload as { organizationId?: unknown } | null)?.organizationId;
  if (named !== undefined && named !== job.organization_id)
    throw new UnfitJob('the payload names another organization');
  try {
    return definition.parse(job.payload);
  } catch (error) {
    throw new UnfitJob(`the payload does not fit: ${(error as Error).message}`);
  }
}

async function recordFailures(
  { database, definitions, log }: RunDeps,
  organizationId: string,
  failures: readonly Failure[],
): Promise<void> {
  if (failures.length === 0) return;
  const jobs = failures.map(({ job }) => job.job_id);
  try {
    await database.withTenant(organizationId, async (tx) => {
      for (const { job, error } of failures)
        await fail(tx, job, error, definitions[job.kind]?.maxAttempts ?? job.max_attempts);
    });
  } catch (error) {
    log.warn({ err: error, jobs }, 'failed jobs could not be recorded; their lease will bring them back');
  }
  for (const { job, error } of failures)
    log.warn({ err: error, job: job.job_id, kind: job.kind, attempts: job.attempts }, 'a job failed');
}

async function fail(tx: TenantTx, job: JobRow, error: Error, maxAttempts: number): Promise<void> {
  const text = error.message.slice(0, 1_000);
  if (error instanceof UnfitJob || job.attempts >= maxAttempts) {
    await tx.run(buryJob, [job.organization_id, job.job_id, text]);
    return;
  }
  const delay = backOffSeconds(job.attempts, randomInt(1_000) / 1_000);
  const retried = await tx.run(retryJobLater, [job.organization_id, job.job_id, text, delay]);
  // A newer job of the same key waits already: this one has nothing left to do.
  if (retried === 0) await tx.run(finishJob, [job.organization_id, job.job_id]);
}
