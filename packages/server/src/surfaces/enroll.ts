// The enrolment page, `/enroll/{organization}`: where invitations, the network's redirect and people at a desk lead to. Pages
// are drawn here, work without script, load nothing from anywhere, and each step is a form; a visit that goes on is read anew
// from the database with every request.
import type { PublicBranding } from '@gatehouse/contracts/admin/branding.ts';
import type { Platform } from '@gatehouse/core/devices/device.ts';
import { isPlatform } from '@gatehouse/core/devices/device.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { preferredLanguages } from '@gatehouse/core/languages.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Failure } from '../kernel/http/failure.ts';
import { registerSurface } from '../kernel/http/surface.ts';
import { knownBrowserSeconds } from '../modules/administrators/index.ts';
import {
  acceptTerms,
  chooseDevice,
  declineTerms,
  endVisit,
  type EnrollmentDeps,
  enterWithCode,
  enterWithMail,
  type EnterWithMailDeps,
  enterWithPassword,
  fetchProfile,
  isMailDoorOpen,
  offerProfile,
  readVisit,
  type Visit,
  type VisitContext,
  type VisitDeps,
} from '../modules/enrollment/index.ts';
import { type FindOrganization, type FoundOrganization, readLook } from '../modules/organizations/index.ts';
import { choosePassword, type PasswordLinkDeps, type UserSignInDeps } from '../modules/users/index.ts';
import { readCookie } from './admin/cookies.ts';
import { isWrongBrowser } from './enroll/device-words.ts';
import {
  cookieOf,
  type Form,
  formToken,
  formType,
  newCookie,
  readForm,
  requireOwnForm,
  setVisitCookie,
} from './enroll/form.ts';
import { type PageContent, type Scene, sendPage } from './enroll/layout.ts';
import { chooseDevicePage, termsPage } from './enroll/pages/choices.ts';
import {
  blockedPage,
  declinedPage,
  donePage,
  failurePage,
  overPage,
  progressPage,
  usedPage,
  waitMark,
} from './enroll/pages/endings.ts';
import { entrance, type EntranceState } from './enroll/pages/entrance.ts';
import { passwordPage, passwordSetPage } from './enroll/pages/password.ts';
import { agentPage, installPage, profilePage, wrongBrowserPage } from './enroll/pages/profile.ts';
import { speechFor, type TextKey } from './enroll/texts/index.ts';
import { knownUserCookie } from './known-user.ts';

/** A port: the network is asked to let a device in anew; who knows the network stands to the right of the modules. */
export type Reauthorize = (
  organizationId: string,
  deviceId: string,
  by: { readonly userId: string | null; readonly requestId: string },
) => Promise<void>;

export type EnrollPageDeps = EnrollmentDeps &
  VisitDeps &
  EnterWithMailDeps &
  UserSignInDeps & { readonly reauthorize?: Reauthorize } & PasswordLinkDeps & {
    readonly findOrganization: FindOrganization;
  };

const access = { public: 'people sign in here, or show a one-time password, to enrol a device' } as const;

const nowhere: FoundOrganization = { organizationId: '', slug: '', name: '' };

