/** How Apple devices come under management, and how they keep the identity that they got. */
export { type AppleEnrollmentDeps, createProfileMaker, createRenewer } from './profile-maker.ts';
export { appleEnrollmentTasks } from './renew-identities.ts';
