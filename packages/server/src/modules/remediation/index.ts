/** Remediation: what follows when a device reaches a stage of a rule, and what is taken back when it recovers. */
export { remediationJobs, remediationSubscriptions } from './reactions.ts';
export type { RemediationDeps } from './remediation-deps.ts';
