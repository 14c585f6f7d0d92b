/** Devices for tests: one that meets everything, single facts changed from it, and random ones. */
import fc from 'fast-check';
import type { FactName } from '../facts/catalogue.ts';
import { type Facts, type FactSource, factSources, type FactValue, type StoredFact } from '../facts/types.ts';
import { resolveSettings } from '../settings/resolve.ts';
import type { Settings } from '../settings/catalogue.ts';
import type { Platform } from '../devices/device.ts';
import type { Action, ComplianceRule } from './compliance-rule.ts';
import type { DemandOf } from './demands.ts';
import type { DeviceContext } from './device-context.ts';
import { evaluate, type EvaluationContext } from './evaluate.ts';
import { everyGate } from './rule.ts';
import type { RuleKind } from './rule-kind.ts';
import { rulesFromSettings } from './rules.ts';
import { rankRules, rulesInForce } from './rules-in-force.ts';
import { type Evaluation, rulePurposes, type RuleVerdict, severities } from './verdict.ts';

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
  barred: null,
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

const stored: Omit<ComplianceRule, 'kind' | 'demand'> = {
  ruleId: 'r1',
  name: 'Rule',
  version: 1,
  enabled: true,
  severity: 'medium',
  purpose: 'security',
  gates: everyGate,
  graceMinutes: 0,
  maximumFactAgeHours: null,
  whenUnknown: 'quarantine',
  stages: [],
};

export function assignedRule<K extends RuleKind>(
  kind: K,
  demand: DemandOf<K>,
  change: Partial<ComplianceRule> = {},
): ComplianceRule {
  return { ...stored, ...change, kind, demand: demand as ComplianceRule['demand'] };
}

export function inForce(
  rules: readonly ComplianceRule[],
  settings: Settings = {},
  platform: Platform = 'ios',
) {
  const path = { targetKind: 'organization', targetId: 'o1', targetName: 'Acme' } as const;
  const policy = { policyId: 'p1', name: 'Basic', version: 1, settings, path, priority: 0 };
  const assigned = rankRules(rules.map((rule) => ({ rule, path, priority: 0 })));
  return rulesInForce(resolveSettings([policy]), platform, assigned);
}

/** A device over time under one assigned rule: each step is judged with what the one before left behind. */
export function follow(rule: ComplianceRule, context: Partial<EvaluationContext> = {}) {
  let previous: Evaluation | null = null;
  const rules = inForce([rule]);
  return (known: Known | Facts, minutes: number, change: Partial<EvaluationContext> = {}): RuleVerdict => {
    const facts = known instanceof Map ? known : knownFacts(known as Known);
    const now = noon + minutes * minute;
    previous = evaluate(rules, facts, {
      now,
      lastCheckInAt: now,
      device: { ...laptop, platform: 'ios' },
      previous,
      ...context,
      ...change,
    });
    const [verdict] = previous.verdicts;
    if (verdict === undefined) throw new RangeError('no verdict');
    return verdict;
  };
}

export const statusUnder = (
  rule: ComplianceRule,
  known: Known = {},
  context: Partial<EvaluationContext> = {},
) => follow(rule, context)(known, 0).status;

const actionArbitrary: fc.Arbitrary<Action> = fc.oneof(
  fc.constantFrom<Action>(
    { kind: 'alert-administrators' },
    { kind: 'quarantine' },
    { kind: 'remove-profiles' },
    { kind: 'lock' },
  ),
  fc.subarray([...everyGate], { minLength: 1 }).map((shut): Action => ({ kind: 'restrict', gates: shut })),
);

const stagesArbitrary = fc
  .array(fc.record({ afterMinutes: fc.nat(200_000), actions: fc.array(actionArbitrary, { maxLength: 3 }) }), {
    maxLength: 4,
  })
  .map((stages) => stages.toSorted((a, b) => a.afterMinutes - b.afterMinutes));

const kindsArbitrary = fc.constantFrom(
  assignedRule('encryption', {}),
  assignedRule('encryption', 'from-policies'),
  assignedRule('passcode', 'from-policies'),
  assignedRule('passcode', { minimumLength: 8, history: 5 }),
  assignedRule('minimum-os', { versions: { linux: '18' } }),
  assignedRule('check-in-age', { maximumHours: 48 }),
  assignedRule('custom', {
    expression: 'storage.encrypted && passcode.minimum_length >= 6 && version(os.version) >= version("18")',
    text: 'Not encrypted, or not new.',
    remedy: 'Encrypt it.',
  }),
);

/** Assigned rules whose demands a better fact never breaks; several may be of one kind. */
export const assignedRulesArbitrary: fc.Arbitrary<readonly ComplianceRule[]> = fc
  .array(
    fc.record({
      rule: kindsArbitrary,
      severity: fc.constantFrom(...severities),
      purpose: fc.constantFrom(...rulePurposes),
      gates: fc.subarray([...everyGate]),
      graceMinutes: fc.nat(100_000),
      maximumFactAgeHours: fc.option(fc.integer({ min: 1, max: 300 })),
      stages: stagesArbitrary,
    }),
    { maxLength: 4 },
  )
  .map((list) => list.map(({ rule, ...change }, index) => ({ ...rule, ...change, ruleId: `r${index}` })));
