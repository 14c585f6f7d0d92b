// kill -9 while decisions change at a steady rate: afterwards nothing that changed is missing at the receivers of signals and webhooks,
// nothing came twice under another name, and every session on the network is authorized as its device deserves.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { encodeRestRequest } from '@gatehouse/protocols/radius/index.ts';
import {
  type DriftName,
  drifts,
  type EnrollmentTicket,
  newComputer,
  SimulatedAgent,
} from '@gatehouse/simulators/agent/index.ts';
import { type SimulatedNas, startSimulatedNas } from '@gatehouse/simulators/nas/index.ts';
import { connectLocalApi, type LocalApi } from '@gatehouse/simulators/operator/local-api.ts';
import { Agent, request } from 'undici';
import { type ComplianceReceivers, startComplianceReceivers } from './compliance-receivers.ts';
import { childrenOf, postmasterOf, strikeDown } from './crash-processes.ts';
import { type RunningServer, startServer } from './running-server.ts';
import { complianceChange, type SsfReceiver } from './ssf-receiver.ts';

const secret = 'quaver-plinth-ocelot-tumbril-0042';
const addressOfSwitch = '127.0.2.2';
const size = 5;
/** Each breaks another rule of the default policy, so that no rule counts as flapping. */
const ways: readonly DriftName[] = ['disk-unencrypted', 'compromised'];

interface Change {
  readonly at: string;
  readonly compliant: boolean;
  readonly access: { readonly network: string; readonly mail: string; readonly vpn: string };
}

