// A session: a random reference in a cookie, everything else on the server. Its cross-site token is derived from the
// reference, so that a reloaded page can ask for it again, and is worthless without it.
import { createHmac } from 'node:crypto';
import type { TenantTx } from '../../kernel/db/database.ts';
import { type CredentialToken, formatCredential, hashSecret, newCredential } from './credential-token.ts';
import { insertSession, purgeSessions } from './session-queries.ts';

export const sessionLife = { idleMs: 30 * 60_000, wholeMs: 12 * 3_600_000 } as const;
export const sessionCookie = '__Host-gh_session';

export interface NewSession {
  readonly sessionId: string;
  /** The cookie's value. */
  readonly cookie: string;
  readonly csrfToken: string;
  readonly expiresAt: Date;
}

export function csrfTokenOf(credential: CredentialToken): string {
  return createHmac('sha256', credential.secret).update('gh-csrf-1').digest('base64url');
}

export async function startSession(
  tx: TenantTx,
  session: {
    administratorId: string;
    factors: readonly string[];
    epoch: number;
    now: number;
    /** When a second factor was shown last; absent: none was. */
    provenAt?: number;
  },
): Promise<NewSession> {
  const { administratorId, factors, epoch, now, provenAt } = session;
  const credential = newCredential('ses');
  const csrfToken = csrfTokenOf(credential);
  const expiresAt = new Date(now + sessionLife.wholeMs);
  await purgeSessions(tx, administratorId, new Date(now), new Date(now - sessionLife.idleMs));
  await insertSession(tx, {
    id: credential.id,
    secretHash: hashSecret(credential.secret),
    csrfHash: hashSecret(Buffer.from(csrfToken)),
    administratorId,
    factors,
    epoch,
    now: new Date(now),
    expiresAt,
    provenAt: provenAt === undefined ? null : new Date(provenAt),
  });
  return { sessionId: credential.id, cookie: formatCredential(credential), csrfToken, expiresAt };
}
