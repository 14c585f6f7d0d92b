// Takes due jobs and runs them. Several workers, in one process or many, share the queue without treading on each other. What
// runs singly and what runs in batches have lanes of their own, and each lane takes more as soon as it has room, so that one
// job that waits for a slow peer keeps back nobody else.
import { commitLazily } from '../db/commit-lazily.ts';
import {
  beginClaim,
  claimJobs,
  dropSupersededJobs,
  findAbandoned,
  type JobRow,
  nextRun,
  reclaimJobs,
  renewLeases,
} from './queries.ts';
import { type RunDeps, runBatch, runSingle } from './worker-runs.ts';

export interface Worker {
  /** Looks now instead of at the next poll. */
  wake(): void;
  /** Takes no new jobs and waits for the running ones. */
  stop(): Promise<void>;
}

export interface WorkerOptions extends RunDeps {
  /** Jobs at a time that run singly. */
  readonly concurrency?: number;
  /** Batches at a time. */
  readonly batches?: number;
  readonly pollMilliseconds?: number;
}

/** What a worker has claimed comes back so long after its last sign of life. */
const leaseSeconds = 20;
const renewMs = 5_000;
const sweepMs = 5_000;
/** Tenants and kinds that one claim of single jobs takes from. */
const turnsAtOnce = 16;
/** Claims that news asks for are so far apart: what was added meanwhile is taken together, and a claim costs what a job does. */
const spacingMs = 100;

export function startWorker(options: WorkerOptions): Worker {
  const { database, definitions, log } = options;
  const poll = options.pollMilliseconds ?? 1_000;
  const concurrency = options.concurrency ?? 8;
  const batches = options.batches ?? 4;
  const batched = Object.entries(definitions).flatMap(([kind, { batch }]) =>
    batch === undefined ? [] : [{ kind, ...batch }],
  );
  const inTurn = new Set(batched.filter((each) => each.inTurn).map(({ kind }) => kind));
  /** Claimed, and waiting for room in the lane. */
  const waiting: JobRow[] = [];
  /** Claimed and not done. */
  const held = new Set<JobRow>();
  const running = { single: new Set<Promise<void>>(), batch: new Set<Promise<void>>() };
  let stopping = false;
  let looking: Promise<void> | undefined;
  /** Asked for while a claim was under way. */
  let wanted: 'now' | 'soon' | undefined;
  let claimedAt = Number.NEGATIVE_INFINITY;
  /** There may be something to take when room is made. */
  let more = false;
  let timer: NodeJS.Timeout | undefined;
  let timerAt = Number.POSITIVE_INFINITY;
  let sweptAt = 0;

  async function sweep(): Promise<void> {
    if (Date.now() - sweptAt < sweepMs) return;
    sweptAt = Date.now();
    await database.withSystem('claim-jobs', async (tx) => {
      if ((await tx.query(findAbandoned)).length === 0) return;
      await tx.run(dropSupersededJobs);
      await tx.run(reclaimJobs);
    });
  }

  async function renew(): Promise<void> {
    if (held.size === 0) return;
    const jobs = [...held];
    await database.withSystem('claim-jobs', (tx) =>
      tx.run(renewLeases, [
        jobs.map(({ organization_id }) => organization_id),
        jobs.map(({ job_id }) => job_id),
        leaseSeconds,
      ]),
    );
  }

  const renewing = setInterval(() => {
    renew().catch((error: unknown) => log.warn({ err: error }, 'the worker could not renew its leases'));
  }, renewMs).unref();

  function start(lane: Set<Promise<void>>, jobs: readonly JobRow[], work: Promise<boolean>): void {
    const run = work.then((followed) => {
      lane.delete(run);
      for (const job of jobs) held.delete(job);
      fillSingles();
      // Room among those that run singly is filled at once; what comes in batches gathers.
      if (more || followed) look(lane === running.single ? 'now' : 'soon');
    });
    lane.add(run);
  }

  function fillSingles(): void {
    while (running.single.size < concurrency) {
      const job = waiting.shift();
      if (job === undefined) return;
      start(running.single, [job], runSingle(options, job));
    }
  }

  /** @returns milliseconds until there is something to do again. */
  async function claim(): Promise<number> {
    const turns = waiting.length === 0 && running.single.size < concurrency ? turnsAtOnce : 0;
    const places = batches - running.batch.size;
    if (turns + places === 0) {
      more = true;
      return poll;
    }
    const { jobs, next } = await database.withSystem('claim-jobs', async (tx) => {
      const [, , claimed, upcoming] = await Promise.all([
        tx.query(commitLazily),
        tx.query(beginClaim),
        tx.query<JobRow>(claimJobs, [
          turns,
          concurrency,
          places,
          batched.map(({ kind }) => kind),
          batched.map(({ most }) => most),
          batched.map((each) => each.inTurn),
          leaseSeconds,
        ]),
        tx.one<{ run_at: Date | null }>(nextRun),
      ]);
      return { jobs: claimed, next: upcoming };
    });
    // Without room in a lane nobody has looked for it.
    more = jobs.length > 0 || turns === 0 || places === 0;
    jobs.sort((a, b) => a.run_at.getTime() - b.run_at.getTime() || Number(a.job_id) - Number(b.job_id));
    for (const job of jobs) held.add(job);
    const together = new Map<string, JobRow[]>();
    for (const job of jobs) {
      if (definitions[job.kind]?.batch === undefined) waiting.push(job);
      else {
        const key = `${job.organization_id}/${job.kind}`;
        together.set(key, [...(together.get(key) ?? []), job]);
      }
    }
    for (const batch of together.values())
      start(
        running.batch,
        batch,
        // The end of one that runs in turn lets the next begin.
        runBatch(options, batch).then((followed) => followed || inTurn.has(batch[0]?.kind ?? '')),
      );
    fillSingles();
    if (jobs.length > 0) return spacingMs;
    return next?.run_at ? Math.max(20, Math.min(poll, next.run_at.getTime() - Date.now())) : poll;
  }

  async function sweepAndClaim(): Promise<number> {
    claimedAt = performance.now();
    await sweep();
    return claim();
  }

  function lookIn(milliseconds: number): void {
    const at = performance.now() + milliseconds;
    if (stopping || at >= timerAt) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(look, milliseconds, 'now');
  }

  function look(when: 'now' | 'soon'): void {
    if (stopping) return;
    if (looking) {
      if (wanted !== 'now') wanted = when;
      return;
    }
    const early = claimedAt + spacingMs - performance.now();
    if (when === 'soon' && early > 0) {
      lookIn(early);
      return;
    }
    clearTimeout(timer);
    timerAt = Number.POSITIVE_INFINITY;
    wanted = undefined;
    looking = sweepAndClaim()
      .catch((error: unknown) => {
        log.warn({ err: error }, 'the worker could not take jobs');
        return poll;
      })
      .then((pause) => {
        looking = undefined;
        if (wanted !== undefined) look(wanted);
        else lookIn(pause);
      });
  }
  look('now');

  return {
    wake: () => look('soon'),
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await looking;
      while (running.single.size + running.batch.size > 0)
        await Promise.all([...running.single, ...running.batch]);
      clearInterval(renewing);
    },
  };
}
