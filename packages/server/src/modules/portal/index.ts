/** The portal: what people see of their own devices, do to them, and learn of what is held about them. */
export type { Person, PortalDeps } from './portal-deps.ts';
export { portalJobs, portalTasks } from './reactions.ts';
