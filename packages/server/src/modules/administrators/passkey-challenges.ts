// Challenges for passkeys (WebAuthn level 3 section 13.4.3). They are made without storing anything, so that strangers who ask
// for them fill no table: purpose and expiry are under a key of ours. That each is used once is kept where it is used.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a challenge is good for; those of an account name it with the session that asked. */
export type ChallengePurpose = 'sign-in' | `register ${string}` | `prove ${string}`;

export interface PasskeyChallenges {
  /** @returns the challenge in base64url. */
  issue(purpose: ChallengePurpose): string;
  /** @returns when it expires, if it is ours, for this purpose, and in time. */
  check(challenge: string, purpose: ChallengePurpose): Date | undefined;
}

const challengeSeconds = 300;
const sizes = { nonce: 16, expiry: 8, mac: 24 } as const;

export function createPasskeyChallenges(key: Buffer, now: () => number): PasskeyChallenges {
  const macOf = (purpose: string, body: Buffer) =>
    createHmac('sha256', key)
      .update(`gh-passkey-1 ${purpose}\0`)
      .update(body)
      .digest()
      .subarray(0, sizes.mac);
  return {
    issue(purpose) {
      const expiry = Buffer.alloc(sizes.expiry);
      expiry.writeBigUInt64BE(BigInt(now() + challengeSeconds * 1000));
      const body = Buffer.concat([randomBytes(sizes.nonce), expiry]);
      return Buffer.concat([body, macOf(purpose, body)]).toString('base64url');
    },
    check(challenge, purpose) {
      const bytes = Buffer.from(challenge, 'base64url');
      if (bytes.length !== sizes.nonce + sizes.expiry + sizes.mac) return undefined;
      const body = bytes.subarray(0, sizes.nonce + sizes.expiry);
      if (!timingSafeEqual(bytes.subarray(body.length), macOf(purpose, body))) return undefined;
      const expires = Number(body.readBigUInt64BE(sizes.nonce));
      return now() < expires ? new Date(expires) : undefined;
    },
  };
}
