import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ComplianceRule, RuleException } from '@gatehouse/core/compliance/compliance-rule.ts';
import {
  assignedRulesArbitrary,
  factsArbitrary,
  inForce,
  laptop,
  minute,
  noon,
} from '@gatehouse/core/compliance/device-arbitrary.ts';
import { evaluate } from '@gatehouse/core/compliance/evaluate.ts';
import type { Evaluation } from '@gatehouse/core/compliance/verdict.ts';
import fc from 'fast-check';
import { type StageChange, stageChanges } from './stage-changes.ts';

const nothing: Evaluation = { verdicts: [], compliant: true, nextChangeAt: null, evaluatedAt: 0 };

/** What happens to a device between two evaluations. */
const step = fc.record({
  facts: factsArbitrary,
  minutes: fc.oneof(fc.nat(5), fc.nat(100_000)),
  /** Which of its rules it has now, in which version, and whether one is excepted. */
  rules: assignedRulesArbitrary,
  version: fc.integer({ min: 1, max: 3 }),
  excepted: fc.option(fc.constantFrom('r0', 'r1', 'encryption')),
});

const isStaged = ({ direction }: StageChange): number => (direction === 'entered' ? 1 : -1);

test('whatever happens, what was entered and not left is exactly what holds: nothing is undone twice, and nothing forgotten', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      let previous = nothing;
      let now = noon;
      const standing = new Map<string, number>();
      for (const { facts, minutes, rules, version, excepted } of steps) {
        now += minutes * minute;
        const exceptions: RuleException[] =
          excepted === null ? [] : [{ exceptionId: 'e', rule: excepted, reason: 'x', until: null }];
        const versioned = rules.map((rule): ComplianceRule => ({ ...rule, version }));
        const settings = { 'encryption.required': true, 'passcode.required': true } as const;
        const evaluation = evaluate(inForce(versioned, settings, 'linux'), facts, {
          now,
          lastCheckInAt: now,
          device: laptop,
          exceptions,
          previous,
        });
        const changes = stageChanges('d', previous, evaluation).map(
          ({ payload }) => payload as unknown as StageChange,
        );
        const directions = changes.map(isStaged);
        assert.deepEqual(directions, directions.toSorted(), 'what is left comes first');
        for (const change of changes) {
          assert.ok(change.actions.length > 0);
          for (const action of change.actions) {
            const key = `${change.rule} ${JSON.stringify(action)}`;
            const count = (standing.get(key) ?? 0) + isStaged(change);
            assert.ok(count >= 0, `${key} was left without having been entered`);
            if (count === 0) standing.delete(key);
            else standing.set(key, count);
          }
        }
        assert.deepEqual(standing, countsOf(evaluation));
        previous = evaluation;
      }
    }),
    { numRuns: 300 },
  );
});

function countsOf({ verdicts }: Evaluation): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { id, reached } of verdicts) {
    for (const action of reached.flat()) {
      const key = `${id} ${JSON.stringify(action)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

test('an evaluation that changes no stage says nothing', () => {
  assert.deepEqual(stageChanges('d', nothing, nothing), []);
});
