import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openTestDatabase, type TestDatabase } from './db/test-database.ts';
import { newId } from './ids.ts';
import { announce, type Notice, openNotifications } from './notifications.ts';

describe('notifications', () => {
  let test_: TestDatabase;
  before(async () => {
    test_ = await openTestDatabase();
  });
  after(() => test_[Symbol.asyncDispose]());

  test('news arrives in this process after the commit, once, and never after a rollback', async () => {
    const notifications = await openNotifications(test_.address);
    const heard: Notice[] = [];
    notifications.subscribe('command-queued', (notice) => heard.push(notice));
    const notice = { organizationId: newId(), id: newId() };
    await test_.database.withTenant(notice.organizationId, async (tx) => {
      announce(tx, notifications, 'command-queued', notice);
      assert.equal(heard.length, 0);
    });
    await assert.rejects(
      test_.database.withTenant(notice.organizationId, async (tx) => {
        announce(tx, notifications, 'command-queued', { ...notice, id: newId() });
        throw new Error('no');
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual(heard, [notice]);
    await notifications.close();
  });

  test('news that only make things sooner leave together, what shuts somebody out leaves with its commit', async () => {
    const notifications = await openNotifications(test_.address);
    const listener = await test_.superuser();
    const told: unknown[] = [];
    listener.on('notification', ({ payload = '' }) => told.push((JSON.parse(payload) as unknown[]).slice(1)));
    await listener.query('listen gatehouse');
    const organizationId = newId();
    const ids = Array.from({ length: 5 }, () => newId());
    for (const id of ids) {
      await test_.database.withTenant(organizationId, async (tx) => {
        announce(tx, notifications, 'command-queued', { organizationId, id });
      });
    }
    await test_.database.withTenant(organizationId, async (tx) => {
      announce(tx, notifications, 'device-refused', { organizationId, id: ids[0] ?? '' });
    });
    const deadline = Date.now() + 5_000;
    const commands = () =>
      told.filter((each) => (each as string[])[0] === 'command-queued') as [string, string, string[]][];
    while (commands().flatMap(([, , some]) => some).length < ids.length || told.length < 2) {
      assert.ok(Date.now() < deadline, JSON.stringify(told));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.deepEqual(
      commands().flatMap(([, , some]) => some),
      ids,
    );
    assert.ok(
      told.some(
        (each) => JSON.stringify(each) === JSON.stringify(['device-refused', organizationId, ids[0]]),
      ),
    );
    await listener.query('unlisten gatehouse');
    await notifications.close();
  });

  test('news from another server arrives, also after the connection was cut', async () => {
    const notifications = await openNotifications(test_.address);
    const heard: string[] = [];
    notifications.subscribe('posture-changed', ({ id }) => heard.push(id));
    const admin = await test_.superuser();
    const say = (id: string) =>
      admin.query(`select pg_notify('gatehouse', $1)`, [
        JSON.stringify(['other-server', 'posture-changed', newId(), id]),
      ]);
    const until = async (condition: () => boolean) => {
      const deadline = Date.now() + 5_000;
      while (!condition()) {
        assert.ok(Date.now() < deadline);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await say('first');
    await until(() => heard.includes('first'));
    await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query = 'listen gatehouse'`);
    await until(() => !notifications.connected);
    await until(() => notifications.connected);
    await say('second');
    await until(() => heard.includes('second'));
    await notifications.close();
  });
});
