// What a change would do to one device: the rules that differ are judged by the evaluator over its facts, everything else
// stands as it is stored. Pure.
import { accessOf } from '@gatehouse/core/compliance/access.ts';
import type { ActionKind } from '@gatehouse/core/compliance/compliance-rule.ts';
import type { Rule } from '@gatehouse/core/compliance/rule.ts';
import { evaluate, isCompliant } from '@gatehouse/core/compliance/evaluate.ts';
import { type Access, type Gate, gates } from '@gatehouse/core/compliance/gate.ts';
import { readEvaluation } from '@gatehouse/core/compliance/stored-evaluation.ts';
import type { Evaluation, RuleVerdict } from '@gatehouse/core/compliance/verdict.ts';
import { selectFacts } from '@gatehouse/core/facts/select.ts';
import type { Facts } from '@gatehouse/core/facts/types.ts';
import { exceptionsOf, standingOf } from './posture.ts';
import type { SimulatedRow } from './simulate-queries.ts';

export interface Decision {
  readonly compliant: boolean;
  readonly access: Readonly<Record<Gate, Access>>;
}

export const graveActions = ['lock', 'selective-wipe', 'full-wipe'] as const satisfies readonly ActionKind[];
export type GraveAction = (typeof graveActions)[number];

/** What an outcome says of whom it is about. */
export type SimulatedDevice = Pick<SimulatedRow, 'id' | 'no' | 'name' | 'platform' | 'userName'>;

export interface DeviceOutcome {
  readonly row: SimulatedDevice;
  readonly before: Decision;
  readonly after: Decision;
  /** The verdicts that change; ids of rules. */
  readonly reasons: readonly Reason[];
  /** The gravest thing that the device begins to move towards, and when it gets there, ms since the epoch. */
  readonly escalation: { readonly action: GraveAction; readonly at: number } | null;
  /** What time alone changes afterwards if the device stays as it is. */
  readonly later: readonly { readonly at: number; readonly decision: Decision }[];
}

export interface Reason {
  readonly id: string;
  readonly name: string;
}

export interface Question {
  readonly row: SimulatedRow;
  /** What the rules that differ ask of devices of its standing, after the change. */
  readonly rules: readonly Rule[];
  readonly policyVersion: string;
  readonly differing: ReadonlySet<string>;
  /** Facts as they would be; those of the device otherwise. */
  readonly overlay: (facts: Facts) => Facts;
  readonly now: number;
  /** Deadlines behind it are not looked at. */
  readonly until: number;
}

export function simulateDevice({
  row,
  rules,
  policyVersion,
  differing,
  overlay,
  now,
  until,
}: Question): DeviceOutcome {
  const stored = verdictsOf(row);
  const kept = row.evaluation === null ? [] : stored.filter(({ id }) => !differing.has(id));
  const facts = overlay(selectFacts(row.reports));
  const judge = (which: typeof rules, at: number, previous: readonly RuleVerdict[]): Evaluation =>
    evaluate(which, facts, {
      now: at,
      lastCheckInAt: row.contactAt,
      device: {
        platform: row.platform,
        ownership: row.ownership,
        state: row.state,
        barred: row.barred,
        name: row.name,
        userName: row.userName,
        policyVersion,
        acknowledgedPolicyVersion: row.acknowledged,
      },
      exceptions: exceptionsOf(row),
      previous: { verdicts: previous, compliant: false, nextChangeAt: null, evaluatedAt: at },
    });
  const decide = (verdicts: readonly RuleVerdict[]) => decisionOf(row, [...kept, ...verdicts]);

  const judged = judge(rules, now, stored).verdicts;
  const decision = decide(judged);
  const failing = judged.filter(isFailing);
  const later: { at: number; decision: Decision }[] = [];
  let standing = judged;
  let last = decision;
  for (let step = 0; step < mostSteps; step += 1) {
    const at = Math.min(...standing.filter(isFailing).map(({ changesAt }) => changesAt ?? Infinity));
    if (at > until) break;
    // What is met now stays met: that nothing is reported for days is no consequence of the change.
    const open = new Set(standing.filter(isFailing).map(({ id }) => id));
    const moved = judge(
      rules.filter(({ id }) => open.has(id)),
      at,
      standing,
    ).verdicts;
    standing = standing.map((verdict) => moved.find(({ id }) => id === verdict.id) ?? verdict);
    const next = decide(standing);
    if (!sameDecision(next, last)) later.push({ at, decision: next });
    last = next;
  }
  return {
    row,
    before: beforeOf(row),
    after: decision,
    reasons: reasonsOf(stored, judged, differing),
    escalation: escalationOf(failing, rules, stored),
    later,
  };
}

