import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from '../db/sql.ts';
import { openTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { createEvents } from '../events.ts';
import { newId } from '../ids.ts';
import { silentLog } from '../log.ts';
import {
  addReceiver,
  type BatchedJob,
  enqueueAll,
  type JobDefinition,
  type NewJob,
  removeReceiver,
} from './jobs.ts';
import { type DeadJobRow, selectDeadJobs } from './queries.ts';
import { startWorker, type Worker } from './worker.ts';

const allJobs = sql(
  'test-all-jobs',
  `select kind, state, attempts, payload, last_error, run_at > now() as later from jobs where organization_id = $1 order by job_id`,
);
const makeDue = sql(
  'test-batch-due',
  `update jobs set run_at = now() where organization_id = $1 and state = 'ready'`,
);
const insertNote = sql(
  'test-batch-note',
  'insert into groups (organization_id, group_id, name) values ($1, $2, $3)',
);
const selectNotes = sql(
  'test-batch-notes',
  'select name from groups where organization_id = $1 order by name',
);

interface Numbered {
  readonly n: number;
}
const numbered = { parse: (payload: unknown) => payload as Numbered };

async function until(condition: () => boolean | Promise<boolean>, milliseconds = 5_000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('jobs in batches', () => {
  let test_: TestDatabase;
  const workers: Worker[] = [];

  before(async () => {
    test_ = await openTestDatabase();
  });
  after(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await test_[Symbol.asyncDispose]();
  });

  const work = (definitions: Record<string, JobDefinition<Numbered>>): Worker => {
    const worker = startWorker({
      database: test_.database,
      definitions,
      log: silentLog,
      pollMilliseconds: 50,
    });
    workers.push(worker);
    return worker;
  };
  const add = (organization: string, jobs: readonly NewJob[]) =>
    test_.database.withTenant(organization, (tx) => enqueueAll(tx, jobs));
  const numbers = (kind: string, count: number, from = 0): NewJob[] =>
    Array.from({ length: count }, (_, index) => ({ kind, payload: { n: from + index } }));
  const jobsOf = (organization: string) =>
    test_.database.withTenant(organization, (tx) =>
      tx.query<{ kind: string; state: string; attempts: number; payload: Numbered; later: boolean }>(
        allJobs,
        [organization],
      ),
    );
  const notesOf = async (organization: string) =>
    (
      await test_.database.withTenant(organization, (tx) =>
        tx.query<{ name: string }>(selectNotes, [organization]),
      )
    ).map(({ name }) => Number(name));
  /** Keeps each number as a note, in the job's transaction. */
  const noting = (over: Partial<BatchedJob<Numbered>> = {}): BatchedJob<Numbered> => ({
    ...numbered,
    batch: { most: 50, inTurn: true },
    async runBatch(tx, jobs) {
      for (const { payload } of jobs)
        await tx.run(insertNote, [tx.organizationId, newId(), String(payload.n).padStart(5, '0')]);
      return undefined;
    },
    ...over,
  });

  test('comes to the handler as many as it takes, of one organization, the earliest first', async () => {
    const [acme, other] = [newId(), newId()];
    await add(acme, numbers('many', 120));
    await add(other, numbers('many', 3));
    const seen: { organization: string; numbers: number[] }[] = [];
    const worker = work({
      many: {
        ...numbered,
        batch: { most: 50, inTurn: true },
        runBatch: async (tx, jobs) => {
          seen.push({ organization: tx.organizationId, numbers: jobs.map(({ payload }) => payload.n) });
          return undefined;
        },
      } satisfies BatchedJob<Numbered>,
    });
    await until(async () => (await jobsOf(acme)).length + (await jobsOf(other)).length === 0);
    const ofAcme = seen.filter(({ organization }) => organization === acme);
    assert.deepEqual(
      ofAcme.map((batch) => batch.numbers.length),
      [50, 50, 20],
    );
    assert.deepEqual(
      ofAcme.flatMap((batch) => batch.numbers),
      Array.from({ length: 120 }, (_, n) => n),
    );
    assert.deepEqual(
      seen.filter(({ organization }) => organization === other).map((batch) => batch.numbers),
      [[0, 1, 2]],
    );
    await worker.stop();
  });

  test('in turn: several workers never run two batches of one organization at a time, and nothing is done twice', async () => {
    const acme = newId();
    const order: number[] = [];
    let under = 0;
    let most = 0;
    const definition = noting({
      batch: { most: 7, inTurn: true },
      async outsideBatch(_organization, jobs) {
        under += 1;
        most = Math.max(most, under);
        order.push(...jobs.map(({ payload }) => payload.n));
        await new Promise((resolve) => setTimeout(resolve, 3));
        under -= 1;
        return undefined;
      },
    });
    await add(acme, numbers('turns', 150));
    const all = [work({ turns: definition }), work({ turns: definition }), work({ turns: definition })];
    await add(acme, numbers('turns', 150, 150));
    await until(async () => (await jobsOf(acme)).length === 0);
    assert.equal(most, 1);
    assert.deepEqual(
      order,
      Array.from({ length: 300 }, (_, n) => n),
    );
    assert.equal((await notesOf(acme)).length, 300);
    await Promise.all(all.map((worker) => worker.stop()));
  });

  test('one that fails comes again later, with its own attempts, and dies alone; the others are done', async () => {
    const acme = newId();
    const tries = new Map<number, number[]>();
    await add(
      acme,
      numbers('some', 10).map((job) => ({ ...job, maxAttempts: 2 })),
    );
    const worker = work({
      some: noting({
        async outsideBatch(_organization, jobs) {
          for (const { payload, attempts } of jobs)
            tries.set(payload.n, [...(tries.get(payload.n) ?? []), attempts]);
          return jobs
            .filter(({ payload }) => payload.n === 3)
            .map(({ jobId }) => ({ jobId, error: new Error('not this one') }));
        },
      }),
    });
    await until(async () => (await jobsOf(acme)).length === 1);
    await until(async () => (await jobsOf(acme))[0]?.state === 'ready');
    assert.equal((await jobsOf(acme))[0]?.later, true);
    await until(async () => {
      await test_.database.withTenant(acme, (tx) => tx.run(makeDue, [acme]));
      return (await jobsOf(acme))[0]?.state === 'dead';
    });
    assert.deepEqual(await notesOf(acme), [0, 1, 2, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual(tries.get(3), [1, 2]);
    assert.deepEqual(tries.get(4), [1]);
    await worker.stop();
  });

  test('a transaction that one of them spoils is undone, and each is then tried alone', async () => {
    const acme = newId();
    await add(
      acme,
      numbers('spoilt', 8).map((job) => ({ ...job, maxAttempts: 1 })),
    );
    const worker = work({
      spoilt: noting({
        async runBatch(tx, jobs) {
          for (const { payload } of jobs) {
            const name = payload.n === 5 ? null : String(payload.n);
            await tx.run(insertNote, [tx.organizationId, newId(), name]);
          }
          return undefined;
        },
      }),
    });
    await until(async () => (await jobsOf(acme)).every(({ state }) => state === 'dead'));
    assert.deepEqual(await notesOf(acme), [0, 1, 2, 3, 4, 6, 7]);
    assert.deepEqual(
      (await jobsOf(acme)).map(({ payload }) => payload.n),
      [5],
    );
    await worker.stop();
  });

  test('what reaches outside and throws has failed for all, and all come again', async () => {
    const acme = newId();
    let down = true;
    await add(acme, numbers('away', 5));
    const worker = work({
      away: noting({
        async outsideBatch() {
          if (down) throw new Error('nobody answers');
          return undefined;
        },
      }),
    });
    await until(async () => {
      const jobs = await jobsOf(acme);
      return jobs.length === 5 && jobs.every(({ state, attempts }) => state === 'ready' && attempts === 1);
    });
    down = false;
    await test_.database.withTenant(acme, (tx) => tx.run(makeDue, [acme]));
    await until(async () => (await notesOf(acme)).length === 5);
    await worker.stop();
  });

  test('JOB-01 what does not parse or names another organization dies at once and spoils no batch', async () => {
    const acme = newId();
    await add(acme, [
      ...numbers('mixed', 3),
      { kind: 'mixed', payload: { organizationId: newId(), n: 7 } },
      { kind: 'mixed', payload: { n: 'x' } },
    ]);
    const worker = work({
      mixed: noting({
        parse(payload) {
          if (typeof (payload as Numbered).n !== 'number') throw new Error('wrong shape');
          return payload as Numbered;
        },
      }),
    });
    await until(async () => (await notesOf(acme)).length === 3);
    const dead = () =>
      test_.database.withTenant(acme, (tx) => tx.query<DeadJobRow>(selectDeadJobs, [acme, 0, 10]));
    await until(async () => (await dead()).length === 2);
    await worker.stop();
  });

  test('between the work outside and its record the process may die: those jobs come again, and what was recorded stays once', async () => {
    const acme = newId();
    await add(acme, numbers('crash', 6));
    let sent = 0;
    let dies = true;
    let bury = () => undefined as void;
    const crashing = work({
      crash: noting({
        async outsideBatch(_organization, jobs) {
          sent += jobs.length;
          return undefined;
        },
        async runBatch(tx, jobs) {
          await noting().runBatch?.(tx, jobs);
          // As a process that is killed: the transaction ends without a commit and nobody records a failure.
          if (dies) await new Promise<void>((resolve) => (bury = resolve));
          return undefined;
        },
      }),
    });
    await until(() => sent === 6);
    const admin = await test_.superuser();
    // The dead process's connection goes, its lease ends.
    await until(async () => {
      const ended = await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction' and datname = current_database()`,
      );
      return (ended.rowCount ?? 0) > 0;
    });
    dies = false;
    // Dead; it only must not take what follows.
    const buried = crashing.stop();
    await admin.query(
      `update gh.jobs set locked_until = now() - interval '1 second' where organization_id = $1`,
      [acme],
    );
    assert.deepEqual(await notesOf(acme), []);
    const successor = work({
      crash: noting({ outsideBatch: async (_organization, jobs) => void (sent += jobs.length) as undefined }),
    });
    await until(async () => (await notesOf(acme)).length === 6);
    assert.equal((await jobsOf(acme)).length, 0);
    assert.ok(sent >= 12);
    bury();
    await Promise.all([buried, successor.stop()]);
  });

  test('a job whose lease went to somebody else is not recorded here', async () => {
    const acme = newId();
    await add(acme, numbers('lease', 2));
    const admin = await test_.superuser();
    const worker = work({
      lease: noting({
        async outsideBatch() {
          await admin.query(`delete from gh.jobs where organization_id = $1 and payload->>'n' = '1'`, [acme]);
          return undefined;
        },
      }),
    });
    await until(async () => (await jobsOf(acme)).length === 0);
    assert.deepEqual(await notesOf(acme), [0]);
    await worker.stop();
  });

  test('a batch that waits for a slow peer keeps back neither other kinds nor other organizations', async () => {
    const [acme, other] = [newId(), newId()];
    let release = () => undefined as void;
    const held = new Promise<void>((resolve) => (release = resolve));
    await add(acme, numbers('slow', 1));
    const worker = work({
      slow: noting({
        async outsideBatch(organization) {
          if (organization === acme) await held;
          return undefined;
        },
      }),
      quick: noting(),
      single: { ...numbered, run: async () => undefined },
    });
    await until(async () => (await jobsOf(acme)).some(({ state }) => state === 'running'));
    await add(acme, [...numbers('quick', 5, 100), ...numbers('single', 5)]);
    await add(other, numbers('slow', 2));
    worker.wake();
    await until(async () => (await notesOf(other)).length === 2 && (await notesOf(acme)).length === 5);
    await until(async () => (await jobsOf(acme)).length === 1);
    // Its own organization's next batch waits for it, since they go in turn.
    await add(acme, numbers('slow', 1, 9));
    worker.wake();
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.deepEqual(
      (await jobsOf(acme)).map(({ state }) => state),
      ['running', 'ready'],
    );
    release();
    await until(async () => (await jobsOf(acme)).length === 0);
    await worker.stop();
  });

  test('of one key the newest counts, and a newer one that waits takes the place of one that failed', async () => {
    const acme = newId();
    const seen: number[] = [];
    let first = true;
    const keyed = (n: number): NewJob => ({ kind: 'keyed', key: 'device', payload: { n } });
    await add(acme, [keyed(1), keyed(2)]);
    await add(acme, [keyed(3)]);
    const worker = work({
      keyed: noting({
        async outsideBatch(_organization, jobs) {
          seen.push(...jobs.map(({ payload }) => payload.n));
          if (!first) return undefined;
          first = false;
          await add(acme, [keyed(4)]);
          return jobs.map(({ jobId }) => ({ jobId, error: new Error('the peer was away') }));
        },
      }),
    });
    await until(async () => (await jobsOf(acme)).length === 0);
    assert.deepEqual(seen, [3, 4]);
    await worker.stop();
  });

  test('a reaction that somebody must want costs no job where nobody does', async () => {
    const [wanting, other] = [newId(), newId()];
    let woken = 0;
    const events = createEvents(
      { 'thing.happened': [{ job: 'tell', ifWanted: true }, { job: 'always' }] },
      () => (woken += 1),
    );
    const happen = (organization: string) =>
      test_.database.withTenant(organization, (tx) =>
        events.emit(tx, { name: 'thing.happened', subjectId: newId(), payload: {} }),
      );
    await test_.database.withTenant(wanting, async (tx) => {
      await addReceiver(tx, 'tell', 'stream 1');
      await addReceiver(tx, 'tell', 'stream 2');
      await addReceiver(tx, 'tell', 'stream 2');
      await removeReceiver(tx, 'tell', 'stream 1');
    });
    await happen(wanting);
    await happen(other);
    const kinds = async (organization: string) => (await jobsOf(organization)).map(({ kind }) => kind).sort();
    assert.deepEqual(await kinds(wanting), ['always', 'tell']);
    assert.deepEqual(await kinds(other), ['always']);
    await test_.database.withTenant(wanting, (tx) => removeReceiver(tx, 'tell', 'stream 2'));
    await happen(wanting);
    assert.deepEqual(await kinds(wanting), ['always', 'always', 'tell']);
    assert.ok(woken > 0);
    // Of many at once it is asked first.
    const happenOften = (organization: string) =>
      test_.database.withTenant(organization, (tx) =>
        events.emitAll(
          tx,
          Array.from({ length: 30 }, () => ({ name: 'thing.happened', subjectId: newId(), payload: {} })),
        ),
      );
    await happenOften(other);
    assert.deepEqual(
      (await kinds(other)).filter((kind) => kind === 'tell'),
      [],
    );
    await test_.database.withTenant(other, (tx) => addReceiver(tx, 'tell', 'stream 3'));
    await happenOften(other);
    const told = Map.groupBy(await kinds(other), (kind) => kind);
    assert.deepEqual([told.get('tell')?.length, told.get('always')?.length], [30, 61]);
  });
});
