import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { connectAs } from './address.ts';
import { holdPresence, PresenceRefused } from './presence.ts';
import { openTestDatabase, type TestDatabase } from './test-database.ts';

describe('presence', () => {
  let db: TestDatabase;
  before(async () => {
    db = await openTestDatabase();
  });
  after(() => db[Symbol.asyncDispose]());

  test('servers run beside each other, and nobody is alone while one runs', async () => {
    const servers = [
      await holdPresence(db.address, 'beside-others'),
      await holdPresence(db.address, 'beside-others'),
    ];
    await assert.rejects(holdPresence(db.address, 'alone'), /Stop every server first/);
    await servers[0]?.release();
    await assert.rejects(holdPresence(db.address, 'alone'), PresenceRefused);
    await servers[1]?.release();
    const alone = await holdPresence(db.address, 'alone');
    await assert.rejects(holdPresence(db.address, 'beside-others'), /must be alone/);
    await alone.release();
    await (await holdPresence(db.address, 'beside-others')).release();
  });

  test('a server whose connection broke is back at once, and hears when somebody was alone meanwhile', async () => {
    const usurped: PresenceRefused[] = [];
    const server = await holdPresence(db.address, 'beside-others', (error) => usurped.push(error));
    const breaker = new pg.Client(connectAs(db.address, 'login'));
    await breaker.connect();
    const breakLocks = () =>
      breaker.query(
        `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 7023117 and pid <> pg_backend_pid()
         and database = (select oid from pg_database where datname = current_database())`,
      );
    let alone: Awaited<ReturnType<typeof holdPresence>> | undefined;
    // On a busy machine the server may be back before we come.
    while (alone === undefined) {
      await breakLocks();
      alone = await holdPresence(db.address, 'alone').catch(() => undefined);
    }
    while (usurped.length === 0) await sleep(50);
    assert.match(String(usurped[0]), /must be alone/);
    await alone.release();
    for (;;) {
      try {
        await (await holdPresence(db.address, 'alone')).release();
        await sleep(50);
      } catch (error) {
        assert.ok(error instanceof PresenceRefused);
        break;
      }
    }
    await server.release();
    await breaker.end();
  });
});
