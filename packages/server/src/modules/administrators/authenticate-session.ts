// A session cookie, to a principal with the rights of this moment.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { effectiveSettings } from '../organizations/index.ts';
import { sessionAccount, type SessionAccountRow } from './credential-queries.ts';
import { hashSecret, parseCredential, sameHash } from './credential-token.ts';
import type { LocateCredential } from './locate-credential.ts';
import { administratorPrincipal, isServiceAccount, permissionsOf } from './principal.ts';
import { touchSession } from './session-queries.ts';
import { csrfTokenOf, sessionLife } from './start-session.ts';

export interface AuthenticatedSession {
  readonly principal: TenantPrincipal;
  readonly sessionId: string;
  readonly csrfToken: string;
  readonly expiresAt: Date;
  readonly secondFactor: 'used' | 'not-required' | 'to-be-enrolled';
  /** Whether `token` is this session's cross-site token. */
  isCsrfToken(token: string | undefined): boolean;
}

const touchEveryMs = 60_000;

/**
 * @param passively the person does nothing at this moment: the session goes on growing idle.
 * @throws DomainError `unauthenticated`, with one text for every cause.
 */
export async function authenticateSession(
  deps: { readonly database: Database; readonly clock: Clock; readonly locateCredential: LocateCredential },
  cookie: string,
  passively = false,
): Promise<AuthenticatedSession> {
  const credential = parseCredential(cookie, 'ses');
  const organizationId = credential && (await deps.locateCredential(credential));
  if (!organizationId) throw ended();
  const [row] = await deps.database.tenantQuery<SessionAccountRow>(organizationId, sessionAccount, [
    credential.id,
  ]);
  const now = deps.clock.now();
  if (!row || !sameHash(row.secret_hash, hashSecret(credential.secret))) throw ended();
  if (row.state !== 'active' || row.epoch !== row.organization_epoch) throw ended();
  if (row.expires_at.getTime() <= now || row.seen_at.getTime() + sessionLife.idleMs <= now) throw ended();
  const granted = permissionsOf(row.role, row.role_permissions);
  if (isServiceAccount(granted)) throw ended();
  if (!passively && now - row.seen_at.getTime() >= touchEveryMs) {
    const when = new Date(now);
    await deps.database.withTenant(organizationId, (tx) => touchSession(tx, credential.id, when));
  }
  const secondFactor =
    row.factors.includes('totp') || row.factors.includes('passkey')
      ? 'used'
      : effectiveSettings(row.settings).secondFactorRequired
        ? 'to-be-enrolled'
        : 'not-required';
  return {
    // Without the factor that the organization asks for, a session may do nothing but enrol one.
    principal: {
      ...administratorPrincipal(organizationId, row, secondFactor === 'to-be-enrolled' ? new Set() : granted),
      ...(secondFactor === 'used' ? { provenAt: row.proven_at?.getTime() ?? null } : {}),
    },
    sessionId: credential.id,
    csrfToken: csrfTokenOf(credential),
    expiresAt: row.expires_at,
    secondFactor,
    isCsrfToken: (token) =>
      token !== undefined && token.length <= 100 && sameHash(row.csrf_hash, hashSecret(Buffer.from(token))),
  };
}

function ended(): DomainError {
  return new DomainError('unauthenticated', 'The session has ended; sign in again');
}
