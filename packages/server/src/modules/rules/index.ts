/** Compliance rules that are assigned. Who has them is the affair of policies, what follows that of compliance. */
export { lockRule } from './queries.ts';
export type { RuleAssignments } from './rule-deps.ts';
