// The two ceremonies of WebAuthn, checked: making a passkey and using one. The site is the console's host, the origin is exact,
// the person was verified by the device, and the challenge is ours (ADM-13). Attestation is not asked for: which make of
// authenticator people use is theirs to choose.
import type { NewPasskey, PasskeyAnswer } from '@gatehouse/contracts/admin/passkeys.ts';
import type { AuthenticatorTransport } from '@simplewebauthn/server';
import type { ChallengePurpose, PasskeyChallenges } from './passkey-challenges.ts';
import type { PasskeyRow } from './passkey-queries.ts';

/** ES256, EdDSA, RS256: what authenticators of today have. */
export const passkeyAlgorithms = [-7, -8, -257];

/** At the first ceremony: it brings more with it than a server without passkeys should wait for when it starts. */
const loadLibrary = () => import('@simplewebauthn/server');

interface CeremonyDeps {
  readonly publicUrl: URL;
  readonly passkeyChallenges: PasskeyChallenges;
}

export interface UsedChallenge {
  readonly challenge: string;
  readonly expiresAt: Date;
}

/** Organization and account in 32 bytes: with it alone a sign-in finds both. */
export function userHandleOf(organizationId: string, administratorId: string): string {
  return Buffer.from(`${organizationId}${administratorId}`.replaceAll('-', ''), 'hex').toString('base64url');
}

export function readUserHandle(
  handle: string | undefined,
): { organizationId: string; administratorId: string } | undefined {
  const hex = Buffer.from(handle ?? '', 'base64url').toString('hex');
  if (hex.length !== 64) return undefined;
  const uuid = (digits: string) => digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { organizationId: uuid(hex.slice(0, 32)), administratorId: uuid(hex.slice(32)) };
}

export interface MadePasskey extends UsedChallenge {
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly backedUp: boolean;
}

/** @returns undefined for whatever does not hold. */
export async function checkNewPasskey(
  deps: CeremonyDeps,
  given: NewPasskey,
  purpose: ChallengePurpose,
): Promise<MadePasskey | undefined> {
  const challenge = new SeenChallenge(deps, purpose);
  const { verifyRegistrationResponse } = await loadLibrary();
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        id: given.credential,
        rawId: given.credential,
        type: 'public-key',
        clientExtensionResults: {},
        response: { clientDataJSON: given.clientData, attestationObject: given.attestation },
      },
      ...expectations(deps, challenge),
      supportedAlgorithmIDs: passkeyAlgorithms,
    });
    if (!verified || registrationInfo === undefined) return undefined;
    const { credential, credentialBackedUp } = registrationInfo;
    return {
      ...challenge.used(),
      credentialId: Buffer.from(credential.id, 'base64url'),
      publicKey: Buffer.from(credential.publicKey),
      counter: credential.counter,
      backedUp: credentialBackedUp,
    };
  } catch {
    // The library throws for each kind of flaw; which one it was helps only those who make them.
    return undefined;
  }
}

export interface ProvedPasskey extends UsedChallenge {
  readonly counter: number;
  readonly backedUp: boolean;
}

/** @returns undefined for whatever does not hold. */
export async function checkPasskeyAnswer(
  deps: CeremonyDeps,
  given: PasskeyAnswer,
  stored: Pick<PasskeyRow, 'credential_id' | 'public_key' | 'counter' | 'transports'>,
  purpose: ChallengePurpose,
): Promise<ProvedPasskey | undefined> {
  const challenge = new SeenChallenge(deps, purpose);
  const { verifyAuthenticationResponse } = await loadLibrary();
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id: given.credential,
        rawId: given.credential,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: given.clientData,
          authenticatorData: given.authenticatorData,
          signature: given.signature,
        },
      },
      ...expectations(deps, challenge),
      credential: {
        id: stored.credential_id.toString('base64url'),
        publicKey: new Uint8Array(stored.public_key),
        counter: stored.counter,
        transports: stored.transports as AuthenticatorTransport[],
      },
    });
    if (!verified) return undefined;
    const { newCounter, credentialBackedUp } = authenticationInfo;
    return { ...challenge.used(), counter: newCounter, backedUp: credentialBackedUp };
  } catch {
    return undefined;
  }
}

const expectations = ({ publicUrl }: CeremonyDeps, challenge: SeenChallenge) => ({
  expectedChallenge: (given: string) => challenge.see(given),
  expectedOrigin: publicUrl.origin,
  expectedRPID: publicUrl.hostname,
  requireUserVerification: true,
});

/** Remembers the challenge of one ceremony, so that it can be used up. */
class SeenChallenge {
  readonly #deps: CeremonyDeps;
  readonly #purpose: ChallengePurpose;
  #used: UsedChallenge | undefined;

  constructor(deps: CeremonyDeps, purpose: ChallengePurpose) {
    this.#deps = deps;
    this.#purpose = purpose;
  }

  see(challenge: string): boolean {
    const expiresAt = this.#deps.passkeyChallenges.check(challenge, this.#purpose);
    if (expiresAt !== undefined) this.#used = { challenge, expiresAt };
    return expiresAt !== undefined;
  }

  used(): UsedChallenge {
    if (this.#used === undefined) throw new Error('no challenge was checked');
    return this.#used;
  }
}
