// What everybody may see of an organization's looks: the document that sign-in, portal and enrolment pages read, and the logo.
// Its existence is told as the enrolment page tells it, and nothing else is.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import { createRateLimit, sourceOf } from '../kernel/http/rate-limit.ts';
import { registerSurface } from '../kernel/http/surface.ts';
import {
  type FindOrganization,
  type FoundOrganization,
  readLogo,
  readLook,
} from '../modules/organizations/index.ts';
import { renderProblem } from './admin/problem.ts';

export interface BrandingSurfaceDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly findOrganization: FindOrganization;
}

const access = {
  public: 'how an organization looks is shown to whoever is about to sign in or enrol',
} as const;
const aYear = 365 * 24 * 60 * 60;

export function registerBrandingSurface(server: FastifyInstance, deps: BrandingSurfaceDeps): void {
  const limit = createRateLimit({ clock: deps.clock, burst: 120, perMinute: 120 });

  async function organizationOf(request: FastifyRequest): Promise<FoundOrganization> {
    const wait = limit.spend(sourceOf(request.ip));
    if (wait > 0)
      throw new DomainError('too-many-requests', 'Too many questions; try again later', {
        retryAfterSeconds: wait,
      });
    const { organization } = request.params as { readonly organization: string };
    const found = await deps.findOrganization(organization);
    if (!found) throw notFound();
    return found;
  }

  registerSurface(server, {
    name: 'branding',
    prefix: '/branding/:organization',
    bodyLimit: 1,
    renderFailure: renderProblem,
    routes(scope) {
      scope.get('/', { config: { access } }, async (request) => {
        const { organizationId } = await organizationOf(request);
        return readLook(deps, organizationId);
      });
      scope.get('/:file', { config: { access } }, async (request, reply) => {
        const { organizationId } = await organizationOf(request);
        const logo = await readLogo(deps, organizationId, (request.params as { file: string }).file);
        if (logo === undefined) throw notFound();
        return reply
          .headers({
            // The name is the content's, so it may be kept for ever.
            'cache-control': `public, max-age=${aYear}, immutable`,
            'content-disposition': 'attachment',
            'content-security-policy': "default-src 'none'; sandbox",
            'cross-origin-resource-policy': 'same-site',
            'x-content-type-options': 'nosniff',
          })
          .type(logo.mediaType)
          .send(logo.content);
      });
    },
  });
}

const notFound = () => new DomainError('not-found', 'There is nothing at this address');
