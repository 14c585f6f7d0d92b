/** Passkeys in the browser: its dialog, between what the server offers and what it wants back. */
import type {
  NewPasskey,
  PasskeyAnswer,
  PasskeyChallenge,
  PasskeyOffer,
} from '@gatehouse/contracts/admin/passkeys.ts';
import {
  type AuthenticatorTransport,
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';

export const hasPasskeys = (): boolean => browserSupportsWebAuthn();

/** Whether somebody closed the browser’s dialog, or let it run out: no failure, only nothing. */
export function isDismissed(error: unknown): boolean {
  return error instanceof Error && ['NotAllowedError', 'AbortError'].includes(error.name);
}

/** Whether this authenticator has a passkey of the account already. */
export function isKnownHere(error: unknown): boolean {
  return error instanceof Error && error.name === 'InvalidStateError';
}

const known = (each: { id: string; transports: string[] }) => ({
  id: each.id,
  type: 'public-key' as const,
  transports: each.transports as AuthenticatorTransport[],
});

/** Opens the browser’s dialog to make one. */
export async function makePasskey(offer: PasskeyOffer): Promise<Omit<NewPasskey, 'name'>> {
  const { id, response } = await startRegistration({
    optionsJSON: {
      challenge: offer.challenge,
      rp: offer.site,
      user: offer.user,
      pubKeyCredParams: offer.algorithms.map((alg) => ({ alg, type: 'public-key' })),
      excludeCredentials: offer.exclude.map(known),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
      timeout: 120_000,
    },
  });
  return {
    credential: id,
    clientData: response.clientDataJSON,
    attestation: response.attestationObject,
    ...(response.transports === undefined ? {} : { transports: response.transports }),
  };
}

/** Opens the browser’s dialog to use one. */
export async function answerWithPasskey(challenge: PasskeyChallenge): Promise<PasskeyAnswer> {
  const { id, response } = await startAuthentication({
    optionsJSON: {
      challenge: challenge.challenge,
      rpId: challenge.siteId,
      allowCredentials: challenge.allow.map(known),
      userVerification: 'required',
      timeout: 120_000,
    },
  });
  return {
    credential: id,
    clientData: response.clientDataJSON,
    authenticatorData: response.authenticatorData,
    signature: response.signature,
    ...(response.userHandle === undefined ? {} : { userHandle: response.userHandle }),
  };
}
