import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DomainError, type ErrorCode, errorCodes } from '@gatehouse/core/errors.ts';
import { costOf } from '../../../../../tools/processor-time.ts';
import type { AdminRoute } from '../../kernel/http/route.ts';
import { adminTasks } from './retention.ts';
import { openTestAdminSurface, type TestAdminSurface } from './test-surface.ts';
import { compileSchemas } from './test-schemas.ts';
import { createForeignThings, fillPath, type ThingIds } from './test-things.ts';

describe('requests to the admin API', () => {
  let surface: TestAdminSurface;
  let things: ThingIds;
  before(async () => {
    surface = await openTestAdminSurface();
    things = await createForeignThings(surface, surface.acme);
  });
  after(() => surface[Symbol.asyncDispose]());

  const admin = () => surface.acme.administrators['org-admin'].token;
  const operator = () => surface.acme.administrators['system-admin'].token;
  const writing = () =>
    surface.routes.filter((route) => route.body !== undefined && !('public' in route.access));

  test('what every route takes and answers can be checked and written, though nothing is compiled before it is asked', () => {
    compileSchemas(surface.routes);
  });

  test('HTTP-02 a body of another type never reaches a handler', async () => {
    const types = [
      'text/plain',
      'application/json\t;',
      'Application/JSON ;x',
      'application/json;charset=utf-7',
      'text/csv',
      '',
    ];
    for (const route of writing()) {
      for (const type of types) {
        const answer = await surface.call(operator(), route.method, fillPath(route, things), {
          payload: '{"unknown":true}',
          headers: type === '' ? {} : { 'content-type': type },
        });
        assert.equal(answer.statusCode, 415, `${route.operation} ${type}`);
      }
    }
    const upload = await surface.call(admin(), 'POST', '/users/import', { body: { email: 'x' } });
    assert.equal(upload.statusCode, 415, 'an upload takes CSV and nothing else');
    const none = await surface.call(admin(), 'DELETE', `/groups/${things['groupId']}`, { body: {} });
    assert.equal(none.statusCode, 400, 'an address without a body takes none');
  });

  test('HTTP-06 keys that reach prototypes are refused in bodies and queries', async () => {
    for (const key of ['__proto__', 'constructor', 'prototype', '\\u005f_proto__']) {
      const payload = `{"name":"x","${key}":{"polluted":true}}`;
      const answer = await surface.call(admin(), 'POST', '/groups', {
        payload,
        headers: { 'content-type': 'application/json' },
      });
      assert.equal(answer.statusCode, 400, key);
      const query = await surface.call(admin(), 'GET', `/users?${encodeURIComponent(key)}=1`);
      assert.equal(query.statusCode, 400, `query ${key}`);
    }
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  test('HTTP-08 no write route takes a member that is not its own', async () => {
    const foreign = [
      'organizationId',
      'organization_id',
      'id',
      'ownership_',
      'createdAt',
      'permissions_',
      'passwordHash',
      'empoweredAt',
    ];
    for (const route of writing()) {
      for (const member of foreign) {
        const answer = await surface.call(operator(), route.method, fillPath(route, things), {
          body: { ...(route.example as object | undefined), [member]: 'x' },
        });
        assert.equal(answer.statusCode, 400, `${route.operation} took ${member}: ${answer.body}`);
        assert.equal(answer.json().reason, 'validation', route.operation);
      }
    }
  });

  test('HTTP-08 roles and states come only through the routes that are for them', async () => {
    const { id } = surface.acme.administrators.auditor;
    for (const [method, path, body] of [
      ['POST', '/users', { email: 'x@acme.example', role: 'org-admin' }],
      ['POST', '/groups', { name: 'x', members: [] }],
      ['PATCH', `/administrators/${id}`, { email: 'other@acme.example' }],
      ['PATCH', '/organization', { name: 'x', slug: 'other' }],
      ['POST', '/tokens', { role: 'auditor', expiresInSeconds: 60, administratorId: id }],
    ] as const) {
      assert.equal((await surface.call(admin(), method, path, { body })).statusCode, 400, path);
    }
  });

  test('HTTP-10 hostile values in every query parameter are refused or are only values', async () => {
    const hostile = [
      "'; drop table users; --",
      'id;select pg_sleep(9)',
      'password_hash',
      "' or '1'='1",
      '%00',
      '\u0000',
      '../..',
    ];
    for (const route of surface.routes.filter(
      (each) => each.method === 'GET' && !('public' in each.access),
    )) {
      if (route.path === '/audit/export') continue;
      for (const name of [...Object.keys(route.query ?? {}), 'sort', 'fields', 'order']) {
        for (const value of hostile) {
          const path = `${fillPath(route, things)}?${name}=${encodeURIComponent(value)}`;
          const answer = await surface.call(operator(), 'GET', path);
          assert.ok(
            [200, 400, 403, 404].includes(answer.statusCode),
            `${path}: ${answer.statusCode} ${answer.body}`,
          );
          if (['sort', 'fields', 'order'].includes(name) && !(name in (route.query ?? {}))) {
            assert.equal(answer.statusCode, 400, path);
          }
        }
      }
    }
    const admin = await surface.db.superuser();
    assert.equal((await admin.query('select count(*)::int as n from users')).rows[0].n > 0, true);
  });

  test('HTTP-07 a cursor works for its own list, filter and organization, and nowhere else', async () => {
    for (const name of ['a', 'b', 'c']) await surface.call(admin(), 'POST', '/groups', { body: { name } });
    const first = await surface.call(admin(), 'GET', '/groups?limit=2');
    const { nextCursor } = first.json() as { nextCursor: string };
    const at = (token: string, path: string) => surface.call(token, 'GET', `${path}cursor=${nextCursor}`);
    assert.equal((await at(admin(), '/groups?')).statusCode, 200);
    assert.equal((await at(surface.globex.administrators['org-admin'].token, '/groups?')).statusCode, 400);
    assert.equal((await at(admin(), '/users?')).statusCode, 400);
    assert.equal((await at(admin(), '/audit?')).statusCode, 400);
    for (const made of [Buffer.from('["x"]').toString('base64url'), '', 'AAAA', nextCursor.slice(1)]) {
      const answer = await surface.call(admin(), 'GET', `/groups?cursor=${made}`);
      assert.equal(answer.statusCode, 400, made);
      assert.equal(answer.json().reason, 'bad-cursor');
    }
    const users = await surface.call(admin(), 'GET', '/audit?limit=1&action=groups');
    const filtered = users.json() as { nextCursor: string };
    const other = await surface.call(
      admin(),
      'GET',
      `/audit?limit=1&action=users&cursor=${filtered.nextCursor}`,
    );
    assert.equal(other.statusCode, 400, 'a cursor does not carry over to another filter');
  });

  test('lists page through everything once, in any page size', async () => {
    const whole = (await surface.call(admin(), 'GET', '/groups?limit=500')).json().items as { id: string }[];
    for (const limit of [1, 2, 500]) {
      const seen: string[] = [];
      let cursor = '';
      do {
        const page = await surface.call(admin(), 'GET', `/groups?limit=${limit}${cursor}`);
        const { items, nextCursor } = page.json() as { items: { id: string }[]; nextCursor?: string };
        seen.push(...items.map(({ id }) => id));
        cursor = nextCursor === undefined ? '' : `&cursor=${nextCursor}`;
      } while (cursor !== '');
      assert.deepEqual(
        seen,
        whole.map(({ id }) => id),
        `${limit} a page`,
      );
    }
    for (const limit of ['0', '501', '-1', 'x', '1.5']) {
      assert.equal((await surface.call(admin(), 'GET', `/groups?limit=${limit}`)).statusCode, 400, limit);
    }
  });

  test('ADM-20 a key repeats its own answer, refuses another body, and is nobody else’s', async () => {
    const headers = { 'idempotency-key': 'k-1' };
    const create = (token: string, name: string) =>
      surface.call(token, 'POST', '/groups', { body: { name }, headers });
    const [first, second] = [await create(admin(), 'once'), await create(admin(), 'once')];
    assert.equal(first.statusCode, 201);
    assert.deepEqual(second.json(), first.json());
    assert.equal(second.statusCode, 201);
    assert.equal(second.headers['idempotency-replayed'], 'true');
    const other = await create(admin(), 'another');
    assert.equal(other.statusCode, 422);
    assert.equal(other.json().reason, 'idempotency-key-reused');
    const somebody = await create(operator(), 'somebody else’s');
    assert.equal(somebody.statusCode, 201, somebody.body);
    const elsewhere = await create(surface.globex.administrators['org-admin'].token, 'once');
    assert.equal(elsewhere.statusCode, 201, elsewhere.body);
    const failed = { 'idempotency-key': 'k-2' };
    const taken = () => surface.call(admin(), 'POST', '/groups', { body: { name: 'once' }, headers: failed });
    assert.deepEqual(
      [(await taken()).statusCode, (await taken()).statusCode],
      [409, 409],
      'a failure is not kept',
    );
  });

  test('ADM-20 many at once with one key are done once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        surface.call(admin(), 'POST', '/groups', {
          body: { name: 'herd' },
          headers: { 'idempotency-key': 'herd' },
        }),
      ),
    );
    const created = new Set(
      answers.filter((answer) => answer.statusCode === 201).map((answer) => answer.json().id),
    );
    assert.equal(created.size, 1);
    assert.ok(answers.every(({ statusCode }) => statusCode === 201 || statusCode === 409));
  });

  test('ADM-20 an answer that shows a secret once is not kept', async () => {
    const headers = { 'idempotency-key': 'token-1' };
    const create = () =>
      surface.call(admin(), 'POST', '/tokens', {
        body: { role: 'auditor', expiresInSeconds: 3_600 },
        headers,
      });
    const first = await create();
    const { token } = first.json() as { token: string };
    const second = await create();
    assert.equal(second.json().reason, 'already-done');
    const superuser = await surface.db.superuser();
    const { rows } = await superuser.query('select k::text as row from idempotency_keys k');
    assert.ok(!rows.some(({ row }) => String(row).includes(token.slice(19, 62))));
  });

  test('ADM-20 keys are forgotten after a day', async () => {
    const superuser = await surface.db.superuser();
    await superuser.query(
      `update idempotency_keys set created_at = now() - interval '25 hours' where idempotency_key = 'k-1'`,
    );
    await superuser.query(`insert into throttles values ($1, '\\x00', now() - interval '2 hours')`, [
      surface.acme.id,
    ]);
    for (const task of adminTasks) await task.run(surface.deps);
    const { rows } = await superuser.query(
      `select (select count(*) from idempotency_keys where idempotency_key = 'k-1')::int as old,
         (select count(*) from idempotency_keys)::int as keys, (select count(*) from throttles where bucket = '\\x00')::int as buckets`,
    );
    assert.ok(rows[0].old === 0 && rows[0].keys > 0 && rows[0].buckets === 0, JSON.stringify(rows[0]));
  });

  test('text that cannot be stored is refused before it does harm', async () => {
    for (const name of ['a\u0000b', '\ud800', 'x\ud800y']) {
      const answer = await surface.call(admin(), 'POST', '/groups', {
        payload: JSON.stringify({ name }),
        headers: { 'content-type': 'application/json' },
      });
      assert.equal(answer.statusCode, 400, JSON.stringify(name));
    }
  });

  test('HTTP-14 every failure is the table’s row and no more', async () => {
    const codes = Object.keys(errorCodes) as ErrorCode[];
    const probe = await openProbe();
    for (const code of codes) {
      const answer = await probe.call(probe.acme.administrators.auditor.token, 'GET', `/probe/${code}`);
      const { status, title } = errorCodes[code];
      assert.equal(answer.statusCode, status);
      assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
      const { requestId, ...body } = answer.json() as Record<string, unknown>;
      assert.deepEqual(body, { type: `urn:gatehouse:problem:${code}`, title, status, detail: 'said', code });
      assert.equal(requestId, answer.headers['x-request-id']);
      assert.equal(answer.headers['retry-after'] !== undefined, errorCodes[code].retryable, code);
    }
    const unknown = await probe.call(probe.acme.administrators.auditor.token, 'GET', '/probe/unknown');
    assert.equal(unknown.statusCode, 500);
    assert.doesNotMatch(unknown.body, /secret|select|\/home|at /);
    const logged = probe.logged.find((line) => line.includes('secret detail'));
    assert.ok(logged?.includes(String(unknown.json().requestId)), 'the log has it under the same id');
    await probe[Symbol.asyncDispose]();
  });

  const openProbe = () =>
    openTestAdminSurface({
      more: [...Object.keys(errorCodes), 'unknown'].map(
        (code): AdminRoute => ({
          method: 'GET',
          path: `/probe/${code}`,
          operation: `probe-${code}`,
          tag: 'probe',
          summary: 'Fails as told',
          access: { permission: 'audit.read' },
          response: { 204: null },
          handle() {
            if (code === 'unknown') throw new Error('secret detail: select 1 from /home');
            throw new DomainError(code as ErrorCode, 'said');
          },
        }),
      ),
    });

  test('HTTP-15 no pattern of any schema takes long on 50,000 characters', () => {
    const patterns = new Set<string>();
    const collect = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      const { pattern } = value as { pattern?: unknown };
      if (typeof pattern === 'string') patterns.add(pattern);
      for (const child of Object.values(value)) collect(child);
    };
    for (const route of surface.routes)
      for (const part of [route.body, route.query, route.params]) collect(part);
    assert.ok(patterns.size > 8);
    const worst = ['a', '0', '-', ' ', '.', 'a-', 'aA0', ':', 'custom:', '0a.', '\\'].flatMap((unit) => {
      const text = unit.repeat(Math.ceil(50_000 / unit.length)).slice(0, 50_000);
      return [text, `${text}!`, `${text}\n`];
    });
    for (const pattern of patterns) {
      const expression = new RegExp(pattern, 'u');
      for (const text of worst) {
        const began = performance.now();
        expression.test(text);
        // Measured with care only where it was not quick: a pause of the machine is not the pattern's.
        if (performance.now() - began < 5) continue;
        const ms = costOf(() => expression.test(text));
        assert.ok(ms < 5, `${pattern} on ${text.slice(0, 8)}…: ${ms} ms`);
      }
    }
  });

  test('HTTP-16 no answer may be kept, sniffed or framed, and an unknown suffix is nothing', async () => {
    for (const path of [
      '/me',
      '/users',
      '/openapi.json',
      '/nowhere',
      '/me/x.css',
      '/users.json',
      '/audit/export',
    ]) {
      const answer = await surface.call(admin(), 'GET', path);
      assert.equal(answer.headers['cache-control'], 'no-store', path);
      assert.equal(answer.headers['x-content-type-options'], 'nosniff', path);
      assert.ok(answer.headers['content-security-policy'], path);
      assert.equal(answer.headers['access-control-allow-origin'], undefined, path);
    }
    for (const path of ['/me/x.css', '/users.json', '/nowhere']) {
      assert.equal((await surface.call(admin(), 'GET', path)).statusCode, 404, path);
    }
    const refused = await surface.call(undefined, 'GET', '/me');
    assert.equal(refused.headers['www-authenticate'], 'Bearer realm="Gatehouse"');
  });

  test('the description of the API names every route, its permission and what it answers', async () => {
    const answer = await surface.call(undefined, 'GET', '/openapi.json');
    const document = answer.json() as {
      openapi: string;
      paths: Record<string, Record<string, { operationId: string; responses: object; security?: object[] }>>;
    };
    assert.match(document.openapi, /^3\.1\./);
    const described = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map((each) => each.operationId),
    );
    // The stream of events is no route of the list: its answer does not end (event-stream.ts).
    const routes = [...surface.routes.map(({ operation }) => operation), 'followEvents'];
    assert.deepEqual(described.toSorted(), routes.toSorted());
    assert.deepEqual(document.paths['/api/v1/session']?.['post']?.security, []);
    for (const route of surface.routes) {
      const path = document.paths[`/api/v1${route.path.replaceAll(/:(\w+)/g, '{$1}')}`];
      assert.ok(path?.[route.method.toLowerCase()]?.responses, route.operation);
    }
    assert.doesNotMatch(answer.body, /gth_(?:api|ses|inv)_[0-9a-z]{10}_/);
  });
});
