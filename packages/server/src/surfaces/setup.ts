// The page behind a one-time set-up link: an administrator chooses a password and enrols a second factor, with nothing but
// a browser. It stands alone, apart from console and portal: one document, nothing loaded, English and German.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SetupBegin, SetupCompletion, type SetupOffer } from '@gatehouse/contracts/admin/session.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import type { AddressList } from '../kernel/http/address-list.ts';
import { createRateLimit, sourceOf } from '../kernel/http/rate-limit.ts';
import { registerSurface } from '../kernel/http/surface.ts';
import { type AdministratorDeps, beginSetup, completeSetup } from '../modules/administrators/index.ts';
import { headerOf } from './admin/authenticate.ts';
import { renderProblem } from './admin/problem.ts';
import { requireSameOrigin } from './admin/same-origin.ts';
import { compileValidator } from './admin/validation.ts';

const part = (name: string) => readFileSync(new URL(`./setup/${name}`, import.meta.url), 'utf8');
const page = part('page.html')
  .replace('{{style}}', () => part('page.css'))
  .replace('{{script}}', () => part('page.js'));

const access = { public: 'the one-time link is the credential' } as const;

export function registerSetupSurface(
  server: FastifyInstance,
  deps: AdministratorDeps,
  from?: AddressList,
): void {
  const limit = createRateLimit({ clock: deps.clock, burst: 20, perMinute: 20 });
  const admit = (request: FastifyRequest) => {
    requireSameOrigin(headerOf(request), deps.publicUrl);
    const wait = limit.spend(sourceOf(request.ip));
    if (wait > 0)
      throw new DomainError('too-many-requests', 'Too many attempts; try again later', {
        retryAfterSeconds: wait,
      });
  };
  registerSurface(server, {
    name: 'setup',
    prefix: '/setup',
    from,
    bodyLimit: 4_096,
    renderFailure: renderProblem,
    routes(scope) {
      scope.setValidatorCompiler(compileValidator as never);
      scope.get('', { config: { access } }, async (_request, reply) => {
        const nonce = randomBytes(18).toString('base64url');
        return reply
          .headers({ 'content-security-policy': contentPolicy(nonce), ...isolation })
          .type('text/html; charset=utf-8')
          .send(page.replaceAll('{{nonce}}', nonce));
      });
      scope.post<{ Body: Static<typeof SetupBegin> }>(
        '/begin',
        { config: { access }, schema: { body: SetupBegin } },
        (request): Promise<SetupOffer> => {
          admit(request);
          return beginSetup(deps, request.body.token);
        },
      );
      scope.post<{ Body: Static<typeof SetupCompletion> }>(
        '/complete',
        { config: { access }, schema: { body: SetupCompletion } },
        async (request, reply) => {
          admit(request);
          await completeSetup(deps, request.body, { id: request.id, address: request.ip });
          return reply.code(204).send();
        },
      );
    },
  });
}

const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
} as const;

/** Nothing is loaded, nothing runs but our one script, nothing is sent but to ourselves. */
function contentPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}
