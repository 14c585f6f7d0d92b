/** What Apple devices should have: compiled from policies and resources, and brought about. */
export { checkAppleContent, forbiddenPayloads } from './ready-made.ts';
export { appleSettingSupport } from './setting-support.ts';
export {
  type DesiredStateDeps,
  desiredStateJobs,
  desiredStateSubscriptions,
  desiredStateTasks,
} from './reactions.ts';
export { reconcileDevices, type ReconcileDeps } from './reconcile.ts';
export { reconcileSoon } from './item-queries.ts';
export { readDesiredState, retryDesiredItem } from './read-desired-state.ts';
