/**
 * Enrolment: one-time codes and invitations, the handshake in which an agent and the server prove to each other that they know
 * one, the steps of the enrolment page with its terms, and the end of both.
 */
export { beginEnrollment, enrollmentRefused, type HandshakeContext } from './begin-enrollment.ts';
export { completeEnrollment } from './complete-enrollment.ts';
export { createEnrollment, issueEnrollment } from './create-enrollment.ts';
export { type ShownTerms } from './accept-terms.ts';
export { enterWithCode, enterWithPassword, type VisitContext } from './enter.ts';
export { enterWithMail, type EnterWithMailDeps, isMailDoorOpen } from './enter-with-mail.ts';
export type { MailAccount, MailAccountProof, ProveMailAccount } from './mail-accounts.ts';
export type { EnrollmentDeps } from './enrollment-deps.ts';
export type {
  EnrollmentProfile,
  EnrollmentWay,
  EnrollmentWays,
  ProfileDraft,
  ProfileMaker,
  ProfileOrder,
} from './enrollment-ways.ts';
export { fetchProfile, offerProfile } from './hand-out-profile.ts';
export { finishEnrollment } from './finish-enrollment.ts';
export { enrollmentJobs, enrollmentSubscriptions, enrollmentTasks } from './reactions.ts';
export { acceptTerms, chooseDevice, declineTerms } from './visit-steps.ts';
export type { EnrollmentProgress } from './progress.ts';
export { endVisit, readVisit, type Visit, type VisitDeps, type VisitStep } from './visits.ts';
