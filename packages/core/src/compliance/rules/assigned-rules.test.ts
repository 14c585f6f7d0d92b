/** The kinds of rules that only an assigned rule brings about: each at its limit and one beyond. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FactName } from '../../facts/catalogue.ts';
import type { Facts, FactValue, StoredFact } from '../../facts/types.ts';
import type { AppPattern } from '../demands.ts';
import { assignedRule, follow, hour, laptop, minute, noon, statusUnder } from '../device-arbitrary.ts';
import { everyGate, noGate } from '../rule.ts';
import { ruleCatalogue } from '../rules.ts';
import { render } from '../wording/render.ts';

const told = (values: Partial<Record<FactName, FactValue>>, ageMs = 0) => ({ values, ageMs });

test('CMA-01, CMA-02 a restriction of access is broken for as long as it is assigned', () => {
  const verdict = follow(assignedRule('access-restriction', { text: 'The device is under investigation.' }))(
    {},
    0,
  );
  assert.equal(verdict.status, 'not-compliant');
  assert.equal(render(verdict.says), 'The device is under investigation.');
  assert.equal(verdict.changesAt, null);
});

test('CMP-04 enrolment must be in place, and removing it breaks the rule', () => {
  const rule = assignedRule('enrollment', {});
  const under = (state: typeof laptop.state | 'unmanaged' | 'pending' | 'wiping' | 'blocked') =>
    statusUnder(rule, {}, { device: { ...laptop, state } });
  assert.deepEqual((['registered', 'pending', 'blocked', 'wiping', 'unmanaged'] as const).map(under), [
    'compliant',
    'unknown',
    'compliant',
    'not-compliant',
    'not-compliant',
  ]);
});

test('CMP-05, CMP-07, CMP-08, CMP-09 rules of policies can be assigned by themselves, with demands of their own', () => {
  assert.equal(
    statusUnder(assignedRule('check-in-age', { maximumHours: 1 }), {}, { lastCheckInAt: noon - hour }),
    'not-compliant',
  );
  assert.equal(
    statusUnder(assignedRule('encryption', {}), told({ 'storage.encrypted': false })),
    'not-compliant',
  );
  assert.equal(
    statusUnder(assignedRule('compromised', {}), told({ 'integrity.compromised': true })),
    'not-compliant',
  );
  const length = (minimumLength: number) => statusUnder(assignedRule('passcode', { minimumLength }));
  assert.deepEqual([length(12), length(13)], ['compliant', 'not-compliant']);
  const idle = (maximumInactivitySeconds: number) =>
    statusUnder(assignedRule('screen-lock', { maximumInactivitySeconds }));
  assert.deepEqual([idle(120), idle(119)], ['compliant', 'not-compliant']);
});

test('CMP-06 versions are demanded by platform, and of a model where one is named', () => {
  const rule = assignedRule('minimum-os', {
    versions: { ios: '18.0', android: '15' },
    models: [{ model: 'iPhone11,*', version: '17.7' }],
  });
  const on = (version: string, product?: string) =>
    statusUnder(rule, told({ 'os.version': version, ...(product ? { 'device.product': product } : {}) }));
  assert.equal(on('18.0', 'iPhone17,1'), 'compliant');
  assert.equal(on('17.9', 'iPhone17,1'), 'not-compliant');
  assert.equal(on('17.7', 'iphone11,2'), 'compliant');
  assert.equal(on('17.6', 'iPhone11,8'), 'not-compliant');
  assert.equal(on('18.0'), 'unknown', 'what the model may have is not known without the model');
  const others = assignedRule('minimum-os', { versions: { android: '15' } });
  assert.throws(() => statusUnder(others), /no verdict/, 'it asks nothing of this platform');
});

test('CMP-10 location services', () => {
  const rule = assignedRule('location-services', {});
  assert.equal(statusUnder(rule, told({ 'location.services': true })), 'compliant');
  assert.equal(statusUnder(rule, told({ 'location.services': false })), 'not-compliant');
  assert.equal(statusUnder(rule), 'unknown');
});

test('CMP-11 a policy must be applied within its time, and further changes do not start the time anew', () => {
  const step = follow(assignedRule('policy-current', { withinMinutes: 60 }));
  const device = (policyVersion: string, acknowledgedPolicyVersion: string | null) => ({
    device: { ...laptop, policyVersion, acknowledgedPolicyVersion },
  });
  assert.equal(step({}, 0, device('v1', 'v1')).status, 'compliant');
  const waiting = step({}, 10, device('v2', 'v1'));
  assert.equal(waiting.status, 'compliant');
  assert.equal(waiting.changesAt, noon + 70 * minute);
  assert.equal(step({}, 69, device('v3', 'v1')).changesAt, noon + 70 * minute);
  const late = step({}, 70, device('v3', 'v1'));
  assert.equal(late.status, 'not-compliant');
  assert.match(render(late.says), /within 1 hour/);
  assert.equal(step({}, 71, device('v3', 'v3')).status, 'compliant');
  assert.equal(step({}, 72, device('v4', 'v3')).changesAt, noon + 132 * minute);
});

describe('CMP-12, CMP-13 apps', () => {
  const app = (id: string, version = '1.0') => ({ id, name: id, version, source: 'store' });
  const under = (
    demand: { required?: AppPattern[]; forbidden?: AppPattern[]; allowedOnly?: AppPattern[] },
    ...installed: ReturnType<typeof app>[]
  ) => follow(assignedRule('apps', demand))(told({ 'apps.installed': installed }), 0);

  test('what is required must be there, in the version demanded', () => {
    const required = [{ id: 'com.acme.mail', name: 'Acme Mail', version: '2.5' }];
    assert.equal(under({ required }, app('COM.acme.MAIL', '2.5.0')).status, 'compliant');
    assert.equal(under({ required }, app('com.acme.mail', '2.4')).status, 'not-compliant');
    assert.equal(under({ required }, app('com.acme.mail', 'beta')).status, 'not-compliant');
    assert.equal(render(under({ required }).says), 'Not installed: "Acme Mail" (version 2.5).');
  });

  test('what is forbidden must not, alone or by the beginning of its name', () => {
    const forbidden = [{ id: 'com.game.*' }, { id: 'org.old', version: '3' }];
    const found = under({ forbidden }, app('com.game.chess'), app('com.acme.mail'));
    assert.equal(found.status, 'not-compliant');
    assert.deepEqual(found.evidence[0]?.value, ['com.game.chess'], 'only what matters is kept');
    assert.equal(under({ forbidden }, app('com.gamer'), app('org.old', '3.0')).status, 'compliant');
    assert.equal(under({ forbidden }, app('org.old', '2.9')).status, 'not-compliant');
  });

  test('only what is listed is allowed', () => {
    const allowedOnly = [{ id: 'com.acme.*' }, { id: 'com.apple.mobilesafari' }];
    assert.equal(
      under({ allowedOnly }, app('com.acme.a'), app('com.apple.mobilesafari')).status,
      'compliant',
    );
    const found = under({ allowedOnly }, app('com.acme.a'), app('x\u001b[31m'));
    assert.equal(render(found.says), '1 installed app is not among those that are allowed.', 'DEV-12');
    assert.equal(under({ allowedOnly: [] }).status, 'compliant');
  });

  test('without the inventory nothing is known, and twenty thousand packages are searched in time', () => {
    const required = [{ id: 'com.acme.mail' }];
    assert.equal(statusUnder(assignedRule('apps', { required })), 'unknown');
    const many = Array.from({ length: 20_000 }, (_, index) => app(`package-${index}`));
    const listed = Array.from({ length: 500 }, (_, index) => ({ id: `other-${index}` }));
    const before = process.threadCpuUsage();
    assert.equal(
      under({ forbidden: listed, allowedOnly: [{ id: 'package-*' }] }, ...many).status,
      'compliant',
    );
    assert.ok(process.threadCpuUsage(before).user < 250_000);
  });
});

test('CMP-14, CMP-17 the mail gateway must let the device in and have heard of it', () => {
  const facts = (
    authorized: boolean,
    seenHoursAgo: number,
    source: 'activesync' | 'agent' = 'activesync',
  ): Facts =>
    new Map<FactName, StoredFact>([
      ['activesync.authorized', { value: authorized, source, observedAt: noon }],
      [
        'activesync.last-seen',
        { value: new Date(noon - seenHoursAgo * hour).toISOString(), source, observedAt: noon },
      ],
    ]);
  const rule = assignedRule('activesync', { maximumSilenceHours: 24 });
  const verdict = follow(rule)(facts(true, 23), 0);
  assert.equal(verdict.status, 'compliant');
  assert.equal(verdict.changesAt, noon + hour);
  assert.equal(follow(rule)(facts(true, 24), 0).status, 'not-compliant');
  assert.equal(follow(rule)(facts(false, 1), 0).status, 'not-compliant');
  assert.equal(follow(rule)(new Map(), 0).status, 'unknown');
});

test('CMP-15 roaming is about cost: it makes no device non-compliant and shuts nothing by itself', () => {
  const abroad = told({ 'roaming.active': true, 'roaming.data': false });
  assert.equal(statusUnder(assignedRule('roaming', { when: 'any' }), abroad), 'not-compliant');
  const data = assignedRule('roaming', { when: 'data' });
  assert.equal(statusUnder(data, abroad), 'compliant');
  assert.equal(statusUnder(data, told({ 'roaming.active': true, 'roaming.data': true })), 'not-compliant');
  assert.equal(statusUnder(data, told({ 'roaming.active': false })), 'compliant');
  assert.equal(statusUnder(data, told({ 'roaming.active': true })), 'unknown');
  assert.equal(statusUnder(data, told({ 'roaming.data': false })), 'compliant');
  assert.equal(statusUnder(data, told({ 'roaming.data': true })), 'unknown');
});

test('GAP-03 rules about cost count for no gate unless somebody says so', () => {
  for (const { purpose, defaultGates, kind } of Object.values(ruleCatalogue)) {
    assert.deepEqual(defaultGates, purpose === 'cost' ? noGate : everyGate, kind);
  }
});

test('CMP-19 the data plan, by the limit of the device or of the rule', () => {
  const rule = (limitBytes?: number) =>
    assignedRule('data-plan', { maximumPercent: 80, ...(limitBytes === undefined ? {} : { limitBytes }) });
  const used = (bytes: number, limit?: number) =>
    told({ 'cellular.data-used-bytes': bytes, ...(limit ? { 'cellular.data-limit-bytes': limit } : {}) });
  assert.equal(statusUnder(rule(), used(79, 100)), 'compliant');
  assert.equal(statusUnder(rule(), used(80, 100)), 'not-compliant');
  assert.equal(statusUnder(rule(), used(80)), 'unknown');
  assert.equal(statusUnder(rule(50), used(40, 100)), 'not-compliant');
  assert.match(render(follow(rule())(used(95, 100), 0).says), /^95 percent .* the mark is at 80\.$/);
});

test('another SIM than the first breaks the rule, and its number is shown to nobody', () => {
  const step = follow(assignedRule('sim-change', {}));
  const sim = (id: string) => told({ 'sim.id': id });
  const first = step(sim('8941031234567890123'), 0);
  assert.equal(first.status, 'compliant');
  assert.ok(!JSON.stringify(first).includes('8941031234567890123'));
  assert.equal(step(sim('8941039999999999999'), 1).status, 'not-compliant');
  assert.equal(step({}, 2).status, 'unknown', 'a SIM taken out shows nothing');
  assert.equal(step(sim('8941039999999999999'), 3).status, 'not-compliant');
  assert.equal(step(sim('8941031234567890123'), 4).status, 'compliant');
});
