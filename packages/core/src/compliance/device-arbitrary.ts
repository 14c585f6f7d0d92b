/** Devices for tests: one that meets everything, single facts changed from it, and random ones. */
import fc from 'fast-check';
import type { FactName } from '../facts/catalogue.ts';
import { type Facts, type FactSource, factSources, type FactValue, type StoredFact } from '../facts/types.ts';
import { resolveSettings } from '../settings/resolve.ts';
import type { Settings } from '../settings/catalogue.ts';
import type { DeviceContext } from './device-context.ts';
import { evaluate, type EvaluationContext } from './evaluate.ts';
import { rulesFromSettings } from './rules.ts';
import type { Evaluation, RuleVerdict } from './verdict.ts';

export const minute = 60_000;
export const hour = 60 * minute;
/** Now, in every test of compliance. */
export const noon = Date.UTC(2026, 10, 21, 12);

const soundValues = {
  'storage.encrypted': true,
  'passcode.set': true,
  'passcode.minimum-length': 12,
  'passcode.minimum-classes': 3,
  'passcode.maximum-age-days': 90,
  'passcode.history': 10,
  'screen-lock.enabled': true,
  'screen-lock.timeout-seconds': 120,
  'os.version': '24.04.1',
  'integrity.compromised': false,
} as const satisfies Partial<Record<FactName, FactValue>>;

export const laptop: DeviceContext = {
  platform: 'linux',
  ownership: 'corporate',
  state: 'registered',
  name: 'Laptop',
  userName: 'ann',
  policyVersion: 'v1',
  acknowledgedPolicyVersion: 'v1',
};

export interface Known {
  readonly values?: Partial<Record<FactName, FactValue>>;
  readonly without?: readonly FactName[];
  readonly ageMs?: number;
  readonly source?: FactSource;
}

/** A sound device that reported `ageMs` ago, changed as asked. */
export function knownFacts({ values = {}, without = [], ageMs = 0, source = 'agent' }: Known = {}): Facts {
  const merged: Partial<Record<FactName, FactValue>> = { ...soundValues, ...values };
  return new Map(
    Object.entries(merged)
      .filter(([name]) => !(without as readonly string[]).includes(name))
      .map(([name, value]): [FactName, StoredFact] => [
        name as FactName,
        { value, source, observedAt: noon - ageMs },
      ]),
  );
}

export function rulesOf(settings: Settings, platform: 'linux' | 'ios' = 'linux') {
  const path = { targetKind: 'organization', targetId: 'o1', targetName: 'Acme' } as const;
  const policy = { policyId: 'p1', name: 'Basic', version: 1, settings, path, priority: 0 };
  return rulesFromSettings(resolveSettings([policy]), platform);
}

export function evaluateAt(
  settings: Settings,
  known: Known | Facts,
  context: Partial<EvaluationContext> = {},
): Evaluation {
  const facts = known instanceof Map ? known : knownFacts(known as Known);
  return evaluate(rulesOf(settings), facts, { now: noon, lastCheckInAt: noon, device: laptop, ...context });
}

/** The verdict of settings that bring about exactly one rule. */
export function verdictOf(
  settings: Settings,
  known: Known = {},
  context: Partial<EvaluationContext> = {},
): RuleVerdict {
  const [verdict, ...others] = evaluateAt(settings, known, context).verdicts;
  if (verdict === undefined || others.length > 0) throw new RangeError('not exactly one rule');
  return verdict;
}

/** For each fact that rules read, its values from worst to best. */
export const fromWorstToBest = {
  'storage.encrypted': [false, true],
  'passcode.set': [false, true],
  'passcode.minimum-length': [0, 4, 6, 8, 12],
  'passcode.minimum-classes': [0, 1, 2, 3, 4],
  'passcode.maximum-age-days': [0, 400, 90, 30, 1],
  'passcode.history': [0, 1, 5, 50],
  'screen-lock.enabled': [false, true],
  'screen-lock.timeout-seconds': [86_400, 900, 300, 15, 0],
  'os.version': ['1.0', '12', '18.1', '24.04.1', '26'],
  'integrity.compromised': [true, false],
} as const satisfies Partial<Record<FactName, readonly FactValue[]>>;

export const judgedFacts = Object.keys(fromWorstToBest) as (keyof typeof fromWorstToBest)[];

/** Up to a week old, with moments that coincide. */
export const ageArbitrary = fc.oneof(
  fc.integer({ min: 0, max: 168 * hour }),
  fc.integer({ min: 0, max: 7 }).map((n) => n * 24 * hour),
);

export const factsArbitrary: fc.Arbitrary<Facts> = fc
  .record(
    Object.fromEntries(
      judgedFacts.map((name) => [
        name,
        fc.record({
          value: fc.constantFrom<FactValue>(...fromWorstToBest[name], 'trixie/sid'),
          source: fc.constantFrom(...factSources),
          observedAt: ageArbitrary.map((age) => noon - age),
        }),
      ]),
    ),
    { requiredKeys: [] },
  )
  .map((facts) => new Map(Object.entries(facts)) as unknown as Facts);
