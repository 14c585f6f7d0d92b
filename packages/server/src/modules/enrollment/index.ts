/** Enrolment: one-time codes, the handshake in which device and server prove to each other that they know one, its end. */
export { beginEnrollment, enrollmentRefused, type HandshakeContext } from './begin-enrollment.ts';
export { completeEnrollment } from './complete-enrollment.ts';
export { createEnrollment } from './create-enrollment.ts';
export type { EnrollmentDeps } from './enrollment-deps.ts';
export { finishEnrollment } from './finish-enrollment.ts';
export { enrollmentJobs, enrollmentSubscriptions, enrollmentTasks } from './reactions.ts';
