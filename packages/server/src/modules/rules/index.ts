/** Compliance rules that are assigned. Who has them is the affair of policies, what follows that of compliance. */
export { changedRule, type RuleChanges, updateRule } from './change-rule.ts';
export { findRuleVersions } from './read-rules.ts';
export { findRule, lockRule } from './queries.ts';
export type { Binding, ReviewedRule, RuleAssignments } from './rule-deps.ts';
