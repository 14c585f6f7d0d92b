// The portal's API, /my/api/v1: users with a session cookie of their own, and nothing else. What administrators hold opens nothing
// here, and what users hold opens nothing there.
import type { Principal } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { languageFor, preferredLanguages } from '@gatehouse/core/languages.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { registerSurface } from '../kernel/http/surface.ts';
import type { PortalDeps } from '../modules/portal/index.ts';
import { type PortalCallers, portalRoutes } from '../modules/portal/routes.ts';
import { authenticateUserSession, type UserSession, userSessionCookie } from '../modules/users/index.ts';
import { headerOf } from './admin/authenticate.ts';
import { readCookie } from './admin/cookies.ts';
import { renderProblem } from './admin/problem.ts';
import { registerRoute } from './admin/register-route.ts';
import { requireSameOrigin } from './admin/same-origin.ts';
import { compileValidator } from './admin/validation.ts';
import { portalSessionRoutes, type PortalSessionDeps } from './portal/session-routes.ts';

export type PortalSurfaceDeps = PortalDeps & PortalSessionDeps & { readonly cursorKey: Buffer };

const safeMethods = new Set(['GET', 'HEAD']);
const sessions = new WeakMap<Principal, UserSession>();

/** Every route of the portal; the test that walks them all reads the same list. */
export const allPortalRoutes = (deps: PortalSurfaceDeps) => [
  ...portalSessionRoutes(deps, callers),
  ...portalRoutes(deps, callers),
];

const callers: PortalCallers = {
  session: ({ principal }) => sessionOf(principal),
  person(context) {
    const session = sessionOf(context.principal);
    const { language } = context.query as { readonly language?: string };
    const wished = preferredLanguages(context.request.header('accept-language'));
    return {
      principal: context.principal,
      proved: session.provedUntil !== null,
      language: languageFor(language, ...wished, session.language),
    };
  },
};

function sessionOf(principal: Principal): UserSession {
  const session = sessions.get(principal);
  if (session === undefined) throw new DomainError('unauthenticated', 'Sign in first');
  return session;
}

export function registerPortalSurface(server: FastifyInstance, deps: PortalSurfaceDeps): void {
  registerSurface(server, {
    name: 'portal',
    prefix: '/my/api/v1',
    authenticate: (request) => authenticate(deps, request),
    bodyLimit: 16_384,
    renderFailure: renderProblem,
    routes(scope) {
      scope.setValidatorCompiler(compileValidator as never);
      for (const route of allPortalRoutes(deps)) registerRoute(scope, deps, route, undefined);
    },
  });
}

/**
 * Pages read devices and lists anew by themselves, which keeps no session from growing idle. Who is signed in is asked when a page
 * opens, and again while somebody moves on it.
 */
function isOfPerson(request: FastifyRequest): boolean {
  return /\/(?:me|session)$/.test(request.routeOptions.url ?? '');
}

async function authenticate(deps: PortalSurfaceDeps, request: FastifyRequest): Promise<void> {
  const value = readCookie(request.headers.cookie, userSessionCookie);
  if (value === undefined) throw new DomainError('unauthenticated', 'Sign in first');
  const unsafe = !safeMethods.has(request.method);
  if (unsafe) requireSameOrigin(headerOf(request), deps.publicUrl);
  const session = await authenticateUserSession(deps, value, !unsafe && !isOfPerson(request));
  if (unsafe && !session.isCsrfToken(headerOf(request)('gatehouse-csrf'))) {
    throw new DomainError('forbidden', 'The header Gatehouse-Csrf is missing or not of this session', {
      reason: 'csrf-token',
    });
  }
  const principal = { ...session.principal, requestId: request.id };
  sessions.set(principal, { ...session, principal });
  request.principal = principal;
}
