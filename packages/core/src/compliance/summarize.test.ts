import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { settingsArbitrary } from '../settings/settings-arbitrary.ts';
import { platforms } from '../devices/device.ts';
import { evaluateAt, factsArbitrary, laptop } from './device-arbitrary.ts';
import type { RuleVerdict } from './verdict.ts';
import { shorten } from './plain-language.ts';
import { summarize, summaryLength } from './summarize.ts';
import { render } from './wording/render.ts';

test('a compliant device has neither a reason nor a remedy', () => {
  assert.deepEqual(summarize(evaluateAt({ 'encryption.required': true }, {})), {
    failureReason: null,
    remediation: null,
  });
});

test('the worst comes first, what is broken before what is unknown', () => {
  const evaluation = evaluateAt(
    { 'encryption.required': true, 'compromise.forbidden': true, 'screen-lock.required': true },
    {
      values: { 'storage.encrypted': false, 'screen-lock.enabled': false },
      without: ['integrity.compromised'],
    },
  );
  const { failureReason, remediation } = summarize(evaluation);
  assert.equal(
    failureReason,
    'Storage is not encrypted. The screen does not lock by itself. The device has not reported whether it is compromised.',
  );
  assert.match(remediation ?? '', /^Turn on encryption of the whole disk.*automatic screen lock.*refresh/);
});

test('NAC-41 the network is told what counts for it, and of excepted rules nothing', () => {
  const evaluation = evaluateAt(
    { 'encryption.required': true, 'screen-lock.required': true },
    { values: { 'storage.encrypted': false, 'screen-lock.enabled': false } },
  );
  const told = (change: (verdict: RuleVerdict) => Partial<RuleVerdict>) =>
    summarize({
      ...evaluation,
      verdicts: evaluation.verdicts.map((verdict) => ({ ...verdict, ...change(verdict) })),
    }).failureReason;
  const mailOnly = ({ rule }: RuleVerdict) => (rule === 'encryption' ? { gates: ['mail'] as const } : {});
  assert.equal(told(mailOnly), 'The screen does not lock by itself.');
  assert.match(told(() => ({ gates: ['mail'] as const })) ?? '', /^Storage .* screen/);
  const exception = { exceptionId: 'e', until: null, reason: 'Loaned.' };
  assert.equal(
    told(({ rule }) => (rule === 'encryption' ? { exception } : {})),
    'The screen does not lock by itself.',
  );
});

test('the same remedy is told once', () => {
  const evaluation = evaluateAt({ 'encryption.required': true, 'compromise.forbidden': true }, new Map());
  assert.equal(
    summarize(evaluation).remediation,
    'Open the agent and refresh, so that the device reports now.',
  );
});

test('GAP-04: nobody is told to open an agent that a telephone has not, and each platform has its own way to report', () => {
  const values = {
    'encryption.required': true,
    'compromise.forbidden': true,
    'check-in.maximum-age-hours': 1,
  };
  for (const platform of platforms) {
    const { verdicts } = evaluateAt(values, new Map(), {
      lastCheckInAt: null,
      device: { ...laptop, platform },
    });
    const remedies = verdicts.map(({ mends }) => render(mends));
    assert.ok(remedies.length >= 3 && remedies.every((remedy) => remedy.length > 20), platform);
    assert.equal(/agent/.test(remedies.join()), platform === 'linux' || platform === 'macos', platform);
  }
});

test('both lines fit 255 bytes of printable ASCII, whatever is wrong', () => {
  fc.assert(
    fc.property(settingsArbitrary, factsArbitrary, (settings, facts) => {
      const evaluation = evaluateAt(settings, facts, { lastCheckInAt: null });
      const { failureReason, remediation } = summarize(evaluation);
      for (const line of [failureReason, remediation]) {
        assert.equal(line === null, evaluation.compliant);
        assert.match(line ?? '', /^[ -~]*$/);
        assert.ok(Buffer.byteLength(line ?? '') <= summaryLength);
      }
    }),
  );
});

test('a long text is cut at a word, at its limit and not before', () => {
  assert.equal(shorten('x'.repeat(255), 255), 'x'.repeat(255));
  assert.equal(shorten('x'.repeat(256), 255), `${'x'.repeat(252)}...`);
  assert.equal(shorten('one two three four', 12), 'one two...');
});
