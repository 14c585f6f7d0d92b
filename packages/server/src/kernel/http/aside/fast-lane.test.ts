import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { type AddressInfo, connect, Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import tls from 'node:tls';
import { encodePem } from '@gatehouse/protocols/x509/index.ts';
import { ensureLocalIdentity } from '../../tls/local-authority.ts';
import type { AsideRequest, AsideResponse } from './exchange.ts';
import { laneLimits, openFastLane } from './fast-lane.ts';
import { KnownHeads } from './known-heads.ts';
import { WholeRequest } from './plain-exchange.ts';
import { endOfHeadIn } from './plain-request.ts';

type Serve = (request: AsideRequest, response: AsideResponse, body: string) => void;

interface World {
  readonly port: number;
  /** How each request came: over the lane, or by way of Node. */
  readonly ways: string[];
  /** Sends bytes and gives back all that is heard until the connection ends, or what `until` wants is heard. */
  say(bytes: string | readonly string[], until?: RegExp): Promise<string>;
}

/** Answers with what it has read. */
const echo: Serve = (request, response, body) => {
  const text = `[${request.url} ${body}]`;
  response.writeHead(200, ['Content-Length', `${text.length}`]);
  response.end(text, 'latin1');
};

async function openWorld(
  t: TestContext,
  serve: Serve = echo,
  options: http.ServerOptions = {},
): Promise<World> {
  const ways: string[] = [];
  const takes = (request: AsideRequest, response: AsideResponse): boolean => {
    if (request.url === '/mail-not') return false;
    // From the second time on it is read by what is remembered of it.
    request.head?.keep({});
    let body = '';
    request.on('data', (part) => {
      body += part.toString('latin1');
    });
    request.on('end', () => {
      ways.push(`${request instanceof WholeRequest ? 'lane' : 'node'} ${request.url}`);
      serve(request, response, body);
    });
    return true;
  };
  const server = http.createServer(options, (request, response) => {
    if (!takes(request, response)) response.writeHead(404, { 'Content-Length': 0 }).end();
  });
  const lane = openFastLane(server, 'connection', [{ takes, begins: 'POST /mail' }]);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    lane.close();
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { port, ways, say: (bytes, until) => talk(connect(port, '127.0.0.1'), bytes, until) };
}

async function talk(socket: Socket, bytes: string | readonly string[], until?: RegExp): Promise<string> {
  let heard = '';
  const ended = new Promise<void>((resolve) => {
    socket.on('data', (part: Buffer) => {
      heard += part.toString('latin1');
      if (until?.test(heard) === true) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
  socket.setNoDelay(true);
  for (const piece of typeof bytes === 'string' ? [bytes] : bytes) {
    socket.write(piece, 'latin1');
    // Each in a packet of its own.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await ended;
  return heard;
}

const post = (path: string, body: string, ...lines: string[]): string =>
  [`POST ${path} HTTP/1.1`, 'Host: h', `Content-Length: ${body.length}`, ...lines, '', body].join('\r\n');
const last = 'Connection: close';
const bodiesIn = (heard: string): string[] => heard.match(/\[[^\]]*\]/g) ?? [];

test('one request after the other is answered, and what leaves no doubt never meets Node', async (t) => {
  const { say, ways } = await openWorld(t);
  const heard = await say(post('/mail/1', 'one') + post('/mail/2', '') + post('/mail/3', 'three', last));
  assert.deepEqual(bodiesIn(heard), ['[/mail/1 one]', '[/mail/2 ]', '[/mail/3 three]']);
  assert.deepEqual(ways, ['lane /mail/1', 'lane /mail/2', 'lane /mail/3']);
  assert.match(
    heard,
    /^HTTP\/1\.1 200 OK\r\nContent-Length: 13\r\nDate: [^\r]+ GMT\r\nConnection: keep-alive\r\nKeep-Alive: timeout=65\r\n\r\n/,
  );
  assert.match(heard, /Connection: close\r\n\r\n\[\/mail\/3 three\]$/);
});

test('a head that has come before brings what was kept of it, over another connection too', async (t) => {
  const memos: unknown[] = [];
  const { say } = await openWorld(t, (request, response, body) => {
    memos.push(request.head?.memo !== undefined);
    echo(request, response, body);
  });
  const all = post('/mail/1', 'one') + post('/mail/1', 'two') + post('/mail/2', 'six', last);
  for (let round = 0; round < 2; round += 1)
    assert.deepEqual(bodiesIn(await say(all)), ['[/mail/1 one]', '[/mail/1 two]', '[/mail/2 six]']);
  assert.deepEqual(memos, [false, true, false, true, true, true]);
});

test('in pieces of every size the answers are the same', async (t) => {
  const { say } = await openWorld(t);
  const all = post('/mail/1', 'one') + post('/other', 'two') + post('/mail/3', 'three', last);
  for (const size of [1, 2, 3, 7, 20, 33, 60, 61, 62, 63, 64, 65, 66, 67, 120, all.length]) {
    const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, n) =>
      all.slice(n * size, (n + 1) * size),
    );
    assert.deepEqual(
      bodiesIn(await say(pieces)),
      ['[/mail/1 one]', '[/other two]', '[/mail/3 three]'],
      `${size}`,
    );
  }
});

test('a connection that brings anything else stays with Node from there on', async (t) => {
  const { say, ways } = await openWorld(t);
  const chunked =
    'POST /mail/2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n';
  const heard = await say(
    post('/mail/1', 'one') + chunked + post('/mail-not', '') + post('/mail/4', 'four', last),
  );
  assert.deepEqual(bodiesIn(heard), ['[/mail/1 one]', '[/mail/2 two]', '[/mail/4 four]']);
  assert.deepEqual(ways, ['lane /mail/1', 'node /mail/2', 'node /mail/4']);
  assert.match(heard, /HTTP\/1\.1 404 /);
});

test('a large body, one that is waited for and a wish to be asked on are Node’s', async (t) => {
  const { say, ways } = await openWorld(t);
  const large = 'x'.repeat(100_000);
  assert.ok((await say(post('/mail/1', large, last))).endsWith(`[/mail/1 ${large}]`));
  assert.match(
    await say(post('/mail/2', 'two', 'Expect: 100-continue', last)),
    /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/,
  );
  assert.deepEqual(ways, ['node /mail/1', 'node /mail/2']);
});

test('HTTP-03 smuggled requests are not executed, wherever they stand', async (t) => {
  const { say, ways } = await openWorld(t);
  const canary = post('/mail/canary', '');
  const attempts = [
    `POST /mail HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${canary}`,
    `POST /mail HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${canary}`,
    `POST /mail HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: ${canary.length}\r\n\r\n${canary}`,
    `POST /mail HTTP/1.1\r\nHost: h\r\nX-A: b\r\n Content-Length: 5\r\nContent-Length: 1, 2\r\n\r\n${canary}`,
    `POST /mail HTTP/1.1\nHost: h\nContent-Length: 0\n\n${canary}`,
    `POST /mail HTTP/1.1\r\nHost: h\r\nX-A: b\rContent-Length: 0\r\n\r\n${canary}`,
    `POST /mail HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${canary}`,
    `POST /mail HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n${canary}`,
  ];
  for (const attempt of attempts) {
    for (const before of ['', post('/mail/before', 'x')]) {
      const heard = await say(before + attempt);
      const rest = heard.slice(heard.indexOf('HTTP/1.1 4'));
      assert.match(rest, /^HTTP\/1\.1 400 Bad Request\r\n/, attempt);
      assert.equal(rest.match(/HTTP\/1\.1/g)?.length, 1, attempt);
    }
  }
  assert.equal(
    ways.some((way) => way.includes('canary')),
    false,
  );
  assert.equal(ways.filter((way) => way === 'lane /mail/before').length, attempts.length);
});

test('HTTP-11 who says nothing, and who does not come to an end, meets Node’s limits', async (t) => {
  const usual = { ...laneLimits };
  Object.assign(laneLimits, { wholeMs: 20, sweepMs: 20 });
  t.after(() => Object.assign(laneLimits, usual));
  const { say, ways } = await openWorld(t, echo, {
    headersTimeout: 200,
    requestTimeout: 200,
    connectionsCheckingInterval: 20,
  });
  const late = /^HTTP\/1\.1 408 /;
  assert.match(await say([]), late);
  assert.match(await say('POST /mail HTTP/1.1\r\nHost'), late);
  assert.match(await say(post('/mail', 'one').slice(0, -1)), late);
  assert.match(
    (await say(post('/mail/1', '') + post('/mail/2', 'two').slice(0, -1))).replace(/^[^]*\]/, ''),
    late,
  );
  assert.deepEqual(ways, ['lane /mail/1']);
});

test('HTTP-11 a kept connection that is not used is closed', async (t) => {
  const usual = { ...laneLimits };
  Object.assign(laneLimits, { idleMs: 20, sweepMs: 20 });
  t.after(() => Object.assign(laneLimits, usual));
  const { say } = await openWorld(t);
  assert.deepEqual(bodiesIn(await say(post('/mail', 'one'))), ['[/mail one]']);
});

test('who leaves while he waits is noticed, and what waits behind an answer is not lost', async (t) => {
  const held: AsideResponse[] = [];
  const arrived = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const { port, say, ways } = await openWorld(t, (request, response, body) => {
    if (request.url !== '/mail/held') return echo(request, response, body);
    held.push(response);
    response.on('close', () => left.resolve());
    arrived.resolve();
  });
  const leaving = connect(port, '127.0.0.1');
  leaving.write(post('/mail/held', ''));
  await arrived.promise;
  leaving.destroy();
  await left.promise;
  assert.equal(held[0]?.destroyed, true);

  const many = Array.from({ length: 400 }, (_, n) => post(`/mail/${n}`, 'x'.repeat(100)));
  const heard = say(post('/mail/held', '') + many.join('') + post('/mail/last', '', last));
  while (held.length < 2) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(ways.at(-1), 'lane /mail/held');
  held[1]?.writeHead(200, ['Content-Length', '6']);
  held[1]?.end('[held]', 'latin1');
  assert.equal(bodiesIn(await heard).length, 402);
  assert.equal(
    ways.every((way) => way.startsWith('lane ')),
    true,
  );
});

test('an answer without a length goes in chunks; parts, empty ends and back-pressure', async (t) => {
  const part = Buffer.alloc(300_000, 'p');
  let released = 0;
  const { say } = await openWorld(t, (request, response) => {
    switch (request.url) {
      case '/mail/chunks':
        response.writeHead(200, []);
        response.write(Buffer.from('abc'), () => (released += 1));
        response.write(Buffer.alloc(0), () => (released += 1));
        response.end(Buffer.from('de'), () => (released += 1));
        break;
      case '/mail/empty':
        response.writeHead(503, []);
        response.end();
        break;
      default:
        response.writeHead(200, ['Content-Length', `${part.length * 2}`]);
        assert.equal(response.write(part), false);
        response.once('drain', () => {
          response.write(part);
          response.end();
        });
    }
  });
  const heard = await say(post('/mail/chunks', '') + post('/mail/empty', '') + post('/mail/parts', '', last));
  assert.match(
    heard,
    /^HTTP\/1\.1 200 OK\r\nTransfer-Encoding: chunked\r\n[^]*?\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nHTTP\/1\.1 503 Service Unavailable\r\n[^]*?\r\n\r\n0\r\n\r\nHTTP/,
  );
  assert.equal(heard.length - heard.indexOf('pppp'), part.length * 2);
  assert.equal(released, 3);
});

test('bytes that are good for a moment only leave as they were, with a length and without', async (t) => {
  const { say } = await openWorld(t, (request, response) => {
    const bytes = Buffer.from(`[${request.url}]`);
    response.writeHead(200, request.url === '/mail/chunks' ? [] : ['Content-Length', `${bytes.length}`]);
    response.endWithCopy?.(bytes);
    bytes.fill('x');
  });
  const heard = await say(post('/mail/whole', '') + post('/mail/chunks', '', last));
  assert.match(heard, /\r\nContent-Length: 13\r\n[^[]*\r\n\r\n\[\/mail\/whole\]HTTP\/1\.1 200 OK\r\n/);
  assert.match(heard, /\r\n\r\ne\r\n\[\/mail\/chunks\]\r\n0\r\n\r\n$/);
});

test('a body is taken at once by who does not listen to it, and once', () => {
  const heads = new KnownHeads();
  const come = (text: string): WholeRequest => {
    const bytes = Buffer.from(text, 'latin1');
    const head = heads.read(bytes, endOfHeadIn(bytes), 0);
    assert.ok(typeof head === 'object');
    return new WholeRequest(new Socket(), head);
  };
  const taken = come(post('/mail', 'body'));
  assert.deepEqual([taken.takeWhole()?.toString(), taken.takeWhole()], ['body', undefined]);
  assert.equal(come(post('/mail', '')).takeWhole(), null);
  const listened = come(post('/mail', 'body'));
  const heard: string[] = [];
  listened.on('data', (part) => heard.push(part.toString()));
  listened.on('end', () => heard.push('end'));
  assert.equal(listened.takeWhole(), undefined);
  listened.handOut();
  assert.deepEqual(heard, ['body', 'end']);
});

test('HTTP-18 a header cannot hold the end of a line', async (t) => {
  const { say } = await openWorld(t, (_request, response) => {
    assert.throws(() => response.writeHead(200, ['X-A', 'b\r\nX-C: d']), TypeError);
    assert.throws(() => response.writeHead(200, ['X-A', 'ā']), TypeError);
    response.writeHead(204, ['Connection', 'close', 'Content-Length', '0']);
    response.end();
  });
  assert.match(
    await say(post('/mail', '')),
    /^HTTP\/1\.1 204 No Content\r\nContent-Length: 0\r\nDate: [^\r]+\r\nConnection: close\r\n\r\n$/,
  );
});

test('over TLS it is the same, also where a connection goes over to Node', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-fast-lane-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const { root, leaf } = ensureLocalIdentity(directory, { dns: ['localhost'], ip: [] }, Date.now());
  const ways: string[] = [];
  const takes = (request: AsideRequest, response: AsideResponse): boolean => {
    ways.push(`${request instanceof WholeRequest ? 'lane' : 'node'} ${request.url}`);
    request.resume();
    echo(request, response, '');
    return true;
  };
  const key = leaf.key.export({ format: 'pem', type: 'pkcs8' });
  const cert = encodePem('CERTIFICATE', leaf.certificate.der);
  const server = https.createServer({ key, cert }, (request, response) => takes(request, response));
  const lane = openFastLane(server, 'secureConnection', [{ takes, begins: 'POST /mail' }]);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const ca = encodePem('CERTIFICATE', root.certificate.der);
  const open = () => tls.connect({ host: '127.0.0.1', port, servername: 'localhost', ca });
  const heard = await talk(open(), [post('/mail/1', 'a'), post('/other', 'b'), post('/mail/2', 'c', last)]);
  assert.deepEqual(bodiesIn(heard), ['[/mail/1 ]', '[/other ]', '[/mail/2 ]']);
  assert.deepEqual(ways, ['lane /mail/1', 'node /other', 'node /mail/2']);
  const kept = talk(open(), post('/mail/3', ''));
  while (ways.length < 4) await new Promise((resolve) => setImmediate(resolve));
  lane.close();
  assert.deepEqual(bodiesIn(await kept).length <= 1, true);
});
