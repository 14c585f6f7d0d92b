import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { FastifyInstance } from 'fastify';
import { silentLog } from '../log.ts';
import { createAddressList } from './address-list.ts';
import type { AsideResponse } from './aside/exchange.ts';
import { arrivalLimits, createHttpServer } from './server.ts';
import { registerSurface } from './surface.ts';

let handled = 0;

function surfaceUnderTest(server: FastifyInstance): void {
  registerSurface(server, {
    name: 'test',
    prefix: '/t',
    bodyLimit: 1_000,
    jsonDepth: 4,
    authenticate: async () => {
      throw new DomainError('unauthenticated', 'Who are you?');
    },
    renderFailure: (failure, _request, reply) =>
      reply.type('text/plain').send(`${failure.code}: ${failure.message}`),
    routes: (scope) => {
      scope.post('/open', { config: { access: { public: 'test' } } }, async () => {
        handled += 1;
        return { ok: true };
      });
      scope.post('/closed', { config: { access: { permission: 'users.read' } } }, async () => {
        handled += 1;
        return { ok: true };
      });
      scope.get('/broken', { config: { access: { public: 'test' } } }, async () => {
        throw new Error('secret detail');
      });
    },
  });
}

describe('the HTTP server', () => {
  const server = createHttpServer({ log: silentLog, hosts: new Set(['gatehouse.example']) });
  let port = 0;

  before(async () => {
    surfaceUnderTest(server);
    await server.listen({ host: '127.0.0.1', port: 0 });
    port = (server.server.address() as AddressInfo).port;
  });
  after(() => server.close());

  async function raw(request: string): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.write(request, 'latin1');
    const timer = setTimeout(() => socket.destroy(), 1_500);
    await once(socket, 'close');
    clearTimeout(timer);
    return answer;
  }

  test('HTTP-01 a route that does not declare who may call it stops the start', () => {
    const bare = createHttpServer({ log: silentLog });
    assert.throws(() => bare.get('/x', async () => 'x'), /does not declare who may call it/);
  });

  test('HTTP-02 odd spellings of the content type are refused and never reach the handler', async () => {
    const types = [
      'application/json\t;',
      'Application/JSON ;x',
      'application/json;',
      'application/json; charset=utf-7',
      'application/json, text/plain',
      'application/json;charset=utf-8;charset=utf-16',
      'application/jsonx',
      'application/ json',
      'text/plain',
      'text/json',
      'application/json; boundary="x',
      '',
      ' ',
      'json',
      '*/*',
      'application/*',
    ];
    handled = 0;
    for (const type of types) {
      const answer = await raw(
        `POST /t/open HTTP/1.1\r\nHost: gatehouse.example\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Length: 2\r\n\r\n{}`,
      );
      assert.match(answer, /^HTTP\/1\.1 (415|400)/, type);
    }
    const twice = await raw(
      'POST /t/open HTTP/1.1\r\nHost: gatehouse.example\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}',
    );
    assert.match(twice, /^HTTP\/1\.1 415/);
    const none = await raw(
      'POST /t/open HTTP/1.1\r\nHost: gatehouse.example\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}',
    );
    assert.match(none, /^HTTP\/1\.1 415/);
    assert.equal(handled, 0);
    const good = await raw(
      'POST /t/open HTTP/1.1\r\nHost: gatehouse.example\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}',
    );
    assert.match(good, /^HTTP\/1\.1 200/);
    assert.equal(handled, 1);
  });

  test('HTTP-03 ambiguous framing gets one refusal and a closed connection, and the hidden request is not executed', async () => {
    const canary =
      'POST /t/open HTTP/1.1\r\nHost: gatehouse.example\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';
    const heads = [
      `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${canary}`,
      `Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${canary}`,
      `Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${canary}`,
      `Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${canary}`,
      `Content-Length: 2\r\nContent-Length: 60\r\n\r\n{}${canary}`,
      `Content-Length: +2\r\n\r\n{}${canary}`,
      `X: 1\n\tfolded\r\nContent-Length: 2\r\n\r\n{}${canary}`,
      `Transfer-Encoding: chunked\r\n\r\n2;\n\r\n{}\r\n0\r\n\r\n${canary}`,
    ];
    for (const head of heads) {
      handled = 0;
      const answer = await raw(
        `POST /t/open HTTP/1.1\r\nHost: gatehouse.example\r\nContent-Type: application/json\r\n${head}`,
      );
      assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1, head);
      assert.match(answer, /^HTTP\/1\.1 400/, head);
      assert.equal(handled, 0, head);
    }
  });

  test('HTTP-05 another host name is answered 421', async () => {
    const answer = await raw('GET /t/broken HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    assert.match(answer, /^HTTP\/1\.1 421/);
  });

  test('HTTP-06 keys that reach prototypes are refused, also when escaped', async () => {
    for (const body of [
      '{"__proto__":{"x":1}}',
      '{"a":{"constructor":{"prototype":{"x":1}}}}',
      '{"\\u005f_proto__":{"x":1}}',
      '[{"prototype":1}]',
    ]) {
      const answer = await server.inject({
        method: 'POST',
        url: '/t/open',
        headers: { 'content-type': 'application/json', host: 'gatehouse.example' },
        payload: body,
      });
      assert.equal(answer.statusCode, 400, body);
    }
    assert.equal(({} as { x?: unknown }).x, undefined);
  });

  test('bodies over the limits are refused by size and by depth', async () => {
    const post = (payload: string) =>
      server.inject({
        method: 'POST',
        url: '/t/open',
        headers: { 'content-type': 'application/json', host: 'gatehouse.example' },
        payload,
      });
    assert.equal((await post(`"${'x'.repeat(998)}"`)).statusCode, 200);
    assert.equal((await post(`"${'x'.repeat(999)}"`)).statusCode, 413);
    assert.equal((await post('[[[[1]]]]')).statusCode, 200);
    assert.equal((await post('[[[[[1]]]]]')).statusCode, 400);
    assert.equal((await post('{"a"')).statusCode, 400);
  });

  test('CRY-10: a surface with an address list is not there for anybody else', async () => {
    const listed = createHttpServer({ log: silentLog, trustedProxies: ['127.0.0.1'] });
    registerSurface(listed, {
      name: 'listed',
      prefix: '/l',
      from: createAddressList(['192.0.2.0/24']),
      renderFailure: (failure, _request, reply) => reply.send(failure.code),
      routes: (scope) => {
        scope.get('/x', { config: { access: { public: 'test' } } }, async () => 'here');
      },
    });
    const ask = (forwarded: string) =>
      listed.inject({ url: '/l/x', headers: { 'x-forwarded-for': forwarded } });
    assert.equal((await ask('192.0.2.9')).body, 'here');
    assert.equal((await ask('198.51.100.9')).statusCode, 404);
    // What the client itself claims, left of the proxy's own entry, does not count.
    assert.equal((await ask('192.0.2.9, 198.51.100.9')).statusCode, 404);
  });

  test('HTTP-14 an unknown error shows nothing of itself', async () => {
    const answer = await server.inject({ url: '/t/broken', headers: { host: 'gatehouse.example' } });
    assert.equal(answer.statusCode, 500);
    assert.doesNotMatch(answer.body, /secret/);
  });

  test('HTTP-16 every answer forbids caching and sniffing', async () => {
    for (const url of ['/t/broken', '/t/none', '/nowhere']) {
      const answer = await server.inject({ url, headers: { host: 'gatehouse.example' } });
      assert.equal(answer.headers['cache-control'], 'no-store', url);
      assert.equal(answer.headers['x-content-type-options'], 'nosniff', url);
    }
  });

  test('identity is established before the body is read', async () => {
    handled = 0;
    const answer = await raw(
      'POST /t/closed HTTP/1.1\r\nHost: gatehouse.example\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n',
    );
    assert.match(answer, /^HTTP\/1\.1 401/);
    assert.equal(handled, 0);
  });
});

