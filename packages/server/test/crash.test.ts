// kill -9 at any moment: of the server, of its database, of both at once, of the program that started it. What was
// acknowledged stays, nothing happens twice, and nobody has to repair anything.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { type CrashFleet, startCrashFleet } from './crash-fleet.ts';
import { childrenOf, isAlive, postmasterOf, strikeDown } from './crash-processes.ts';
import { type RunningServer, startServer } from './running-server.ts';

describe('a server that is struck down again and again', () => {
  let server: RunningServer;
  let fleet: CrashFleet;

  before(async () => {
    server = await startServer();
    fleet = await startCrashFleet(server.dataDirectory, 6);
  });
  after(async () => {
    await fleet?.stop();
    await server?.[Symbol.asyncDispose]();
  });

  const serverPid = () => server.process().pid ?? 0;

  async function isReady(): Promise<boolean> {
    try {
      return (await fetch(`${server.operationsUrl}/readyz`)).status === 200;
    } catch {
      return false;
    }
  }

  /** In the midst of work, and not at the same point of it each time. */
  const work = (milliseconds: number) => wait((milliseconds * randomInt(70, 130)) / 100);

  /** With what the server has to say to it. */
  async function explained<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const serious = server.output().match(/^.*"level":"(?:error|fatal)".*$/gm) ?? [];
      (error as Error).message += `\n${serious.slice(-3).join('\n')}`;
      throw error;
    }
  }

  const blows: Readonly<Record<string, () => Promise<void>>> = {
    async 'the server'() {
      const postmaster = postmasterOf(server.dataDirectory);
      await server.kill('SIGKILL');
      await server.start();
      assert.notEqual(postmasterOf(server.dataDirectory), postmaster, 'the database is not adopted');
    },
    async 'the database'() {
      const before = serverPid();
      await strikeDown([postmasterOf(server.dataDirectory)]);
      const deadline = Date.now() + 15_000;
      while (!(await isReady())) {
        assert.ok(Date.now() < deadline, `the database did not come back: ${server.output()}`);
        await wait(50);
      }
      assert.equal(serverPid(), before, 'the server itself goes on');
      assert.ok(isAlive(before));
    },
    /** As when a machine loses its power, but for what its disk had not written. */
    async 'everything at once'() {
      const postmaster = postmasterOf(server.dataDirectory);
      const all = [serverPid(), postmaster, ...childrenOf(postmaster)];
      const gone = server.kill('SIGKILL');
      await strikeDown(all);
      await gone;
      await server.start();
    },
    /** One of the database's own processes: PostgreSQL then starts all others anew. */
    async 'one process of the database'() {
      const [first] = childrenOf(postmasterOf(server.dataDirectory)).toReversed();
      assert.ok(first);
      await strikeDown([first]);
      const deadline = Date.now() + 15_000;
      while (!(await isReady())) {
        assert.ok(Date.now() < deadline, `the database did not come back: ${server.output()}`);
        await wait(50);
      }
    },
  };

  const strikes = [
    ...Object.entries(blows),
    ...Object.entries(blows).filter(([what]) => /server|once/.test(what)),
  ];
  for (const [index, [what, strike]] of strikes.entries()) {
    test(`kill -9 of ${what} loses nothing that was acknowledged (${index + 1} of ${strikes.length})`, async () => {
      await work(1_200);
      await strike();
      await work(600);
      await explained(fleet.holdToPromises());
    });
  }

  test('DEV-07: in the end every report is known once, every command done once, in order, and the audit record verifies', async (context) => {
    const counts = await explained(fleet.finish());
    context.diagnostic(JSON.stringify(counts));
    assert.ok(counts.reports > 20 && counts.commands > 50, 'the blows fell on a fleet at work');
    assert.ok(counts.auditEntries >= counts.commands * 2);
  });
});
