import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { after, before, describe, test } from 'node:test';
import { type EnrollmentTicket, newComputer, SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import { createSimulatedIse, type SimulatedIse } from '@gatehouse/simulators/cisco-ise/index.ts';
import { connectLocalApi, type LocalApi } from '@gatehouse/simulators/operator/local-api.ts';
import { type RunningServer, startServer } from '../running-server.ts';

const preload = new URL('./stray-errors.ts', import.meta.url).href;
const password = 'a-long-generated-password-for-the-network';

describe('the real process under fire', () => {
  let server: RunningServer;
  let api: LocalApi;
  let agent: SimulatedAgent;
  let ise: SimulatedIse;

  before(async () => {
    server = await startServer({ env: { NODE_OPTIONS: `--import=${preload}`, GATEHOUSE_LOG_LEVEL: 'info' } });
    const instance = connectLocalApi(server.dataDirectory);
    await instance.request('POST', '/organizations', { slug: 'acme', name: 'Acme' });
    await instance.close();
    api = connectLocalApi(server.dataDirectory, 'acme');
    await api.request('POST', '/users', { email: 'ann@acme.example' });
    await api.request('POST', '/administrators', {
      email: 'ise@acme.example',
      role: 'nac-service',
      password,
    });
    const [suite] = await api.list<{ id: string }>('/policies');
    await api.request('PATCH', `/policies/${suite?.id}`, { settings: { 'check-in.maximum-age-hours': 24 } });
    agent = new SimulatedAgent({ computer: newComputer('under fire', { platform: 'linux' }) });
    const order = { user: 'ann@acme.example', platform: 'linux' };
    await agent.enroll(await api.request<EnrollmentTicket>('POST', '/enrollments', order));
    await agent.report();
    ise = createSimulatedIse({
      host: 'localhost',
      port: Number(new URL(server.publicUrl).port),
      userName: 'ise@acme.example',
      password,
      trusted: [trust()],
      timeoutMs: 15_000,
    });
    assert.equal(await decision(), 'permit');
  });
  after(async () => {
    await Promise.all([agent.close(), ise.close(), api.close()]);
    await server[Symbol.asyncDispose]();
  });

  const trust = () => readFileSync(join(server.dataDirectory, 'tls', 'trust.pem'), 'utf8');
  const mac = () =>
    agent.computer.interfaces.find(({ kind }) => kind === 'ethernet' || kind === 'wifi')?.mac ?? '';
  const decision = async () => (await ise.openSession(mac())).decision;
  const fatalLines = () =>
    server
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { level: string; msg: string; err?: { message: string } })
      .filter(({ level }) => level === 'fatal');

  /** Bytes over TLS to a listener; what came back until the connection ended or the time was up. */
  async function raw(url: string, request: string, hangUpAfterMs = 3_000): Promise<string> {
    const socket = connectTls({ host: 'localhost', port: Number(new URL(url).port), ca: trust() });
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    const timer = setTimeout(() => socket.destroy(), hangUpAfterMs);
    socket.write(request, 'latin1');
    if (!socket.closed) await once(socket, 'close');
    clearTimeout(timer);
    return answer;
  }
  const post = (path: string, type: string, body: string, head = '') =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n${head}\r\n${body}`;

  test('HTTP-13 inputs that nest without end, break off or make no sense are refused, and the process lives', async () => {
    const { pid } = server.process();
    const basic = `Authorization: Basic ${Buffer.from(`ise@acme.example:${password}`).toString('base64')}\r\n`;
    const deep = (open: string, count: number) => open.repeat(count);
    const json = 'application/json';
    const bodies: [string, string, string][] = [
      ['/api/v1/session', json, deep('[', 200_000)],
      ['/api/v1/session', json, deep('{"a":', 40_000)],
      ['/setup/begin', json, deep('[', 4_000)],
      ['/agent/v1/enroll/acme/begin', json, deep('[', 4_000)],
      ['/agent/v1/enroll/acme/complete', json, `{"a":${deep('[', 4_000)}`],
      ['/agent/v1/enroll/acme/begin', json, '\u0000\u00ff\u00fe'],
      ['/ciscoise/mdmapi/v3/action/actionType=pin_lock', 'application/xml', deep('<a>', 20_000)],
      [
        '/ciscoise/mdmapi/v3/action/actionType=pin_lock',
        'application/xml',
        `<!DOCTYPE a [${deep('<!ENTITY a "&a;">', 3_000)}]><a/>`,
      ],
    ];
    for (const [path, type, body] of bodies) {
      const answer = await raw(server.publicUrl, post(path, type, body, basic));
      assert.match(answer, /^HTTP\/1\.1 4\d\d /, `${path}: ${answer.slice(0, 60)}`);
    }
    // Bodies that never come, connections that end in the middle of everything.
    const halves = [
      post('/api/v1/session', json, '{"organization":"acme",').replace(
        /Content-Length: \d+/,
        'Content-Length: 900',
      ),
      post('/api/v1/users/import', 'text/csv', 'email\nx@acme', basic).replace(
        /Content-Length: \d+/,
        'Content-Length: 9000',
      ),
      'POST /setup/begin HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n{',
      'GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(30),
      'GET /api/v1/op',
      '\u0016\u0003\u0001 no TLS inside TLS',
    ];
    await Promise.all(halves.flatMap((half) => [1, 20, 80].map((ms) => raw(server.publicUrl, half, ms))));
    await Promise.all(halves.map((half) => raw(server.deviceUrl, half, 40)));
    assert.equal(server.process().pid, pid);
    assert.equal(server.process().exitCode, null);
    assert.deepEqual(fatalLines(), []);
    assert.equal(await decision(), 'permit', 'and goes on serving');
  });

  test('RAD-07, ISE-05: the database is struck down under the server: 5xx at once, never an allow, and service comes back by itself', async () => {
    const pidFile = join(server.dataDirectory, 'postgres', 'cluster', 'postmaster.pid');
    assert.ok(existsSync(pidFile), pidFile);
    const postmaster = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
    const path = `/ciscoise/mdmapi/v3/devices/?paging=0&querycriteria=macaddress&value=${mac().replaceAll(':', '')}&filter=all`;
    process.kill(postmaster, 'SIGKILL');
    let quickest = Number.POSITIVE_INFINITY;
    const deadline = Date.now() + 60_000;
    for (;;) {
      const began = performance.now();
      const { status, headers } = await ise.call('GET', path);
      const took = performance.now() - began;
      if (status === 200) {
        // What is answered is the truth again, and not an answer without a database.
        if (quickest < Number.POSITIVE_INFINITY) break;
      } else {
        quickest = Math.min(quickest, took);
        assert.ok(status >= 500, String(status));
        assert.match(String(headers['content-type']), /^application\/xml/);
        // the client has other things to do than wait; the driver gives up on a connection after 5 s
        assert.ok(took < 6_000, `${Math.round(took)} ms`);
      }
      assert.ok(Date.now() < deadline, 'the server did not find its database again');
      await wait(20);
    }
    assert.ok(quickest < 1_000, `${Math.round(quickest)} ms`);
    assert.equal(await decision(), 'permit');
    await agent.report();
    assert.equal(server.process().exitCode, null);
    assert.deepEqual(fatalLines(), []);
  });

  for (const [signal, message] of [
    ['SIGUSR2', 'thrown in a callback'],
    ['SIGHUP', 'rejected and forgotten'],
  ] as const) {
    test(`HTTP-13 an error that was ${message} is logged, the server stops in order, and starts again with everything`, async () => {
      const child = server.process();
      const before = fatalLines().length;
      child.kill(signal);
      const [status] = (await once(child, 'exit')) as [number];
      assert.equal(status, 1);
      const [fatal] = fatalLines().slice(before);
      assert.equal(fatal?.err?.message, message);
      assert.ok(server.output().includes('"msg":"stopping"'), 'it stopped in order');
      assert.ok(
        !existsSync(join(server.dataDirectory, 'postgres', 'cluster', 'postmaster.pid')),
        'and its database',
      );
      await server.start();
      await agent.close();
      await agent.report();
      assert.equal(await decision(), 'permit');
    });
  }
});
