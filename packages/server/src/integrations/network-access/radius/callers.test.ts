// Who asks, what they may send, and what they are told when we cannot answer.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { restLimits } from '@gatehouse/protocols/radius/index.ts';
import { basic, dashed, startTestGates, type TestGates } from '../test-gates.ts';

describe('callers of the surface for RADIUS servers', () => {
  let gates: TestGates;
  let away = false;
  before(async () => {
    gates = await startTestGates({
      // A database that has gone without a word: nothing is refused, nothing ever answered.
      database: (database) =>
        new Proxy(database, {
          get(target, name: keyof typeof database) {
            const member = target[name];
            return (...args: never[]) =>
              away
                ? new Promise(() => undefined)
                : (member as (...all: never[]) => unknown).apply(target, args);
          },
        }),
    });
  });
  after(async () => {
    await gates[Symbol.asyncDispose]();
  });

  test('RAD-04 a password that is posted goes nowhere: not into the log, not into the database', async () => {
    const canary = 'canary-7d1b3f0a9c';
    const device = await gates.addDevice();
    const attributes = {
      'Calling-Station-Id': [dashed(device.mac)],
      'User-Password': [canary],
      'CHAP-Password': [canary],
      'MS-CHAP-Response': [canary],
      'MS-CHAP2-Response': [canary],
    };
    for (const question of ['authorize', 'post-auth', 'accounting']) await gates.post(question, attributes);
    await gates.post('authorize', Buffer.from(`{"User-Password":{"value":["${canary}"]`));
    assert.ok(!gates.logged.join('\n').includes(canary));
    const tables = await gates.admin.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'gh' and c.relkind = 'r'`,
    );
    for (const { name } of tables.rows) {
      const found = await gates.admin.query(
        `select 1 from gh.${name} t where t::text like '%${canary}%' limit 1`,
      );
      assert.equal(found.rowCount, 0, name);
    }
  });

  test('who may ask: the account of this organization with the right, and nobody else; refusals never look like an unknown device', async () => {
    const device = await gates.addDevice();
    const attributes = { 'Calling-Station-Id': [dashed(device.mac)] };
    const ask = async (authorization: string, instance = 'acme') =>
      (await gates.post('authorize', attributes, { authorization, instance })).status;
    await gates.addAccount(gates.organizationId, 'person@acme.example', 'org-admin');
    await gates.addOrganization('initech');
    assert.equal(await ask(basic('radius@acme.example')), 204);
    assert.equal(await ask(basic('radius@acme.example', 'wrong')), 401);
    assert.equal(await ask(''), 401);
    assert.equal(await ask('Bearer gh_api_nothing'), 401);
    assert.equal(
      await ask(basic('person@acme.example')),
      403,
      'a person’s password alone would go round the second factor',
    );
    assert.equal(await ask(basic('radius@acme.example'), 'initech'), 403);
    assert.equal(await ask(basic('radius@acme.example'), 'nowhere'), 403);
    const refused = await gates.post('authorize', attributes, { authorization: basic('x@acme.example') });
    assert.deepEqual(refused.body, {}, 'rlm_rest would merge what stands in a 401');
  });

  test('bodies that are too large, too deep or no JSON are refused; the server goes on', async () => {
    const large = Buffer.from(JSON.stringify({ 'User-Name': { value: ['x'.repeat(restLimits.maxBytes)] } }));
    assert.equal((await gates.post('accounting', large)).status, 413);
    assert.equal((await gates.post('authorize', Buffer.from('{"a":'.repeat(50)))).status, 400);
    assert.equal((await gates.post('authorize', Buffer.from('nothing'))).status, 400);
    assert.equal((await gates.post('authorize', {})).status, 404);
  });

  test('RAD-07 with the database away every question is answered with 5xx within a second, and none is let in', async () => {
    const device = await gates.addDevice();
    const attributes = { 'Calling-Station-Id': [dashed(device.mac)] };
    assert.equal((await gates.post('authorize', attributes)).status, 204);
    away = true;
    try {
      for (const [question, authorization] of [
        ['authorize', basic('radius@acme.example')],
        ['post-auth', basic('radius@acme.example')],
        ['accounting', basic('radius@acme.example')],
        ['authorize', basic('radius@acme.example', 'never seen before')],
        ['authorize', 'Bearer gh_api_never_seen_before'],
      ] as const) {
        const began = Date.now();
        const { status } = await gates.post(question, attributes, { authorization });
        assert.ok(status >= 500 || status === 401, `${question}: ${status}`);
        assert.ok(Date.now() - began < 1_000, `${question}: ${Date.now() - began} ms`);
      }
    } finally {
      away = false;
    }
    assert.equal((await gates.post('authorize', attributes)).status, 204);
  });
});
