import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isDomainError } from '../errors.ts';
import { demandOfEveryKind } from './every-kind.ts';
import { factsOfRule, parseRule, type RuleInput } from './parse-rule.ts';
import { everyGate } from './rule.ts';
import { ruleKinds } from './rule-kind.ts';
import { ruleWarnings } from './rule-warnings.ts';

function refused(input: RuleInput, problem: RegExp) {
  assert.throws(
    () => parseRule(input),
    (error) => {
      assert.ok(isDomainError(error, 'invalid-input'), String(error));
      assert.match(error.message, problem);
      return true;
    },
  );
}

const home = { latitude: 47, longitude: 8 };
const site = { shape: 'circle', name: 'the site', center: home, radiusMeters: 500 };
const fence = { areas: [site], must: 'inside', hysteresisMeters: 50, dwellMinutes: 5 };

test('what is not said is as the kind says; rules about cost count for no gate', () => {
  assert.deepEqual(parseRule({ kind: 'encryption', demand: {} }), {
    kind: 'encryption',
    demand: {},
    severity: 'high',
    purpose: 'security',
    gates: everyGate,
    graceMinutes: 0,
    maximumFactAgeHours: null,
    whenUnknown: 'quarantine',
    stages: [],
  });
  assert.deepEqual(parseRule({ kind: 'data-plan', demand: { maximumPercent: 80 } }).gates, []);
  assert.deepEqual(parseRule({ kind: 'encryption', demand: {}, purpose: 'cost' }).gates, []);
  assert.deepEqual(parseRule({ kind: 'roaming', demand: { when: 'any' }, gates: ['network'] }).gates, [
    'network',
  ]);
});

test('every kind has a demand that is taken', () => {
  for (const kind of ruleKinds) {
    const demand = demandOfEveryKind[kind];
    assert.deepEqual(parseRule({ kind, demand }).demand, demand, kind);
    assert.equal(parseRule({ kind, demand }).kind, kind);
  }
});

describe('what is wrong is refused, all in one answer', () => {
  test('forms', () => {
    refused({ kind: 'magic', demand: {} }, /kind must be one of/);
    refused({ kind: 'constructor', demand: {} }, /kind must be one of/);
    refused({ kind: 'passcode', demand: { minimumLength: 65 } }, /demand\.minimumLength must be .* 1 to 64/);
    refused({ kind: 'encryption', demand: { strength: 1 } }, /demand has no "strength"/);
    refused({ kind: 'data-plan', demand: {} }, /demand\.maximumPercent is missing/);
    refused({ kind: 'encryption', demand: {}, severity: 'dire', gates: ['door'] }, /severity .*; gates\[0\]/);
    refused({ kind: 'minimum-os', demand: { versions: { ios: 'beta' } } }, /versions\.ios must be a version/);
    refused({ kind: 'access-restriction', demand: { text: 'a\nb' } }, /one line/);
    refused(
      { kind: 'geofence', demand: { ...fence, areas: [{ ...site, shape: 'star' }] } },
      /areas\[0\]\.shape/,
    );
    refused(
      {
        kind: 'geofence',
        demand: { ...fence, areas: [{ ...site, center: { latitude: 91, longitude: 0 } }] },
      },
      /latitude/,
    );
  });

  test('stages', () => {
    const stages = (...list: unknown[]) => ({ kind: 'encryption', demand: {}, stages: list });
    const alert = { kind: 'alert-administrators' };
    refused(
      stages({ afterMinutes: 5, actions: [alert] }, { afterMinutes: 5, actions: [alert] }),
      /later than the stage before/,
    );
    refused(stages({ afterMinutes: 0, actions: [] }), /actions must be a list of 1 to 8/);
    refused(
      stages({ afterMinutes: 0, actions: [{ kind: 'restrict', gates: [] }] }),
      /gates must be a list of 1/,
    );
    refused(stages({ afterMinutes: 0, actions: [{ kind: 'notify-user' }] }), /by is missing/);
    refused(stages({ afterMinutes: 0, actions: [{ ...alert, gates: ['vpn'] }] }), /has no "gates"/);
    refused(stages({ afterMinutes: 0, actions: [{ kind: '__proto__' }] }), /kind must be one of/);
  });

  test('sense', () => {
    refused({ kind: 'minimum-os', demand: { versions: {} } }, /one platform or model/);
    refused({ kind: 'apps', demand: {} }, /require, forbid or allow/);
    refused({ kind: 'activesync', demand: { authorized: false } }, /ask for something/);
    refused({ kind: 'geofence', demand: { ...fence, hysteresisMeters: 500 } }, /nobody could come back/);
    refused({ kind: 'geofence', demand: 'from-policies' }, /policies demand nothing of the kind/);
    refused(
      { kind: 'custom', demand: { expression: 'storage.encryptd', text: 'T.', remedy: 'R.' } },
      /line 1, column 8.* there is no/,
    );
  });
});

