import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AccessSubject, decideAccess, decideAllAccess } from './access.ts';
import { evaluateAt, hour } from './device-arbitrary.ts';
import { gates, worstAccess } from './gate.ts';
import type { Evaluation, RuleVerdict } from './verdict.ts';
import { render } from './wording/render.ts';

const settings = { 'encryption.required': true, 'passcode.required': true };
const good = evaluateAt(settings, {});
const subject = (change: Partial<AccessSubject> = {}): AccessSubject => ({
  registered: true,
  blocked: false,
  evaluation: good,
  ...change,
});

test('a registered device that meets its rules passes every gate', () => {
  for (const gate of gates) assert.deepEqual(decideAccess(subject(), gate), { access: 'allow', reasons: [] });
});

test('CMP-04: a device that is not registered is denied, whatever is known of it', () => {
  for (const blocked of [true, false]) {
    const { access, reasons } = decideAccess(subject({ registered: false, blocked }), 'network');
    assert.equal(access, 'deny');
    assert.deepEqual(
      reasons.map(({ code }) => code),
      ['not-registered'],
    );
  }
});

test('a blocked device is denied although it meets its rules', () => {
  assert.equal(decideAccess(subject({ blocked: true }), 'mail').reasons[0]?.code, 'blocked');
});

test('a barred device is denied in words of its own, with the reason only where it is given', () => {
  const told = (bar: AccessSubject['bar'], language: 'en' | 'de' = 'en') => {
    const { access, reasons } = decideAccess(subject({ blocked: true, bar: bar ?? null }), 'mail');
    assert.equal(access, 'deny');
    assert.equal(reasons[0]?.code, 'barred');
    return render(reasons[0]?.says ?? [], language);
  };
  assert.equal(
    told({ cause: 'order', reason: 'Playbook “stolen”: taken on a train' }),
    'The device has been shut out of every gate: Playbook “stolen”: taken on a train.',
  );
  assert.equal(told({ cause: 'order', reason: null }), 'The device has been shut out of every gate.');
  assert.equal(
    told({ cause: 'certificate', reason: 'whatever' }, 'de'),
    'Das Gerät wurde von allen Zugängen ausgeschlossen, weil sein Zertifikat widerrufen wurde.',
  );
  const long = told({ cause: 'order', reason: `\u001b[31m${'x'.repeat(2_000)}\u202e` });
  assert.ok(long.length < 400);
  assert.doesNotMatch(long, /[\p{Cc}\p{Bidi_Control}]/u);
});

test('GAP-12, QTN-02: between enrolment and the first evaluation a device is in quarantine', () => {
  const decision = decideAccess(subject({ evaluation: null }), 'vpn');
  assert.equal(decision.access, 'quarantine');
  assert.equal(decision.reasons[0]?.code, 'not-evaluated');
});

test('PWD-05: in grace means quarantine, and so does doubt; a broken rule denies', () => {
  const inGrace = evaluateAt(settings, { values: { 'passcode.set': false } });
  assert.equal(decideAccess(subject({ evaluation: inGrace }), 'network').access, 'quarantine');
  const stale = evaluateAt(settings, { ageMs: 100 * hour });
  assert.equal(decideAccess(subject({ evaluation: stale }), 'network').access, 'quarantine');
  const broken = evaluateAt(settings, { values: { 'storage.encrypted': false, 'passcode.set': false } });
  const decision = decideAccess(subject({ evaluation: broken }), 'network');
  assert.equal(decision.access, 'deny');
  assert.deepEqual(
    decision.reasons.map((reason) => reason.code === 'rule' && [reason.rule, reason.status]),
    [
      ['encryption', 'not-compliant'],
      ['passcode', 'in-grace'],
    ],
  );
});

describe('GAP-03: a rule counts only for its gates', () => {
  const withVerdict = (change: Partial<RuleVerdict>): Evaluation => {
    const broken = evaluateAt({ 'encryption.required': true }, { values: { 'storage.encrypted': false } });
    return { ...broken, verdicts: broken.verdicts.map((verdict) => ({ ...verdict, ...change })) };
  };

  test('a rule that counts for mail alone shuts mail alone', () => {
    const decisions = decideAllAccess(subject({ evaluation: withVerdict({ gates: ['mail'] }) }));
    assert.deepEqual(
      gates.map((gate) => decisions[gate].access),
      ['allow', 'deny', 'allow', 'allow', 'allow'],
    );
  });

  test('GAP-03 what a stage restricts is shut, whatever the rule counts for, and quarantine is no better than quarantine', () => {
    const decisions = decideAllAccess(
      subject({ evaluation: withVerdict({ gates: [], restricts: ['vpn'], quarantines: true }) }),
    );
    assert.deepEqual(
      gates.map((gate) => decisions[gate].access),
      ['quarantine', 'quarantine', 'deny', 'quarantine', 'quarantine'],
    );
  });

  test('what is excepted has no effect', () => {
    const exception = { exceptionId: 'e', until: null, reason: 'Loaned to the press office.' };
    const decisions = decideAllAccess(
      subject({ evaluation: withVerdict({ restricts: ['vpn'], quarantines: true, exception }) }),
    );
    for (const gate of gates) assert.equal(decisions[gate].access, 'allow');
  });
});

test('reasons are given exactly when access is not allowed', () => {
  const evaluations = [
    null,
    good,
    evaluateAt(settings, { ageMs: 100 * hour }),
    evaluateAt(settings, { values: { 'storage.encrypted': false } }),
  ];
  for (const evaluation of evaluations) {
    for (const registered of [true, false]) {
      for (const { access, reasons } of Object.values(decideAllAccess(subject({ evaluation, registered })))) {
        assert.equal(access === 'allow', reasons.length === 0);
      }
    }
  }
});

test('the worst answer wins', () => {
  assert.equal(worstAccess([]), 'allow');
  assert.equal(worstAccess(['allow', 'quarantine']), 'quarantine');
  assert.equal(worstAccess(['deny', 'quarantine', 'allow']), 'deny');
});