export function registerEnrollPage(server: FastifyInstance, deps: EnrollPageDeps): void {
  const offered = Object.entries(deps.ways)
    .filter(([, way]) => way.profile !== undefined)
    .map(([platform]) => platform as Platform);

  const sceneOf = (request: FastifyRequest, organization: FoundOrganization, cookie: string): Scene => ({
    speech: speechFor(preferredLanguages(request.headers['accept-language'])),
    organization,
    token: formToken(cookie),
    publicUrl: deps.publicUrl,
    userAgent: request.headers['user-agent'],
  });

  async function organizationOf(
    request: FastifyRequest,
  ): Promise<FoundOrganization & { look: PublicBranding }> {
    const { organization } = request.params as { organization: string };
    const found = await deps.findOrganization(organization);
    if (!found) throw new DomainError('not-found', 'There is nothing at this address');
    const look = await readLook(deps, found.organizationId);
    return { ...found, name: look.name, look };
  }

  const contextOf = (request: FastifyRequest, organization: FoundOrganization): VisitContext => ({
    organizationId: organization.organizationId,
    slug: organization.slug,
    requestId: request.id,
    address: request.ip,
    language: preferredLanguages(request.headers['accept-language'])[0] ?? 'en',
  });

  const enter = async (scene: Scene, state: Omit<EntranceState, 'mail'>) =>
    entrance(scene, { ...state, mail: await isMailDoorOpen(deps, scene.organization.organizationId) });

  /** The page of the step that somebody has come to. */
  async function pageOf(scene: Scene, visit: Visit | undefined, problem?: string): Promise<PageContent> {
    if (!visit) return enter(scene, { problem });
    switch (visit.step) {
      case 'choose-device':
        return chooseDevicePage(scene, visit, offered, problem);
      case 'terms':
        return termsPage(scene, visit, problem);
      case 'profile':
        return profilePage(scene, visit, problem);
      case 'install':
        return installPage(scene, visit, problem);
      case 'agent':
        return agentPage(scene, problem);
      case 'progress':
        return progressPage(scene, visit, problem);
      case 'done':
        return donePage(scene);
      case 'blocked':
        return blockedPage(scene);
      case 'used':
        return usedPage(scene);
      case 'over':
        return overPage(scene);
    }
  }

  /** A visit's cookie, or a fresh one that binds the forms of this page to this browser. */
  function bind(request: FastifyRequest, reply: FastifyReply): string {
    const present = cookieOf(request);
    if (present !== undefined) return present;
    const cookie = newCookie();
    reply.header('set-cookie', setVisitCookie(cookie));
    return cookie;
  }

  /** What all forms have in common: the organization, that the form is ours, and a refusal that is shown where it arose. */
  interface Step {
    readonly request: FastifyRequest;
    readonly reply: FastifyReply;
    readonly organization: FoundOrganization;
    readonly context: VisitContext;
    readonly scene: Scene;
    readonly form: Form;
    readonly visit: Visit | undefined;
  }

  function post(
    scope: FastifyInstance,
    path: string,
    run: (step: Step) => Promise<unknown>,
    onRefusal?: (step: Step, problem: string, status: number) => Promise<unknown>,
  ): void {
    scope.post(`/:organization${path}`, { config: { access } }, async (request, reply) => {
      const organization = await organizationOf(request);
      const form = readForm(request);
      const context = contextOf(request, organization);
      const cookie = cookieOf(request);
      const visit = await readVisit(deps, organization.organizationId, cookie);
      const scene = sceneOf(request, organization, cookie ?? newCookie());
      const step = { request, reply, organization, context, scene, form, visit };
      try {
        requireOwnForm(request, form, deps.publicUrl);
        return await run(step);
      } catch (error) {
        const problem = error instanceof DomainError ? explain(scene, error) : undefined;
        if (problem === undefined || !(error instanceof DomainError) || error.reason === 'cross-origin') {
          throw error;
        }
        const { status } = error;
        request.log.info({ requestId: request.id, reason: error.reason }, 'a step of enrolment was refused');
        if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
        // A browser without a cookie, or with an old one, gets what it needs to try again.
        const fresh = { ...scene, token: formToken(bind(request, reply)) };
        if (onRefusal && error.reason !== 'form-expired') {
          return await onRefusal({ ...step, scene: fresh }, problem, status);
        }
        const now = await readVisit(deps, organization.organizationId, cookie);
        return sendPage(reply, fresh, await pageOf(fresh, now, problem), status);
      }
    });
  }

  const forward = (reply: FastifyReply, { slug }: FoundOrganization, path = '') =>
    reply.redirect(`/enroll/${slug}${path}`, 303);

  const refusedAt =
    (at: EntranceState['at']) =>
    async ({ scene, reply, form }: Step, problem: string, status: number) =>
      sendPage(
        reply,
        scene,
        await enter(scene, {
          problem,
          ...(at === undefined ? {} : { at }),
          ...(at === 'sign-in' || at === 'mail' ? { name: form.field('name') } : {}),
        }),
        status,
      );

  registerSurface(server, {
    name: 'enrollment-page',
    prefix: '/enroll',
    bodies: { [formType]: 'bytes' },
    bodyLimit: 8_192,
    renderFailure: (failure, request, reply) => renderFailure(deps, failure, request, reply),
    routes(scope) {
      scope.get('/:organization', { config: { access } }, async (request, reply) => {
        const organization = await organizationOf(request);
        const cookie = bind(request, reply);
        const visit = await readVisit(deps, organization.organizationId, cookie);
        const scene = sceneOf(request, organization, cookie);
        const { anyway } = request.query as { readonly anyway?: unknown };
        const lost =
          visit?.step === 'profile' &&
          visit.enrollment?.platform === 'ios' &&
          isWrongBrowser(scene.userAgent);
        if (lost && anyway === undefined) return sendPage(reply, scene, wrongBrowserPage(scene));
        return sendPage(reply, scene, await pageOf(scene, visit));
      });

      // The bare step, for the script that waits.
      scope.get('/:organization/status', { config: { access } }, async (request) => {
        const organization = await organizationOf(request);
        const visit = await readVisit(deps, organization.organizationId, cookieOf(request));
        return visit === undefined ? { step: 'entrance' } : { step: visit.step, mark: waitMark(visit) };
      });

      post(
        scope,
        '/code',
        async ({ context, form, reply, organization }) => {
          const cookie = await enterWithCode(deps, context, form.field('code'));
          reply.header('set-cookie', setVisitCookie(cookie));
          return forward(reply, organization);
        },
        refusedAt('code'),
      );

      post(
        scope,
        '/sign-in',
        async ({ request, context, form, reply, organization }) => {
          letIn(reply, await enterWithPassword(deps, context, shownIn(request, form)));
          return forward(reply, organization);
        },
        refusedAt('sign-in'),
      );

      post(
        scope,
        '/mail',
        async ({ request, context, form, reply, organization }) => {
          letIn(reply, await enterWithMail(deps, context, shownIn(request, form)));
          return forward(reply, organization);
        },
        refusedAt('mail'),
      );

      post(scope, '/device', async ({ request, form, reply, organization, visit }) => {
        const platform = form.field('platform');
        if (!visit || !isPlatform(platform)) return forward(reply, organization);
        await chooseDevice(deps, visit, platform, request.id);
        return forward(reply, organization);
      });

      post(scope, '/terms', async ({ request, form, reply, organization, visit, scene }) => {
        if (!visit) return forward(reply, organization);
        if (form.field('decision') === 'decline') {
          await declineTerms(deps, visit, request.id);
          return sendPage(reply, scene, declinedPage(scene));
        }
        const agreed = form.all('agreed');
        await acceptTerms(deps, visit, agreed, request.id);
        const missing = visit.terms.some(({ id }) => !agreed.includes(id));
        if (!missing) return forward(reply, organization);
        const next = await readVisit(deps, organization.organizationId, cookieOf(request));
        return sendPage(reply, scene, await pageOf(scene, next, scene.speech.say('mustAgree')), 400);
      });

      post(scope, '/profile', async ({ reply, organization, visit }) => {
        if (!visit) return forward(reply, organization);
        await offerProfile(deps, visit);
        return forward(reply, organization, '/profile');
      });

      scope.get('/:organization/profile', { config: { access } }, async (request, reply) => {
        const organization = await organizationOf(request);
        const cookie = cookieOf(request);
        const visit = await readVisit(deps, organization.organizationId, cookie);
        const gone = new DomainError('gone', 'The download is no longer available', {
          reason: 'profile-gone',
        });
        if (!visit || cookie === undefined) throw gone;
        const { content, mediaType, fileName } = await fetchProfile(deps, visit, request.id);
        return reply
          .header('content-disposition', `attachment; filename="${fileName}"`)
          .type(mediaType)
          .send(Buffer.from(content));
      });

      // Only when the network will let the device in: whoever goes on earlier stands in quarantine (NAC-43).
      post(scope, '/continue', async ({ request, reply, organization, visit, scene }) => {
        if (visit?.step !== 'done' || visit.deviceId === null) {
          if (visit?.step !== 'progress') return forward(reply, organization);
          const problem = scene.speech.say('refusal.not-yet');
          return sendPage(reply, scene, await pageOf(scene, visit, problem), 409);
        }
        await deps.reauthorize?.(organization.organizationId, visit.deviceId, {
          userId: visit.userId,
          requestId: request.id,
        });
        return sendPage(reply, scene, donePage(scene, true));
      });

      post(scope, '/leave', async ({ reply, organization, visit }) => {
        if (visit) await endVisit(deps, visit);
        reply.header('set-cookie', setVisitCookie(newCookie()));
        return forward(reply, organization);
      });

      scope.get('/:organization/password', { config: { access } }, async (request, reply) => {
        const organization = await organizationOf(request);
        const scene = sceneOf(request, organization, bind(request, reply));
        return sendPage(reply, scene, passwordPage(scene));
      });

      post(
        scope,
        '/password',
        async ({ request, form, reply, organization, scene }) => {
          const password = form.field('password');
          if (password !== form.field('repeat')) {
            const problem = scene.speech.say('passwordsDiffer');
            return sendPage(reply, scene, passwordPage(scene, problem), 400);
          }
          const from = { id: request.id, address: request.ip };
          await choosePassword(deps, organization.organizationId, form.field('token').trim(), password, from);
          return sendPage(reply, scene, passwordSetPage(scene));
        },
        async ({ scene, reply }, problem, status) =>
          sendPage(reply, scene, passwordPage(scene, problem), status),
      );
    },
  });
}

