/**
 * The one evaluator (idea 2): rules and facts in, verdicts out. It is pure: the live path, explanations, simulations and
 * tests call this function and cannot disagree. Its promises, each held by a property test:
 *
 *   - evaluated again at any moment before `nextChangeAt` with the same facts, every status is the same;
 *   - a better or a younger fact never worsens a verdict; the order of rules and facts does not matter;
 *   - a missing, aged or ill-typed fact never makes a device compliant.
 */
import type { Facts } from '../facts/types.ts';
import type { Finding } from './finding.ts';
import { type Rule, ruleKinds } from './rule.ts';
import type { Evaluation, RuleStatus, RuleVerdict } from './verdict.ts';

export interface EvaluationContext {
  /** The server's clock, ms since the epoch. */
  readonly now: number;
  /** null: the device has never checked in. */
  readonly lastCheckInAt: number | null;
  /** Carries since when each rule has been broken; null or absent at the first evaluation. */
  readonly previous?: Evaluation | null;
}

export function evaluate(rules: readonly Rule[], facts: Facts, context: EvaluationContext): Evaluation {
  const previous = new Map(context.previous?.verdicts.map((verdict) => [verdict.rule, verdict]));
  const verdicts = rules
    .toSorted((a, b) => ruleKinds.indexOf(a.kind) - ruleKinds.indexOf(b.kind))
    .map((rule) => judgeRule(rule, facts, context, previous.get(rule.kind)));
  return {
    verdicts,
    compliant: verdicts.every(({ status, purpose }) => status === 'compliant' || purpose === 'cost'),
    nextChangeAt: earliest(verdicts.map(({ changesAt }) => changesAt)),
    evaluatedAt: context.now,
  };
}

function judgeRule(
  rule: Rule,
  facts: Facts,
  { now, lastCheckInAt }: EvaluationContext,
  previous: RuleVerdict | undefined,
): RuleVerdict {
  const findings = rule.judge({ facts, lastCheckInAt, now, maximumFactAgeMs: rule.maximumFactAgeMs });
  const outcome = combine(findings);
  const deciding = findings.filter((finding) => finding.outcome === outcome);
  // Doubt does not restart the clock: grace runs on while a broken rule is unknown, and ends only by meeting the rule.
  const failingSince =
    outcome === 'met' ? null : (previous?.failingSince ?? (outcome === 'broken' ? now : null));
  const graceEndsAt = outcome === 'broken' && failingSince !== null ? failingSince + rule.graceMs : null;
  const inGrace = graceEndsAt !== null && now < graceEndsAt;
  return {
    rule: rule.kind,
    severity: rule.severity,
    purpose: rule.purpose,
    gates: rule.gates,
    settings: rule.settings,
    status: statusOf(outcome, inGrace),
    summary: deciding.map(({ text }) => text).join(' '),
    remedy: deciding.flatMap((finding) => ('remedy' in finding ? [finding.remedy] : [])).join(' ') || null,
    evidence: findings.flatMap(({ evidence }) => evidence),
    failingSince,
    graceEndsAt,
    changesAt: inGrace ? graceEndsAt : outcome === 'met' ? earliest(findings.map((f) => f.holdsUntil)) : null,
  };
}

/** One broken finding breaks the rule, whatever is unknown beside it; a rule without findings shows nothing. */
function combine(findings: readonly Finding[]): Finding['outcome'] {
  if (findings.some(({ outcome }) => outcome === 'broken')) return 'broken';
  const allMet = findings.length > 0 && findings.every(({ outcome }) => outcome === 'met');
  return allMet ? 'met' : 'unknown';
}

function statusOf(outcome: Finding['outcome'], inGrace: boolean): RuleStatus {
  switch (outcome) {
    case 'met':
      return 'compliant';
    case 'broken':
      return inGrace ? 'in-grace' : 'not-compliant';
    case 'unknown':
      return 'unknown';
    default:
      return outcome satisfies never;
  }
}

function earliest(moments: readonly (number | null)[]): number | null {
  return moments.reduce((a, b) => (a === null ? b : b === null ? a : Math.min(a, b)), null);
}
