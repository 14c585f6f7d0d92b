/** Users: the people whose devices are managed, and how they prove who they are. */
export { smartGroupChanged } from './groups.ts';
export {
  choosePassword,
  makePasswordLink,
  type PasswordLinkDeps,
  userPasswordLength,
} from './password-links.ts';
export {
  changeOwnPassword,
  endOwnSession,
  listOwnSessions,
  type OwnAccountDeps,
  type OwnSession,
  proveAgain,
  signInToPortal,
} from './own-account.ts';
export { purgeUserSessions } from './session-queries.ts';
export {
  authenticateUserSession,
  type UserSession,
  userSessionCookie,
  type UserSessionDeps,
} from './user-session.ts';
export { provePassword, type ProvePasswordDeps } from './prove-password.ts';
export { signInUser, type SignedInUser, type UserSignInDeps } from './sign-in-user.ts';
export { addressesOf } from './queries.ts';
export { recordRefusedSignIn, recordSignIn, userSignInLimits } from './sign-in-record.ts';
export { addNewcomer, isUserAddress } from './newcomer.ts';