const shownIn = (request: FastifyRequest, form: Form) => ({
  name: form.field('name'),
  password: form.field('password'),
  knownBrowser: readCookie(request.headers.cookie, knownUserCookie),
});

function letIn(
  reply: FastifyReply,
  { cookie, knownBrowser }: { readonly cookie: string; readonly knownBrowser: string },
): void {
  const known = `${knownUserCookie}=${knownBrowser}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${knownBrowserSeconds}`;
  reply.header('set-cookie', [setVisitCookie(cookie), known]);
}

/** Words for a refusal: by its reason, else by its code; undefined for what is nobody's fault outside. */
function explain({ speech, organization }: Scene, error: DomainError): string | undefined {
  const keys: string[] = [`refusal.${error.reason ?? ''}`, `refusal.${error.code}`];
  const key = keys.find((each): each is TextKey => speech.knows(each));
  const about = { organization: organization.name };
  if (key !== undefined) return speech.say(key, about);
  if (error.reason === 'push-certificate-missing') return speech.say('notReady', about);
  if (error.code === 'internal') return undefined;
  // Rules of passwords come with a sentence of their own.
  return error.code === 'invalid-input' ? error.message : speech.say('refusal.other');
}

function renderFailure(
  deps: EnrollPageDeps,
  failure: Failure,
  request: FastifyRequest,
  reply: FastifyReply,
): unknown {
  const speech = speechFor(preferredLanguages(request.headers['accept-language']));
  const { organization: slug = '' } = (request.params ?? {}) as { organization?: string };
  const organized = /^[a-z0-9-]{1,40}$/.test(slug) && failure.status !== 404;
  const organization = organized ? { ...nowhere, slug, name: slug } : nowhere;
  const scene = { speech, organization, token: '', publicUrl: deps.publicUrl, userAgent: undefined };
  const reason = failure.reason === undefined ? {} : { reason: failure.reason };
  const error = new DomainError(failure.code, failure.message, reason);
  const message = explain(scene, error) ?? speech.say('refusal.other');
  return sendPage(reply, scene, failurePage(scene, message, organized), failure.status);
}
