import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { settingsArbitrary } from '../settings/settings-arbitrary.ts';
import { factsArbitrary, hour, laptop, noon, rulesOf } from './device-arbitrary.ts';
import { evaluate } from './evaluate.ts';
import { type StoredEvaluation, readEvaluation, writeEvaluation } from './stored-evaluation.ts';
import type { RuleVerdict } from './verdict.ts';

const unusual: Partial<RuleVerdict> = {
  id: '01930000-0000-7000-8000-00000000000a',
  ruleId: '01930000-0000-7000-8000-00000000000a',
  ruleVersion: 3,
  name: 'Storage',
  purpose: 'cost',
  gates: ['vpn'],
  settlesAt: noon + hour,
  brokenAt: [noon - hour, noon],
  stage: 1,
  reached: [[{ kind: 'lock' }]],
  restricts: ['mail'],
  quarantines: true,
  removesProfiles: true,
  exception: { exceptionId: 'e', until: null, reason: 'travels' },
  memory: { outsideSince: noon },
};

test('what is stored reads back as it was', () => {
  const evaluations = fc
    .record({
      settings: settingsArbitrary,
      facts: factsArbitrary,
      change: fc.option(fc.subarray(Object.keys(unusual) as (keyof RuleVerdict)[])),
    })
    .map(({ settings, facts, change }) => {
      const evaluation = evaluate(rulesOf(settings), facts, {
        now: noon,
        lastCheckInAt: null,
        device: laptop,
      });
      const changed = Object.fromEntries((change ?? []).map((name) => [name, unusual[name]]));
      return { ...evaluation, verdicts: evaluation.verdicts.map((each) => ({ ...each, ...changed })) };
    });
  fc.assert(
    fc.property(evaluations, (evaluation) => {
      const stored = JSON.parse(JSON.stringify(writeEvaluation(evaluation))) as StoredEvaluation;
      assert.deepEqual(readEvaluation(stored), evaluation);
    }),
  );
});

test('an evaluation from before verdicts had ids and stages is read', () => {
  const old = {
    rule: 'encryption',
    gates: ['network', 'mail', 'vpn', 'apps', 'content'],
    remedy: null,
    status: 'compliant',
    purpose: 'security',
    summary: 'Storage is encrypted.',
    evidence: [
      { fact: 'storage.encrypted', ageMs: 2, stale: false, value: true, source: 'agent', observedAt: 5 },
    ],
    settings: ['encryption.required'],
    severity: 'high',
    changesAt: 9,
    graceEndsAt: null,
    failingSince: null,
  } as const;
  const { verdicts } = readEvaluation({
    verdicts: [old],
    compliant: true,
    nextChangeAt: 9,
    evaluatedAt: 7,
  });
  // Its words are English for ever: what they were made of was not kept.
  const { summary, remedy: _nothing, ...kept } = old;
  assert.deepEqual(verdicts, [
    {
      ...kept,
      says: [['text', { text: summary }]],
      mends: [],
      id: 'encryption',
      ruleId: null,
      ruleVersion: null,
      name: null,
      assignedTo: null,
      settlesAt: null,
      brokenAt: [],
      stage: 0,
      reached: [],
      restricts: [],
      quarantines: false,
      removesProfiles: false,
      exception: null,
      memory: null,
    },
  ]);
});

test('what is so for nearly every verdict takes no room', () => {
  const settings = { 'encryption.required': true, 'passcode.required': true } as const;
  const evaluation = evaluate(rulesOf(settings), new Map(), {
    now: noon,
    lastCheckInAt: null,
    device: laptop,
  });
  const [before, after] = [evaluation, writeEvaluation(evaluation)].map(
    (each) => JSON.stringify(each).length,
  );
  assert.ok((after ?? 0) < (before ?? 0) / 2, `${after} of ${before} characters`);
});
