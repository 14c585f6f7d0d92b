import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openTestAdminSurface, type TestAdminSurface } from './test-surface.ts';

describe('what the operator sees of the instance', () => {
  let surface: TestAdminSurface;
  before(async () => {
    surface = await openTestAdminSurface();
  });
  after(() => surface[Symbol.asyncDispose]());
  const as = (role: 'org-admin' | 'system-admin', path: string) =>
    surface.call(surface.acme.administrators[role].token, 'GET', path);

  test('health has the database, the work that waits and the disk', async () => {
    const health = (await as('system-admin', '/system/health')).json();
    assert.ok(health.database.bytes > 1_000_000 && health.database.answersInMs >= 0);
    assert.match(health.database.version, /^\d+/);
    assert.ok(health.freeBytes > 0 && health.jobs.waiting >= 0 && health.jobs.oldestDueSeconds >= 0);
  });

  test('usage counts each organization by itself, and shows it to the operator alone', async () => {
    const token = surface.acme.administrators['org-admin'].token;
    await surface.call(token, 'POST', '/users', { body: { email: 'one@acme.example' } });
    const usage = (await as('system-admin', '/system/usage')).json();
    const counts = Object.fromEntries(
      usage.items.map((item: { slug: string; users: number; devices: number }) => [
        item.slug,
        [item.users, item.devices],
      ]),
    );
    assert.deepEqual(
      [counts.acme, counts.globex],
      [
        [1, 0],
        [0, 0],
      ],
    );
    for (const path of ['/system/health', '/system/usage'])
      assert.equal((await as('org-admin', path)).statusCode, 403, path);
  });
});
