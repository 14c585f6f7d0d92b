import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { builtInRoles, roleCatalogue } from '@gatehouse/core/permissions/roles.ts';
import type { AdminRoute } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { createToken } from '../../modules/administrators/index.ts';
import { openTestAdminSurface, type TestAdminSurface } from './test-surface.ts';
import { createForeignThings, fillPath, type ThingIds } from './test-things.ts';

/** What a caller sees of a refusal, without what is different in every answer. */
function outcome(answer: { statusCode: number; body: string }): string {
  const body = answer.body === '' ? {} : (JSON.parse(answer.body) as Record<string, unknown>);
  delete body['requestId'];
  return JSON.stringify([answer.statusCode, body]);
}

describe('who may call the admin API', () => {
  let surface: TestAdminSurface;
  let things: ThingIds;

  before(async () => {
    surface = await openTestAdminSurface();
    things = await createForeignThings(surface, surface.acme);
  });
  after(() => surface[Symbol.asyncDispose]());

  const absent: ThingIds = new Proxy(
    {},
    {
      get: (_target, name) => (typeof name === 'string' ? absentId(name, things) : undefined),
    },
  );

  function request(route: AdminRoute, ids: ThingIds, token: string | undefined, role = '') {
    const upload = route.upload === undefined ? {} : { 'content-type': [route.upload].flat()[0] ?? '' };
    return surface.call(token, route.method, fillPath(route, ids), {
      ...(route.body === undefined ? {} : { body: route.example ?? {} }),
      ...(route.upload === undefined ? {} : { payload: 'x\n', headers: upload }),
      ...(role === '' ? {} : { headers: { 'gatehouse-organization': role, ...upload } }),
    });
  }

  test('every route that names a thing has an example body and a thing of that kind to try', () => {
    for (const route of surface.routes) {
      for (const [, name = ''] of route.path.matchAll(/:(\w+)/g)) {
        assert.ok(things[name], `${route.operation}: add a thing for :${name} to test-things.ts`);
      }
      const required = (route.body as { required?: string[] } | undefined)?.required ?? [];
      if (required.length > 0) assert.ok(route.example, `${route.operation} needs an example body`);
    }
  });

  test('operations have names of their own', () => {
    const names = surface.routes.map((route) => route.operation);
    assert.deepEqual(names.toSorted(), [...new Set(names)].toSorted());
  });

  test('HTTP-01 the routes that nobody needs to be known for are these, each for a reason', () => {
    const open = surface.server.routeTable.filter(({ access }) => 'public' in access);
    assert.deepEqual(open.map(({ method, url }) => `${method} ${url}`).toSorted(), [
      'GET /api/v1/openapi.json',
      'POST /api/v1/session',
      'POST /api/v1/session/passkey',
      'POST /api/v1/session/passkey-challenge',
    ]);
    for (const { access } of open) assert.ok('public' in access && access.public.length > 20);
    const known = surface.server.routeTable
      .filter(({ access }) => 'authenticated' in access)
      .map(({ method, url }) => `${method} ${url}`)
      .filter((name) => !/^\w+ \/api\/v1\/(?:me|session)(?:\/|$)/.test(name));
    // The permission depends on the command; the use-case asks for it.
    assert.deepEqual(known, ['POST /api/v1/devices/:deviceId/commands', 'POST /api/v1/commands']);
  });

  test('HTTP-01 no spelling of any route answers without a credential', async () => {
    const isPublic = (verb: string, path: string) =>
      surface.server.routeTable.some(
        ({ method, url, access }) => method === verb && url === path && 'public' in access,
      );
    for (const { method, url, access } of surface.server.routeTable) {
      if ('public' in access) continue;
      const path = url.replaceAll(/:(\w+)/g, (_all, name: string) => things[name] ?? 'x');
      for (const spelling of spellings(path)) {
        for (const verb of new Set([method, 'GET', 'HEAD', 'POST', 'OPTIONS'])) {
          if (isPublic(verb, path)) continue;
          const answer = await surface.server.inject({ method: verb as 'GET', url: spelling });
          assert.ok(answer.statusCode >= 400, `${verb} ${spelling}: ${answer.statusCode}`);
        }
      }
    }
  });

  test('HTTP-07 nobody, an unknown, an expired and a revoked token are all told the same on every route', async () => {
    const expired = await createToken(surface.deps, surface.operator(surface.acme), {
      role: 'org-admin',
      expiresInSeconds: 60,
    });
    const revoked = await createToken(surface.deps, surface.operator(surface.acme), {
      role: 'org-admin',
      expiresInSeconds: 86_400,
    });
    assert.equal((await surface.call(revoked.token, 'GET', '/me')).statusCode, 200);
    const admin = surface.acme.administrators['org-admin'].token;
    assert.equal((await surface.call(admin, 'DELETE', `/tokens/${revoked.id}`)).statusCode, 204);
    surface.advance(61_000);
    const unknown = expired.token.replace(/_[0-9a-z]{10}_/, '_aaaaaaaaaa_');
    for (const route of surface.routes) {
      if ('public' in route.access) continue;
      const answers = new Set<string>();
      for (const token of [unknown, expired.token, revoked.token]) {
        answers.add(outcome(await request(route, things, token)));
      }
      assert.equal(answers.size, 1, route.operation);
      assert.match([...answers].join(), /^\[401,/, route.operation);
      assert.match(outcome(await request(route, things, undefined)), /^\[401,/, route.operation);
    }
  });

  test('HTTP-07 every role gets 403 on every route that its permissions do not cover', async () => {
    for (const route of surface.routes) {
      if (!('permission' in route.access)) continue;
      const { permission } = route.access;
      for (const role of builtInRoles) {
        const has = (roleCatalogue[role].permissions as readonly string[]).includes(permission);
        if (has) continue;
        const answer = await request(route, things, surface.acme.administrators[role].token);
        assert.equal(answer.statusCode, 403, `${role} ${route.operation}`);
        assert.equal(answer.json().reason, 'permission-missing');
      }
    }
    for (const role of ['auditor', 'nac-service'] as const) {
      const { token } = surface.acme.administrators[role];
      for (const ids of [things, absent]) {
        const answer = await surface.call(token, 'POST', `/devices/${ids['deviceId']}/commands`, {
          body: { name: 'lock-device' },
        });
        assert.equal(answer.statusCode, 403, `${role} queueCommand: ${answer.body}`);
      }
    }
  });

  test('HTTP-07 what belongs to another organization and what does not exist get the same answer', async () => {
    const { token } = surface.globex.administrators['org-admin'];
    for (const route of surface.routes) {
      if (!route.path.includes(':') || route.path.startsWith('/me/')) continue;
      const foreign = await request(route, things, token);
      const missing = await request(route, absent, token);
      assert.equal(foreign.statusCode, 404, `${route.operation}: ${foreign.body}`);
      assert.equal(mask(outcome(foreign), things), mask(outcome(missing), absent), route.operation);
    }
  });

  test('HTTP-07 nobody but an operator enters another organization, and a foreign one looks like none', async () => {
    for (const role of ['org-admin', 'help-desk', 'auditor', 'nac-service'] as const) {
      const { token } = surface.globex.administrators[role];
      for (const path of ['/me', '/users', '/organization']) {
        const foreign = await surface.call(token, 'GET', path, {
          headers: { 'gatehouse-organization': 'acme' },
        });
        const missing = await surface.call(token, 'GET', `${path}?organization=nowhere`);
        assert.equal(foreign.statusCode, 404, `${role} ${path}`);
        assert.equal(outcome(foreign).replaceAll('acme', 'X'), outcome(missing).replaceAll('nowhere', 'X'));
      }
    }
    const operator = surface.globex.administrators['system-admin'].token;
    const entered = await surface.call(operator, 'GET', '/organization?organization=acme');
    assert.equal(entered.json().slug, 'acme');
  });

  test('ADM-23 an operator who enters an organization leaves a trace that it can see', async () => {
    const { id, token } = surface.globex.administrators['system-admin'];
    await surface.call(token, 'GET', '/users?organization=acme');
    const auditor = surface.acme.administrators.auditor.token;
    const list = await surface.call(auditor, 'GET', '/audit?action=organizations.enter');
    const entries = list.json().items as { actor: { kind: string }; show: { from: string } }[];
    assert.ok(
      entries.some((entry) => entry.actor.kind === 'token' && entry.show.from === surface.globex.id),
      id,
    );
  });

  test('ADM-05 what a token may do shrinks with the administrator behind it, at once', async () => {
    const { id, token } = surface.acme.administrators['help-desk'];
    assert.equal((await surface.call(token, 'GET', '/users')).statusCode, 200);
    const admin = surface.acme.administrators['org-admin'].token;
    const change = await surface.call(admin, 'PATCH', `/administrators/${id}`, {
      body: { role: 'nac-service' },
    });
    assert.equal(change.statusCode, 200);
    assert.equal((await surface.call(token, 'GET', '/users')).statusCode, 403);
    await surface.call(admin, 'PATCH', `/administrators/${id}`, { body: { role: 'help-desk' } });
    assert.equal((await surface.call(token, 'GET', '/users')).statusCode, 200);
  });

  test('the local operator names the organization, and is on the record by user id', async () => {
    const without = await surface.local.inject('/api/v1/users');
    assert.equal(without.statusCode, 400);
    assert.equal(without.json().reason, 'organization-required');
    const created = await surface.local.inject({
      method: 'POST',
      url: '/api/v1/groups?organization=acme',
      payload: { name: 'made locally' },
    });
    assert.equal(created.statusCode, 201, created.body);
    const auditor = surface.acme.administrators.auditor.token;
    const list = await surface.call(auditor, 'GET', '/audit?action=groups.create&limit=1');
    assert.deepEqual(list.json().items[0].actor, { kind: 'local', id: '1000' });
    assert.equal(list.json().items[0].via, 'cli');
    const token = await surface.local.inject({
      url: '/api/v1/me',
      headers: { authorization: `Bearer ${surface.acme.administrators.auditor.token}` },
    });
    assert.equal(token.json().kind, 'local', 'no other way in on the local socket');
  });
});

/** An id of the same form that nothing has. */
function absentId(name: string, things: ThingIds): string {
  const id = things[name] ?? '';
  if (/^[0-9a-f]{8}-/.test(id)) return newId();
  return [...id].map((char) => (/[0-9]/.test(char) ? String((Number(char) + 5) % 10) : char)).join('');
}

const mask = (text: string, ids: ThingIds): string =>
  Object.keys(ids).reduce((masked, name) => masked.replaceAll(ids[name] ?? '\0', `:${name}`), text);

function spellings(path: string): string[] {
  const middle = path.indexOf('/', 5);
  return [
    path,
    `${path}/`,
    `${path}//`,
    `/${path}`,
    `${path}.`,
    `${path}%20`,
    `${path}%00`,
    `${path};a=b`,
    `${path}.json`,
    `${path}?x=1`,
    `${path}%2e`,
    `${path}%2f`,
    `${path}/..;/users`,
    `/api/v1/../v1${path.slice(7)}`,
    `/api/v1/x/..%2f${path.slice(8)}`,
    `/api/v1/%2e%2e/v1${path.slice(7)}`,
    `/api/./v1${path.slice(7)}`,
    path.toUpperCase(),
    path.replace('/api', '/Api'),
    path.replace('/v1', '/V1'),
    `${path.slice(0, middle)}/${path.slice(middle)}`,
    path.replace('/api', '/%61pi'),
    path.replace('v1/', 'v1\\'),
  ];
}
