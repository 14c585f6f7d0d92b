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
