// The session behind a request of the own account, and the answer that hands out a new one.
import type { SignedIn } from '@gatehouse/contracts/admin/session.ts';
import type { Principal } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { Answer } from '../../kernel/http/route.ts';
import type { AuthenticatedSession, NewSession, SessionHolder } from '../../modules/administrators/index.ts';
import { sessionOf } from './authenticate.ts';
import { setSessionCookie } from './cookies.ts';

type Started = NewSession & { readonly secondFactor: SignedIn['secondFactor'] };

/** A new session, in its cookie. */
export function signedIn(session: Started, ...cookies: readonly string[]): Answer {
  const { csrfToken, expiresAt, secondFactor } = session;
  return new Answer(
    { csrfToken, expiresAt: expiresAt.toISOString(), secondFactor },
    { headers: { 'set-cookie': [setSessionCookie(session.cookie), ...cookies] } },
  );
}

/** @throws DomainError `forbidden` for tokens and the local operator. */
export function requireSession(principal: Principal): AuthenticatedSession {
  const session = sessionOf(principal);
  if (!session) {
    throw new DomainError('forbidden', 'This is for administrators who signed in with a browser', {
      reason: 'no-session',
    });
  }
  return session;
}

/** The account itself, whatever organization it acts in. */
export function holderOf(principal: Principal): SessionHolder {
  const { principal: own, sessionId } = requireSession(principal);
  return {
    principal: { ...own, ...(principal.requestId === undefined ? {} : { requestId: principal.requestId }) },
    sessionId,
  };
}
