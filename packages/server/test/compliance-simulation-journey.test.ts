// Before a change is made: over a mixed fleet of devices that enrolled and reported, a simulation of a policy, a rule and an
// assignment says what they do, the change is saved bound to it, and does exactly that. What would shut out everybody is held.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  drifts,
  type EnrollmentTicket,
  newComputer,
  SimulatedAgent,
} from '@gatehouse/simulators/agent/index.ts';
import type { Json } from './compliance-receivers.ts';
import { composeServer, type ComposedServer } from './security/composed-server.ts';

const size = 60;
const gates = ['network', 'mail', 'vpn', 'apps', 'content'] as const;

interface Decision {
  readonly compliant: boolean;
  readonly access: Readonly<Record<(typeof gates)[number], string>>;
}

describe('what would happen if', () => {
  let server: ComposedServer;
  let admin: Awaited<ReturnType<ComposedServer['db']['superuser']>>;
  let organizationId = '';
  let groupId = '';
  const agents: SimulatedAgent[] = [];

  before(async () => {
    server = await composeServer();
    admin = await server.db.superuser();
    await server.addOrganization('acme');
    organizationId = (await call('GET', '/organization')).id;
    const users = [];
    for (let n = 0; n < 6; n += 1)
      users.push(await call('POST', '/users', { email: `user-${n}@acme.example` }));
    groupId = (await call('POST', '/groups', { name: 'Half of them' })).id;
    for (const user of users.slice(0, 3)) await call('PUT', `/groups/${groupId}/members/${user.id}`);
    for (let n = 0; n < size; n += 6)
      agents.push(...(await Promise.all(users.map((user, m) => enrol(n + m, user.email)))));
    await quiet();
  });
  after(async () => {
    await Promise.all(agents.map((agent) => agent.close()));
    await admin.end();
    await server[Symbol.asyncDispose]();
  });

  async function tryCall(method: string, path: string, body?: unknown) {
    const answer = await server.operate(method, path, body, 'acme');
    return { status: answer.statusCode, body: (answer.body === '' ? undefined : answer.json()) as Json };
  }
  async function call(method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await tryCall(method, path, body);
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Good and bad ones, of both platforms: old systems, no screen lock, forbidden programs, disks that are open. */
  async function enrol(n: number, user: string): Promise<SimulatedAgent> {
    const platform = n % 4 === 0 ? 'macos' : 'linux';
    const ticket: EnrollmentTicket = await call('POST', '/enrollments', {
      user,
      platform,
      ownership: n % 5 === 0 ? 'personal' : 'corporate',
    });
    const computer = newComputer(`mixed ${n}`, { platform });
    if (n % 3 === 0) drifts['os-outdated'].apply(computer);
    if (n % 7 === 0) computer.addedPackages['shady-vpn'] = '1.0';
    if (n % 11 === 0) drifts['disk-unencrypted'].apply(computer);
    const agent = new SimulatedAgent({ computer });
    await agent.enroll(ticket);
    await agent.report();
    // It acknowledges its policy.
    await agent.report([]);
    return agent;
  }

  /** As the gates read them. */
  async function decisions(): Promise<Map<string, Decision>> {
    const { rows } = await admin.query('select * from gh.device_posture order by device_id');
    return new Map(
      rows.map((row) => {
        const access = Object.fromEntries(gates.map((gate) => [gate, row[`access_${gate}`]]));
        return [row.device_id, { compliant: row.compliant, access: access as Decision['access'] }];
      }),
    );
  }
  /** Waits until every device was evaluated by the policies of this moment. */
  async function quiet(): Promise<void> {
    const end = Date.now() + 15_000;
    for (let before = ''; ; ) {
      await new Promise((resolve) => setTimeout(resolve, 400));
      const { rows } = await admin.query(
        `select (select count(*)::int from gh.jobs where state = 'ready' and run_at <= now()) as jobs, md5(string_agg(p::text, '' order by device_id)) as all
         from gh.device_posture p`,
      );
      const now = JSON.stringify(rows);
      if (now === before && rows[0].jobs === 0) return;
      before = now;
      assert.ok(Date.now() < end, 'it never comes to rest');
    }
  }

  /** Simulates, makes the change bound to that, and holds each number and each device to what has come to pass. */
  async function proves(change: object, make: (simulationId: string) => Promise<unknown>): Promise<Json> {
    const was = await decisions();
    const simulation = await call('POST', '/simulations', { change });
    assert.deepEqual(await decisions(), was, 'a simulation changes nothing');
    await make(simulation.id);
    await quiet();
    const is = await decisions();
    const pairs = [...is].map(([id, decision]) => [was.get(id) as Decision, decision] as const);
    const count = (holds: (a: Decision, b: Decision) => boolean) =>
      pairs.filter(([a, b]) => holds(a, b)).length;
    const { counts } = simulation;
    assert.equal(
      counts.becomeNotCompliant,
      count((a, b) => a.compliant && !b.compliant),
    );
    assert.equal(
      counts.becomeCompliant,
      count((a, b) => !a.compliant && b.compliant),
    );
    for (const gate of gates)
      for (const [name, answer] of [
        ['allowed', 'allow'],
        ['quarantined', 'quarantine'],
        ['denied', 'deny'],
      ] as const)
        assert.equal(
          counts.gates[gate][name],
          count((a, b) => a.access[gate] !== answer && b.access[gate] === answer),
          `${gate} ${name}`,
        );
    const { items } = await call('GET', `/simulations/${simulation.id}/devices?limit=200`);
    for (const { deviceId, after: simulated } of items)
      assert.deepEqual(simulated, is.get(deviceId), deviceId);
    return counts;
  }
  const bound = (id: string) => ({ simulationId: id });

  test('CEL-05 a policy, a rule and an assignment do exactly what was simulated', async () => {
    const { items: policies } = await call('GET', '/policies');
    const [basic] = policies;
    const settings = {
      ...basic.settings,
      'os.minimum-version.linux': '13',
      'os.minimum-version.macos': '15.0',
    };
    const policy = await proves({ kind: 'policy', policyId: basic.id, settings }, (id) =>
      call('PATCH', `/policies/${basic.id}`, { settings, ...bound(id) }),
    );
    assert.ok(policy.becomeNotCompliant > 0 && policy.becomeNotCompliant < size, 'some of them');

    const rule = await call('POST', '/compliance-rules', {
      name: 'No foreign tunnels',
      kind: 'apps',
      demand: { forbidden: [{ id: 'shady-vpn', name: 'Shady VPN' }] },
      whenUnknown: 'compliant',
    });
    const target = { kind: 'group', id: groupId };
    const item = { kind: 'rule', id: rule.id };
    const assigned = await proves({ kind: 'assignment-added', item, target }, (id) =>
      call('POST', '/assignments', { item, target, ...bound(id) }),
    );
    assert.ok(assigned.becomeNotCompliant > 0);

    const changes = { gates: ['mail'], demand: { forbidden: [{ id: 'curl', name: 'curl' }] } };
    const changed = await proves({ kind: 'rule', ruleId: rule.id, changes }, (id) =>
      call('PATCH', `/compliance-rules/${rule.id}`, { ...changes, ...bound(id) }),
    );
    assert.ok(changed.becomeNotCompliant > assigned.becomeNotCompliant);
    await proves({ kind: 'rule', ruleId: rule.id, changes: null }, (id) =>
      call('DELETE', `/compliance-rules/${rule.id}?simulationId=${id}`),
    );
  });

  test('saving is refused when the fleet has moved since, and so is what would shut out everybody', async () => {
    const { items: policies } = await call('GET', '/policies');
    const [basic] = policies;
    const settings = { ...basic.settings, 'screen-lock.required': true };
    const change = { kind: 'policy', policyId: basic.id, settings };
    const simulation = await call('POST', '/simulations', { change });
    const good = (await decisions()).entries().find(([, { compliant }]) => compliant)?.[0];
    const moved = agents.find(({ memory }) => memory.identity?.deviceId === good) as SimulatedAgent;
    drifts['screen-lock-off'].apply(moved.computer);
    await moved.report();
    const refused = await tryCall('PATCH', `/policies/${basic.id}`, { settings, ...bound(simulation.id) });
    assert.deepEqual([refused.status, refused.body.reason], [409, 'simulation-outdated']);

    const rule = await call('POST', '/compliance-rules', {
      name: 'Nobody',
      kind: 'access-restriction',
      demand: { text: 'Closed.' },
    });
    const everybody = {
      item: { kind: 'rule', id: rule.id },
      target: { kind: 'organization', id: organizationId },
    };
    const held = await tryCall('POST', '/assignments', everybody);
    assert.deepEqual([held.status, held.body.reason], [409, 'catches-many']);
    assert.match(JSON.stringify(held.body), /shut out \d+ of 60 devices/);
  });

  test('a rollout halts by itself when more devices stop being compliant than were simulated', async () => {
    const { items: policies } = await call('GET', '/policies');
    const [basic] = policies;
    const rollout = await call('POST', '/rollouts', {
      item: { kind: 'policy', id: basic.id },
      settings: { ...basic.settings, 'passcode.minimum-length': 6 },
      rings: [{ percent: 50 }, { percent: 100 }],
      soakMinutes: 5,
      tolerance: 2,
    });
    await quiet();
    const good = [...(await decisions())].filter(([, { compliant }]) => compliant).map(([id]) => id);
    const victims = agents.filter(({ memory }) => good.includes(memory.identity?.deviceId ?? ''));
    for (const agent of victims) {
      drifts['compromised'].apply(agent.computer);
      await agent.report(['security']);
    }
    const end = Date.now() + 15_000;
    for (;;) {
      const { state, ring } = await call('GET', `/rollouts/${rollout.id}`);
      if (state === 'halted') {
        assert.equal(ring, 1);
        break;
      }
      assert.ok(Date.now() < end, `it is ${state}`);
      // It looks once a minute.
      await admin.query(
        `update gh.jobs set run_at = now() where kind = 'advance-rollout' and run_at > now()`,
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { items: alerts } = await call('GET', '/alerts');
    assert.ok(alerts.some(({ kind }: Json) => kind === 'rollout-halted'));
    assert.equal((await call('POST', `/rollouts/${rollout.id}/abort`)).state, 'aborted');
  });
});
