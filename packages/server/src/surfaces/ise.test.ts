import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openCiscoIse } from '../integrations/network-access/cisco-ise/index.ts';
import { queueCommand } from '../modules/commands/index.ts';
import { goodPassword, openTestAdminSurface, type TestAdminSurface } from './admin/test-surface.ts';
import { registerIseSurface } from './ise.ts';

describe('the surface for network access controllers beside the others', () => {
  let surface: TestAdminSurface;
  const userName = 'nac-service@acme.example';
  const basic = (password = goodPassword) =>
    `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;

  before(async () => {
    surface = await openTestAdminSurface({
      prepare: (server, deps) =>
        registerIseSurface(
          server,
          openCiscoIse({
            ...deps,
            productVersion: '0',
            pagingKey: Buffer.alloc(32, 1),
            queue: (principal, deviceId, { name, params }, permission) =>
              queueCommand(deps, principal, { deviceId, name, params }, { permission, via: 'nac' }),
            mayFullWipe: async () => false,
          }),
        ),
    });
  });
  after(() => surface[Symbol.asyncDispose]());

  const get = (url: string, authorization: string | undefined) =>
    surface.server.inject({
      method: 'GET',
      url,
      headers: authorization === undefined ? {} : { authorization },
    });

  test('every address takes the account’s permission to ask, and none is open', () => {
    const routes = surface.server.routeTable.filter(({ url }) => url.includes('ciscoise'));
    assert.ok(routes.length >= 2);
    for (const { access } of routes) assert.deepEqual(access, { permission: 'nac.query' });
  });

  test('ISE-02 the network’s password opens nothing else', async () => {
    assert.equal((await get('/ciscoise/mdminfo', basic())).statusCode, 200);
    const session = await surface.call(undefined, 'POST', '/session', {
      body: { organization: 'acme', email: userName, password: goodPassword },
    });
    assert.equal(session.statusCode, 401);
    for (const route of surface.routes) {
      if ('public' in route.access) continue;
      const answer = await surface.server.inject({
        method: route.method,
        url: `/api/v1${route.path.replaceAll(/:\w+/g, '01930000-0000-7000-8000-000000000001')}`,
        headers: { authorization: basic() },
      });
      assert.equal(answer.statusCode, 401, `${route.operation}: ${answer.body}`);
    }
  });

  test('ISE-02 tokens and sessions of the admin API open nothing here', async () => {
    for (const { token } of Object.values(surface.acme.administrators)) {
      assert.equal((await get('/ciscoise/mdminfo', `Bearer ${token}`)).statusCode, 401);
      const asPassword = `Basic ${Buffer.from(`${userName}:${token}`).toString('base64')}`;
      const answer = await surface.server.inject({
        url: '/ciscoise/mdminfo',
        remoteAddress: '192.0.2.77',
        headers: { authorization: asPassword },
      });
      assert.ok([401, 429].includes(answer.statusCode));
    }
  });

  test('LOG-T01 no password, header, user name or address of a device reaches the log', async () => {
    surface.logged.length = 0;
    const mac = '0A1B2C3D4E5F';
    const query = (value: string) =>
      `/ciscoise/mdmapi/v3/devices/?paging=0&querycriteria=macaddress&value=${value}&filter=all`;
    await get(query(mac), basic());
    await get(query(`${mac}x`), basic());
    await get(query(mac), basic('canary-password'));
    await get(`/nowhere/ciscoise/devices/0/username/canary-user/all`, basic());
    await surface.server.inject({
      method: 'POST',
      url: '/ciscoise/mdmapi/v3/action/actionType=pin_lock',
      headers: { authorization: basic(), 'content-type': 'application/xml' },
      payload: `<ise_api><identifier><macaddress>${mac}</macaddress></identifier><x>canary-body</ise_api>`,
    });
    const log = surface.logged.join('\n');
    assert.ok(log.length > 0, 'refusals are logged');
    const secrets = [
      goodPassword,
      basic().slice(6),
      basic('canary-password').slice(6),
      'canary',
      userName,
      mac,
    ];
    for (const secret of secrets) assert.ok(!log.includes(secret), secret);
  });
});
