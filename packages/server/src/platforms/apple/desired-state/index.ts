/** What Apple devices should have: compiled from policies and resources, and brought about. */
export { checkAppleContent } from './ready-made.ts';
export {
  type DesiredStateDeps,
  desiredStateJobs,
  desiredStateSubscriptions,
  desiredStateTasks,
  reconcileLater,
} from './reactions.ts';
export { reconcileDevices, type ReconcileDeps } from './reconcile.ts';
export { type ListedProfile, noteProfileList } from './note-profile-list.ts';
export { readDesiredState } from './read-desired-state.ts';
