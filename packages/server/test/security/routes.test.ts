import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent as PlainAgent, type IncomingMessage, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { connect } from 'node:tls';
import { after, before, describe, test } from 'node:test';
import { readConfig } from '../../src/config.ts';
import { composeServer, type ComposedServer, type Listener, listeners } from './composed-server.ts';
import { publicRoutes } from './public-routes.ts';

/** One thing written in many ways: what some router, proxy or file system somewhere takes for the same. */
function spellings(path: string): string[] {
  const parts = path.split('/');
  const [first = '', second = ''] = parts.slice(1);
  const rest = parts
    .slice(2)
    .map((part) => `/${part}`)
    .join('');
  const last = parts.at(-1) ?? '';
  return [
    path,
    `${path}/`,
    `/${path}`,
    `/${first}/${rest}`,
    `${path};x=y`,
    `/${first};x${rest}`,
    `/${first}/..;/${first}${rest}`,
    `/${first}/../${first}${rest}`,
    `/./${first}${rest}`,
    `/%2e/${first}${rest}`,
    `/${first}%2f${rest.slice(1)}`,
    `/${first}\\${rest.slice(1)}`,
    `${path}.`,
    `${path}%20`,
    `${path}%00`,
    `${path}.json`,
    `${path}?public=1`,
    `${path}#x`,
    path.toUpperCase(),
    path.replace(first, `${first.slice(0, 1).toUpperCase()}${first.slice(1)}`),
    path.replace(second || first, (word) => `%${word.charCodeAt(0).toString(16)}${word.slice(1)}`),
    path.replace(last, `x/../${last}`),
    `http://localhost${path}`,
  ];
}

const otherMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];

