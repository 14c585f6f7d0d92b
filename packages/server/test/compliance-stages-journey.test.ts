// One rule from its making to its end, over the whole server: an administrator makes it by the API, a device breaks it, its stages come
// by the clock, every gate is told each time and says the same, and what was done is undone when the device mends.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import { type ComplianceWorld, networkOf, openComplianceWorld } from './compliance-world.ts';
import { complianceChange } from './ssf-receiver.ts';

const minute = 60_000;

describe('a rule with stages, from end to end', () => {
  let world: ComplianceWorld;
  let computer: SimulatedAgent;
  let bystander: SimulatedAgent;
  let deviceId = '';
  let ruleId = '';

  before(async () => {
    world = await openComplianceWorld();
    await world.server.addAdministrator(
      'acme',
      'boss@acme.example',
      'org-admin',
      'ocelot quaver tumbril plinth',
    );
    computer = await world.enrol();
    deviceId = world.idOf(computer);
    const users = await world.call('GET', '/users');
    await world.call('POST', '/users', { email: 'other@acme.example' });
    bystander = await world.enrol({ user: 'other@acme.example' });
    const group = await world.call('POST', '/groups', { name: 'Field staff' });
    await world.call('PUT', `/groups/${group.id}/members/${users.items[0].id}`);
    const rule = await world.call('POST', '/compliance-rules', {
      name: 'No foreign tunnels',
      kind: 'apps',
      demand: { forbidden: [{ id: 'shady-vpn', name: 'Shady VPN' }] },
      gates: ['vpn'],
      stages: [
        {
          afterMinutes: 0,
          actions: [{ kind: 'notify-user', by: ['push', 'mail'] }, { kind: 'alert-administrators' }],
        },
        { afterMinutes: 30, actions: [{ kind: 'restrict', gates: ['mail'] }] },
        { afterMinutes: 60, actions: [{ kind: 'restrict', gates: ['network'] }, { kind: 'lock' }] },
      ],
    });
    ruleId = rule.id;
    await world.assign('rule', ruleId, { kind: 'group', id: group.id });
    await world.until('the rule holds', async () => {
      const { rules } = await world.call('GET', `/devices/${deviceId}/explain`);
      return rules.some((each: { ruleId: string }) => each.ruleId === ruleId);
    });
    await world.connect(computer);
    // Of both, by both ways: what came later would be taken for news of the rule.
    await world.until(
      'what came of the enrolment is told',
      () => lastHook()?.compliant === true && isSignalled(computer) && isSignalled(bystander),
    );
  });
  after(() => world[Symbol.asyncDispose]());

  const spoil = () => void (computer.computer.addedPackages['shady-vpn'] = '1.0');
  const explain = () => world.call('GET', `/devices/${deviceId}/explain`);
  const access = async () => {
    const { gates } = await explain();
    return Object.fromEntries(
      Object.entries(gates as Record<string, { access: string }>).map(([gate, says]) => [gate, says.access]),
    );
  };
  const told = () => ({
    sets: world.ssf.events.length,
    coa: world.nas.requests.length,
    hooks: changes().length,
  });
  const changes = () =>
    world.receivers.hooks.filter(
      ({ type, data }) => type === 'device.posture-changed' && data.deviceId === deviceId,
    );
  const lastHook = () => changes().at(-1)?.data.after;
  const isSignalled = (agent: SimulatedAgent) =>
    world.ssf.events.some(({ subject }) => subject.device.sub === world.idOf(agent));

  test('the user is told on the device and by mail, and administrators are alerted, while the network is still open', async () => {
    const before = told();
    spoil();
    bystander.computer.addedPackages['shady-vpn'] = '1.0';
    await bystander.report();
    await computer.report();
    const began = Date.now();
    await world.until('the receivers hear of it', () => {
      const now = told();
      return now.sets > before.sets && now.hooks > before.hooks;
    });
    assert.ok(Date.now() - began < 1_000, `${Date.now() - began} ms`);
    assert.equal(world.ssf.events.at(-1)?.type, complianceChange);
    assert.equal(world.ssf.events.at(-1)?.claims.current_status, 'not-compliant');
    assert.equal(world.ssf.events.at(-1)?.subject.device.sub, deviceId);
    assert.deepEqual([lastHook().compliant, lastHook().network, lastHook().vpn], [false, 'allow', 'deny']);
    assert.equal(networkOf(await world.gatesOf(computer)), 'allow permit in');
    const mail = await world.mail.mailTo('user@acme.example');
    assert.match(mail.text, /Shady VPN/);
    assert.match((await world.mail.mailTo('boss@acme.example')).text, /No foreign tunnels/);
    await world.until('the message is carried out', async () => {
      await computer.poll(0);
      return computer.computer.messages.length > 0;
    });
    assert.match(computer.computer.messages[0]?.text ?? '', /Shady VPN/);
    const { items } = await world.call('GET', '/alerts');
    assert.ok(items.some(({ summary }: { summary: string }) => summary.includes('No foreign tunnels')));
    assert.equal(world.nas.requests.length, before.coa, 'the switch has nothing to do with it');
  });

  test('GAP-01 after half an hour mail shuts, after an hour the network: switch, RADIUS, ISE, signals and webhook say the same', async () => {
    await world.advance(31 * minute, 'evaluate-due');
    assert.deepEqual(await access(), {
      network: 'allow',
      mail: 'deny',
      vpn: 'deny',
      apps: 'allow',
      content: 'allow',
    });
    assert.deepEqual(await world.ise.poll(), [], 'ISE does not learn of it');
    assert.equal(networkOf(await world.gatesOf(computer)), 'allow permit in');
    // Its news of the mail, if it came later, would be taken for that of the network.
    await world.until('the webhook is told of the mail', () => lastHook()?.mail === 'deny');
    const before = told();
    const began = Date.now();
    await world.advance(30 * minute, 'evaluate-due');
    await world.until('the switch is told', () => world.nas.requests.length > before.coa);
    await world.until('the webhook is told', () => told().hooks > before.hooks);
    await world.until('the signals are told', () => told().sets > before.sets);
    assert.ok(Date.now() - began < 2_000, `${Date.now() - began} ms`);
    const gates = await world.gatesOf(computer);
    assert.notEqual(gates.posture, 'allow');
    assert.notEqual(gates.ise, 'permit');
    assert.equal(gates.radius, 401);
    assert.equal(lastHook().network, gates.posture);
    assert.ok((await world.ise.poll()).length > 0, 'the list of those out of compliance has it');
    await world.until('it is locked', async () => {
      await computer.poll(0);
      return computer.computer.screenLocked;
    });
  });

  test('the history of what was done is complete, each with rule, version and stage', async () => {
    const { items } = await world.call('GET', `/devices/${deviceId}/actions`);
    const done = items.map(
      ({ kind, cause }: { kind: string; cause: { stage: number; ruleVersion: number; ruleId: string } }) =>
        `${cause.stage} ${kind} ${cause.ruleVersion} ${cause.ruleId === ruleId}`,
    );
    assert.deepEqual(done.toSorted(), [
      '1 alert-administrators 1 true',
      '1 notify-user 1 true',
      '2 restrict 1 true',
      '3 lock 1 true',
      '3 restrict 1 true',
    ]);
  });

  test('CMA-06 the device mends: everything that can be undone is undone, and all are told', async () => {
    const before = told();
    delete computer.computer.addedPackages['shady-vpn'];
    await computer.report();
    await world.until('all hear of it', () => {
      const now = told();
      return now.sets > before.sets && now.hooks > before.hooks && now.coa > before.coa;
    });
    assert.equal(networkOf(await world.gatesOf(computer)), 'allow permit in');
    assert.equal(world.ssf.events.at(-1)?.claims.current_status, 'compliant');
    assert.deepEqual(Object.values(await access()), ['allow', 'allow', 'allow', 'allow', 'allow']);
    assert.equal(lastHook().compliant, true);
    await world.until('the history says so', async () => {
      const { items } = await world.call('GET', `/devices/${deviceId}/actions`);
      return items
        .filter(({ kind }: { kind: string }) => kind === 'restrict')
        .every(({ state }: { state: string }) => state === 'undone');
    });
  });

  test('an exception opens the gates for a device that breaks the rule, and ends by the clock', async () => {
    // The switch asks again only when it is told to: whoever has asked already need not be told any more.
    const toldSince = (before: ReturnType<typeof told>) =>
      world.until('switch and webhook are told', () => {
        const now = told();
        return now.coa > before.coa && now.hooks > before.hooks;
      });
    spoil();
    await computer.report();
    await world.until('the webhook is told of the first stage', () => lastHook()?.vpn === 'deny');
    const beforeStage = told();
    await world.advance(61 * minute, 'evaluate-due');
    await toldSince(beforeStage);
    assert.equal((await world.gatesOf(computer)).radius, 401);

    const beforeException = told();
    const exception = await world.call('POST', `/devices/${deviceId}/exceptions`, {
      rule: ruleId,
      reason: 'Being repaired.',
      expiresAt: new Date(world.now() + 200 * minute).toISOString(),
    });
    await toldSince(beforeException);
    assert.equal(networkOf(await world.gatesOf(computer)), 'allow permit in');
    const chain = (await explain()).rules.find((rule: { ruleId: string }) => rule.ruleId === ruleId);
    assert.equal(chain.exception.exceptionId, exception.id);
    assert.equal(chain.exception.reason, 'Being repaired.');
    assert.equal(chain.status, 'not-compliant');

    const beforeEnd = told();
    await world.advance(201 * minute, 'evaluate-due');
    await toldSince(beforeEnd);
    const gates = await world.gatesOf(computer);
    assert.equal(gates.radius, 401);
    assert.notEqual(gates.ise, 'permit');
    assert.equal(lastHook().network, gates.posture);
    const other = await world.call('GET', `/devices/${world.idOf(bystander)}/explain`);
    assert.equal(other.compliant, true, 'whoever the rule is not assigned to is left alone');
  });
});