describe('a server that is struck down while decisions change', () => {
  let receivers: ComplianceReceivers;
  let server: RunningServer;
  let api: LocalApi;
  let ssf: SsfReceiver;
  let nas: SimulatedNas;
  let http: Agent;
  let token = '';
  const agents: SimulatedAgent[] = [];
  /** By session: what the RADIUS server was answered when the switch asked last. */
  const admitted = new Map<string, number>();

  before(async () => {
    receivers = await startComplianceReceivers();
    server = await startServer({ env: receivers.env });
    const instance = connectLocalApi(server.dataDirectory);
    await instance.request('POST', '/organizations', { slug: 'acme', name: 'Acme' });
    await instance.close();
    api = connectLocalApi(server.dataDirectory, 'acme');
    const ca = readFileSync(join(server.dataDirectory, 'tls', 'trust.pem'), 'utf8');
    http = new Agent({ connect: { ca } });
    const made = await api.request<{ token: string }>('POST', '/tokens', {
      name: 'network',
      role: 'nac-service',
      expiresInSeconds: 86_400,
    });
    token = made.token;
    nas = await startSimulatedNas({ secret, host: addressOfSwitch });
    nas.answerWith((asked) => {
      const [mac = ''] = asked.all('Calling-Station-Id');
      void authorize(mac);
      return 'ack';
    });
    await api.request('POST', '/network-access/nas', {
      name: 'switch',
      address: addressOfSwitch,
      port: nas.port,
      template: 'cisco-ios',
      secret,
    });
    await api.request('PUT', '/network-access/settings', { rules: [], quietSeconds: 0 });
    await api.request('POST', '/users', { email: 'ann@acme.example' });
    for (let n = 0; n < size; n += 1) agents.push(await enrol(n));
    for (const agent of agents) {
      await authorize(macOf(agent));
      await ask('accounting', macOf(agent), {
        'Acct-Status-Type': ['Start'],
        'Acct-Session-Id': [macOf(agent)],
        'NAS-IP-Address': [addressOfSwitch],
      });
    }
    ssf = await receivers.startSignals(`${server.publicUrl}/ssf/acme`, token, ca);
    await api.request('POST', '/webhooks', {
      name: 'hook',
      url: receivers.hookUrl,
      events: ['device.posture-changed'],
    });
  });
  after(async () => {
    for (const agent of agents) await agent.close();
    await api?.close();
    await http?.destroy();
    await server?.[Symbol.asyncDispose]();
    await nas?.[Symbol.asyncDispose]();
    await receivers?.close();
  });

  async function enrol(n: number): Promise<SimulatedAgent> {
    const ticket = await api.request<EnrollmentTicket>('POST', '/enrollments', {
      user: 'ann@acme.example',
      platform: 'linux',
      ownership: 'corporate',
    });
    const agent = new SimulatedAgent({ computer: newComputer(`struck ${n}`, { platform: 'linux' }) });
    await agent.enroll(ticket);
    await agent.report();
    await agent.report();
    return agent;
  }
  const macOf = (agent: SimulatedAgent) =>
    agent.computer.interfaces.find(({ kind }) => kind === 'wifi')?.mac ?? '';
  const idOf = (agent: SimulatedAgent) => agent.memory.identity?.deviceId ?? '';

  async function ask(question: string, mac: string, attributes: object = {}): Promise<number> {
    for (;;) {
      try {
        const answer = await request(`${server.publicUrl}/nac/v1/radius/acme/${question}`, {
          method: 'POST',
          dispatcher: http,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: Buffer.from(encodeRestRequest({ 'Calling-Station-Id': [mac], ...attributes })),
        });
        await answer.body.dump();
        if (answer.statusCode < 500) return answer.statusCode;
      } catch {
        // A RADIUS server asks again.
      }
      await wait(100);
    }
  }
  /** As a switch that was told that a session has to be authorized anew: the newest answer counts. */
  const asking = new Map<string, Promise<void>>();
  function authorize(mac: string): Promise<void> {
    const key = mac.toLowerCase().replaceAll(/[^0-9a-f]/g, '');
    const next = (asking.get(key) ?? Promise.resolve()).then(async () => {
      admitted.set(key, await ask('authorize', mac));
    });
    asking.set(key, next);
    return next;
  }

  /** One break and one mend after the other, until the server has heard of each. */
  async function keepChanging(agent: SimulatedAgent, heard: { count: number }): Promise<void> {
    const report = async () => {
      for (;;) {
        try {
          await agent.report(['security']);
          heard.count += 1;
          return;
        } catch {
          await wait(100);
        }
      }
    };
    for (let round = 0; round < 3; round += 1) {
      for (const way of ways) {
        drifts[way].apply(agent.computer);
        await report();
        await wait(150);
        // The last one of half of them stays broken.
        const last = round === 2 && way === ways.at(-1);
        if (last && agents.indexOf(agent) % 2 === 0) return;
        drifts[way].mend(agent.computer);
        await report();
        await wait(150);
      }
    }
  }

  test('no transition is missing at the receivers, none came twice under another id, every session is authorized as it should be', {
    timeout: 240_000,
  }, async (context) => {
    const heard = { count: 0 };
    const changing = Promise.all(agents.map((agent) => keepChanging(agent, heard)));
    for (const blow of ['server', 'all'] as const) {
      await wait(900);
      const postmaster = postmasterOf(server.dataDirectory);
      const all = [server.process().pid ?? 0, postmaster, ...childrenOf(postmaster)];
      const gone = server.kill('SIGKILL');
      if (blow === 'all') await strikeDown(all);
      await gone;
      await server.start();
    }
    await changing;

    const history = new Map<string, Change[]>();
    for (const agent of agents) {
      const changes = await api.list<Change>(`/devices/${idOf(agent)}/posture-changes`);
      history.set(idOf(agent), changes.toReversed());
    }
    const flips = (changes: readonly Change[]) =>
      changes.filter(({ compliant }, n) => n > 0 && changes[n - 1]?.compliant !== compliant);
    const signalsOf = (id: string) =>
      ssf.events.filter(({ type, subject }) => type === complianceChange && subject.device.sub === id);
    const hooksOf = (id: string) =>
      receivers.hooks
        .filter(({ data }) => data.deviceId === id)
        .toSorted((a, b) => Number(a.id.split('_')[1]) - Number(b.id.split('_')[1]));
    const lacking = () =>
      agents.filter((agent) => {
        const expected = flips(history.get(idOf(agent)) ?? []).length;
        return (
          signalsOf(idOf(agent)).length < expected ||
          hooksOf(idOf(agent)).filter(({ data }) => data.before.compliant !== data.after.compliant).length <
            expected
        );
      });
    // What the server had taken in hand when it was struck down is free again when its lease ends: jobs after two minutes.
    const deadline = Date.now() + 140_000;
    while (lacking().length > 0 && Date.now() < deadline) await wait(50);
    // What would come too often comes now.
    await wait(1_000);

    let transitions = 0;
    for (const agent of agents) {
      const id = idOf(agent);
      const expected = flips(history.get(id) ?? []).map(({ compliant }) => compliant);
      transitions += expected.length;
      assert.deepEqual(
        signalsOf(id).map(({ claims }) => claims.current_status === 'compliant'),
        expected,
        'signals: each transition once, in its order',
      );
      assert.deepEqual(
        hooksOf(id)
          .filter(({ data }) => data.before.compliant !== data.after.compliant)
          .map(({ data }) => data.after.compliant),
        expected,
        'webhooks: each transition once',
      );
    }
    assert.ok(transitions >= size * 8, `${transitions} transitions`);

    for (const agent of agents) {
      const { gates } = await api.request<{ gates: { network: { access: string } } }>(
        'GET',
        `/devices/${idOf(agent)}/explain`,
      );
      const key = macOf(agent)
        .toLowerCase()
        .replaceAll(/[^0-9a-f]/g, '');
      const wanted = gates.network.access === 'allow' ? 204 : 401;
      const end = Date.now() + 100_000;
      while (admitted.get(key) !== wanted && Date.now() < end) await wait(50);
      assert.equal(admitted.get(key), wanted, 'the switch was told of the last decision');
    }
    context.diagnostic(
      JSON.stringify({
        reports: heard.count,
        transitions,
        signalsAgain: ssf.repeats,
        webhooksAgain: receivers.repeats,
        coa: nas.requests.length,
      }),
    );
  });
});
