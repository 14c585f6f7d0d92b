/** How Apple devices come under management, and how they keep the identity that they got. */
export { type AppleEnrollmentDeps, createProfileMaker, renewalProfile } from './profile-maker.ts';
export { appleEnrollmentTasks } from './renew-identities.ts';
