import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openTestDatabase, type TestDatabase } from '../kernel/db/test-database.ts';
import { createHttpServer } from '../kernel/http/server.ts';
import { newId } from '../kernel/ids.ts';
import { silentLog } from '../kernel/log.ts';
import { createMailDomainFinder } from '../modules/organizations/index.ts';
import { discoveryPath, registerDiscoverySurface } from './discovery.ts';

describe('discovery by mail domain', () => {
  let db: TestDatabase;
  const server = createHttpServer({
    log: silentLog,
    hosts: new Set(['mdm.example.org']),
    anyHostAt: new Set([discoveryPath]),
  });
  let now = Date.now();
  const clock = { now: () => now };

  before(async () => {
    db = await openTestDatabase();
    const admin = await db.superuser();
    const add = (slug: string, ...mailDomains: string[]) =>
      admin.query(
        'insert into organizations (organization_id, slug, name, settings) values ($1, $2, $2, $3)',
        [newId(), slug, JSON.stringify({ mailDomains })],
      );
    await add('acme', 'acme.example', 'acme.test');
    await add('globex', 'globex.example', 'shared.example');
    await add('initech', 'shared.example');
    registerDiscoverySurface(server, {
      findOrganizationByMailDomain: createMailDomainFinder({ database: db.database, clock }),
      publicUrl: new URL('https://mdm.example.org'),
      clock,
    });
  });
  after(async () => {
    await server.close();
    await db[Symbol.asyncDispose]();
  });

  const ask = (host: string, url = discoveryPath) => server.inject({ url, headers: { host } });

  test('OTA-03: the mail domain leads to the organization’s enrolment address', async () => {
    for (const [host, slug] of [
      ['gatehouse.acme.example', 'acme'],
      ['GATEHOUSE.acme.test:443', 'acme'],
      ['gatehouse.globex.example', 'globex'],
    ] as const) {
      const answer = await ask(host);
      assert.equal(answer.statusCode, 200, host);
      assert.deepEqual(answer.json(), { enrollmentUrl: `https://mdm.example.org/agent/v1/enroll/${slug}` });
    }
  });

  test('ENR-T11, HTTP-05: other names, a domain that two claim, and other addresses under a foreign name lead nowhere', async () => {
    for (const host of [
      'gatehouse.nowhere.example',
      'gatehouse.shared.example',
      'acme.example',
      'mdm.example.org',
      'gatehouse.',
      'x',
    ])
      assert.equal((await ask(host)).statusCode, 404, host);
    assert.equal((await ask('gatehouse.acme.example', '/healthz')).statusCode, 421);
    assert.equal((await ask('gatehouse.acme.example', `${discoveryPath}?x=1`)).statusCode, 421);
  });

  test('a source that asks too often waits; later it may ask again', async () => {
    now += 3_600_000;
    const statuses = await Promise.all(
      Array.from({ length: 70 }, async () => (await ask('gatehouse.acme.example')).statusCode),
    );
    assert.equal(statuses.filter((status) => status === 429).length, 10);
    now += 60_000;
    assert.equal((await ask('gatehouse.acme.example')).statusCode, 200);
  });
});
