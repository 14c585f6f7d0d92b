import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { agentPaths } from '@gatehouse/contracts/agent.ts';
import type { SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import type { LightMyRequestResponse } from 'fastify';
import { adminRoutes } from '../../src/surfaces/admin/routes.ts';
import { createForeignThings, fillPath, type ThingIds } from '../../src/surfaces/admin/test-things.ts';
import { composeServer, type ComposedServer } from './composed-server.ts';
import { type FaultKind, faultText, makeDatabaseFaulty, mendDatabase, withFault } from './faulty-database.ts';

const password = 'plinth ocelot quaver tumbril';

interface Call {
  readonly listener: 'main' | 'device';
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string;
}

const upTo = (count: number) => Array.from({ length: count }, (_, step) => step);
/** A cut costs a new connection each time. */
const someSteps = { throws: upTo(4), fails: upTo(8), cut: [4] } as const;
const allSteps = { throws: upTo(20), fails: upTo(20), cut: upTo(12) } as const;

describe('a fault inside one call', () => {
  let server: ComposedServer;
  let token = '';
  let things: ThingIds;
  let agent: SimulatedAgent;
  let stray = 0;
  const countStray = () => {
    stray += 1;
  };

  before(async () => {
    server = await composeServer({
      // The device’s certificate in a header lets a test be a device without a connection.
      env: {
        GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1',
        GATEHOUSE_CLIENT_CERTIFICATE_HEADER: 'nginx',
        // Where examples have their network devices; nobody is there.
        GATEHOUSE_OUTBOUND_ALLOW: '192.0.2.0/24',
      },
    });
    await server.addOrganization('acme');
    // Named in examples: what is refused without a fault proves nothing.
    await server.operate('POST', '/users', { email: 'ann@acme.example' }, 'acme');
    await server.addAdministrator('acme', 'ise@acme.example', 'nac-service', password);
    const auditor = await server.addAdministrator('acme', 'auditor@acme.example', 'auditor', password);
    const made = await server.operate(
      'POST',
      '/tokens',
      { role: 'org-admin', expiresInSeconds: 86_400 },
      'acme',
    );
    token = (made.json() as { token: string }).token;
    const id = (await server.operate('GET', '/organization', undefined, 'acme')).json().id as string;
    const surface = {
      db: server.db,
      deps: { sealer: server.sealer },
      call: (_token: string, method: string, path: string, { body }: { body?: unknown } = {}) =>
        call({ listener: 'main', method, url: `/api/v1${path}`, ...json(body) }),
    };
    const administrators = { 'org-admin': { token }, auditor: { id: auditor } };
    things = await createForeignThings(surface as never, { id, slug: 'acme', administrators } as never);
    // A job that is retried comes back by itself, whenever it likes.
    things = { ...things, jobId: '999999' };
    agent = await server.enrol('acme');
    makeDatabaseFaulty();
    process.on('unhandledRejection', countStray);
    process.on('uncaughtException', countStray);
  });
  after(async () => {
    mendDatabase();
    process.off('unhandledRejection', countStray);
    process.off('uncaughtException', countStray);
    await server[Symbol.asyncDispose]();
  });

  const json = (body: unknown) =>
    body === undefined
      ? { headers: { authorization: `Bearer ${token}` } }
      : {
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          payload: JSON.stringify(body),
        };

  async function call({
    listener,
    method,
    url,
    headers = {},
    payload,
  }: Call): Promise<LightMyRequestResponse> {
    return await server.application[listener].inject({
      method: method as 'GET',
      url,
      headers: { host: 'localhost', ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
  }

  /** Fails at the first step, the second, and so on, until the call has no more. @returns how many there were */
  async function strikeEverywhere(
    what: Call,
    steps: Readonly<Record<FaultKind, readonly number[]>>,
  ): Promise<number> {
    let struck = 0;
    for (const [kind, at] of Object.entries(steps) as [FaultKind, number[]][]) {
      const refusals: string[] = [];
      for (const step of at) {
        const { result, fired } = await withFault(kind, step, () => call(what).catch(cutShort));
        if (!fired) break;
        struck += 1;
        if (result === undefined) continue;
        const about = `${what.method} ${what.url}, ${kind} at step ${step}: ${result.statusCode} ${result.body}`;
        assert.ok(result.statusCode >= 400, about);
        assert.ok(!result.body.includes(faultText) && !result.body.includes('secret'), about);
        if (result.statusCode < 500) refusals.push(about);
      }
      // A fault after a refusal, in the rollback or in its record, leaves the refusal as it is; no other call may be refused.
      if (refusals.length > 0) assert.ok((await call(what)).statusCode >= 400, refusals.join('\n'));
    }
    return struck;
  }

  /** A download that has begun can only be broken off, so that nobody takes a part for the whole. */
  function cutShort(error: NodeJS.ErrnoException): undefined {
    assert.equal(error.code, 'LIGHT_ECONNRESET');
  }

  async function nothingStrayed(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(stray, 0, 'an error reached nobody: in the real process it would have ended the server');
  }

  test('HTTP-13 every route of the API answers 5xx to a fault at any step, and goes on', async () => {
    const order = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
    const routes = adminRoutes({} as never).toSorted(
      (one, other) => order.indexOf(one.method) - order.indexOf(other.method),
    );
    let struck = 0;
    for (const route of routes) {
      const upload =
        route.upload === undefined
          ? json(route.body === undefined ? undefined : (route.example ?? {}))
          : {
              headers: { authorization: `Bearer ${token}`, 'content-type': [route.upload].flat()[0] ?? '' },
              payload: 'email\nx@acme.example\n',
            };
      const url = `/api/v1${fillPath(route, things)}`;
      struck += await strikeEverywhere({ listener: 'main', method: route.method, url, ...upload }, someSteps);
    }
    assert.ok(struck > routes.length * 4, `${struck} faults on ${routes.length} routes`);
    await nothingStrayed();
    const still = await call({ listener: 'main', method: 'GET', url: '/api/v1/users', ...json(undefined) });
    assert.equal(still.statusCode, 200);
  });

  test('HTTP-13 so do the network’s questions, enrolment, set-up, and everything that devices send', async () => {
    const certificate = { 'x-ssl-client-cert': encodeURIComponent(agent.memory.identity?.chain[0] ?? '') };
    const device = { ...certificate, 'content-type': 'application/json' };
    const basic = `Basic ${Buffer.from(`ise@acme.example:${password}`).toString('base64')}`;
    const report = (counter: number) =>
      JSON.stringify({
        counter,
        bootId: agent.computer.bootId,
        sentAt: Date.now(),
        scans: [{ scan: 'security', observedAt: Date.now(), facts: { 'storage.encrypted': true } }],
      });
    const calls: Call[] = [
      { listener: 'main', method: 'GET', url: '/ciscoise/mdminfo', headers: { authorization: basic } },
      {
        listener: 'main',
        method: 'GET',
        url: '/acme/ciscoise/mdmapi/v3/devices/?paging=0&querycriteria=macaddress&value=0A0000000001&filter=all',
        headers: { authorization: basic },
      },
      // RAD-07: never 404, which would be an unknown device
      ...['authorize', 'post-auth', 'accounting'].map((question): Call => {
        const { headers, ...body } = json({
          'Calling-Station-Id': { value: ['0A-00-00-00-00-01'] },
          'Acct-Status-Type': { value: ['Start'] },
          'Acct-Session-Id': { value: ['1'] },
          'NAS-IP-Address': { value: ['192.0.2.1'] },
        });
        return {
          listener: 'main',
          method: 'POST',
          url: `/nac/v1/radius/acme/${question}`,
          headers: { ...headers, authorization: basic },
          ...body,
        };
      }),
      { listener: 'main', method: 'POST', url: '/agent/v1/enroll/acme/begin', ...json({ x: 1 }) },
      {
        listener: 'main',
        method: 'POST',
        url: '/setup/begin',
        ...json({ token: `gth_inv_0123456789_${'a'.repeat(43)}_00000a` }),
      },
      { listener: 'device', method: 'POST', url: agentPaths.checkIn, headers: device, payload: report(1) },
      { listener: 'device', method: 'GET', url: agentPaths.commands, headers: certificate },
      {
        listener: 'device',
        method: 'POST',
        url: agentPaths.commandResult.replace('{commandId}', '01930000-0000-7000-8000-000000000001'),
        headers: device,
        payload: JSON.stringify({ state: 'acknowledged' }),
      },
      {
        listener: 'device',
        method: 'POST',
        url: agentPaths.unenroll,
        headers: device,
        payload: JSON.stringify({ cause: 'user' }),
      },
    ];
    const struck: Record<string, number> = {};
    for (const what of calls) struck[what.url] = await strikeEverywhere(what, allSteps);
    assert.ok((struck[agentPaths.checkIn] ?? 0) > 6, JSON.stringify(struck));
    await nothingStrayed();
    assert.ok(
      server.logged.some((line) => line.includes(faultText)),
      'the log says what it was',
    );
  });
});
