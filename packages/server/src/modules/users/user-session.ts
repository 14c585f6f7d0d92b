// A user's session at the portal: as an administrator's a random reference in a cookie and everything else on the server, with
// rights that end where the own devices do. It has a new reference after each showing of the password (ADM-02).
import type { Principal } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { proofLifeMs } from '@gatehouse/core/portal/own-actions.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import {
  csrfTokenOf,
  formatCredential,
  hashSecret,
  type LocateCredential,
  newCredential,
  type NewSession,
  parseCredential,
  sameHash,
  sessionLife,
} from '../administrators/index.ts';
import { readEpoch } from '../organizations/index.ts';
import {
  insertUserSession,
  touchUserSession,
  type UserSessionRow,
  userSessionStatement,
} from './session-queries.ts';

export interface UserSession {
  /** Without any permission: what a person may do is decided for each device (POR-01). */
  readonly principal: TenantPrincipal;
  readonly sessionId: string;
  readonly csrfToken: string;
  readonly expiresAt: Date;
  /** Until when the password counts as shown; null: it has to be shown again. */
  readonly provedUntil: Date | null;
  readonly browser: string | null;
  /** In which the person is written to, as somebody has set it. */
  readonly language: string | null;
  isCsrfToken(token: string | undefined): boolean;
}

export interface UserSessionDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly locateCredential: LocateCredential;
}

export const userSessionCookie = '__Host-gh_my';
const touchEveryMs = 60_000;
const noRights: Principal['permissions'] = new Set();

/** In the transaction in which the password was found right. @param expiresAt of the session that this one replaces. */
export async function startUserSession(
  tx: TenantTx,
  session: {
    readonly userId: string;
    readonly now: number;
    readonly browser: string | undefined;
    readonly expiresAt?: Date;
  },
): Promise<NewSession & { readonly provedUntil: Date }> {
  const { userId, now, browser } = session;
  const credential = newCredential('mys');
  const csrfToken = csrfTokenOf(credential);
  const expiresAt = session.expiresAt ?? new Date(now + sessionLife.wholeMs);
  await insertUserSession(tx, {
    id: credential.id,
    secretHash: hashSecret(credential.secret),
    csrfHash: hashSecret(Buffer.from(csrfToken)),
    userId,
    epoch: await readEpoch(tx),
    browser: browser?.slice(0, 300).replaceAll(/\p{Cc}/gu, ' ') ?? null,
    provedAt: new Date(now),
    now: new Date(now),
    expiresAt,
  });
  return {
    sessionId: credential.id,
    cookie: formatCredential(credential),
    csrfToken,
    expiresAt,
    provedUntil: new Date(now + proofLifeMs),
  };
}

/**
 * @param passively the person does nothing at this moment: the session goes on growing idle.
 * @throws DomainError `unauthenticated`, with one text for every cause.
 */
export async function authenticateUserSession(
  deps: UserSessionDeps,
  cookie: string,
  passively = false,
): Promise<UserSession> {
  const credential = parseCredential(cookie, 'mys');
  const organizationId = credential && (await deps.locateCredential(credential));
  if (!organizationId) throw ended();
  const [row] = await deps.database.tenantQuery<UserSessionRow>(organizationId, userSessionStatement, [
    credential.id,
  ]);
  const now = deps.clock.now();
  if (!row || !sameHash(row.secret_hash, hashSecret(credential.secret))) throw ended();
  if (row.state !== 'active' || row.epoch !== row.organization_epoch) throw ended();
  if (row.expires_at.getTime() <= now || row.seen_at.getTime() + sessionLife.idleMs <= now) throw ended();
  if (!passively && now - row.seen_at.getTime() >= touchEveryMs) {
    const when = new Date(now);
    await deps.database.withTenant(organizationId, (tx) => touchUserSession(tx, credential.id, when));
  }
  const provedUntil = (row.proved_at?.getTime() ?? 0) + proofLifeMs;
  return {
    principal: {
      kind: 'user',
      id: row.user_id,
      organizationId,
      label: row.email,
      role: 'user',
      permissions: noRights,
      empoweredAt: null,
    },
    sessionId: credential.id,
    csrfToken: csrfTokenOf(credential),
    expiresAt: row.expires_at,
    provedUntil: provedUntil > now ? new Date(provedUntil) : null,
    browser: row.browser,
    language: row.language,
    isCsrfToken: (token) =>
      token !== undefined && token.length <= 100 && sameHash(row.csrf_hash, hashSecret(Buffer.from(token))),
  };
}

function ended(): DomainError {
  return new DomainError('unauthenticated', 'The session has ended; sign in again');
}
