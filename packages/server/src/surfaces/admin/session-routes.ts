// Signing in and out, and the own account.
import {
  Me,
  MeChanges,
  PasswordChange,
  SecondFactorConfirmation,
  SecondFactorOffer,
  SecondFactorStart,
  Session,
  SignedIn,
  SignIn,
} from '@gatehouse/contracts/admin/session.ts';
import { PasskeyAnswer, PasskeyChallenge } from '@gatehouse/contracts/admin/passkeys.ts';
import { TokenId } from '@gatehouse/contracts/admin/tokens.ts';
import type { Principal } from '@gatehouse/core/actor.ts';
import {
  type AdminRoute,
  Answer,
  defineRoute,
  listRoute,
  type RequestFacts,
} from '../../kernel/http/route.ts';
import {
  type AdministratorDeps,
  authenticateSession,
  challengeSignIn,
  changePassword,
  chooseOwnLanguage,
  confirmSecondFactor,
  endSession,
  knownBrowserCookie,
  listSessions,
  offerSecondFactor,
  readOwnLanguage,
  sessionCookie,
  signIn,
  signInWithPasskey,
  type SignInSource,
} from '../../modules/administrators/index.ts';
import { clearSessionCookie, readCookie, setKnownBrowserCookie } from './cookies.ts';
import { passkeyRoutes } from './passkey-routes.ts';
import { requireSameOrigin } from './same-origin.ts';
import { holderOf, requireSession, signedIn } from './session-holder.ts';

const forSignedIn = { authenticated: 'everybody may see and end what is their own' } as const;
const signInReason = 'signing in is how one becomes known';
const clearSite = '"cache", "cookies", "storage"';

