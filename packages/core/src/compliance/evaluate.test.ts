import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FactValue } from '../facts/types.ts';
import { evaluate } from './evaluate.ts';
import {
  evaluateAt,
  hour,
  knownFacts,
  laptop,
  minute,
  noon,
  rulesOf,
  verdictOf,
} from './device-arbitrary.ts';
import { judgeFact, met } from './finding.ts';
import { defineRule, everyGate } from './rule.ts';
import { say } from './wording/message.ts';
import { render } from './wording/render.ts';

const encryption = { 'encryption.required': true, 'encryption.grace-minutes': 60 };
const plain = { values: { 'storage.encrypted': false } };

test('a device that meets every rule is compliant, and the next change is the first fact to grow old', () => {
  const evaluation = evaluateAt(
    { 'encryption.required': true, 'compromise.forbidden': true, 'check-in.maximum-age-hours': 168 },
    { ageMs: hour },
  );
  assert.equal(evaluation.compliant, true);
  assert.equal(evaluation.nextChangeAt, noon + 71 * hour);
  assert.equal(evaluation.evaluatedAt, noon);
});

test('without rules a device is compliant and stays so', () => {
  const evaluation = evaluateAt({}, {});
  assert.equal(evaluation.compliant, true);
  assert.equal(evaluation.nextChangeAt, null);
});

test('the evidence names fact, value, source and age', () => {
  assert.deepEqual(verdictOf(encryption, { ...plain, ageMs: 5 * minute, source: 'attested' }).evidence, [
    {
      fact: 'storage.encrypted',
      value: false,
      source: 'attested',
      observedAt: noon - 5 * minute,
      ageMs: 5 * minute,
      stale: false,
    },
  ]);
});

test('DEV-09 the evidence shows what a less trusted source says instead', () => {
  const contradictedBy = [{ value: false, source: 'agent', observedAt: noon }] as const;
  const facts = new Map([
    ['integrity.compromised', { value: true, source: 'attested', observedAt: noon, contradictedBy }],
  ] as const);
  const { verdicts } = evaluateAt({ 'compromise.forbidden': true }, facts);
  assert.equal(verdicts[0]?.status, 'not-compliant');
  assert.deepEqual(verdicts[0]?.evidence[0]?.contradictedBy, contradictedBy);
});

test('CEL-02 a fact that is missing or of the wrong type is unknown, and not compliant, with a reason', () => {
  const wrong: FactValue[] = ['yes', 1, [], {}, [true]];
  for (const values of wrong.map((value) => ({ 'storage.encrypted': value }))) {
    const evaluation = evaluateAt(encryption, { values });
    assert.equal(evaluation.verdicts[0]?.status, 'unknown');
    assert.equal(evaluation.compliant, false);
    assert.equal(
      render(evaluation.verdicts[0]?.says ?? []),
      'The device has not reported whether its storage is encrypted.',
    );
    assert.match(render(evaluation.verdicts[0]?.mends ?? []), /refresh/);
  }
});

test('GAP-08: a good fact counts until it is as old as is allowed; the settings say how old', () => {
  const settings = { ...encryption, 'facts.maximum-age-hours': 4 };
  assert.equal(verdictOf(settings, { ageMs: 4 * hour - 1 }).status, 'compliant');
  const old = verdictOf(settings, { ageMs: 4 * hour });
  assert.equal(old.status, 'unknown');
  assert.equal(old.evidence[0]?.stale, true);
  assert.equal(render(old.says), 'The device reported whether its storage is encrypted too long ago.');
});

test('DEV-13 a fact from the future is of age zero and does not fail', () => {
  const verdict = verdictOf(encryption, { ageMs: -hour });
  assert.equal(verdict.status, 'compliant');
  assert.equal(verdict.evidence[0]?.ageMs, 0);
});

describe('grace', () => {
  const first = evaluateAt(encryption, plain);

  test('counts from the first failing evaluation, however often it is evaluated', () => {
    const second = evaluateAt(encryption, plain, { now: noon + 30 * minute, previous: first });
    assert.equal(second.verdicts[0]?.failingSince, noon);
    assert.equal(second.nextChangeAt, noon + 60 * minute);
    const third = evaluateAt(encryption, plain, { now: noon + 60 * minute, previous: second });
    assert.equal(third.verdicts[0]?.status, 'not-compliant');
  });

  test('runs on while the device is silent about the fact', () => {
    const silent = evaluateAt(
      encryption,
      { without: ['storage.encrypted'] },
      { now: noon + 10 * minute, previous: first },
    );
    assert.equal(silent.verdicts[0]?.status, 'unknown');
    const again = evaluateAt(encryption, plain, { now: noon + 61 * minute, previous: silent });
    assert.equal(again.verdicts[0]?.status, 'not-compliant');
  });

  test('begins anew after the rule was met', () => {
    const mended = evaluateAt(encryption, {}, { now: noon + 10 * minute, previous: first });
    assert.equal(mended.verdicts[0]?.failingSince, null);
    const again = evaluateAt(encryption, plain, { now: noon + 90 * minute, previous: mended });
    assert.equal(again.verdicts[0]?.status, 'in-grace');
    assert.equal(again.verdicts[0]?.graceEndsAt, noon + 150 * minute);
  });

  test('a shorter grace holds at once', () => {
    const shorter = { ...encryption, 'encryption.grace-minutes': 5 };
    const evaluation = evaluateAt(shorter, plain, { now: noon + 6 * minute, previous: first });
    assert.equal(evaluation.verdicts[0]?.status, 'not-compliant');
  });
});

test('the verdict names the settings it comes from, and the grace that applies', () => {
  assert.deepEqual(verdictOf({ 'passcode.required': true, 'passcode.history': 5 }).settings, [
    'passcode.required',
    'passcode.history',
    'passcode.grace-minutes',
  ]);
});

test('CMP-03: a cost rule does not make a device non-compliant', () => {
  const [rule] = rulesOf({ 'encryption.required': true });
  assert.ok(rule);
  const context = { now: noon, lastCheckInAt: noon, device: laptop };
  assert.equal(evaluate([{ ...rule, purpose: 'cost' }], knownFacts(plain), context).compliant, true);
  assert.equal(evaluate([rule], knownFacts(plain), context).compliant, false);
});

test('a rule without findings shows nothing, and nothing is not compliance', () => {
  const [rule] = rulesOf({ 'encryption.required': true });
  assert.ok(rule);
  const empty = evaluate([{ ...rule, judge: () => [] }], knownFacts(), {
    now: noon,
    lastCheckInAt: noon,
    device: laptop,
  });
  assert.equal(empty.verdicts[0]?.status, 'unknown');
});

test('a rule can ask only for the facts it declares', () => {
  const rule = defineRule({
    kind: 'encryption',
    severity: 'low',
    purpose: 'security',
    defaultGates: everyGate,
    reads: ['storage.encrypted'],
    demand: (demand) => demand,
    judge: (_demand, view) => [
      judgeFact(view, 'storage.encrypted', () => met(say('encryption.on'))),
      // @ts-expect-error the rule does not declare that it reads this fact
      judgeFact(view, 'sim.id', () => met(say('sim.same'))),
    ],
  });
  assert.deepEqual(rule.reads, ['storage.encrypted']);
});
