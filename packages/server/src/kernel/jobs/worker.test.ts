import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from '../db/sql.ts';
import { openTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { createEvents } from '../events.ts';
import { newId } from '../ids.ts';
import { silentLog } from '../log.ts';
import { backOffSeconds, enqueue, type JobDefinition } from './jobs.ts';
import { type DeadJobRow, reviveJob, selectDeadJobs } from './queries.ts';
import { startWorker, type Worker } from './worker.ts';

const countJobsOf = sql(
  'test-count-jobs',
  `select count(*)::int as count from jobs where organization_id = $1 and state <> 'dead'`,
);
const insertNote = sql(
  'test-insert-note',
  'insert into groups (organization_id, group_id, name) values ($1, $2, $3)',
);
const selectNotes = sql(
  'test-select-notes',
  'select name from groups where organization_id = $1 order by name',
);
const makeDue = sql('test-make-due', `update jobs set run_at = now() where organization_id = $1`);
const expireLeases = sql(
  'test-expire-leases',
  `update jobs set locked_until = now() - interval '1 second' where organization_id = $1`,
);

const text = { parse: (payload: unknown) => payload as { text: string } };

async function until(condition: () => boolean | Promise<boolean>, milliseconds = 5_000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('the job queue', () => {
  let test_: TestDatabase;
  const workers: Worker[] = [];

  before(async () => {
    test_ = await openTestDatabase();
  });
  after(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await test_[Symbol.asyncDispose]();
  });

  function work(definitions: Record<string, JobDefinition>): Worker {
    const worker = startWorker({
      database: test_.database,
      definitions,
      log: silentLog,
      pollMilliseconds: 50,
    });
    workers.push(worker);
    return worker;
  }
  const add = (organization: string, ...jobs: Parameters<typeof enqueue>[1][]) =>
    test_.database.withTenant(organization, async (tx) => {
      for (const job of jobs) await enqueue(tx, job);
    });
  const left = async (organization: string) =>
    (
      await test_.database.withTenant(organization, (tx) =>
        tx.one<{ count: number }>(countJobsOf, [organization]),
      )
    )?.count;

  test('a job runs inside its tenant, in one transaction with its own removal, exactly once among several workers', async () => {
    const acme = newId();
    const definitions = {
      note: {
        ...text,
        run: async (tx, { text: name }) =>
          void (await tx.run(insertNote, [tx.organizationId, newId(), name])),
      },
    } satisfies Record<string, JobDefinition<{ text: string }>>;
    await add(
      acme,
      ...Array.from({ length: 200 }, (_, index) => ({ kind: 'note', payload: { text: `note ${index}` } })),
    );
    const first = work(definitions);
    const second = work(definitions);
    await until(async () => (await left(acme)) === 0);
    const notes = await test_.database.withTenant(acme, (tx) => tx.query(selectNotes, [acme]));
    assert.equal(notes.length, 200);
    await Promise.all([first.stop(), second.stop()]);
  });

  test('jobs of one key coalesce while they wait: the newest payload, the earliest time', async () => {
    const acme = newId();
    const seen: string[] = [];
    await add(
      acme,
      ...['a', 'b', 'c'].map((letter) => ({ kind: 'once', key: 'k', payload: { text: letter } })),
    );
    const worker = work({ once: { ...text, run: async (_tx, { text: letter }) => void seen.push(letter) } });
    await until(async () => (await left(acme)) === 0);
    assert.deepEqual(seen, ['c']);
    await worker.stop();
  });

  test('JOB-03 a job that always fails backs off, dies after its attempts and can be seen and retried; others go on', async () => {
    const acme = newId();
    let healthy = 0;
    let mended = false;
    await add(
      acme,
      { kind: 'poison', payload: { text: 'x' }, maxAttempts: 2 },
      ...Array.from({ length: 20 }, () => ({ kind: 'fine', payload: { text: '' } })),
    );
    const worker = work({
      poison: {
        ...text,
        run: async () => {
          if (!mended) throw new Error('no luck');
        },
      },
      fine: { ...text, run: async () => void (healthy += 1) },
    });
    await until(() => healthy === 20);
    const dead = () =>
      test_.database.withTenant(acme, (tx) => tx.query<DeadJobRow>(selectDeadJobs, [acme, 0, 10]));
    await until(async () => {
      await test_.database.withTenant(acme, (tx) => tx.run(makeDue, [acme]));
      return (await dead()).length === 1;
    });
    const [job] = await dead();
    assert.equal(job?.attempts, 2);
    assert.equal(job?.last_error, 'no luck');
    mended = true;
    await test_.database.withTenant(acme, (tx) => tx.run(reviveJob, [acme, job?.job_id]));
    worker.wake();
    await until(async () => (await dead()).length === 0 && (await left(acme)) === 0);
    await worker.stop();
  });

  test('JOB-01 a payload that names another organization, does not parse, or has no handler goes to the dead letters at once', async () => {
    const acme = newId();
    let ran = 0;
    await add(
      acme,
      { kind: 'strict', payload: { organizationId: newId() } },
      { kind: 'strict', payload: { wrong: true } },
      { kind: 'nobody', payload: {} },
    );
    const worker = work({
      strict: {
        parse: (payload: unknown) => {
          if ((payload as { wrong?: boolean }).wrong) throw new Error('wrong shape');
          return payload;
        },
        run: async () => void (ran += 1),
      },
    });
    await until(async () => (await left(acme)) === 0);
    const dead = await test_.database.withTenant(acme, (tx) =>
      tx.query<DeadJobRow>(selectDeadJobs, [acme, 0, 10]),
    );
    assert.equal(dead.length, 3);
    assert.equal(ran, 0);
    await worker.stop();
  });

  test('JOB-04 one tenant’s heap of jobs does not hold up another’s single one', async () => {
    const [heavy, small] = [newId(), newId()];
    await add(heavy, ...Array.from({ length: 2_000 }, () => ({ kind: 'slow', payload: { text: '' } })));
    let done = 0;
    let before = -1;
    await add(small, { kind: 'quick', payload: { text: '' } });
    const worker = work({
      slow: { ...text, run: async () => void (done += 1) },
      quick: { ...text, run: async () => void (before = done) },
    });
    await until(() => before >= 0);
    assert.ok(before < 100, `${before} jobs of the other tenant went first`);
    await worker.stop();
  });

  test('what a job adds is taken up as soon as it is done, not at the next look', async () => {
    const acme = newId();
    const shares: number[] = [];
    const worker = startWorker({
      database: test_.database,
      log: silentLog,
      pollMilliseconds: 60_000,
      definitions: {
        'in-shares': {
          parse: (payload) => payload as { share: number },
          async run(tx, payload) {
            const { share } = payload as { share: number };
            shares.push(share);
            if (share < 5) await enqueue(tx, { kind: 'in-shares', payload: { share: share + 1 } });
          },
        },
      },
    });
    workers.push(worker);
    await add(acme, { kind: 'in-shares', payload: { share: 1 } });
    worker.wake();
    await until(() => shares.length === 5, 10_000);
    assert.deepEqual(shares, [1, 2, 3, 4, 5]);
    await worker.stop();
  });

  test('a job of a worker that died comes back when its lease ends', async () => {
    const acme = newId();
    await add(acme, { kind: 'left-behind', payload: { text: '' } });
    const admin = await test_.superuser();
    await admin.query(
      `update gh.jobs set state = 'running', locked_until = now() + interval '2 minutes' where organization_id = $1`,
      [acme],
    );
    await test_.database.withTenant(acme, (tx) => tx.run(expireLeases, [acme]));
    let ran = 0;
    const worker = work({ 'left-behind': { ...text, run: async () => void (ran += 1) } });
    await until(() => ran === 1);
    await worker.stop();
  });

  test('an event and its reactions exist exactly when its transaction commits', async () => {
    const acme = newId();
    let woken = 0;
    const events = createEvents(
      { 'thing.happened': [{ job: 'react', key: (event) => String(event.subjectId) }] },
      () => (woken += 1),
    );
    const subjectId = newId();
    await test_.database.withTenant(acme, async (tx) => {
      await events.emit(tx, { name: 'thing.happened', subjectId, payload: { n: 1 } });
      await events.emit(tx, { name: 'thing.happened', subjectId, payload: { n: 2 } });
    });
    await assert.rejects(
      test_.database.withTenant(acme, async (tx) => {
        await events.emit(tx, { name: 'thing.happened', subjectId: newId(), payload: {} });
        throw new Error('no');
      }),
    );
    assert.equal(await left(acme), 1);
    assert.ok(woken >= 1);
  });

  test('the back-off grows and is bounded', () => {
    assert.ok(backOffSeconds(1, 0) >= 1 && backOffSeconds(1, 1) <= 3);
    assert.ok(backOffSeconds(50, 1) <= 4_500);
  });
});