describe('what is open', () => {
  let server: ComposedServer;
  let tls: TlsAgent;
  let plain: PlainAgent;
  before(async () => {
    server = await composeServer();
    tls = new TlsAgent({ keepAlive: true, maxSockets: 12, ca: server.ca });
    plain = new PlainAgent({ keepAlive: true, maxSockets: 12 });
  });
  after(async () => {
    tls.destroy();
    plain.destroy();
    await server[Symbol.asyncDispose]();
  });

  function status(listener: Listener, method: string, path: string): Promise<number> {
    const target =
      listener === 'local'
        ? { socketPath: server.localSocket }
        : { host: 'localhost', port: server.ports[listener] };
    const encrypted = listener === 'main' || listener === 'device';
    return new Promise((resolve, reject) => {
      const answered = (message: IncomingMessage) => {
        message.resume().on('end', () => resolve(message.statusCode ?? 0));
        message.on('error', reject);
      };
      const options = { ...target, method, path };
      const call = encrypted
        ? tlsRequest({ ...options, agent: tls }, answered)
        : plainRequest({ ...options, agent: plain }, answered);
      call.on('error', reject).end();
    });
  }

  test('HTTP-01 the routes that nobody needs to be known for are those of the reviewed list, for its reasons', () => {
    for (const listener of listeners) {
      const open = server.application[listener].routeTable.flatMap(({ method, url, access }) =>
        'public' in access ? [[`${method} ${url}`, access.public] as const] : [],
      );
      assert.deepEqual(Object.fromEntries(open), publicRoutes[listener], listener);
    }
  });

  // All that the operations listener has is in the list.
  for (const listener of ['main', 'device', 'local'] as const) {
    test(`HTTP-01 no spelling of any route of the listener “${listener}” lets anybody in without a credential`, async () => {
      const routes = server.application[listener].routeTable;
      const calls: [string, string][] = [];
      for (const [index, { method, url, access }] of routes.entries()) {
        if ('public' in access) continue;
        const path = url
          .replaceAll(/:organization\b/g, 'acme')
          .replaceAll(/:\w+/g, '01930000-0000-7000-8000-000000000001')
          .replace('*', 'mdminfo');
        for (const spelling of spellings(path)) calls.push([method, spelling]);
        const other = otherMethods[index % otherMethods.length] ?? 'GET';
        for (const spelling of [path, `${path}/`, `/${path}`, `${path};x`]) calls.push([other, spelling]);
      }
      const answers = new Set<number>();
      let next = 0;
      const walk = async () => {
        for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
          const got = await status(listener, ...call);
          assert.ok(got >= 400 && got < 500, `${call.join(' ')}: ${got}`);
          answers.add(got);
        }
      };
      await Promise.all(Array.from({ length: 12 }, walk));
      assert.ok(answers.has(401) && answers.has(404), [...answers].join());
    });
  }

  test('HTTP-17 no listener speaks HTTP/2, by agreement, by upgrade or by surprise', async () => {
    for (const listener of ['main', 'device'] as const) {
      const options = { host: 'localhost', port: server.ports[listener], ca: server.ca };
      const h2 = connect({ ...options, ALPNProtocols: ['h2'] });
      const [error] = (await once(h2, 'error')) as [NodeJS.ErrnoException];
      assert.equal(error.code, 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL');
      const preface = connect({ ...options, ALPNProtocols: ['h2', 'http/1.1'] });
      let answer = '';
      preface.on('data', (chunk: Buffer) => {
        answer += chunk.toString('latin1');
      });
      await once(preface, 'secureConnect');
      assert.equal(preface.alpnProtocol, 'http/1.1');
      preface.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
      await once(preface, 'close');
      assert.match(answer, /^HTTP\/1\.1 400 /);
    }
  });

  test('LOG-T04 the public listeners know no metrics, nor more of their health than a word', async () => {
    for (const listener of ['main', 'device', 'local'] as const) {
      for (const spelling of [
        '/metrics',
        '//metrics',
        '/metrics/',
        '/METRICS',
        '/%6detrics',
        '/api/v1/metrics',
      ]) {
        const got = await status(listener, 'GET', spelling);
        assert.ok(got === 404 || got === 401, `${listener} ${spelling}: ${got}`);
      }
    }
    assert.equal(
      readConfig({}).operationsListen.host,
      '127.0.0.1',
      'metrics stay on the machine unless moved',
    );
    const health = await server.application.main.inject({ url: '/readyz', headers: { host: 'localhost' } });
    assert.deepEqual(health.json(), { status: 'ready' });
  });

  test('LOG-T04 what the metrics call things are words of ours: no organization, no device, no address, no user', async () => {
    const organization = { slug: 'canary-slug', name: 'Canary Name' };
    const created = await server.operate('POST', '/organizations', organization);
    assert.equal(created.statusCode, 201, created.body);
    const user = { email: 'canary-user@acme.example' };
    const made = await server.operate('POST', '/users', user, 'canary-slug');
    assert.equal(made.statusCode, 201, made.body);
    const { id } = made.json() as { id: string };
    await server.operate('GET', `/users/${id}`, undefined, 'canary-slug');
    await status('main', 'GET', '/canary-slug/ciscoise/mdminfo');
    await status('main', 'POST', '/agent/v1/enroll/canary-slug/begin');
    await status('main', 'GET', '/canary-unknown-address');
    const { body } = await server.application.operations.inject('/metrics');
    assert.match(body, /gatehouse_http_request_seconds_bucket\{.*route="\/api\/v1\/users\/:userId"/);
    assert.doesNotMatch(body, /canary/i);
    assert.ok(!body.includes(id));
    const labels = new Set([...body.matchAll(/[{,](\w+)="/g)].map(([, name]) => name));
    // `le` is the histogram’s own; the rest after ours come with the runtime’s default metrics.
    for (const name of labels) {
      assert.ok(
        [
          'listener',
          'method',
          'route',
          'status',
          'outcome',
          'direction',
          'le',
          'version',
          'major',
          'minor',
          'patch',
          'kind',
          'space',
          'type',
        ].includes(name ?? ''),
        name,
      );
    }
  });
});
