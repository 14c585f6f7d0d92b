import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';
import { agentPaths } from '@gatehouse/contracts/agent.ts';
import { Gateway, type Identity, Refusal, type SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import { Agent, request } from 'undici';
import { composeServer, type ComposedServer } from './composed-server.ts';
import { closedPath, proxyAddress, type ProxyName, type RunningProxy, startProxy } from './running-proxy.ts';

const json = 'Host: localhost\r\nContent-Type: application/json';
/** What must not be executed: no proxy lets it through, so it arrives only in the belly of another request. */
const canary = `POST ${closedPath} HTTP/1.1\r\n${json}\r\nContent-Length: 2\r\n\r\n{}`;
const size = canary.length.toString(16);

/** The head of the first request, and what follows it: each is one request to some readers and two to others. */
const corpus: readonly string[] = [
  `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${canary}`,
  `Content-Length: ${canary.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${canary}`,
  `Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${size}\r\n${canary}\r\n0\r\n\r\n`,
  `Transfer-Encoding: xchunked\r\nContent-Length: ${canary.length}\r\n\r\n${canary}`,
  `Transfer-Encoding : chunked\r\nContent-Length: ${canary.length + 5}\r\n\r\n0\r\n\r\n${canary}`,
  `Transfer-Encoding:\u000bchunked\r\nContent-Length: ${canary.length + 5}\r\n\r\n0\r\n\r\n${canary}`,
  `Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\nContent-Length: ${canary.length + 5}\r\n\r\n0\r\n\r\n${canary}`,
  `Transfer-Encoding: identity, chunked\r\nContent-Length: ${canary.length + 5}\r\n\r\n0\r\n\r\n${canary}`,
  `Transfer-Encoding: "chunked"\r\nContent-Length: ${canary.length + 5}\r\n\r\n0\r\n\r\n${canary}`,
  `X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: ${canary.length + 5}\r\n\r\n0\r\n\r\n${canary}`,
  `X: y\nTransfer-Encoding: chunked\r\nContent-Length: ${canary.length + 5}\r\n\r\n0\r\n\r\n${canary}`,
  `X: y\rTransfer-Encoding: chunked\r\nContent-Length: ${canary.length + 5}\r\n\r\n0\r\n\r\n${canary}`,
  `Content-Length: ${canary.length}\r\nContent-Length: 0\r\n\r\n${canary}`,
  `Content-Length: 0\r\nContent-Length: ${canary.length}\r\n\r\n${canary}`,
  `Content-Length: 0, ${canary.length}\r\n\r\n${canary}`,
  `Content-Length: +${canary.length}\r\n\r\n${canary}`,
  `Content-Length: 0x${size}\r\n\r\n${canary}`,
  `Content_Length: 0\r\nContent-Length: ${canary.length}\r\n\r\n${canary}`,
  `Content-Length : 0\r\nContent-Length: ${canary.length}\r\n\r\n${canary}`,
  `Transfer-Encoding: chunked\r\n\r\n2;\n\r\n{}\r\n${size}\r\n${canary}\r\n0\r\n\r\n`,
  `Transfer-Encoding: chunked\r\n\r\n${size};ext="\r\n${canary}\r\n0\r\n\r\n`,
  `Transfer-Encoding: chunked\r\n\r\n0${'0'.repeat(15)}${size}\r\n${canary}\r\n0\r\n\r\n`,
  `Transfer-Encoding: chunked\r\n\r\n${size}\n${canary}\r\n0\r\n\r\n`,
  `Expect: 100-continue\r\nContent-Length: ${canary.length}\r\n\r\n${canary}`,
  `Connection: Content-Length\r\nContent-Length: ${canary.length}\r\n\r\n${canary}`,
  `Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n${size}\r\n${canary}\r\n0\r\n\r\n`,
  `Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: ${canary.length}\r\n\r\n${canary}`,
];

async function rawAnswer(port: number, ca: string, bytes: string, patienceMs = 400): Promise<string> {
  const socket = connect({ host: 'localhost', port, ca });
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  socket.write(bytes, 'latin1');
  // A server that waits for more of a body would wait for half a minute.
  const timer = setTimeout(() => socket.destroy(), patienceMs);
  if (!socket.closed) await once(socket, 'close');
  clearTimeout(timer);
  return answer;
}

/** How often the server has seen the canary. */
async function executions(server: ComposedServer): Promise<number> {
  const { body } = await server.application.operations.inject('/metrics');
  const lines = body.split('\n').filter((line) => line.startsWith('gatehouse_http_request_seconds_count{'));
  return lines
    .filter((line) => line.includes(`route="${closedPath}"`))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const proxies: readonly [ProxyName, 'nginx' | 'rfc9440'][] = [
  ['nginx', 'nginx'],
  ['haproxy', 'rfc9440'],
];

for (const [name, header] of proxies) {
  describe(`behind ${name}`, () => {
    let server: ComposedServer;
    let proxy: RunningProxy;
    let agent: SimulatedAgent;
    let other: SimulatedAgent;

    before(async () => {
      server = await composeServer({
        env: { GATEHOUSE_TRUSTED_PROXIES: proxyAddress, GATEHOUSE_CLIENT_CERTIFICATE_HEADER: header },
      });
      await server.addOrganization('acme');
      [agent, other] = [await server.enrol('acme'), await server.enrol('acme')];
      proxy = await startProxy(name, server);
    });
    after(async () => {
      await proxy?.[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    test('HTTP-03 what two readers could read as one request or two never brings a hidden one to the server', async () => {
      const send = (bytes: string, patienceMs?: number) =>
        rawAnswer(proxy.ports.main, server.ca, bytes, patienceMs);
      const last = canary.replace('\r\n', '\r\nConnection: close\r\n');
      assert.match(await send(last, 10_000), /^HTTP\/1\.1 403 /, 'the proxy stands in the way');
      const before = await executions(server);
      for (const rest of corpus) {
        const answer = await send(`POST /setup/begin HTTP/1.1\r\n${json}\r\n${rest}`);
        assert.doesNotMatch(answer, /HTTP\/1\.1 204/, JSON.stringify(rest));
        assert.equal(await executions(server), before, JSON.stringify(rest));
        // Whoever comes next on the proxy’s kept connections gets his own answer.
        const next = await send(
          'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
          10_000,
        );
        assert.match(next, /^HTTP\/1\.1 200 [\s\S]*\{"status":"ok"\}$/, JSON.stringify(rest));
        assert.equal(next.match(/HTTP\/1\.1 /g)?.length, 1, JSON.stringify(rest));
      }
    });

    test('HTTP-03 the same directly over TLS: one refusal or one answer, and nothing hidden is executed', async () => {
      const openly = canary.replace('\r\n', '\r\nConnection: close\r\n');
      const earlier = await executions(server);
      await rawAnswer(server.ports.main, server.ca, openly, 10_000);
      assert.equal(await executions(server), earlier + 1, 'the count would show it');
      for (const listener of ['main', 'device'] as const) {
        const before = await executions(server);
        for (const rest of corpus) {
          const path = listener === 'main' ? '/setup/begin' : agentPaths.checkIn;
          const answer = await rawAnswer(
            server.ports[listener],
            server.ca,
            `POST ${path} HTTP/1.1\r\n${json}\r\n${rest}`,
          );
          const answers = answer.match(/HTTP\/1\.1 (?!100)\d\d\d/g) ?? [];
          assert.ok(answers.length <= 1, `${listener} ${JSON.stringify(rest)}: ${answers.join()}`);
          assert.ok(!answers.some((status) => / 2/.test(status)), JSON.stringify(rest));
          assert.equal(await executions(server), before, JSON.stringify(rest));
        }
      }
    });

    const identityOf = (device: SimulatedAgent): Identity => {
      assert.ok(device.memory.identity);
      return device.memory.identity;
    };
    const through = (identity: Identity) =>
      new Gateway({ gateway: `https://localhost:${proxy.ports.device}`, tlsAnchors: [server.ca] }, identity);

    test('DEV-04, ARC-07: the certificate that the proxy passes on is the identity, and revocation counts there too', async () => {
      const gateway = through(identityOf(agent));
      const report = { counter: 1, bootId: agent.computer.bootId, sentAt: Date.now(), scans: [] };
      const answer = await gateway.checkIn(report);
      assert.equal(answer.counter, 1);
      const shown = await server.operate('GET', `/devices/${identityOf(agent).deviceId}`, undefined, 'acme');
      assert.equal((shown.json() as { state: string }).state, 'registered');
      const blocked = await server.operate(
        'POST',
        `/devices/${identityOf(agent).deviceId}/block`,
        { reason: 'test' },
        'acme',
      );
      assert.ok(blocked.statusCode < 300, blocked.body);
      await assert.rejects(gateway.commands(0), (error) => error instanceof Refusal && error.status === 401);
      await gateway.close();
    });

    test('DEV-04 without a certificate the proxy passes none on, whatever the client writes itself', async () => {
      const leaf = identityOf(other).chain[0] ?? '';
      const der = leaf.replaceAll(/-----[^-]+-----|\s/g, '');
      const forms: Record<string, string>[] = [
        {},
        { 'Client-Cert': `:${der}:` },
        { 'X-SSL-Client-Cert': encodeURIComponent(leaf) },
        { Client_Cert: `:${der}:` },
        { X_SSL_Client_Cert: encodeURIComponent(leaf) },
        { 'Client-Cert-Chain': `:${der}:` },
        { 'X-Forwarded-Client-Cert': `Cert="${encodeURIComponent(leaf)}"` },
        { 'Client-Cert': `:${der}:`, 'X-SSL-Client-Cert': encodeURIComponent(leaf) },
        {
          Connection: 'close, X-SSL-Client-Cert, Client-Cert',
          'X-SSL-Client-Cert': encodeURIComponent(leaf),
        },
      ];
      const stranger = new Agent({ connect: { ca: server.ca } });
      for (const target of [proxy.ports.device, server.ports.device]) {
        for (const headers of forms) {
          const { Connection, ...rest } = headers;
          const answer = await request(`https://localhost:${target}${agentPaths.commands}`, {
            dispatcher: stranger,
            headers: rest,
            reset: Connection !== undefined,
          });
          const body = await answer.body.text();
          assert.ok(
            [400, 401].includes(answer.statusCode),
            `${JSON.stringify(Object.keys(headers))}: ${answer.statusCode} ${body}`,
          );
          // Directly, from an address that is no proxy, the header alone is an attempt at forgery.
          if (target === server.ports.device && Object.keys(rest).length > 0)
            assert.equal(answer.statusCode, 400, body);
        }
      }
      await stranger.close();
      // With a certificate of its own and another’s in a header, a device stays who it is or is refused.
      const gateway = through(identityOf(other));
      assert.deepEqual((await gateway.commands(0)).commands, []);
      await gateway.close();
    });

    test('DEV-04 a device that comes directly is known by its connection, beside the proxy', async () => {
      await other.report();
      assert.equal(other.memory.confirmed.length, 1);
    });
  });
}