export const sessionRoutes = (deps: AdministratorDeps): AdminRoute[] => [
  defineRoute({
    method: 'POST',
    path: '/session',
    operation: 'signIn',
    tag: 'session',
    summary: 'Sign in as an administrator',
    description:
      'Answers with a session cookie. Every request that changes something then needs the csrfToken in Gatehouse-Csrf.',
    access: { public: signInReason },
    scope: 'instance',
    body: SignIn,
    response: { 201: SignedIn },
    example: { organization: 'acme', email: 'ann@acme.example', password: 'correct horse battery staple' },
    async handle({ body, request }) {
      requireSameOrigin((name) => request.header(name), deps.publicUrl);
      const session = await signIn(deps, body, await sourceOfSignIn(deps, request));
      return signedIn(session, setKnownBrowserCookie(session.knownBrowser));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/session/passkey-challenge',
    operation: 'challengeSignIn',
    tag: 'session',
    summary: 'Begin to sign in with a passkey',
    access: { public: signInReason },
    scope: 'instance',
    response: { 200: PasskeyChallenge },
    handle: () => challengeSignIn(deps),
  }),
  defineRoute({
    method: 'POST',
    path: '/session/passkey',
    operation: 'signInWithPasskey',
    tag: 'session',
    summary: 'Sign in with a passkey: it counts as both factors',
    access: { public: signInReason },
    scope: 'instance',
    body: PasskeyAnswer,
    response: { 201: SignedIn },
    example: { credential: 'AAAA', clientData: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' },
    async handle({ body, request }) {
      requireSameOrigin((name) => request.header(name), deps.publicUrl);
      const session = await signInWithPasskey(deps, body, await sourceOfSignIn(deps, request));
      return signedIn(session, setKnownBrowserCookie(session.knownBrowser));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/session',
    operation: 'readSession',
    tag: 'session',
    summary: 'The session of the cookie',
    access: forSignedIn,
    response: { 200: SignedIn },
    handle({ principal }) {
      const { csrfToken, expiresAt, secondFactor } = requireSession(principal);
      return { csrfToken, expiresAt: expiresAt.toISOString(), secondFactor };
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/session',
    operation: 'signOut',
    tag: 'session',
    summary: 'Sign out',
    access: forSignedIn,
    response: { 204: null },
    async handle({ principal }) {
      const holder = holderOf(principal);
      await endSession(deps, holder, holder.sessionId);
      return new Answer(undefined, {
        headers: { 'set-cookie': clearSessionCookie(), 'clear-site-data': clearSite },
      });
    },
  }),
  listRoute({
    path: '/me/sessions',
    operation: 'listOwnSessions',
    tag: 'session',
    summary: 'List the own sessions',
    access: forSignedIn,
    item: Session,
    handle: async ({ principal }) => ({ items: await listSessions(deps, holderOf(principal)) }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/me/sessions/:sessionId',
    operation: 'endOwnSession',
    tag: 'session',
    summary: 'End one of the own sessions',
    access: forSignedIn,
    params: { sessionId: TokenId },
    response: { 204: null },
    handle: ({ principal, params }) => endSession(deps, holderOf(principal), params.sessionId),
  }),
  defineRoute({
    method: 'GET',
    path: '/me',
    operation: 'readMe',
    tag: 'session',
    summary: 'Who is calling, and what they may do',
    access: forSignedIn,
    scope: 'instance',
    response: { 200: Me },
    handle: ({ principal }) => describePrincipal(deps, principal),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/me',
    operation: 'changeMe',
    tag: 'session',
    summary: 'Choose the language of one’s own mails',
    access: forSignedIn,
    scope: 'instance',
    body: MeChanges,
    response: { 200: Me },
    example: { language: 'de' },
    async handle({ principal, body }) {
      await chooseOwnLanguage(deps, holderOf(principal), body.language);
      return describePrincipal(deps, principal);
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/me/password',
    operation: 'changeOwnPassword',
    tag: 'session',
    summary: 'Change the own password; other sessions end',
    access: forSignedIn,
    body: PasswordChange,
    response: { 204: null },
    example: { current: 'correct horse battery staple', password: 'plinth ocelot quaver tumbril' },
    handle: ({ principal, body }) => changePassword(deps, holderOf(principal), body),
  }),
  defineRoute({
    method: 'POST',
    path: '/me/second-factor',
    operation: 'offerSecondFactor',
    tag: 'session',
    summary: 'Begin to enrol a second factor',
    access: forSignedIn,
    body: SecondFactorStart,
    response: { 200: SecondFactorOffer },
    handle: ({ principal, body }) => offerSecondFactor(deps, holderOf(principal), body.code),
  }),
  defineRoute({
    method: 'POST',
    path: '/me/second-factor/confirm',
    operation: 'confirmSecondFactor',
    tag: 'session',
    summary: 'Enrol the second factor by a code of it; the session is replaced',
    access: forSignedIn,
    body: SecondFactorConfirmation,
    response: { 200: SignedIn },
    example: { code: '123456' },
    async handle({ principal, body }) {
      const session = await confirmSecondFactor(deps, holderOf(principal), body.code);
      return signedIn({ ...session, secondFactor: 'used' });
    },
  }),
  ...passkeyRoutes(deps),
];

async function sourceOfSignIn(deps: AdministratorDeps, request: RequestFacts): Promise<SignInSource> {
  const cookies = request.header('cookie');
  const earlier = readCookie(cookies, sessionCookie);
  // A session that ended by itself needs no ending.
  const session =
    earlier === undefined ? undefined : await authenticateSession(deps, earlier).catch(() => undefined);
  return {
    requestId: request.id,
    address: request.address,
    knownBrowser: readCookie(cookies, knownBrowserCookie),
    session: session && {
      id: session.sessionId,
      administratorId: session.principal.id,
      organizationId: session.principal.organizationId,
    },
  };
}

async function describePrincipal(deps: AdministratorDeps, principal: Principal): Promise<Me> {
  const language = await readOwnLanguage(deps, principal);
  return {
    kind: principal.kind as Me['kind'],
    id: principal.id,
    label: principal.label,
    role: principal.role,
    permissions: [...principal.permissions],
    ...(principal.organizationId ? { organizationId: principal.organizationId } : {}),
    ...(language === undefined ? {} : { language }),
  };
}
