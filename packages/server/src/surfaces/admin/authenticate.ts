// Who calls the admin API: a bearer token, a session cookie with its cross-site token, or a local caller that the
// composition vouches for; and in which organization. Runs before the body is read.
import type { Principal } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { FastifyRequest } from 'fastify';
import {
  type AuthenticatedSession,
  authenticateSession,
  authenticateToken,
  type LocateCredential,
  sessionCookie,
} from '../../modules/administrators/index.ts';
import { recordAudit } from '../../modules/audit/index.ts';
import type { FindOrganization } from '../../modules/organizations/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import { readCookie } from './cookies.ts';
import { requireSameOrigin } from './same-origin.ts';

export interface AuthenticateDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly locateCredential: LocateCredential;
  readonly findOrganization: FindOrganization;
  readonly publicUrl: URL;
  /** On the local socket: who calls. It is then the only way in. */
  readonly localCaller?: ((request: FastifyRequest) => Principal) | undefined;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route works inside one organization; absent: yes. */
    scope?: 'organization' | 'instance';
  }
}

const safeMethods = new Set(['GET', 'HEAD']);
const sessions = new WeakMap<Principal, AuthenticatedSession>();

/** The session behind a principal, when it is one. */
export function sessionOf(principal: Principal): AuthenticatedSession | undefined {
  return sessions.get(principal);
}

/** Who calls, at this moment. @param passively for what goes on by itself: it keeps no session from growing idle. */
export type Authenticate = (request: FastifyRequest, passively?: 'passively') => Promise<void>;

export function createAuthenticate(deps: AuthenticateDeps): Authenticate {
  const enter = createEntryRecorder(deps);
  return async (request, passively) => {
    const { principal, session } = await identify(deps, request, passively === 'passively');
    const chosen = chosenOrganization(request);
    const entered = chosen === undefined ? undefined : await chooseOrganization(deps, principal, chosen);
    if (entered !== undefined && entered !== principal.organizationId)
      await enter(principal, entered, request.id);
    const acting: Principal = {
      ...principal,
      organizationId: entered ?? principal.organizationId,
      requestId: request.id,
    };
    if (acting.organizationId === null && request.routeOptions.config.scope !== 'instance') {
      throw new DomainError(
        'invalid-input',
        'Name the organization, by ?organization=SLUG or the header Gatehouse-Organization',
        { reason: 'organization-required' },
      );
    }
    if (session) {
      requireFactorForWork(session, request);
      sessions.set(acting, session);
    }
    request.principal = acting;
  };
}

/** Such a session has no permission at all; this says what to do about it. */
function requireFactorForWork(session: AuthenticatedSession, request: FastifyRequest): void {
  const { access } = request.routeOptions.config;
  if (session.secondFactor !== 'to-be-enrolled' || access === undefined || !('permission' in access)) return;
  throw new DomainError('forbidden', 'The organization asks for a second factor: enrol one first', {
    reason: 'second-factor-to-be-enrolled',
  });
}

async function identify(
  deps: AuthenticateDeps,
  request: FastifyRequest,
  passively: boolean,
): Promise<{ principal: Principal; session?: AuthenticatedSession }> {
  if (deps.localCaller) return { principal: deps.localCaller(request) };
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined) {
    const token = /^Bearer ([\w-]{1,200})$/.exec(authorization)?.[1];
    if (token === undefined) throw new DomainError('unauthenticated', 'Authorization must be: Bearer TOKEN');
    return { principal: await authenticateToken(deps, token) };
  }
  const value = readCookie(cookie, sessionCookie);
  if (value === undefined) throw new DomainError('unauthenticated', 'Sign in, or send a token');
  if (!safeMethods.has(request.method)) requireSameOrigin(headerOf(request), deps.publicUrl);
  const session = await authenticateSession(deps, value, passively);
  if (!safeMethods.has(request.method) && !session.isCsrfToken(headerOf(request)('gatehouse-csrf'))) {
    throw new DomainError('forbidden', 'The header Gatehouse-Csrf is missing or not of this session', {
      reason: 'csrf-token',
    });
  }
  return { principal: session.principal, session };
}

export function headerOf(request: FastifyRequest): (name: string) => string | undefined {
  return (name) => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
}

function chosenOrganization(request: FastifyRequest): string | undefined {
  const header = headerOf(request)('gatehouse-organization');
  const query = (request.query as Readonly<Record<string, unknown>>)['organization'];
  if (query !== undefined && typeof query !== 'string') {
    throw new DomainError('invalid-input', 'The organization is given more than once');
  }
  if (header !== undefined && query !== undefined && header !== query) {
    throw new DomainError('invalid-input', 'Header and query name different organizations');
  }
  return query ?? header;
}

/** Operators choose; everybody else may only name their own, and learns nothing about others. */
async function chooseOrganization(
  deps: AuthenticateDeps,
  principal: Principal,
  slug: string,
): Promise<string> {
  const found = await deps.findOrganization(slug);
  const allowed =
    found !== undefined &&
    (found.organizationId === principal.organizationId || principal.permissions.has('system.operate'));
  if (!allowed) {
    throw new DomainError('not-found', `There is no organization "${slug.slice(0, 40)}"`, {
      reason: 'organization-not-found',
    });
  }
  return found.organizationId;
}

const entryEveryMs = 15 * 60_000;

/** An operator who enters an organization leaves a trace that it can see (ADM-23): one per quarter of an hour and process. */
function createEntryRecorder(deps: AuthenticateDeps) {
  const entered = new Map<string, number>();
  return async (principal: Principal, organizationId: string, requestId: string): Promise<void> => {
    const key = `${principal.kind}:${principal.id}/${organizationId}`;
    const now = deps.clock.now();
    if (now - (entered.get(key) ?? 0) < entryEveryMs) return;
    if (entered.size > 10_000) entered.clear();
    entered.set(key, now);
    await deps.database.withTenant(organizationId, (tx) =>
      recordAudit(tx, {
        actor: principal,
        action: 'organizations.enter',
        target: { kind: 'organization', id: organizationId },
        outcome: 'done',
        requestId,
        show: { from: principal.organizationId },
      }),
    );
  };
}
