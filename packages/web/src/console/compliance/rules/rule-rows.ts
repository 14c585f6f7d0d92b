/** The rows of the table of rules: rules that were made, and those that policies bring about, each with its counts. */
import type { Assignment } from '@gatehouse/contracts/admin/policies.ts';
import type { ComplianceRule, RuleCounts } from '@gatehouse/contracts/admin/rules.ts';

type Item = RuleCounts['items'][number];

export interface Numbers {
  readonly notCompliant: number;
  readonly inGrace: number;
  readonly unknown: number;
  readonly exempt: number;
}

export interface RuleRow {
  readonly rule: ComplianceRule;
  /** undefined: not counted yet. */
  readonly numbers: Numbers | undefined;
  readonly assignments: readonly Assignment[];
}

export interface PolicyRow {
  readonly kind: NonNullable<Item['kind']>;
  readonly numbers: Numbers;
}

function sum(items: readonly Item[]): Numbers {
  const total = (name: keyof Numbers) => items.reduce((all, item) => all + item[name], 0);
  return {
    notCompliant: total('notCompliant'),
    inGrace: total('inGrace'),
    unknown: total('unknown'),
    exempt: total('exempt'),
  };
}

export function ruleRows(
  rules: readonly ComplianceRule[],
  counts: RuleCounts | undefined,
  assignments: readonly Assignment[],
): readonly RuleRow[] {
  return rules.map((rule) => ({
    rule,
    numbers: counts && sum(counts.items.filter(({ ruleId }) => ruleId === rule.id)),
    assignments: assignments.filter(({ item }) => item.kind === 'rule' && item.id === rule.id),
  }));
}

/** What policies demand by themselves and somebody fails, without what a rule weighs. */
export function policyRows(counts: RuleCounts | undefined): readonly PolicyRow[] {
  const items = counts?.items.filter(({ ruleId, kind, rule }) => ruleId === null && kind === rule) ?? [];
  return items.flatMap((item) => (item.kind === null ? [] : [{ kind: item.kind, numbers: sum([item]) }]));
}
