import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { arrivalLimits } from '../../src/kernel/http/server.ts';
import { composeServer, type ComposedServer } from './composed-server.ts';

const attackersOfAKind = 80;

describe('clients that take their time', () => {
  let server: ComposedServer;
  before(async () => {
    server = await composeServer();
  });
  after(() => server[Symbol.asyncDispose]());

  test('HTTP-11 hundreds of slow sockets from one address are closed in time, and another address does not feel them', async () => {
    const node = server.application.main.server;
    for (const listener of ['main', 'device', 'operations', 'local'] as const) {
      const { headersTimeout, requestTimeout, maxHeadersCount } = server.application[listener].server;
      // Mail of phones in bad places comes over the main listener, and takes longer; nothing else there may.
      const longest = listener === 'main' ? 300_000 : arrivalLimits.requestMs;
      assert.deepEqual([headersTimeout, requestTimeout, maxHeadersCount], [10_000, longest, 100], listener);
    }
    assert.equal(arrivalLimits.requestMs, 30_000);
    // Whether they are enforced does not depend on how long they are.
    node.headersTimeout = 1_500;
    arrivalLimits.requestMs = 4_000;

    const client = new Agent({ connect: { ca: server.ca }, connections: 1 });
    /** Milliseconds of so many calls, one after the other; the slowest last. */
    const measure = async (calls: number): Promise<number[]> => {
      const times: number[] = [];
      for (let call = 0; call < calls; call += 1) {
        const began = performance.now();
        const answer = await request(`https://localhost:${server.ports.main}/healthz`, {
          dispatcher: client,
        });
        await answer.body.dump();
        assert.equal(answer.statusCode, 200);
        times.push(performance.now() - began);
      }
      return times.toSorted((one, other) => one - other);
    };
    await measure(50);

    const began = performance.now();
    const sockets: { readonly kind: string; readonly socket: Socket; closedAfter?: number }[] = [];
    const from = { host: '127.0.0.1', port: server.ports.main, localAddress: '127.0.0.3' };
    const kinds: Readonly<Record<string, string>> = {
      handshake: '',
      head: 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ',
      body: 'POST /setup/begin HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{',
    };
    for (const [kind, start] of Object.entries(kinds)) {
      for (let count = 0; count < attackersOfAKind; count += 1) {
        const socket =
          kind === 'handshake'
            ? connect(from)
            : connectTls({ ...from, ca: server.ca, servername: 'localhost' });
        const attacker: (typeof sockets)[number] = { kind, socket };
        sockets.push(attacker);
        socket.on('error', () => undefined).resume();
        socket.on('close', () => {
          attacker.closedAfter = performance.now() - began;
        });
        if (start !== '') socket.write(start);
      }
    }
    // Each byte shows that somebody is there; it buys no time.
    const drip = setInterval(() => {
      for (const { kind, socket } of sockets) if (kind !== 'handshake' && socket.writable) socket.write('a');
    }, 250);
    for (const { socket } of sockets.slice(0, attackersOfAKind)) {
      if (socket.connecting) await once(socket, 'connect');
    }
    const times = await measure(200);
    const p99 = times[Math.floor(times.length * 0.99)] ?? Number.POSITIVE_INFINITY;
    assert.ok(p99 < 2_500, `p99 ${Math.round(p99)} ms`);

    const deadline = Date.now() + 40_000;
    while (sockets.some(({ closedAfter }) => closedAfter === undefined) && Date.now() < deadline)
      await wait(50);
    clearInterval(drip);
    for (const { socket } of sockets) socket.destroy();
    const open = sockets.filter(({ closedAfter }) => closedAfter === undefined).map(({ kind }) => kind);
    assert.deepEqual(open, [], 'all were closed');
    const quickest = (kind: string) =>
      Math.min(...sockets.filter((each) => each.kind === kind).map(({ closedAfter = 0 }) => closedAfter));
    const slowest = Math.max(...sockets.map(({ closedAfter = 0 }) => closedAfter));
    assert.ok(slowest < 30_000, `${Math.round(slowest)} ms`);
    assert.ok(quickest('head') > 1_000 && quickest('body') > 3_000, 'and not before their time');
    await client.close();
  });
});
