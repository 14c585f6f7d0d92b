import {
  type Compiled,
  compileExpression,
  evaluateExpression,
  type Result,
} from '../../expressions/compile.ts';
import {
  deviceEnvironment,
  deviceValues,
  factNamed,
  factsReadBy,
} from '../../expressions/device-environment.ts';
import type { FactValue } from '../../facts/types.ts';
import { factDefinition, type FactName, factNames } from '../../facts/catalogue.ts';
import {
  broken,
  type DeviceView,
  evidenceOf,
  type Finding,
  isStale,
  met,
  type Opinion,
  readFact,
  unknown,
} from '../finding.ts';
import { earliest } from '../moments.ts';
import { defineRule, everyGate } from '../rule.ts';
import { inTheirWords, type Message, say } from '../wording/message.ts';

interface CustomDemand {
  readonly compiled: Compiled;
  readonly text: Message;
  readonly remedy: Message;
}

/** CEL-02. True is met, false is broken, an error is unknown; true counts only while the facts behind it are young. */
export const custom = defineRule({
  kind: 'custom',
  severity: 'medium',
  purpose: 'security',
  defaultGates: everyGate,
  reads: factNames,
  readsOf: ({ compiled }: CustomDemand) => factsReadBy(compiled),
  demand: ({ expression, text, remedy }): CustomDemand => ({
    compiled: compiledOf(expression),
    text: inTheirWords(text),
    remedy: inTheirWords(remedy),
  }),
  judge: ({ compiled, text, remedy }, view) => {
    const result = resultAt(compiled, view, view.now);
    const changesAt = nextAnswer(compiled, view, result);
    const facts = factsReadBy(compiled).flatMap((name) => {
      const stored = readFact(view, name);
      return stored ? [{ name, stored }] : [];
    });
    const evidence = facts
      .slice(0, 8)
      .map(({ name, stored }) => evidenceOf(view, name, stored, shown(name, stored.value)));
    const finding = (opinion: Opinion, holdsUntil: number | null): Finding => ({
      ...opinion,
      evidence,
      holdsUntil,
    });
    if (typeof result !== 'boolean')
      return [finding(unknown(say('custom.undecided', { error: result.error }), remedy), changesAt)];
    if (!result) return [finding(broken(text, remedy), changesAt)];
    const aged = new Set(compiled.ages.map(factNamed));
    const resting = facts.filter(({ name }) => !aged.has(name));
    if (resting.some(({ stored }) => isStale(view, stored)))
      return [finding(unknown(say('custom.too-old'), remedy), changesAt)];
    const stale = resting.map(({ stored }) => stored.observedAt + view.maximumFactAgeMs);
    return [finding(met(say('custom.met')), earliest([changesAt, ...stale]))];
  },
});

function resultAt(compiled: Compiled, view: DeviceView, now: number): Result {
  return evaluateExpression(
    compiled,
    deviceValues({ device: view.device, facts: view.facts, now, workedMs: view.workedMs }),
  );
}

/** Moments looked at ahead; the first that changes the answer is mostly among the first. */
const mostMoments = 32;

/** The moment at which time alone gives another answer: an age passes one of the spans, or equals it for a moment. */
function nextAnswer(compiled: Compiled, view: DeviceView, result: Result): number | null {
  if (compiled.ages.length === 0) return null;
  const observed = compiled.ages.flatMap((name) => {
    const fact = factNamed(name);
    const stored = fact && readFact(view, fact);
    return stored ? [stored.observedAt] : [];
  });
  const moments = observed
    .flatMap((at) => compiled.spans.flatMap((span) => [at + span, at + span + 1]))
    .filter((moment) => moment > view.now)
    .toSorted((a, b) => a - b)
    .slice(0, mostMoments);
  const same = (other: Result) => JSON.stringify(other) === JSON.stringify(result);
  return (
    moments.find((moment) => !same(resultAt(compiled, view, moment))) ?? moments[mostMoments - 1] ?? null
  );
}

/** Where a device is goes into no verdict, and so into no history (DLP-06). */
function shown(fact: FactName, value: FactValue): FactValue {
  if (factDefinition(fact).privacy === 'sensitive') return 'not shown';
  return Array.isArray(value) ? value.length : value;
}

const known = new Map<string, Compiled>();
const mostKnown = 1_000;

/** An expression is compiled once in a process: rules are made anew for each device that has others than its neighbour. */
function compiledOf(expression: string): Compiled {
  const found = known.get(expression);
  if (found) return found;
  const compiled = compileExpression(expression, deviceEnvironment);
  if (known.size >= mostKnown) known.clear();
  known.set(expression, compiled);
  return compiled;
}
