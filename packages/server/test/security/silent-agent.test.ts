import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { createSimulatedIse, type SimulatedIse } from '@gatehouse/simulators/cisco-ise/index.ts';
import type { SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import { composeServer, type ComposedServer } from './composed-server.ts';

const hour = 3_600_000;
const password = 'a-long-generated-password-for-the-network';

describe('a device that falls silent', () => {
  let server: ComposedServer;
  let agent: SimulatedAgent;
  let ise: SimulatedIse;
  let deviceId = '';
  let token = '';

  before(async () => {
    server = await composeServer();
    await server.addOrganization('acme');
    await server.addAdministrator('acme', 'ise@acme.example', 'nac-service', password);
    const policies = await server.operate('GET', '/policies', undefined, 'acme');
    const [suite] = (policies.json() as { items: { id: string }[] }).items;
    const settings = {
      'check-in.maximum-age-hours': 2,
      'facts.maximum-age-hours': 1,
      'encryption.required': true,
    };
    const changed = await server.operate('PATCH', `/policies/${suite?.id}`, { settings }, 'acme');
    assert.equal(changed.statusCode, 200, changed.body);
    agent = await server.enrol('acme');
    await agent.report();
    deviceId = agent.memory.identity?.deviceId ?? '';
    // The local socket wants a fresh file, and the clock will move.
    const made = await server.operate(
      'POST',
      '/tokens',
      { role: 'auditor', expiresInSeconds: 86_400 },
      'acme',
    );
    assert.equal(made.statusCode, 201, made.body);
    token = (made.json() as { token: string }).token;
    ise = createSimulatedIse({
      host: 'localhost',
      port: server.ports.main,
      trusted: [server.ca],
      userName: 'ise@acme.example',
      password,
    });
  });
  after(async () => {
    await ise.close();
    await server[Symbol.asyncDispose]();
  });

  const mac = () =>
    agent.computer.interfaces.find(({ kind }) => kind === 'ethernet' || kind === 'wifi')?.mac ?? '';
  const asked = async () => (await ise.openSession(mac())).decision;

  async function until(decision: string): Promise<void> {
    const deadline = Date.now() + 20_000;
    while ((await asked()) !== decision) {
      assert.ok(Date.now() < deadline, `the network still does not hear “${decision}”`);
      await wait(100);
    }
  }
  async function explained(): Promise<string> {
    const answer = await server.application.main.inject({
      url: `/api/v1/devices/${deviceId}/explain?gate=network`,
      headers: { host: 'localhost', authorization: `Bearer ${token}` },
    });
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.body;
  }

  test('AGT-T10 a stopped agent keeps its place until the deadline and not a minute longer', async () => {
    await until('permit');
    server.advance(hour - 60_000);
    await wait(2_500);
    assert.equal(await asked(), 'permit', 'a minute before the deadline nothing has changed');
    // Facts are a minute from being too old.
    server.advance(120_000);
    await until('quarantine');
    assert.match(await explained(), /encrypt/i);
  });

  test('AGT-T10 whoever comes back with news is let in again at once', async () => {
    await agent.report();
    assert.notEqual(await asked(), 'quarantine');
  });

  test('AGT-T10 one that only says that it is alive, and never what it is like, loses its place as well', async () => {
    await until('permit');
    server.advance(hour + 60_000);
    await agent.report([]);
    await until('quarantine');
  });
});
