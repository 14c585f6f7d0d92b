/**
 * The one evaluator (idea 2): rules and facts in, verdicts out. It is pure: the live path, explanations, simulations and
 * tests call this function and cannot disagree. Its promises, each held by a property test:
 *
 *   - evaluated again at any moment before `nextChangeAt` with the same facts, every verdict is the same;
 *   - a better or a younger fact never worsens a verdict; the order of rules and facts does not matter;
 *   - a missing, aged or ill-typed fact never makes a device compliant, unless the rule says that it may.
 */
import type { Facts } from '../facts/types.ts';
import { compareText } from '../text-order.ts';
import type { RuleException } from './compliance-rule.ts';
import type { DeviceContext } from './device-context.ts';
import type { Finding } from './finding.ts';
import { earliest } from './moments.ts';
import { breaksAfter, settlesAt } from './restlessness.ts';
import { type Rule, ruleKinds } from './rule.ts';
import { noEffect, stageOf } from './stage.ts';
import type { Evaluation, RuleStatus, RuleVerdict, VerdictException } from './verdict.ts';
import { say } from './wording/message.ts';

export interface EvaluationContext {
  /** The server's clock, ms since the epoch. */
  readonly now: number;
  /** null: the device has never checked in. */
  readonly lastCheckInAt: number | null;
  readonly device: DeviceContext;
  readonly exceptions?: readonly RuleException[];
  /** How long this thread has worked, for expressions that take too long; absent: only their steps are counted. */
  readonly workedMs?: (() => number) | undefined;
  /** Carries since when each rule has been broken; null or absent at the first evaluation. */
  readonly previous?: Evaluation | null;
}

export function evaluate(rules: readonly Rule[], facts: Facts, context: EvaluationContext): Evaluation {
  const previous = new Map(context.previous?.verdicts.map((verdict) => [verdict.id, verdict]));
  const verdicts = inOrder(rules).map((rule) => judgeRule(rule, facts, context, previous.get(rule.id)));
  return {
    verdicts,
    compliant: isCompliant(verdicts),
    nextChangeAt: earliest(verdicts.map(({ changesAt }) => changesAt)),
    evaluatedAt: context.now,
  };
}

const ordered = new WeakMap<readonly Rule[], readonly Rule[]>();

/** By kind and id. Devices of a fleet share their rules: what was put in order once is not put in order for each. */
function inOrder(rules: readonly Rule[]): readonly Rule[] {
  const known = ordered.get(rules);
  if (known !== undefined) return known;
  const sorted = rules.toSorted(
    (a, b) => ruleKinds.indexOf(a.kind) - ruleKinds.indexOf(b.kind) || compareText(a.id, b.id),
  );
  ordered.set(rules, sorted);
  return sorted;
}

/** Every security rule is met or excepted. */
export function isCompliant(verdicts: readonly RuleVerdict[]): boolean {
  return verdicts.every(
    ({ status, purpose, exception }) => status === 'compliant' || purpose === 'cost' || exception !== null,
  );
}

function judgeRule(
  rule: Rule,
  facts: Facts,
  context: EvaluationContext,
  previous: RuleVerdict | undefined,
): RuleVerdict {
  const { now, lastCheckInAt, device, workedMs } = context;
  const findings = rule.judge({
    facts,
    lastCheckInAt,
    now,
    device,
    workedMs,
    maximumFactAgeMs: rule.maximumFactAgeMs,
    // Another version asks something else: what was noted for the former one says nothing.
    memory: previous?.ruleVersion === rule.ruleVersion ? previous.memory : null,
  });
  const found = combine(findings);
  const meant = meaningOf(rule, found);
  const brokenAt = breaksAfter(previous, meant === 'broken', now);
  const settles = meant === 'met' && previous !== undefined ? settlesAt(previous, brokenAt, now) : null;
  const outcome = settles === null ? meant : 'broken';
  // Doubt does not restart the clock: grace runs on while a broken rule is unknown, and ends only by meeting the rule.
  const failingSince =
    outcome === 'met' ? null : (previous?.failingSince ?? (outcome === 'broken' ? now : null));
  const graceEndsAt = outcome === 'broken' && failingSince !== null ? failingSince + rule.graceMs : null;
  const inGrace = graceEndsAt !== null && now < graceEndsAt;
  const exception = exceptionFor(rule, context);
  const stage = exception === null ? stageOf(rule, { outcome, failingSince, now, previous }) : noEffect;
  const deciding = findings.filter((finding) => finding.outcome === found);
  const facing = found === 'met' ? findings : deciding;
  return {
    id: rule.id,
    rule: rule.kind,
    ruleId: rule.ruleId,
    ruleVersion: rule.ruleVersion,
    name: rule.name,
    assignedTo: rule.assignedTo,
    severity: rule.severity,
    purpose: rule.purpose,
    gates: rule.gates,
    settings: rule.settings,
    status: statusOf(outcome, inGrace),
    ...wordsOf(deciding, found, outcome, settles !== null),
    evidence: findings.flatMap(({ evidence }) => evidence),
    failingSince,
    graceEndsAt,
    changesAt: earliest([
      settles,
      inGrace ? graceEndsAt : null,
      stage.nextAt,
      exception?.until ?? null,
      ...(settles === null ? facing.map(({ holdsUntil }) => holdsUntil) : []),
    ]),
    settlesAt: settles,
    brokenAt,
    ...stage.reached,
    exception,
    memory: findings.find(({ memory }) => memory !== undefined)?.memory ?? null,
  };
}

/** One broken finding breaks the rule, whatever is unknown beside it; a rule without findings shows nothing. */
function combine(findings: readonly Finding[]): Finding['outcome'] {
  if (findings.some(({ outcome }) => outcome === 'broken')) return 'broken';
  const allMet = findings.length > 0 && findings.every(({ outcome }) => outcome === 'met');
  return allMet ? 'met' : 'unknown';
}

function meaningOf({ whenUnknown }: Rule, found: Finding['outcome']): Finding['outcome'] {
  if (found !== 'unknown' || whenUnknown === 'quarantine') return found;
  return whenUnknown === 'compliant' ? 'met' : 'broken';
}

function wordsOf(
  deciding: readonly Finding[],
  found: Finding['outcome'],
  outcome: Finding['outcome'],
  restless: boolean,
): Pick<RuleVerdict, 'says' | 'mends'> {
  const says = deciding.map((finding) => finding.says);
  if (restless) return { says: [...says, say('restless')], mends: [say('restless.leave')] };
  if (found === 'unknown' && outcome === 'met') return { says: [...says, say('let-pass')], mends: [] };
  return { says, mends: deciding.flatMap((finding) => ('mends' in finding ? finding.mends : [])) };
}

function exceptionFor(rule: Rule, { exceptions = [], now }: EvaluationContext): VerdictException | null {
  const excepting = exceptions
    .filter(
      ({ rule: of, until }) => (of === rule.id || of === rule.ruleId) && (until === null || now < until),
    )
    // The one that lasts longest.
    .toSorted(
      (a, b) => (b.until ?? Infinity) - (a.until ?? Infinity) || compareText(a.exceptionId, b.exceptionId),
    )[0];
  if (excepting === undefined) return null;
  const { exceptionId, until, reason } = excepting;
  return { exceptionId, until, reason };
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
