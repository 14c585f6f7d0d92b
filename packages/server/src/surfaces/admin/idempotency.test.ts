import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closed } from '@gatehouse/contracts/admin/values.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { Type } from 'typebox';
import { defineRoute } from '../../kernel/http/route.ts';
import { recordAudit } from '../../modules/audit/index.ts';
import { openTestAdminSurface, type TestAdminSurface } from './test-surface.ts';

describe('key and work in one transaction', () => {
  let surface: TestAdminSurface;
  let trouble: 'crash' | 'refuse' | undefined;
  let done = 0;

  const route = defineRoute({
    method: 'POST',
    path: '/test/work',
    operation: 'testWork',
    tag: 'test',
    summary: 'Work',
    access: { permission: 'devices.read' },
    body: Type.Object({ text: Type.Optional(Type.String()) }, closed),
    response: { 200: Type.Object({ number: Type.Integer() }, closed) },
    idempotency: 'with-work',
    example: {},
    handle: ({ principal, transact }) =>
      transact(async (tx) => {
        await recordAudit(tx, { actor: principal, action: `test.${trouble ?? 'work'}`, outcome: 'done' });
        if (trouble === 'crash') throw new Error('the server died');
        if (trouble === 'refuse') return { refusal: new DomainError('conflict', 'Not today') };
        done += 1;
        return { answer: { number: done } };
      }),
  });

  before(async () => {
    surface = await openTestAdminSurface({ more: [route] });
  });
  after(() => surface[Symbol.asyncDispose]());

  const call = (key: string, text = '') =>
    surface.call(surface.acme.administrators['org-admin'].token, 'POST', '/test/work', {
      body: { text },
      headers: { 'idempotency-key': key },
    });
  const count = async (what: string, values: unknown[]): Promise<number> =>
    (await (await surface.db.superuser()).query(`select count(*)::int from ${what}`, values)).rows[0].count;
  const keys = (key: string) => count('idempotency_keys where idempotency_key = $1', [key]);
  const entries = (action: string) => count(`audit_entries where content ->> 'action' = $1`, [action]);

  test('ADM-20 JOB-03 work that dies in the middle leaves no key behind: the same request is done when it is sent again', async () => {
    trouble = 'crash';
    assert.equal((await call('dies')).statusCode, 500);
    assert.deepEqual([await keys('dies'), await entries('test.crash')], [0, 0]);
    trouble = undefined;
    const before_ = done;
    const [first, second] = [await call('dies'), await call('dies')];
    assert.deepEqual([first.statusCode, second.statusCode, done], [200, 200, before_ + 1]);
    assert.deepEqual(second.json(), first.json());
    assert.equal(second.headers['idempotency-replayed'], 'true');
    assert.equal((await call('dies', 'other')).statusCode, 422);
  });

  test('ADM-20 a refusal stays on record, and may be asked for again', async () => {
    trouble = 'refuse';
    assert.equal((await call('refused')).statusCode, 409);
    assert.deepEqual([await keys('refused'), await entries('test.refuse')], [0, 1]);
    trouble = undefined;
    assert.equal((await call('refused')).statusCode, 200);
  });

  test('ADM-20 many at once with one key all get the answer of the one that was done', async () => {
    const before_ = done;
    const answers = await Promise.all(Array.from({ length: 8 }, () => call('herd')));
    assert.equal(done, before_ + 1);
    assert.deepEqual(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size, 1);
  });

  test('a command for many devices is sent once, and the repetition gets every item again', async () => {
    const { token } = surface.acme.administrators['org-admin'];
    const send = () =>
      surface.call(token, 'POST', '/commands', {
        body: { deviceIds: ['01930000-0000-7000-8000-000000000000'], name: 'refresh-device' },
        headers: { 'idempotency-key': 'bulk' },
      });
    const [first, second] = [await send(), await send()];
    assert.equal(first.statusCode, 200, first.body);
    assert.equal(first.json().items[0].refusal.code, 'not-found');
    assert.equal(second.body, first.body);
    for (const role of ['auditor', 'nac-service'] as const) {
      const answer = await surface.call(surface.acme.administrators[role].token, 'POST', '/commands', {
        body: { deviceIds: ['01930000-0000-7000-8000-000000000000'], name: 'refresh-device' },
      });
      assert.equal(answer.statusCode, 403, role);
    }
  });
});
