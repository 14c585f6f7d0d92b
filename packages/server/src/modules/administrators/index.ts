/** Administrators and what lets them in: accounts, roles, passwords, second factors, sessions, API tokens. */
export { type AuthenticatedSession, authenticateSession } from './authenticate-session.ts';
export {
  authenticateToken,
  authenticateTokenById,
  type AuthenticateTokenDeps,
} from './authenticate-token.ts';
export { createAdministrator } from './create-administrator.ts';
export type { AdministratorDeps } from './deps.ts';
export {
  createKnownBrowsers,
  type KnownBrowsers,
  knownBrowserCookie,
  knownBrowserSeconds,
} from './known-browser.ts';
export {
  type CredentialToken,
  formatCredential,
  hashSecret,
  newCredential,
  parseCredential,
  sameHash,
} from './credential-token.ts';
export { challengeFactor, proveFactor, requireFreshFactor } from './fresh-factor.ts';
export { createCredentialLocator, type LocateCredential } from './locate-credential.ts';
export {
  changePassword,
  confirmSecondFactor,
  endSession,
  listSessions,
  offerSecondFactor,
} from './own-account.ts';
export { chooseOwnLanguage, readOwnLanguage } from './own-language.ts';
export { createPasskeyChallenges } from './passkey-challenges.ts';
export { purgeChallenges } from './passkey-queries.ts';
export { challengeSignIn, signInWithPasskey } from './passkey-sign-in.ts';
export { addPasskey, listPasskeys, offerPasskey, removePasskey, renamePasskey } from './passkeys.ts';
export { createPasswords, type Passwords } from './password-hash.ts';
export { passwordLength, requireGoodPassword } from './password-rules.ts';
export { writeAlertDigest, writeAlertMailing } from './people-queries.ts';
export { administratorsToTell, administratorToTell, type PersonToTell, personBehind } from './people.ts';
export { administratorPrincipal, isServiceAccount, permissionsOf } from './principal.ts';
export { rightsOfActor } from './rights-of-actor.ts';
export { beginSetup, completeSetup } from './setup.ts';
export { signIn, type SignedInSession, type SignInSource } from './sign-in.ts';
export { csrfTokenOf, type NewSession, sessionCookie, sessionLife } from './start-session.ts';
export { createToken } from './tokens.ts';
export { type Limit, refundLimits, spendLimits } from './throttle.ts';
export type { SessionHolder } from './session-holder.ts';
