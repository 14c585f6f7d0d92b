// What an administrator sees of it: groups and watch lists that follow reports, the chain from fact to gate at any past moment, and what
// happens when others misbehave: network devices, receivers, sessions that nobody knows, facts that flap, clocks and expressions.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { drifts, type SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import type { Json } from './compliance-receivers.ts';
import { addressOfSwitch, type ComplianceWorld, networkOf, openComplianceWorld } from './compliance-world.ts';
import { complianceChange } from './ssf-receiver.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('why, for whom, and what if others fail', () => {
  let world: ComplianceWorld;
  let computer: SimulatedAgent;
  let deviceId = '';

  before(async () => {
    world = await openComplianceWorld();
    computer = await world.enrol();
    deviceId = world.idOf(computer);
    await world.connect(computer);
  });
  after(() => world[Symbol.asyncDispose]());

  const explain = (more = '') => world.call('GET', `/devices/${deviceId}/explain${more}`);
  const shady = (yes: boolean) => {
    if (yes) computer.computer.addedPackages['shady-vpn'] = '1.0';
    else delete computer.computer.addedPackages['shady-vpn'];
    return computer.report();
  };
  const signals = () =>
    world.ssf.events.filter(
      ({ type, subject }) => type === complianceChange && subject.device.sub === deviceId,
    );

  test('MON-04 a smart group, its policy and a watch list follow a report, and administrators are alerted on entry and exit', async () => {
    const expression = 'apps.installed.exists(a, a.id == "shady-vpn")';
    const group = await world.call('POST', '/groups', { name: 'With a tunnel', expression });
    const list = await world.call('POST', '/watch-lists', { name: 'Tunnels', expression, tellExit: true });
    const rule = await world.call('POST', '/compliance-rules', {
      name: 'Of those with a tunnel',
      kind: 'screen-lock',
      demand: { maximumInactivitySeconds: 60 },
      gates: ['content'],
    });
    await world.assign('rule', rule.id, { kind: 'group', id: group.id });
    const alerts = async () =>
      (await world.call('GET', '/alerts')).items.filter(({ kind }: Json) => kind.startsWith('watch-list'));
    const state = async () => ({
      member: (await world.call('GET', `/groups/${group.id}/devices`)).items.length === 1,
      watched: (await world.call('GET', `/watch-lists/${list.id}/devices`)).items.length === 1,
      judged: (await explain()).rules.some(({ ruleId }: Json) => ruleId === rule.id),
    });
    assert.deepEqual(await state(), { member: false, watched: false, judged: false });
    await shady(true);
    await world.until('group, list and rule follow', async () => Object.values(await state()).every(Boolean));
    await world.until('the entry is alerted', async () => (await alerts()).length === 1);
    await shady(false);
    await world.until('they follow back', async () => !Object.values(await state()).some(Boolean));
    await world.until('the exit is alerted', async () => (await alerts()).length === 2);
    await world.call('DELETE', `/compliance-rules/${rule.id}`);
  });

  test('CMP-21, CMP-22 the chain is complete for every gate at a past moment: fact, rule version, assignment, exception, what was done', async () => {
    const rule = await world.call('POST', '/compliance-rules', {
      name: 'No foreign tunnels',
      kind: 'apps',
      demand: { forbidden: [{ id: 'shady-vpn', name: 'Shady VPN' }] },
      gates: ['mail'],
      stages: [{ afterMinutes: 10, actions: [{ kind: 'restrict', gates: ['network'] }] }],
    });
    await world.call('PATCH', `/compliance-rules/${rule.id}`, {
      description: 'Since the incident.',
      severity: 'high',
    });
    await world.assign('rule', rule.id);
    await shady(true);
    await world.until('broken', async () => !(await explain()).compliant);
    const broken = new Date(world.now()).toISOString();
    await world.advance(11 * minute, 'evaluate-due');
    await world.until('shut', async () => (await explain()).gates.network.access !== 'allow');
    await world.until('it is on record', async () => {
      const { items } = await world.call('GET', `/devices/${deviceId}/actions?kind=restrict`);
      return items[0]?.state === 'done';
    });
    const shut = new Date(world.now()).toISOString();
    await world.advance(minute);
    const exception = await world.call('POST', `/devices/${deviceId}/exceptions`, {
      rule: rule.id,
      reason: 'Tested by security.',
      expiresAt: new Date(world.now() + hour).toISOString(),
    });
    await world.until('open', async () => (await explain()).gates.network.access === 'allow');
    const excepted = new Date(world.now()).toISOString();
    await world.advance(minute);
    await shady(false);
    await world.until('good', async () => (await explain()).compliant);

    const chainAt = async (at: string) => {
      const explanation = await explain(`?at=${at}`);
      return { explanation, chain: explanation.rules.find(({ ruleId }: Json) => ruleId === rule.id) };
    };
    const first = await chainAt(broken);
    assert.deepEqual([first.chain.name, first.chain.ruleVersion], ['No foreign tunnels', 2]);
    assert.deepEqual(first.chain.assignedTo, {
      targetKind: 'organization',
      targetId: world.organizationId,
      targetName: 'acme',
    });
    assert.match(JSON.stringify(first.chain.evidence), /shady-vpn/);
    assert.deepEqual([first.chain.effects.mail, first.chain.effects.network], ['deny', 'allow']);
    assert.equal(first.explanation.gates.network.access, 'allow');
    assert.equal(first.explanation.networkCompliant, true);
    assert.equal(first.explanation.compliant, false);
    const second = await chainAt(shut);
    assert.equal(second.chain.stage, 1);
    assert.deepEqual(second.chain.restricts, ['network']);
    assert.notEqual(second.explanation.gates.network.access, 'allow');
    assert.ok(second.explanation.gates.network.reasons.length > 0);
    const third = await chainAt(excepted);
    assert.equal(third.chain.exception.exceptionId, exception.id);
    assert.equal(third.chain.status, 'not-compliant');
    assert.equal(third.explanation.gates.network.access, 'allow');
    for (const { explanation } of [first, second, third])
      for (const gate of ['network', 'mail', 'vpn', 'apps', 'content']) {
        const says = explanation.gates[gate];
        assert.equal(says.access === 'allow', says.reasons.length === 0, gate);
      }
    const undone = await world.until('what was done is undone', async () => {
      const { items } = await world.call('GET', `/devices/${deviceId}/actions?kind=restrict`);
      return items[0].state === 'undone' ? items[0] : undefined;
    });
    assert.deepEqual([undone.kind, undone.cause.ruleVersion], ['restrict', 2]);
    await world.call('DELETE', `/compliance-rules/${rule.id}`);
  });

  test('a network device that is silent or refuses: the other gates are told at once, and its refusal is shown until it does what it is told', async () => {
    const problem = async () => (await world.call('GET', '/network-access/nas')).items[0].problem;
    for (const kind of ['silence', { nak: 'Administratively-Prohibited' }] as const) {
      // To a switch that is still to be told of the mending before, a break is nothing new.
      await world.until('the switch knows that all is well', async () => {
        const { items } = await world.call('GET', '/network-access/sessions');
        return items.every(({ waiting }: Json) => !waiting) && (await problem()) === null;
      });
      world.nas.answerWith(() => kind);
      const before = { coa: world.nas.requests.length, sets: signals().length };
      const began = Date.now();
      drifts['compromised'].apply(computer.computer);
      await computer.report();
      await world.until('signals arrive', () => signals().length > before.sets);
      assert.equal((await world.gatesOf(computer)).radius, 401);
      assert.ok(Date.now() - began < 2_000, `${Date.now() - began} ms`);
      await world.until('it is sent to', () => world.nas.requests.length > before.coa);
      if (kind !== 'silence')
        await world.until('the trouble is shown', async () => (await problem()) !== null);
      world.nas.answerWith(() => 'ack');
      drifts['compromised'].mend(computer.computer);
      await computer.report();
      // Whoever did not answer is left alone for half a minute.
      await world.advance(31_000);
      await world.until('the trouble is over', async () => (await problem()) === null);
      assert.equal(networkOf(await world.gatesOf(computer)), 'allow permit in');
      // So that nothing counts as flapping.
      await world.advance(15 * minute);
      await computer.report();
    }
  });

  test('receivers that are down for a day get everything afterwards, each message once', async () => {
    const before = { sets: signals().length, hooks: world.receivers.hooks.length };
    world.receivers.misbehave = (_message, response) => void response.writeHead(503).end();
    drifts['disk-unencrypted'].apply(computer.computer);
    await computer.report();
    for (let n = 0; n < 8; n += 1) await world.advance(3 * hour, 'webhooks-send');
    drifts['disk-unencrypted'].mend(computer.computer);
    await computer.report();
    assert.deepEqual([signals().length, world.receivers.hooks.length], [before.sets, before.hooks]);
    world.receivers.misbehave = undefined;
    await world.advance(4 * hour, 'webhooks-send');
    await world.until('signals have come', () => signals().length >= before.sets + 2, 20);
    assert.deepEqual(
      signals()
        .slice(before.sets)
        .map(({ claims }) => claims.current_status),
      ['not-compliant', 'compliant'],
    );
    const told = () =>
      world.receivers.hooks
        .filter(({ type, data }) => type === 'device.posture-changed' && data.deviceId === deviceId)
        .toSorted((a, b) => Number(a.id.split('_')[1]) - Number(b.id.split('_')[1]))
        .slice(-2)
        .map(({ data }) => data.after.compliant);
    await world.until(
      'webhooks have come',
      async () => {
        const { items } = await world.call('GET', '/webhooks');
        return items[0].waiting === 0 && world.receivers.hooks.length >= before.hooks + 2;
      },
      20,
    );
    assert.deepEqual(told(), [false, true]);
    assert.equal(new Set(world.receivers.hooks.map(({ id }) => id)).size, world.receivers.hooks.length);
  });

  test('accounting of unknown sessions and of foreign switches is taken and believed by nobody', async () => {
    const session = (nas: string) => ({
      'Acct-Status-Type': ['Interim-Update'],
      'Acct-Session-Id': ['nobody-knows'],
      'NAS-IP-Address': [nas],
    });
    for (const nas of [addressOfSwitch, '203.0.113.9'])
      assert.equal(await world.ask('accounting', '02-00-5E-10-00-01', session(nas)), 204);
    const stop = {
      ...session(addressOfSwitch),
      'Acct-Status-Type': ['Stop'],
      'Acct-Session-Id': ['never-began'],
    };
    assert.equal(await world.ask('accounting', '02-00-5E-10-00-02', stop), 204);
    const { items } = await world.call('GET', '/network-access/sessions');
    assert.ok(items.every(({ nasName }: Json) => nasName === 'switch'));
  });

  test('facts that flap are damped: a break counts at once, mending only when it has lasted', async () => {
    for (let n = 0; n < 4; n += 1) {
      drifts['compromised'].apply(computer.computer);
      await computer.report();
      drifts['compromised'].mend(computer.computer);
      await computer.report();
    }
    assert.equal((await explain()).compliant, false, 'mended too often to be believed');
    await world.advance(6 * minute, 'evaluate-due');
    await world.until('it has lasted', async () => (await explain()).compliant);
    const order = signals().map(({ claims }) => claims.current_status);
    for (const [n, status] of order.entries()) assert.notEqual(status, order[n - 1], 'told in their order');
  });

  test('clocks that run backwards shut nobody out: reports count in their order, and so do the decisions', async () => {
    const told = signals().length;
    await world.advance(20 * minute);
    drifts['disk-unencrypted'].apply(computer.computer);
    await computer.report();
    await world.until('broken', async () => !(await explain()).compliant);
    await world.advance(-2 * hour);
    drifts['disk-unencrypted'].mend(computer.computer);
    await computer.report();
    await world.until('mended', async () => (await explain()).compliant);
    await world.until('both are told', () => signals().length >= told + 2);
    assert.equal(networkOf(await world.gatesOf(computer)), 'allow permit in');
    await world.advance(2 * hour);
  });

  test('CEL-01 expressions that cannot be typed or cost too much, and rules that contradict each other, are said so when they are saved', async () => {
    const custom = (expression: string) =>
      world.tryCall('POST', '/compliance-rules', {
        name: 'Custom',
        kind: 'custom',
        demand: { expression, text: 'No.' },
      });
    for (const wrong of [
      'storage.encrypted + 1 > 2',
      'storage.encripted',
      `${'('.repeat(40)}true${')'.repeat(40)}`,
      `storage.encrypted || ${'storage.encrypted || '.repeat(400)}true`,
      'apps.installed.exists(a, apps.installed.exists(b, apps.installed.exists(c, apps.installed.exists(d, a.id == d.id && b.id == c.id))))',
    ]) {
      const answer = await custom(wrong);
      assert.equal(answer.status, 400, `${wrong.slice(0, 60)}: ${JSON.stringify(answer.body).slice(0, 200)}`);
    }
    const rule = (demand: object) =>
      world.call('POST', '/compliance-rules', { name: 'Apps', kind: 'apps', demand });
    const both = await rule({
      required: [{ id: 'curl', name: 'curl' }],
      forbidden: [{ id: 'curl', name: 'curl' }],
    });
    assert.ok(both.warnings.length > 0, 'it contradicts itself');
  });
});
