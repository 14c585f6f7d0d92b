/** Policies: suites and schedules, whom they are assigned to, and what follows for one device. */
export { AssignmentTable } from './assignment-table.ts';
export { findTargetName, selectAssignable, type TabledRow } from './assignment-table-queries.ts';
export { assignPolicyToDevice, unassignPolicyFromDevice } from './assign-to-device.ts';
export { ensureDefaults } from './ensure-defaults.ts';
export {
  createAssignment,
  deleteAssignment,
  type NewAssignment,
} from './policy-assignments.ts';
export type { DesiredStateItem, ReadDesiredState, RetryDesiredItem } from './desired-state.ts';
export type { PolicyDeps } from './policy-deps.ts';
export type { ReviewChange, ReviewedChange } from './review-change.ts';
export {
  createPolicy,
  deletePolicy,
  type NewPolicy,
  type PolicyChanges,
  updatePolicy,
} from './policy-suites.ts';
export { findPolicyVersions } from './queries.ts';
export {
  announceReachOf,
  type Reach,
  reachChanged,
  resourceReachChanged,
  ruleReachChanged,
} from './reach.ts';
export { resourceAssignments, ruleAssignments } from './resource-assignments.ts';
export { resolveResources, resolveResourcesOf } from './resolve-resources.ts';
export {
  type EffectivePolicy,
  resolveForDevice,
  resolveForDevices,
  resolveForUser,
} from './resolve-for-device.ts';