describe('what stands beside the framework', () => {
  const mine = (response: AsideResponse) => {
    response.writeHead(200, ['Content-Length', '4']);
    response.end('mine', 'latin1');
  };

  test('takes its own addresses under any host name, and leaves the others', async () => {
    const seen: string[] = [];
    const server = createHttpServer({
      log: silentLog,
      hosts: new Set(['gatehouse.example']),
      aside: {
        requestTimeoutMs: 30_000,
        begins: [],
        takes: (request, response) => {
          if (request.url !== '/own') return false;
          seen.push(request.rawHeaders[request.rawHeaders.indexOf('host') + 1] ?? '');
          mine(response);
          return true;
        },
      },
    });
    await server.listen({ host: '127.0.0.1', port: 0 });
    try {
      const { port } = server.server.address() as AddressInfo;
      const own = await fetch(`http://localhost:${port}/own`);
      assert.equal(await own.text(), 'mine');
      assert.deepEqual(seen, [`localhost:${port}`]);
      assert.equal((await fetch(`http://localhost:${port}/other`)).status, 421);
    } finally {
      await server.close();
    }
  });

  test('HTTP-11 what it takes may come slower than everything else', async (t) => {
    const usual = arrivalLimits.requestMs;
    arrivalLimits.requestMs = 300;
    t.after(() => {
      arrivalLimits.requestMs = usual;
    });
    const server = createHttpServer({
      log: silentLog,
      aside: {
        requestTimeoutMs: 60_000,
        begins: [],
        takes: (request, response) => {
          if (request.url !== '/own') return false;
          request.resume().on('end', () => mine(response));
          return true;
        },
      },
    });
    await server.listen({ host: '127.0.0.1', port: 0 });
    t.after(() => server.close());
    const { port } = server.server.address() as AddressInfo;
    const begin = (path: string) => {
      const socket = connect(port, '127.0.0.1');
      const heard: string[] = [];
      socket.on('data', (chunk) => heard.push(chunk.toString())).on('error', () => undefined);
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n[`,
      );
      return { socket, heard };
    };
    const [own, other] = [begin('/own'), begin('/other')];
    await once(other.socket, 'close');
    assert.match(other.heard.join(''), /^HTTP\/1\.1 408 /);
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.deepEqual(own.heard, []);
    own.socket.write('1]\n');
    await once(own.socket, 'data');
    assert.match(own.heard.join(''), /^HTTP\/1\.1 200 /);
    own.socket.destroy();
  });

  test('HTTP-04 plain HTTP for proxies is spoken with nobody else', async () => {
    const server = createHttpServer({
      log: silentLog,
      onlyPeers: createAddressList(['127.0.0.1']),
      aside: {
        requestTimeoutMs: 30_000,
        begins: [],
        takes: (_request, response) => {
          mine(response);
          return true;
        },
      },
    });
    await server.listen({ host: '127.0.0.1', port: 0 });
    try {
      const { port } = server.server.address() as AddressInfo;
      assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'mine');
      const stranger = connect({ host: '127.0.0.1', port, localAddress: '127.0.0.5' });
      stranger.on('error', () => undefined);
      stranger.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      let heard = '';
      stranger.on('data', (chunk) => {
        heard += chunk.toString();
      });
      await once(stranger, 'close');
      assert.equal(heard, '');
    } finally {
      await server.close();
    }
  });
});
