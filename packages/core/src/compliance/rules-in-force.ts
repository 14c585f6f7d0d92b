/** All rules for one device: those that its settings ask for, tuned where an assigned rule says so, and the assigned ones. */
import type { Platform } from '../devices/device.ts';
import { type AssignmentPath, compareRank, type ResolvedSettings } from '../settings/resolve.ts';
import type { ComplianceRule } from './compliance-rule.ts';
import { type Rule, type RuleDefinition, tuned } from './rule.ts';
import { ruleCatalogue, rulesFromSettings } from './rules.ts';

export interface AssignedRule {
  readonly rule: ComplianceRule;
  readonly path: AssignmentPath;
  readonly priority: number;
}

/** Nearest first, each rule once: along the assignment of highest rank. */
export function rankRules(assigned: readonly AssignedRule[]): readonly AssignedRule[] {
  const ranked = assigned
    .filter(({ rule }) => rule.enabled)
    .map((each) => ({
      ...each,
      policyId: each.rule.ruleId,
      name: each.rule.name,
      version: each.rule.version,
    }))
    .toSorted(compareRank);
  const known = new Set<string>();
  return ranked.flatMap(({ rule, path, priority }) => {
    if (known.has(rule.ruleId)) return [];
    known.add(rule.ruleId);
    return [{ rule, path, priority }];
  });
}

/** @param assigned in the order of `rankRules`: of several that tune the same, the first does. */
export function rulesInForce(
  resolved: Pick<ResolvedSettings, 'values'>,
  platform: Platform,
  assigned: readonly AssignedRule[],
): readonly Rule[] {
  const demanded = rulesFromSettings(resolved, platform);
  if (assigned.length === 0) return demanded;
  const tuning = assigned.filter(({ rule }) => rule.demand === 'from-policies');
  const own = assigned.flatMap(({ rule, path }) => {
    const definition = ruleCatalogue[rule.kind] as RuleDefinition;
    const inForce = definition.fromAssigned(rule, resolved.values, platform);
    return inForce ? [{ ...inForce, assignedTo: path }] : [];
  });
  const weighed = demanded.map((rule) => {
    const by = tuning.find((each) => each.rule.kind === rule.kind);
    return by === undefined ? rule : { ...tuned(rule, by.rule), assignedTo: by.path };
  });
  return [...weighed, ...own];
}
