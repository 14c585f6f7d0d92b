// What destroys, over the whole server: a rule escalates beyond the budget and is held for a second person, a batch lets its first device
// go ahead, the tricks are refused, and the procedures for lost and stolen devices run from their start to “found”.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import { TestBrowser } from '../src/surfaces/admin/test-browser.ts';
import type { Json } from './compliance-receivers.ts';
import { type ComplianceWorld, networkOf, openComplianceWorld } from './compliance-world.ts';

const hour = 3_600_000;
const password = 'ocelot quaver tumbril plinth';

describe('destruction under the guard', () => {
  let world: ComplianceWorld;
  let asker: Administrator;
  let approver: Administrator;

  interface Administrator {
    tryCall(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }>;
    call(method: string, path: string, body?: unknown): Promise<Json>;
  }

  before(async () => {
    world = await openComplianceWorld();
    await world.call('PATCH', '/organization/settings', { secondFactorRequired: false });
    for (const name of ['asker', 'approver'])
      await world.server.addAdministrator('acme', `${name}@acme.example`, 'org-admin', password);
    await world.advance(25 * hour);
    asker = await signIn('asker');
    approver = await signIn('approver');
  });
  after(() => world[Symbol.asyncDispose]());

  let addresses = 0;
  /** Signs in again whenever the session has ended, as clocks leap. */
  async function signIn(name: string): Promise<Administrator> {
    const origin = `https://localhost:${world.server.ports.main}`;
    let browser: TestBrowser;
    async function begin(): Promise<void> {
      addresses += 1;
      browser = new TestBrowser(world.server.application.main, `192.0.2.${addresses}`);
      const credentials = { organization: 'acme', email: `${name}@acme.example`, password };
      const answer = await browser.send('POST', '/session', credentials, { origin });
      assert.equal(answer.statusCode, 201, answer.body);
    }
    const tryCall: Administrator['tryCall'] = async (method, path, body) => {
      let answer = await browser.send(method, path, body, { origin });
      if (answer.statusCode === 401) {
        await begin();
        answer = await browser.send(method, path, body, { origin });
      }
      return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
    };
    await begin();
    return {
      tryCall,
      async call(method, path, body) {
        const answer = await tryCall(method, path, body);
        assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
        return answer.body;
      },
    };
  }

  async function enrolMany(count: number, email: string): Promise<SimulatedAgent[]> {
    await world.call('POST', '/users', { email });
    const agents: SimulatedAgent[] = [];
    for (let n = 0; n < count; n += 3)
      agents.push(
        ...(await Promise.all(
          Array.from({ length: Math.min(3, count - n) }, () => world.enrol({ user: email })),
        )),
      );
    return agents;
  }
  const stateOf = async (agent: SimulatedAgent) =>
    (await world.call('GET', `/devices/${world.idOf(agent) || agent.memory.formerDeviceId}`)).state;
  /** It comes, takes what waits for it, and answers. */
  const visit = (agent: SimulatedAgent) => (agent.isEnrolled ? agent.poll(0).catch(() => []) : []);
  const refusalOf = (answer: { status: number; body: Json }) => [
    answer.status,
    answer.body.error?.reason ?? answer.body.reason,
  ];

  test('ADM-06 six devices escalate to a wipe, five may; the sixth waits for a second person and is wiped when that person agrees', async () => {
    const fleet = await enrolMany(6, 'escalating@acme.example');
    const rule = await world.call('POST', '/compliance-rules', {
      name: 'Nothing shady',
      kind: 'apps',
      demand: { forbidden: [{ id: 'shady-vpn', name: 'Shady VPN' }] },
      stages: [{ afterMinutes: 60, actions: [{ kind: 'selective-wipe' }] }],
    });
    const { items: users } = await world.call('GET', '/users');
    const owner = users.find(({ email }: Json) => email === 'escalating@acme.example');
    await world.assign('rule', rule.id, { kind: 'user', id: owner.id });
    for (const agent of fleet) {
      agent.computer.addedPackages['shady-vpn'] = '1.0';
      await agent.report();
    }
    await world.advance(61 * 60_000, 'evaluate-due');
    const pending = await world.until('one is held', async () => {
      const { items } = await approver.call('GET', '/approvals?state=pending');
      return items.length === 1 && items[0];
    });
    assert.equal(pending.command, 'selective-wipe');
    assert.equal(pending.held, 'budget-spent');
    assert.equal(pending.cause.ruleId ?? pending.cause.rule, rule.id);
    const summary = await world.call('GET', '/compliance-actions/summary');
    const counts = Object.fromEntries(
      summary.items.map(({ kind, state, count }: Json) => [`${kind} ${state}`, count]),
    );
    assert.deepEqual(counts, { 'selective-wipe ordered': 5, 'selective-wipe held': 1 });
    for (const agent of fleet) await visit(agent);
    const states = await Promise.all(fleet.map(stateOf));
    assert.equal(states.filter((state) => state === 'unmanaged').length, 5, states.join());
    await approver.call('POST', `/approvals/${pending.id}/approve`, { hash: pending.hash });
    for (const agent of fleet) await visit(agent);
    assert.ok((await Promise.all(fleet.map(stateOf))).every((state) => state === 'unmanaged'));
  });

  test('ADM-07 a batch beyond the budget: the tricks are conflicts, its first device goes ahead, the rest follow', async () => {
    const fleet = await enrolMany(6, 'batch@acme.example');
    const order = { name: 'selective-wipe', deviceIds: fleet.map(world.idOf), reason: 'The project ends.' };
    const { items } = await asker.call('POST', '/commands', order);
    const approvalId = items[0].refusal.approvalId as string;
    assert.ok(
      items.every(({ refusal }: Json) => refusal.approvalId === approvalId),
      'one request for all',
    );
    const request = await approver.call('GET', `/approvals/${approvalId}`);
    const decide = (who: Administrator, hash = request.hash) =>
      who.tryCall('POST', `/approvals/${approvalId}/approve`, { hash });

    await world.call('POST', '/administrators', { email: 'young@acme.example', role: 'org-admin', password });
    assert.deepEqual(refusalOf(await decide(asker)), [409, 'own-request']);
    assert.deepEqual(refusalOf(await decide(await signIn('young'))), [
      409,
      'approver-empowered-too-recently',
    ]);
    assert.deepEqual(refusalOf(await decide(approver, '0'.repeat(64))), [409, 'request-changed']);
    const token = await world.tryCall('POST', `/approvals/${approvalId}/approve`, { hash: request.hash });
    assert.equal(token.status, 409, 'a token that nobody stands behind');
    for (const agent of fleet) await visit(agent);
    assert.ok((await Promise.all(fleet.map(stateOf))).every((state) => state === 'registered'));

    const canary = await decide(approver);
    assert.equal(canary.status, 200, JSON.stringify(canary.body));
    assert.equal(canary.body.state, 'canary');
    assert.deepEqual(refusalOf(await decide(approver)), [409, 'already-decided']);
    const [first, ...rest] = fleet as [SimulatedAgent, ...SimulatedAgent[]];
    for (const agent of rest) await visit(agent);
    assert.ok((await Promise.all(rest.map(stateOf))).every((state) => state === 'registered'));
    await visit(first);
    assert.equal(await stateOf(first), 'unmanaged');
    await world.until('the rest follow', async () => {
      for (const agent of rest) await visit(agent);
      return (await Promise.all(rest.map(stateOf))).every((state) => state === 'unmanaged');
    });
    assert.equal((await approver.call('GET', `/approvals/${approvalId}`)).state, 'done');
  });

  test('LST-01, LST-06, GAP-09 a stolen private device: shut out at every gate, emptied, kept from enrolling, and let in again when it is found', async () => {
    await world.advance(2 * hour);
    await world.call('POST', '/users', { email: 'owner@acme.example' });
    const order = { user: 'owner@acme.example', ownership: 'personal' };
    const agent = await world.enrol(order);
    await world.connect(agent);
    const id = world.idOf(agent);
    const told = world.nas.requests.length;
    const run = await asker.call('POST', `/devices/${id}/playbooks`, {
      playbook: 'stolen',
      reason: 'On the train.',
    });
    await world.until('the switch is told', () => world.nas.requests.length > told);
    const gates = await world.gatesOf(agent);
    assert.equal(networkOf(gates).endsWith('out'), true, networkOf(gates));
    assert.equal(gates.posture, 'deny');
    assert.notEqual(gates.ise, 'permit');
    await world.until('the wipe is carried out', async () => {
      await visit(agent);
      return !agent.isEnrolled;
    });
    await world.until(
      'the run is over',
      async () => (await asker.call('GET', `/playbook-runs/${run.id}`)).state === 'done',
    );
    assert.equal(await stateOf(agent), 'unmanaged');
    await assert.rejects(world.enrolAgain(agent, order), /./, 'its hardware is shut out');
    await asker.call('POST', `/devices/${id}/playbooks`, {
      playbook: 'found',
      reason: 'It was under the seat.',
    });
    await world.until('it may come again', async () => {
      const again = await world.enrolAgain(agent, order).catch((error: unknown) => error);
      return again === undefined;
    });
    await world.until(
      'it is let in',
      async () => networkOf(await world.gatesOf(agent)) === 'allow permit in',
    );
  });

  test('LST-02 a lost corporate device is locked and looked for, wiped when nobody finds it, and otherwise given back', async () => {
    const [lost, found] = (await enrolMany(2, 'commuter@acme.example')) as [SimulatedAgent, SimulatedAgent];
    const start = (agent: SimulatedAgent) =>
      asker.call('POST', `/devices/${world.idOf(agent)}/playbooks`, {
        playbook: 'lost',
        option: 2,
        waitHours: 12,
        reason: 'Left on a train.',
      });
    const preview = await asker.call('POST', `/devices/${world.idOf(lost)}/playbooks/preview`, {
      playbook: 'lost',
      option: 2,
      reason: 'Left on a train.',
    });
    assert.ok(preview.steps.some(({ kind }: Json) => kind === 'selective-wipe'));
    const runs = [await start(lost), await start(found)];
    for (const agent of [lost, found]) {
      await world.until('it is locked', async () => {
        await visit(agent);
        return agent.computer.screenLocked;
      });
    }
    const foundId = world.idOf(found);
    await asker.call('POST', `/devices/${foundId}/playbooks`, {
      playbook: 'found',
      reason: 'In the office.',
    });
    await world.until(
      'that search ends',
      async () => (await asker.call('GET', `/playbook-runs/${runs[1].id}`)).state !== 'waiting',
    );
    await world.advance(13 * hour, 'advance-playbooks');
    await world.until('the lost one is wiped', async () => {
      await visit(lost);
      return !lost.isEnrolled;
    });
    await visit(found);
    assert.equal(await stateOf(found), 'registered');
    assert.equal((await world.call('GET', `/devices/${foundId}/explain`)).gates.network.access, 'allow');
  });
});