/** Grace and a handful of stages. */
const mostSteps = 12;

function verdictsOf(row: SimulatedRow): readonly RuleVerdict[] {
  const stored = row.evaluation ?? {
    verdicts: row.verdicts ?? [],
    from: row.from ?? undefined,
    compliant: row.compliant,
    nextChangeAt: null,
    evaluatedAt: 0,
  };
  return readEvaluation(stored).verdicts;
}

function decisionOf(row: SimulatedRow, verdicts: readonly RuleVerdict[]): Decision {
  const standing = standingOf(row.state);
  const compliant = isCompliant(verdicts);
  const subject = { ...standing, evaluation: { verdicts, compliant, nextChangeAt: null, evaluatedAt: 0 } };
  return {
    compliant: standing.registered && !standing.blocked && compliant,
    access: accessBy((gate) => accessOf(subject, gate)),
  };
}

function beforeOf(row: SimulatedRow): Decision {
  return { compliant: row.compliant, access: accessBy((gate) => row[gate]) };
}

/** Written out, because it is asked a million times for a large fleet. */
function accessBy(answer: (gate: Gate) => Access): Record<Gate, Access> {
  return {
    network: answer('network'),
    mail: answer('mail'),
    vpn: answer('vpn'),
    apps: answer('apps'),
    content: answer('content'),
  };
}

export function sameDecision(a: Decision, b: Decision): boolean {
  return a.compliant === b.compliant && gates.every((gate) => a.access[gate] === b.access[gate]);
}

function isFailing({ status, exception }: RuleVerdict): boolean {
  return (status === 'in-grace' || status === 'not-compliant') && exception === null;
}

function reasonsOf(
  stored: readonly RuleVerdict[],
  judged: readonly RuleVerdict[],
  differing: ReadonlySet<string>,
): Reason[] {
  const before = new Map(stored.map((verdict) => [verdict.id, verdict]));
  const after = new Map(judged.map((verdict) => [verdict.id, verdict]));
  return [...differing].flatMap((id) => {
    const [old, made] = [before.get(id), after.get(id)];
    if ((old?.status ?? 'compliant') === (made?.status ?? 'compliant')) return [];
    const { rule, name } = made ?? old ?? { rule: id, name: null };
    return [{ id, name: name ?? rule }];
  });
}

function escalationOf(
  failing: readonly RuleVerdict[],
  rules: readonly Rule[],
  stored: readonly RuleVerdict[],
): DeviceOutcome['escalation'] {
  const underWay = new Set(stored.filter(isFailing).map(({ id, ruleVersion }) => `${id}/${ruleVersion}`));
  const steps = failing.flatMap(({ id, ruleVersion, failingSince }) => {
    if (failingSince === null || underWay.has(`${id}/${ruleVersion}`)) return [];
    const stages = rules.find((rule) => rule.id === id)?.stages ?? [];
    return stages.flatMap(({ afterMinutes, actions }) =>
      actions.flatMap(({ kind }) => {
        const action = graveActions.find((grave) => grave === kind);
        return action === undefined ? [] : [{ action, at: failingSince + afterMinutes * 60_000 }];
      }),
    );
  });
  const weight = ({ action }: { readonly action: GraveAction }) => graveActions.indexOf(action);
  return steps.toSorted((a, b) => weight(b) - weight(a) || a.at - b.at)[0] ?? null;
}