test('CEL-03 the facts that a rule looks at are known when it is saved', () => {
  const expression = 'location.latitude > 47.0 && apps.installed.exists(a, a.id == "x")';
  assert.deepEqual(factsOfRule({ kind: 'custom', demand: { expression, text: 'T.', remedy: 'R.' } }), [
    'location.latitude',
    'apps.installed',
  ]);
});

describe('warnings', () => {
  const warned = (input: RuleInput, ...others: RuleInput[]) =>
    ruleWarnings(
      parseRule(input),
      others.map((other, index) => ({ ...parseRule(other), name: `Other ${index}` })),
    );
  const app = (id: string) => ({ id });

  test('a rule that nobody can meet', () => {
    const both = { required: [app('com.game.chess')], forbidden: [app('com.game.*')] };
    assert.match(warned({ kind: 'apps', demand: both })[0] ?? '', /required and forbidden/);
    assert.match(
      warned({ kind: 'apps', demand: { required: [app('x')], allowedOnly: [] } })[0] ?? '',
      /not among what is allowed/,
    );
    const custom = (expression: string) => ({
      kind: 'custom',
      demand: { expression, text: 'T.', remedy: 'R.' },
    });
    assert.match(warned(custom('1 > 2'))[0] ?? '', /asks nothing of a device/);
    assert.deepEqual(warned(custom('storage.encrypted')), []);
    assert.match(warned({ kind: 'access-restriction', demand: { text: 'T.' } })[0] ?? '', /loses network/);
  });

  test('rules that contradict each other', () => {
    const required = { kind: 'apps', demand: { required: [app('com.game.chess')] } };
    const forbidden = { kind: 'apps', demand: { forbidden: [app('com.game.*')] } };
    assert.match(
      warned(required, forbidden)[0] ?? '',
      /contradicts “Other 0”: “com.game.chess” is required by one/,
    );
    assert.match(warned(forbidden, required)[0] ?? '', /contradicts/);
    assert.match(
      warned(
        { kind: 'geofence', demand: fence },
        { kind: 'geofence', demand: { ...fence, must: 'outside' } },
      )[0] ?? '',
      /inside the area/,
    );
    assert.deepEqual(warned({ kind: 'encryption', demand: {} }, { kind: 'encryption', demand: {} }), []);
    assert.match(
      warned(
        { kind: 'passcode', demand: 'from-policies' },
        { kind: 'passcode', demand: 'from-policies' },
      )[0] ?? '',
      /the nearer one counts/,
    );
  });

  test('GAP-03 cost that cuts the network, and rules from which nothing follows', () => {
    const cost = { kind: 'roaming', demand: { when: 'any' } };
    assert.match(warned(cost)[0] ?? '', /nothing follows/);
    assert.match(warned({ ...cost, gates: ['network'] })[0] ?? '', /cuts devices off the network/);
    const stages = [{ afterMinutes: 0, actions: [{ kind: 'selective-wipe' }] }];
    assert.match(warned({ ...cost, stages })[0] ?? '', /removes data/);
    assert.match(
      warned({ kind: 'encryption', demand: {}, whenUnknown: 'not-compliant', stages })[0] ?? '',
      /merely reports nothing/,
    );
  });
});

test('any input gives a rule or an invalid-input error', () => {
  const anything = fc.record(
    {
      kind: fc.oneof(fc.constantFrom<string>(...ruleKinds), fc.string()),
      demand: fc.oneof(
        fc.constantFrom<unknown>(...Object.values(demandOfEveryKind), 'from-policies'),
        fc.anything(),
      ),
      severity: fc.anything(),
      gates: fc.oneof(fc.subarray([...everyGate]), fc.anything()),
      stages: fc.anything(),
      graceMinutes: fc.anything(),
    },
    { requiredKeys: ['kind', 'demand'] },
  );
  fc.assert(
    fc.property(anything, (input) => {
      try {
        ruleWarnings(parseRule(input as RuleInput));
      } catch (error) {
        assert.ok(isDomainError(error, 'invalid-input'), String(error));
      }
    }),
    { numRuns: 500 },
  );
});
