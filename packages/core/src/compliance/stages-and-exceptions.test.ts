import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decideAccess } from './access.ts';
import { assignedRule, follow, hour, inForce, knownFacts, laptop, minute, noon } from './device-arbitrary.ts';
import type { RuleException, Stage } from './compliance-rule.ts';
import { evaluate } from './evaluate.ts';
import type { Evaluation, RuleVerdict } from './verdict.ts';
import { render } from './wording/render.ts';

const plain = { values: { 'storage.encrypted': false } };
const sound = {};
const stages: readonly Stage[] = [
  { afterMinutes: 0, actions: [{ kind: 'notify-user', by: ['push', 'mail'] }] },
  { afterMinutes: 60, actions: [{ kind: 'restrict', gates: ['vpn'] }, { kind: 'remove-profiles' }] },
  { afterMinutes: 120, actions: [{ kind: 'quarantine' }] },
];
const staged = assignedRule('encryption', {}, { gates: [], stages });
const gatesOf = (verdict: RuleVerdict) => {
  const evaluation: Evaluation = {
    verdicts: [verdict],
    compliant: false,
    nextChangeAt: null,
    evaluatedAt: noon,
  };
  const subject = { registered: true, blocked: false, evaluation };
  return (['network', 'vpn'] as const).map((gate) => decideAccess(subject, gate).access);
};

describe('stages', () => {
  test('each is reached after its time, adds to those before, and says when the next comes', () => {
    const step = follow(staged);
    const first = step(plain, 0);
    assert.equal(first.stage, 1);
    assert.equal(first.changesAt, noon + 60 * minute);
    assert.deepEqual(gatesOf(first), ['allow', 'allow']);
    const second = step(plain, 60);
    assert.equal(second.stage, 2);
    assert.deepEqual([second.restricts, second.removesProfiles, second.quarantines], [['vpn'], true, false]);
    assert.deepEqual(gatesOf(second), ['allow', 'deny']);
    const third = step(plain, 600);
    assert.equal(third.stage, 3);
    assert.deepEqual(gatesOf(third), ['quarantine', 'deny']);
    assert.deepEqual(
      third.reached,
      stages.map(({ actions }) => actions),
    );
    assert.equal(third.changesAt, null);
  });

  test('recovery leaves them all, and the next failure begins anew', () => {
    const step = follow(staged);
    step(plain, 0);
    step(plain, 100);
    const mended = step(sound, 101);
    assert.deepEqual([mended.stage, mended.reached, mended.restricts], [0, [], []]);
    assert.equal(step(plain, 102).stage, 1);
  });

  test('doubt neither climbs nor descends', () => {
    const step = follow(staged);
    step(plain, 0);
    assert.equal(step(plain, 60).stage, 2);
    assert.equal(step({ without: ['storage.encrypted'] }, 500).stage, 2);
    assert.equal(follow(staged)({ without: ['storage.encrypted'] }, 500).stage, 0);
  });

  test('PWD-04 a rule of policies gets stages from an assigned rule that only tunes it', () => {
    const tuning = assignedRule('passcode', 'from-policies', {
      stages: [{ afterMinutes: 60, actions: [{ kind: 'remove-profiles' }] }],
      graceMinutes: 30,
      gates: ['mail'],
    });
    const further = { ...tuning, ruleId: 'r2', name: 'Z further', stages: [] };
    const rules = inForce([further, tuning], { 'passcode.required': true });
    const facts = knownFacts({ values: { 'passcode.set': false } });
    const context = { lastCheckInAt: noon, device: laptop };
    const previous = evaluate(rules, facts, { ...context, now: noon });
    const [verdict] = evaluate(rules, facts, { ...context, now: noon + hour, previous }).verdicts;
    assert.equal(rules.length, 1);
    assert.deepEqual(
      [verdict?.id, verdict?.ruleId, verdict?.settings.includes('passcode.required')],
      ['passcode', 'r1', true],
    );
    assert.equal(verdict?.removesProfiles, true);
    assert.deepEqual(verdict?.gates, ['mail']);
    assert.equal(previous.verdicts[0]?.graceEndsAt, noon + 30 * minute);
    assert.deepEqual(inForce([tuning]), [], 'it demands nothing by itself');
  });
});

