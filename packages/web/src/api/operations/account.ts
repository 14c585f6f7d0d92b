/** The own account: password, second factors, sessions. */
import type {
  FactorChallenge,
  FactorProof,
  NewPasskey,
  Passkey,
  PasskeyAnswer,
  PasskeyChallenge,
  PasskeyOffer,
} from '@gatehouse/contracts/admin/passkeys.ts';
import type { PasswordChange, Session, SignedIn } from '@gatehouse/contracts/admin/session.ts';
import { operation } from '../call.ts';
import type { PageOf } from './shapes.ts';

export const challengeSignIn = operation<{ answer: PasskeyChallenge }>()(
  'challengeSignIn',
  'POST',
  '/session/passkey-challenge',
);
export const signInWithPasskey = operation<{ body: PasskeyAnswer; answer: SignedIn }>()(
  'signInWithPasskey',
  'POST',
  '/session/passkey',
);

export const listOwnPasskeys = operation<{ answer: PageOf<Passkey> }>()(
  'listOwnPasskeys',
  'GET',
  '/me/passkeys',
);
export const offerPasskey = operation<{ answer: PasskeyOffer }>()(
  'offerPasskey',
  'POST',
  '/me/passkeys/offer',
);
export const addPasskey = operation<{ body: NewPasskey; answer: SignedIn }>()(
  'addPasskey',
  'POST',
  '/me/passkeys',
);
export const renamePasskey = operation<{ body: { name: string }; answer: Passkey }>()(
  'renamePasskey',
  'PATCH',
  '/me/passkeys/:passkeyId',
);
export const removePasskey = operation()('removePasskey', 'DELETE', '/me/passkeys/:passkeyId');

export const challengeFactor = operation<{ answer: FactorChallenge }>()(
  'challengeFactor',
  'POST',
  '/me/factor-challenge',
);
export const proveFactor = operation<{ body: FactorProof; answer: SignedIn }>()(
  'proveFactor',
  'POST',
  '/me/factor-proof',
);

export const listOwnSessions = operation<{ answer: PageOf<Session> }>()(
  'listOwnSessions',
  'GET',
  '/me/sessions',
);
export const endOwnSession = operation()('endOwnSession', 'DELETE', '/me/sessions/:sessionId');
export const changeOwnPassword = operation<{ body: PasswordChange }>()(
  'changeOwnPassword',
  'PUT',
  '/me/password',
);
export const offerSecondFactor = operation<{
  body: { readonly code?: string };
  answer: { readonly secret: string; readonly uri: string };
}>()('offerSecondFactor', 'POST', '/me/second-factor');
export const confirmSecondFactor = operation<{ body: { readonly code: string }; answer: SignedIn }>()(
  'confirmSecondFactor',
  'POST',
  '/me/second-factor/confirm',
);
