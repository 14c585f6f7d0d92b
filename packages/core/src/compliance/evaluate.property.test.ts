/** The promises that evaluate.ts makes, over random settings, facts and moments. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type FactName, isFactName } from '../facts/catalogue.ts';
import type { Facts, StoredFact } from '../facts/types.ts';
import { settingsArbitrary } from '../settings/settings-arbitrary.ts';
import { decideAccess } from './access.ts';
import { evaluate } from './evaluate.ts';
import {
  ageArbitrary,
  assignedRulesArbitrary,
  factsArbitrary,
  fromWorstToBest,
  hour,
  inForce,
  judgedFacts,
  laptop,
  noon,
} from './device-arbitrary.ts';
import { accessLevels } from './gate.ts';
import type { Evaluation } from './verdict.ts';
import { render } from './wording/render.ts';

const contact = fc.option(ageArbitrary.map((age) => noon - age));
const statuses = ({ verdicts }: Evaluation) =>
  verdicts.map(({ id, status, stage, exception }) => [id, status, stage, exception?.exceptionId]);

/** An evaluation with a history: what happened before decides since when a rule is broken. */
const situation = fc
  .record({
    settings: settingsArbitrary,
    assigned: assignedRulesArbitrary,
    before: factsArbitrary,
    facts: factsArbitrary,
    lastCheckInAt: contact,
    age: ageArbitrary,
  })
  .map(({ settings, assigned, before, facts, lastCheckInAt, age }) => {
    const rules = inForce(assigned, settings, 'linux');
    const previous = evaluate(rules, before, { now: noon - age, lastCheckInAt, device: laptop });
    return { rules, facts, lastCheckInAt, previous, device: laptop };
  });

test('at any moment before the next change, the same facts give the same statuses', () => {
  fc.assert(
    fc.property(
      situation,
      fc.double({ min: 0, max: 1, noNaN: true }),
      ({ rules, facts, ...context }, part) => {
        const evaluation = evaluate(rules, facts, { ...context, now: noon });
        const span = Math.min((evaluation.nextChangeAt ?? noon + 9_000 * hour) - noon - 1, 9_000 * hour);
        const later = { ...context, now: noon + Math.floor(span * part) };
        assert.deepEqual(statuses(evaluate(rules, facts, later)), statuses(evaluation));
        const chained = evaluate(rules, facts, { ...later, previous: evaluation });
        assert.deepEqual(statuses(chained), statuses(evaluation));
        assert.equal(chained.nextChangeAt, evaluation.nextChangeAt);
      },
    ),
    { numRuns: 500 },
  );
});

test('at the moment of the next change, something changes', () => {
  fc.assert(
    fc.property(situation, ({ rules, facts, ...context }) => {
      const evaluation = evaluate(rules, facts, { ...context, now: noon });
      if (evaluation.nextChangeAt === null) return;
      assert.ok(evaluation.nextChangeAt > noon);
      const then = evaluate(rules, facts, { ...context, previous: evaluation, now: evaluation.nextChangeAt });
      assert.notDeepEqual(statuses(then), statuses(evaluation));
    }),
    { numRuns: 500 },
  );
});

test('evaluation is deterministic, and the order of rules and facts does not matter', () => {
  fc.assert(
    fc.property(situation, ({ rules, facts, ...context }) => {
      const at = { ...context, now: noon };
      const evaluation = evaluate(rules, facts, at);
      assert.deepEqual(evaluate(rules.toReversed(), new Map([...facts].toReversed()), at), evaluation);
    }),
  );
});

test('time alone never opens a gate', () => {
  fc.assert(
    fc.property(situation, fc.nat(400 * hour), ({ rules, facts, ...context }, wait) => {
      const now = evaluate(rules, facts, { ...context, now: noon });
      const later = evaluate(rules, facts, { ...context, previous: now, now: noon + wait });
      assert.ok(rank(later) >= rank(now));
    }),
    { numRuns: 300 },
  );
});

const rank = (evaluation: Evaluation) =>
  accessLevels.indexOf(decideAccess({ registered: true, blocked: false, evaluation }, 'network').access);

/** A value at least as good as the one known, observed no earlier. */
const improvement = fc.record({
  name: fc.constantFrom(...judgedFacts),
  better: fc.nat(4),
  youngerMs: fc.oneof(fc.constant(0), ageArbitrary),
});

test('a better or a younger fact, or a later check-in, never worsens access', () => {
  fc.assert(
    fc.property(
      situation,
      fc.array(improvement, { minLength: 1, maxLength: 4 }),
      ageArbitrary,
      ({ rules, facts, ...context }, changes, sooner) => {
        const improved = new Map(facts);
        for (const { name, better, youngerMs } of changes) improve(improved, name, better, youngerMs);
        const was = evaluate(rules, facts, { ...context, now: noon });
        const is = evaluate(rules, improved, { ...context, now: noon });
        assert.ok(rank(is) <= rank(was));
        if (context.lastCheckInAt === null) return;
        const lastCheckInAt = Math.min(noon, context.lastCheckInAt + sooner);
        assert.ok(rank(evaluate(rules, improved, { ...context, lastCheckInAt, now: noon })) <= rank(is));
      },
    ),
    { numRuns: 500 },
  );
});

function improve(
  facts: Map<FactName, StoredFact>,
  name: (typeof judgedFacts)[number],
  steps: number,
  youngerMs: number,
) {
  const known = facts.get(name);
  const scale: readonly unknown[] = fromWorstToBest[name];
  const place = scale.indexOf(known?.value);
  if (known === undefined || place === -1) return;
  const value = fromWorstToBest[name][Math.min(place + steps, scale.length - 1)];
  if (value === undefined) return;
  facts.set(name, { ...known, value, observedAt: Math.min(noon, known.observedAt + youngerMs) });
}

test('CEL-02 without the facts it rests on, no verdict is compliant', () => {
  fc.assert(
    fc.property(situation, ({ rules, facts, ...context }) => {
      const evaluation = evaluate(rules, facts, { ...context, now: noon });
      for (const verdict of evaluation.verdicts.filter(({ status }) => status === 'compliant')) {
        const rests = verdict.evidence.flatMap(({ fact }) => (isFactName(fact) ? [fact] : []));
        for (const fact of rests)
          assert.equal(statusWithout(facts, fact), 'unknown', `${verdict.id} without ${fact}`);
        function statusWithout(all: Facts, name: FactName) {
          const fewer = new Map([...all].filter(([other]) => other !== name));
          const again = evaluate(rules, fewer, { ...context, now: noon });
          return again.verdicts.find(({ id }) => id === verdict.id)?.status;
        }
      }
    }),
  );
});

test('what fails says why and what mends it; what is met needs no remedy', () => {
  fc.assert(
    fc.property(situation, ({ rules, facts, ...context }) => {
      for (const verdict of evaluate(rules, facts, { ...context, now: noon }).verdicts) {
        assert.match(render(verdict.says), /^[A-Z].*\.$/);
        assert.equal(verdict.mends.length === 0, verdict.status === 'compliant');
        assert.equal(
          verdict.failingSince !== null,
          verdict.status !== 'compliant' && verdict.failingSince !== null,
        );
        assert.equal(
          verdict.status === 'in-grace',
          verdict.graceEndsAt !== null && noon < verdict.graceEndsAt,
        );
      }
    }),
  );
});
