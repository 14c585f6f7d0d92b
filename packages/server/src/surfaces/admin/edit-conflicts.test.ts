import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closed } from '@gatehouse/contracts/admin/values.ts';
import { Type } from 'typebox';
import { defineRoute } from '../../kernel/http/route.ts';
import { findEditedThings } from './edit-conflicts.ts';
import { openTestAdminSurface, type TestAdminSurface } from './test-surface.ts';

describe('edits that must not overwrite each other', () => {
  let surface: TestAdminSurface;
  const Thing = Type.Object({ text: Type.String() }, closed);
  let thing = { text: 'old' };
  const described = { tag: 'test', path: '/test/thing', access: { permission: 'devices.read' } } as const;
  const more = [
    defineRoute({
      ...described,
      method: 'GET',
      operation: 'readTestThing',
      summary: 'Read',
      response: { 200: Thing },
      handle: () => thing,
    }),
    defineRoute({
      ...described,
      method: 'PATCH',
      operation: 'changeTestThing',
      summary: 'Change',
      body: Thing,
      response: { 200: Thing },
      idempotency: 'replay',
      handle: ({ body }) => (thing = body),
    }),
  ];
  before(async () => {
    surface = await openTestAdminSurface({ more });
  });
  after(() => surface[Symbol.asyncDispose]());

  const admin = () => surface.acme.administrators['org-admin'].token;
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    surface.call(admin(), method, path, { ...(body === undefined ? {} : { body }), headers });
  async function newGroup(name: string): Promise<{ path: string; etag: string }> {
    const created = await call('POST', '/groups', { name });
    const path = `/groups/${created.json().id}`;
    return { path, etag: await etagOf(path) };
  }
  async function etagOf(path: string): Promise<string> {
    const { etag } = (await call('GET', path)).headers;
    assert.match(String(etag), /^"[\w-]{27}"$/, path);
    return String(etag);
  }

  test('a change that names what its editor saw is carried out, and answers the new name', async () => {
    const { path, etag } = await newGroup('seen');
    assert.equal(await etagOf(path), etag, 'the same thing has the same name');
    const changed = await call('PATCH', path, { description: 'one' }, { 'if-match': etag });
    assert.equal(changed.statusCode, 200, changed.body);
    assert.notEqual(changed.headers['etag'], etag);
    assert.equal(changed.headers['etag'], await etagOf(path));
    const again = await call(
      'PATCH',
      path,
      { description: 'two' },
      {
        'if-match': `"other", W/${String(changed.headers['etag'])}`,
      },
    );
    assert.equal(again.statusCode, 200, 'one of several, made weak by a proxy that compresses');
    assert.equal((await call('DELETE', path, undefined, { 'if-match': '*' })).statusCode, 204);
  });

  test('a change of what is another meanwhile is refused, and changes nothing', async () => {
    const { path, etag } = await newGroup('contested');
    assert.equal(
      (await call('PATCH', path, { description: 'theirs' })).statusCode,
      200,
      'without the header',
    );
    for (const [method, body] of [
      ['PATCH', { description: 'mine' }],
      ['DELETE', undefined],
    ] as const) {
      const refused = await call(method, path, body, { 'if-match': etag });
      assert.equal(refused.statusCode, 412, refused.body);
      assert.equal(refused.json().code, 'precondition-failed');
      assert.equal(refused.json().reason, 'changed-meanwhile');
    }
    assert.equal((await call('GET', path)).json().description, 'theirs');
    for (const header of ['theirs', '"a" "b"', `"${'a'.repeat(1000)}"`, ''])
      assert.equal(
        (await call('PATCH', path, { description: 'x' }, { 'if-match': header })).statusCode,
        400,
        header,
      );
  });

  test('the refusal says which version there is now', async () => {
    const created = await call('POST', '/policies', { name: 'Phones', settings: {} });
    assert.equal(created.statusCode, 201, created.body);
    const path = `/policies/${created.json().id}`;
    const etag = await etagOf(path);
    const theirs = await call('PATCH', path, { description: 'theirs' });
    assert.equal(theirs.statusCode, 200, theirs.body);
    const refused = await call('PATCH', path, { description: 'mine' }, { 'if-match': etag });
    const { version, updatedAt } = (await call('GET', path)).json();
    assert.deepEqual(refused.json().context, { version, updatedAt });
  });

  test('of many edits at once with the same name exactly one is carried out', async () => {
    const settings = '/organization/settings';
    for (const { path, etag, body } of [
      { ...(await newGroup('herd')), body: (n: number) => ({ description: `by ${n}` }) },
      { path: settings, etag: await etagOf(settings), body: (n: number) => ({ tokenMaximumDays: n + 1 }) },
    ]) {
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, n) => call('PATCH', path, body(n), { 'if-match': etag })),
      );
      const statuses = answers.map(({ statusCode }) => statusCode).sort((a, b) => a - b);
      assert.deepEqual(statuses, [200, ...Array.from({ length: 11 }, () => 412)], path);
    }
  });

  test('what changes by itself stops no editor: an administrator signs in, and the edit goes on', async () => {
    const path = `/administrators/${surface.acme.administrators.auditor.id}`;
    const etag = await etagOf(path);
    const superuser = await surface.db.superuser();
    await superuser.query('update administrators set last_sign_in_at = now() where administrator_id = $1', [
      surface.acme.administrators.auditor.id,
    ]);
    assert.equal(await etagOf(path), etag);
  });

  test('a name is of one thing in one organization', async () => {
    const [one, other] = [await newGroup('twin 1'), await newGroup('twin 2')];
    assert.notEqual(one.etag, other.etag);
    assert.equal(
      (await call('PATCH', one.path, { description: 'x' }, { 'if-match': other.etag })).statusCode,
      412,
    );
    const foreign = await surface.call(surface.globex.administrators['org-admin'].token, 'PATCH', one.path, {
      body: { description: 'x' },
      headers: { 'if-match': one.etag },
    });
    assert.equal(foreign.statusCode, 404, 'and learns nothing of it');
  });

  test('a request that is repeated with its key gets its answer, not a conflict with itself', async () => {
    const etag = await etagOf('/test/thing');
    const headers = { 'if-match': etag, 'idempotency-key': 'edit-1' };
    const first = await call('PATCH', '/test/thing', { text: 'new' }, headers);
    assert.equal(first.statusCode, 200, first.body);
    assert.notEqual(await etagOf('/test/thing'), etag);
    const second = await call('PATCH', '/test/thing', { text: 'new' }, headers);
    assert.deepEqual([second.statusCode, second.json()], [200, { text: 'new' }]);
    assert.equal(second.headers['idempotency-replayed'], 'true');
    const other = await call('PATCH', '/test/thing', { text: 'newer' }, { 'if-match': etag });
    assert.equal(other.statusCode, 412);
  });

  test('each thing that can be read and changed at one address has a name, and the description says so', async () => {
    const things = findEditedThings(surface.routes);
    for (const path of ['/devices/:deviceId', '/roles/:roleId', '/mail-settings', '/network-access/settings'])
      assert.ok(things.has(path), path);
    const { paths } = (await surface.server.inject('/api/v1/openapi.json')).json() as {
      paths: Record<string, Record<string, { description?: string }>>;
    };
    for (const path of things.keys()) {
      const described =
        paths[`/api/v1${path.replace(/:(\w+)/g, '{$1}')}`] ?? paths[path.replace(/:(\w+)/g, '{$1}')];
      assert.match(described?.['get']?.description ?? '', /ETag/, path);
    }
  });
});
