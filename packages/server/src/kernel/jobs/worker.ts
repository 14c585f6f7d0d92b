// Takes due jobs and runs them. Several workers, in one process or many, share the queue without treading on each other.
import { randomInt } from 'node:crypto';
import type { Database } from '../db/database.ts';
import type { Log } from '../log.ts';
import { backOffSeconds, type JobDefinition } from './jobs.ts';
import {
  buryJob,
  claimJobs,
  dropSupersededJobs,
  finishJob,
  type JobRow,
  nextRun,
  reclaimJobs,
  retryJobLater,
} from './queries.ts';

export interface Worker {
  /** Looks now instead of at the next poll. */
  wake(): void;
  /** Takes no new jobs and waits for the running ones. */
  stop(): Promise<void>;
}

export interface WorkerOptions {
  readonly database: Database;
  readonly definitions: Readonly<Record<string, JobDefinition>>;
  readonly log: Log;
  readonly concurrency?: number;
  readonly pollMilliseconds?: number;
}

const leaseSeconds = 120;

export function startWorker(options: WorkerOptions): Worker {
  const { database, log } = options;
  const concurrency = options.concurrency ?? 8;
  const poll = options.pollMilliseconds ?? 1_000;
  let stopping = false;
  let running: Promise<void> | undefined;
  let again = false;
  let timer: NodeJS.Timeout | undefined;
  let sweptAt = 0;

  async function sweep(): Promise<void> {
    if (Date.now() - sweptAt < 15_000) return;
    sweptAt = Date.now();
    await database.withSystem('claim-jobs', async (tx) => {
      await tx.run(dropSupersededJobs);
      await tx.run(reclaimJobs);
    });
  }

  async function drain(): Promise<number> {
    await sweep();
    for (;;) {
      const claimed = await database.withSystem('claim-jobs', (tx) =>
        tx.query<JobRow>(claimJobs, [concurrency * 4, concurrency, leaseSeconds]),
      );
      if (claimed.length === 0) break;
      const queue = [...claimed];
      await Promise.all(
        Array.from({ length: Math.min(concurrency, queue.length) }, async () => {
          for (let job = queue.shift(); job; job = queue.shift()) await runJob(options, job);
        }),
      );
      if (stopping) return poll;
    }
    const next = await database.withSystem('claim-jobs', (tx) => tx.one<{ run_at: Date | null }>(nextRun));
    return next?.run_at ? Math.max(20, Math.min(poll, next.run_at.getTime() - Date.now())) : poll;
  }

  function loop(): void {
    clearTimeout(timer);
    if (stopping) return;
    if (running) {
      again = true;
      return;
    }
    again = false;
    running = drain()
      .catch((error: unknown) => {
        log.warn({ err: error }, 'the worker could not take jobs');
        return poll;
      })
      .then((delay) => {
        running = undefined;
        if (!stopping) timer = setTimeout(loop, again ? 0 : delay);
      });
  }
  loop();

  return {
    wake: loop,
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await running;
    },
  };
}

async function runJob({ database, definitions, log }: WorkerOptions, job: JobRow): Promise<void> {
  const { organization_id: organizationId, job_id: jobId } = job;
  const definition = definitions[job.kind];
  try {
    if (!definition) throw new UnfitJob(`no handler for jobs of kind ${job.kind}`);
    const payload = parse(definition, job);
    await definition.outside?.(organizationId, payload);
    await database.withTenant(organizationId, async (tx) => {
      // First of all, so that a job whose lease was lost to another worker changes nothing here.
      if ((await tx.run(finishJob, [organizationId, jobId])) === 0) return;
      await definition.run?.(tx, payload);
    });
  } catch (error) {
    await failJob(database, job, error as Error, definition?.maxAttempts ?? job.max_attempts).catch(
      (failure: unknown) =>
        log.warn(
          { err: failure, job: jobId },
          'a failed job could not be recorded; its lease will bring it back',
        ),
    );
    log.warn({ err: error, job: jobId, kind: job.kind, attempts: job.attempts }, 'a job failed');
  }
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

/** A job that can never succeed: it goes to the dead letters at once. */
class UnfitJob extends Error {}

async function failJob(database: Database, job: JobRow, error: Error, maxAttempts: number): Promise<void> {
  const text = error.message.slice(0, 1_000);
  await database.withTenant(job.organization_id, async (tx) => {
    if (error instanceof UnfitJob || job.attempts >= maxAttempts) {
      await tx.run(buryJob, [job.organization_id, job.job_id, text]);
      return;
    }
    const delay = backOffSeconds(job.attempts, randomInt(1_000) / 1_000);
    const retried = await tx.run(retryJobLater, [job.organization_id, job.job_id, text, delay]);
    // A newer job of the same key waits already: this one has nothing left to do.
    if (retried === 0) await tx.run(finishJob, [job.organization_id, job.job_id]);
  });
}