describe('what the unknown means is chosen per rule', () => {
  const nothing = { without: ['storage.encrypted'] } as const;
  test('GAP-08 quarantine, unless the rule says that it passes or that it fails', () => {
    const under = (whenUnknown: 'quarantine' | 'compliant' | 'not-compliant') =>
      follow(assignedRule('encryption', {}, { whenUnknown, graceMinutes: 30, stages }))(nothing, 0);
    assert.equal(under('quarantine').status, 'unknown');
    assert.equal(under('compliant').status, 'compliant');
    assert.match(render(under('compliant').says), /has not reported .* This rule lets that pass\.$/);
    const failing = under('not-compliant');
    assert.equal(failing.status, 'in-grace');
    assert.equal(failing.stage, 1);
    assert.notDeepEqual(failing.mends, []);
  });

  test('a rule may say how old its facts may be', () => {
    const rule = assignedRule('encryption', {}, { maximumFactAgeHours: 1 });
    assert.equal(follow(rule)({ ageMs: hour }, 0).status, 'unknown');
    assert.equal(follow(rule)({ ageMs: hour - 1 }, 0).status, 'compliant');
  });
});

describe('exceptions', () => {
  const exception: RuleException = {
    exceptionId: 'e1',
    rule: 'r1',
    reason: 'Being repaired.',
    until: noon + 90 * minute,
  };
  const excepted = { exceptions: [exception] };

  test('the status stays as it is and has no effect, until the exception ends', () => {
    const step = follow({ ...staged, gates: ['network'] }, excepted);
    const verdict = step(plain, 0);
    assert.equal(verdict.status, 'not-compliant');
    assert.deepEqual(gatesOf(verdict), ['allow', 'allow']);
    assert.equal(verdict.stage, 0);
    assert.deepEqual(verdict.exception, {
      exceptionId: 'e1',
      until: noon + 90 * minute,
      reason: 'Being repaired.',
    });
    assert.equal(verdict.changesAt, noon + 90 * minute);
    const after = step(plain, 90);
    assert.equal(after.exception, null);
    assert.equal(after.stage, 2, 'the time of the stages ran on');
    assert.deepEqual(gatesOf(after), ['deny', 'deny']);
  });

  test('an excepted device is compliant; an exception from another rule helps nothing', () => {
    const rules = inForce([staged], { 'encryption.required': true });
    const compliant = (exceptions: readonly RuleException[]) =>
      evaluate(rules, knownFacts(plain), { now: noon, lastCheckInAt: noon, device: laptop, exceptions })
        .compliant;
    assert.equal(compliant([exception]), false, 'the policy demands it too');
    assert.equal(compliant([exception, { ...exception, rule: 'encryption' }]), true);
    assert.equal(
      compliant([
        { ...exception, rule: 'encryption' },
        { ...exception, rule: 'r9' },
      ]),
      false,
    );
  });
});

describe('facts that flap', () => {
  test('breaking counts at once, mending after the fourth time in ten minutes only when it holds', () => {
    const step = follow(assignedRule('encryption', {}, { stages }));
    for (const minuteOf of [0, 2, 4]) {
      assert.equal(step(plain, minuteOf).status, 'not-compliant');
      assert.equal(step(sound, minuteOf + 1).status, 'compliant');
    }
    const since = step(plain, 6).failingSince;
    const held = step(sound, 7);
    assert.equal(held.status, 'not-compliant');
    assert.equal(held.settlesAt, noon + 11 * minute);
    assert.equal(held.changesAt, noon + 11 * minute);
    assert.equal(held.failingSince, since, 'the clock of its stages runs on');
    assert.match(render(held.says), /Storage is encrypted\. This has changed too often/);
    assert.equal(step(plain, 8).settlesAt, null);
    assert.equal(step(sound, 9).settlesAt, noon + 13 * minute, 'each break begins the wait anew');
    assert.equal(step(sound, 13).status, 'compliant');
  });

  test('slow changes are no flapping', () => {
    const step = follow(assignedRule('encryption', {}));
    for (const minuteOf of [0, 4, 8, 12, 16, 20]) {
      assert.equal(step(plain, minuteOf).status, 'not-compliant');
      assert.equal(step(sound, minuteOf + 1).status, 'compliant');
    }
  });
});
