// What a user does to the own account at the portal: signing in and out, showing the password again, choosing another.
import type { MyPasswordChange, MySessionEntry } from '@gatehouse/contracts/my/session.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import {
  type Limit,
  type NewSession,
  refundLimits,
  requireGoodPassword,
  sessionLife,
  spendLimits,
} from '../administrators/index.ts';
import { recordAudit } from '../audit/index.ts';
import { readOrganizationName } from '../organizations/index.ts';
import { putPasswordHash, selectPasswordHash } from './credential-queries.ts';
import type { Events } from '../../kernel/events.ts';
import { lockUser, selectUser } from './queries.ts';
import { deleteUserSession, deleteUserSessions, listUserSessionRows } from './session-queries.ts';
import { signInUser, type SignedInUser, type UserSignIn, type UserSignInDeps } from './sign-in-user.ts';
import { startUserSession, type UserSession, type UserSessionDeps } from './user-session.ts';

export type OwnAccountDeps = UserSignInDeps & UserSessionDeps & { readonly events: Events };
export type OwnSession = NewSession & { readonly provedUntil: Date };

/**
 * @param earlier the session whose cookie the browser still has: it ends.
 * @throws DomainError as {@link signInUser}
 */
export async function signInToPortal(
  deps: OwnAccountDeps,
  input: Omit<UserSignIn, 'via'> & {
    readonly browser: string | undefined;
    readonly earlier?: UserSession | undefined;
  },
): Promise<OwnSession & SignedInUser> {
  const { browser, earlier, ...signIn } = input;
  const user = await signInUser(deps, { ...signIn, via: 'portal' });
  const session = await deps.database.withTenant(signIn.organizationId, async (tx) => {
    if (earlier?.principal.organizationId === signIn.organizationId)
      await deleteUserSession(tx, earlier.principal.id, earlier.sessionId);
    return startUserSession(tx, { userId: user.userId, now: deps.clock.now(), browser });
  });
  return { ...user, ...session };
}

/**
 * The password again, for what a session alone may not do. The session gets a new reference and keeps its end.
 * @throws DomainError `invalid-input` (`wrong-password`), `too-many-requests`
 */
export async function proveAgain(
  deps: OwnAccountDeps,
  session: UserSession,
  password: string,
): Promise<OwnSession> {
  const { principal } = session;
  const limits = ownPasswordLimits(principal.id);
  await requireOwnPassword(deps, session, password, limits);
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    await refundLimits(tx, limits);
    // Who shows the password twice at once has one session afterwards.
    if (!(await deleteUserSession(tx, principal.id, session.sessionId)))
      throw new DomainError('unauthenticated', 'The session has ended; sign in again');
    return startUserSession(tx, {
      userId: principal.id,
      now: deps.clock.now(),
      browser: session.browser ?? undefined,
      expiresAt: session.expiresAt,
    });
  });
}

/** Other sessions end: whoever had the old password is out. */
export async function changeOwnPassword(
  deps: OwnAccountDeps,
  session: UserSession,
  { current, password }: MyPasswordChange,
): Promise<void> {
  const { principal } = session;
  const { organizationId, id } = principal;
  const limits = ownPasswordLimits(id);
  await requireOwnPassword(deps, session, current, limits);
  await deps.database.withTenant(
    organizationId,
    async (tx) => {
      const { slug, name } = await readOrganizationName(tx);
      const user = await selectUser(tx, id);
      requireGoodPassword(password, {
        secondFactor: false,
        words: [slug, name, principal.label, user?.display_name ?? ''],
      });
    },
    { readOnly: true },
  );
  const hash = await deps.passwords.hash(password);
  await deps.database.withTenant(organizationId, async (tx) => {
    if ((await lockUser(tx, id))?.state !== 'active')
      throw new DomainError('unauthenticated', 'The session has ended; sign in again');
    await putPasswordHash(tx, id, hash, new Date(deps.clock.now()));
    await refundLimits(tx, limits);
    const ended = await deleteUserSessions(tx, id, session.sessionId);
    await recordAudit(tx, {
      actor: principal,
      via: 'portal',
      action: 'users.choose-password',
      target: { kind: 'user', id },
      outcome: 'done',
      show: { sessionsEnded: ended },
    });
    await deps.events.emit(tx, { name: 'user.password-changed', subjectId: id, payload: {} });
  });
}

const ownPasswordLimits = (userId: string): Limit[] => [
  { key: ['user-own-password', userId], burst: 5, perMinute: 1 },
];

async function requireOwnPassword(
  deps: OwnAccountDeps,
  { principal }: UserSession,
  password: string,
  limits: readonly Limit[],
): Promise<void> {
  const { organizationId, id } = principal;
  const stored = await deps.database.withTenant(organizationId, async (tx) => {
    await spendLimits(tx, limits, deps.clock.now());
    return selectPasswordHash(tx, id);
  });
  if (await deps.passwords.verify(stored, password, 'expected')) return;
  await deps.database.withTenant(organizationId, (tx) =>
    recordAudit(tx, {
      actor: principal,
      via: 'portal',
      action: 'users.show-password',
      target: { kind: 'user', id },
      outcome: 'refused',
      reason: 'wrong-password',
    }),
  );
  throw new DomainError('invalid-input', 'The password is wrong', { reason: 'wrong-password' });
}

export async function listOwnSessions(
  deps: OwnAccountDeps,
  { principal, sessionId }: UserSession,
): Promise<MySessionEntry[]> {
  const now = deps.clock.now();
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => listUserSessionRows(tx, principal.id, new Date(now), new Date(now - sessionLife.idleMs)),
    { readOnly: true },
  );
  return rows.map((row) => ({
    id: row.session_id,
    current: row.session_id === sessionId,
    browser: row.browser,
    createdAt: row.created_at.toISOString(),
    seenAt: row.seen_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }));
}

/** Ends one of the own sessions: the calling one is a sign-out. @throws DomainError `not-found` */
export async function endOwnSession(
  deps: OwnAccountDeps,
  { principal }: UserSession,
  sessionId: string,
): Promise<void> {
  await deps.database.withTenant(principal.organizationId, async (tx: TenantTx) => {
    if (!(await deleteUserSession(tx, principal.id, sessionId)))
      throw new DomainError('not-found', 'There is no such session');
    await recordAudit(tx, {
      actor: principal,
      via: 'portal',
      action: 'sessions.end',
      target: { kind: 'user', id: principal.id },
      outcome: 'done',
    });
  });
}
