// Signing in to the portal and out, and showing the password again.
import { MyProof, MySession, MySignIn } from '@gatehouse/contracts/my/session.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { type AdminRoute, Answer, defineRoute, type RequestFacts } from '../../kernel/http/route.ts';
import { knownBrowserSeconds } from '../../modules/administrators/index.ts';
import type { FindOrganization, FindOrganizationByMailDomain } from '../../modules/organizations/index.ts';
import {
  authenticateUserSession,
  endOwnSession,
  type OwnAccountDeps,
  type OwnSession,
  proveAgain,
  signInToPortal,
  type UserSession,
  userSessionCookie,
} from '../../modules/users/index.ts';
import type { PortalCallers } from '../../modules/portal/routes.ts';
import { readCookie } from '../admin/cookies.ts';
import { requireSameOrigin } from '../admin/same-origin.ts';
import { knownUserCookie } from '../known-user.ts';

export interface PortalSessionDeps extends OwnAccountDeps {
  readonly publicUrl: URL;
  readonly findOrganization: FindOrganization;
  readonly findOrganizationByMailDomain: FindOrganizationByMailDomain;
}

const own = { user: 'own' } as const;
const attributes = 'Path=/; Secure; HttpOnly; SameSite=Lax';
const setSession = (value: string) => `${userSessionCookie}=${value}; ${attributes}`;

export const portalSessionRoutes = (deps: PortalSessionDeps, callers: PortalCallers): AdminRoute[] => [
  defineRoute({
    method: 'POST',
    path: '/session',
    operation: 'signInToPortal',
    tag: 'session',
    summary: 'Sign in as the user of devices',
    access: { public: 'signing in is how one becomes known' },
    body: MySignIn,
    response: { 201: MySession },
    example: { organization: 'acme', name: 'ann@acme.example', password: 'correct horse battery staple' },
    async handle({ body, request }) {
      requireSameOrigin((name) => request.header(name), deps.publicUrl);
      const cookies = request.header('cookie');
      const session = await signInToPortal(deps, {
        organizationId: await organizationOf(deps, body),
        name: body.name,
        password: body.password,
        requestId: request.id,
        address: request.address,
        knownBrowser: readCookie(cookies, knownUserCookie),
        browser: request.header('user-agent'),
        earlier: await earlierSession(deps, request),
      });
      const known = `${knownUserCookie}=${session.knownBrowser}; ${attributes}; Max-Age=${knownBrowserSeconds}`;
      return present(session, [setSession(session.cookie), known]);
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/session',
    operation: 'readMySession',
    tag: 'session',
    summary: 'The session of the cookie',
    access: own,
    response: { 200: MySession },
    handle(context) {
      const { csrfToken, expiresAt, provedUntil } = callers.session(context);
      return {
        csrfToken,
        expiresAt: expiresAt.toISOString(),
        provedUntil: provedUntil?.toISOString() ?? null,
      };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/session/proof',
    operation: 'proveAgain',
    tag: 'session',
    summary: 'Show the password again, for what a session alone may not do; the session is replaced',
    access: own,
    body: MyProof,
    response: { 200: MySession },
    example: { password: 'correct horse battery staple' },
    async handle(context) {
      const session = await proveAgain(deps, callers.session(context), context.body.password);
      return present(session, [setSession(session.cookie)]);
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/session',
    operation: 'signOutOfPortal',
    tag: 'session',
    summary: 'Sign out',
    access: own,
    response: { 204: null },
    async handle(context) {
      const session = callers.session(context);
      await endOwnSession(deps, session, session.sessionId);
      return new Answer(undefined, { headers: { 'set-cookie': `${setSession('')}; Max-Age=0` } });
    },
  }),
];

const present = ({ csrfToken, expiresAt, provedUntil }: OwnSession, cookies: readonly string[]) =>
  new Answer(
    {
      csrfToken,
      expiresAt: expiresAt.toISOString(),
      provedUntil: provedUntil.toISOString(),
    } satisfies MySession,
    { headers: { 'set-cookie': cookies } },
  );

/** An organization that does not exist answers as a wrong password does. */
async function organizationOf(deps: PortalSessionDeps, { organization, name }: MySignIn): Promise<string> {
  const domain = /@([^@\s]+)$/.exec(name)?.[1]?.toLowerCase();
  const found =
    organization !== undefined
      ? await deps.findOrganization(organization)
      : domain === undefined
        ? undefined
        : await deps.findOrganizationByMailDomain(domain);
  if (found === undefined) {
    if (organization === undefined) {
      throw new DomainError('unprocessable', 'Name the organization: the address does not say which it is', {
        reason: 'organization-required',
      });
    }
    throw new DomainError('unauthenticated', 'The name or the password is wrong', {
      reason: 'sign-in-refused',
    });
  }
  return found.organizationId;
}

/** A session that ended by itself needs no ending. */
async function earlierSession(
  deps: PortalSessionDeps,
  request: RequestFacts,
): Promise<UserSession | undefined> {
  const cookie = readCookie(request.header('cookie'), userSessionCookie);
  return cookie === undefined
    ? undefined
    : await authenticateUserSession(deps, cookie).catch(() => undefined);
}
