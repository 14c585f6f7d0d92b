import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compareStrictness } from './aggregate.ts';
import { type Settings, settingDefinition, settingNames } from './catalogue.ts';
import { type AssignedPolicy, resolveSettings, settingsVersion, type TargetKind } from './resolve.ts';
import { policyArbitrary, settingsArbitrary } from './settings-arbitrary.ts';

function policy(name: string, targetKind: TargetKind, settings: Settings, priority = 0): AssignedPolicy {
  return {
    policyId: `id-${name}`,
    name,
    version: 1,
    settings,
    path: { targetKind, targetId: `${targetKind}-1`, targetName: targetKind },
    priority,
  };
}

describe('POL-09: security settings aggregate to the strictest', () => {
  const table: [Settings, Settings, Settings][] = [
    [{ 'passcode.required': false }, { 'passcode.required': true }, { 'passcode.required': true }],
    [{ 'passcode.minimum-length': 4 }, { 'passcode.minimum-length': 8 }, { 'passcode.minimum-length': 8 }],
    [
      { 'passcode.maximum-age-days': 30 },
      { 'passcode.maximum-age-days': 90 },
      { 'passcode.maximum-age-days': 30 },
    ],
    [{ 'passcode.grace-minutes': 0 }, { 'passcode.grace-minutes': 60 }, { 'passcode.grace-minutes': 0 }],
    [
      { 'os.minimum-version.ios': '9.3.6' },
      { 'os.minimum-version.ios': '18.1' },
      { 'os.minimum-version.ios': '18.1' },
    ],
  ];
  for (const [a, b, strictest] of table) {
    test(`${JSON.stringify(a)} with ${JSON.stringify(b)}`, () => {
      for (const [near, far] of [
        [a, b],
        [b, a],
      ] as const) {
        const { values } = resolveSettings([
          policy('near', 'device', near),
          policy('far', 'organization', far),
        ]);
        const [[name, value] = ['', '']] = Object.entries(strictest);
        assert.equal(values[name as keyof Settings], value);
      }
    });
  }
});

describe('POL-09: other settings take the first', () => {
  const contact = (text: string): Settings => ({ 'support.contact': text });
  const winner = (...assigned: AssignedPolicy[]) => resolveSettings(assigned).values['support.contact'];

  test('device before user before group before organization', () => {
    const all = (['organization', 'group', 'user', 'device'] as const).map((kind) =>
      policy('p', kind, contact(kind)),
    );
    assert.equal(winner(...all), 'device');
    assert.equal(winner(...all.slice(0, 3)), 'user');
    assert.equal(winner(...all.slice(0, 2)), 'group');
  });

  test('then the higher priority, then the name', () => {
    assert.equal(
      winner(policy('a', 'group', contact('low')), policy('b', 'group', contact('high'), 5)),
      'high',
    );
    assert.equal(winner(policy('b', 'group', contact('b')), policy('a', 'group', contact('a'))), 'a');
    const byName = { ...policy('b', 'group', contact('b')), policyId: 'id-0' };
    assert.equal(winner(byName, policy('a', 'group', contact('a'))), 'a', 'names count before ids');
  });
});

test('the result says which policy won, along which assignment, against whom and why', () => {
  const near = policy('near', 'device', { 'passcode.minimum-length': 6, 'location.collect': true });
  const far = policy('far', 'organization', { 'passcode.minimum-length': 8, 'location.collect': false });
  const { origins } = resolveSettings([far, near, policy('only', 'group', { 'encryption.required': true })]);

  const length = origins['passcode.minimum-length'];
  assert.equal(length?.why, 'strictest');
  assert.equal(length?.winner?.policyName, 'far');
  assert.deepEqual(
    length?.candidates.map(({ policyName, value }) => [policyName, value]),
    [
      ['near', 6],
      ['far', 8],
    ],
  );
  assert.equal(origins['location.collect']?.why, 'nearest');
  assert.equal(origins['location.collect']?.winner?.policyName, 'near');
  assert.equal(origins['encryption.required']?.why, 'only-one');
  assert.deepEqual(origins['encryption.required']?.winner?.path, {
    targetKind: 'group',
    targetId: 'group-1',
    targetName: 'group',
  });
  assert.deepEqual(origins['passcode.grace-minutes'], { why: 'default', winner: null, candidates: [] });
  assert.equal(origins['passcode.history'], undefined);
});

test('PWD-04: without any policy nothing is demanded, and the grace is 60 minutes', () => {
  const { values } = resolveSettings([]);
  assert.equal(values['passcode.grace-minutes'], 60);
  assert.equal(values['passcode.required'], undefined);
});

test('among equally strict policies the one of higher rank is named', () => {
  const { origins } = resolveSettings([
    policy('z', 'organization', { 'encryption.required': true }),
    policy('y', 'user', { 'encryption.required': true }),
  ]);
  assert.equal(origins['encryption.required']?.winner?.policyName, 'y');
});

/** A policy is assigned to a target once: two of the same rank with other settings cannot be. */
const assigned = fc.uniqueArray(policyArbitrary, {
  maxLength: 6,
  selector: ({ policyId, path }) => [policyId, path.targetKind, path.targetId].join(' '),
});

test('the order of assignments does not matter', () => {
  fc.assert(
    fc.property(assigned, fc.nat(), (policies, seed) => {
      const turn = policies.length === 0 ? 0 : seed % policies.length;
      const other = [...policies.slice(turn), ...policies.slice(0, turn)].toReversed();
      const [a, b] = [resolveSettings(policies), resolveSettings(other)];
      assert.deepEqual(a.values, b.values);
      assert.equal(a.version, b.version);
      for (const name of settingNames) assert.equal(a.origins[name]?.why, b.origins[name]?.why);
    }),
  );
});

test('POL-09: a resolved setting is one of the candidates and at least as strict as each', () => {
  fc.assert(
    fc.property(assigned, (policies) => {
      const { values, origins } = resolveSettings(policies);
      for (const name of settingNames) {
        const value = values[name];
        const { aggregation } = settingDefinition(name);
        const candidates = policies.flatMap(({ settings }) => settings[name] ?? []);
        if (candidates.length === 0) continue;
        assert.ok(value !== undefined && candidates.includes(value));
        assert.equal(origins[name]?.winner?.value, value);
        for (const candidate of candidates)
          assert.ok(compareStrictness(aggregation, value, candidate) >= 0, name);
      }
    }),
  );
});

test('one more policy never loosens a security setting that policies already state', () => {
  fc.assert(
    fc.property(assigned, policyArbitrary, (policies, another) => {
      const before = resolveSettings(policies);
      const after = resolveSettings([...policies, another]);
      for (const name of settingNames) {
        const [was, is] = [before.values[name], after.values[name]];
        if (was === undefined || before.origins[name]?.why === 'default') continue;
        assert.ok(
          is !== undefined && compareStrictness(settingDefinition(name).aggregation, is, was) >= 0,
          name,
        );
      }
    }),
  );
});

test('the version names the values and nothing else', () => {
  const settings: Settings = { 'passcode.required': true, 'passcode.history': 5 };
  const a = resolveSettings([policy('a', 'device', settings)]);
  const b = resolveSettings([policy('b', 'group', settings)]);
  assert.equal(a.version, b.version);
  assert.match(a.version, /^[\w-]{16}$/);
  fc.assert(
    fc.property(settingsArbitrary, settingsArbitrary, (x, y) => {
      const equal = settingNames.every((name) => x[name] === y[name]);
      assert.equal(settingsVersion(x) === settingsVersion(y), equal);
    }),
  );
});
