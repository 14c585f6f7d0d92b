// Where an agent learns the enrolment address from its user's mail domain (OTA-03): it asks gatehouse.DOMAIN, and the name
// that it asked for says which organization. The part before the @ never arrives here, so nobody can probe for users
// (ENR-T11); the address in the answer is made from the public URL, never from the name in the request (HTTP-05).
import { agentPaths } from '@gatehouse/contracts/agent.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../kernel/clock.ts';
import { createRateLimit, sourceOf } from '../kernel/http/rate-limit.ts';
import { registerSurface } from '../kernel/http/surface.ts';
import type { FindOrganizationByMailDomain } from '../modules/organizations/index.ts';
import { renderProblem } from './admin/problem.ts';

export const discoveryPath = '/.well-known/gatehouse-enrollment';

export interface DiscoveryDeps {
  readonly findOrganizationByMailDomain: FindOrganizationByMailDomain;
  readonly publicUrl: URL;
  readonly clock: Clock;
}

const access = { public: 'tells where to enrol, to devices that have no identity yet' } as const;
const hostPattern = /^gatehouse\.((?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63})(?::\d{1,5})?$/;

export function registerDiscoverySurface(server: FastifyInstance, deps: DiscoveryDeps): void {
  const limit = createRateLimit({ clock: deps.clock, burst: 60, perMinute: 60 });
  registerSurface(server, {
    name: 'discovery',
    prefix: '/.well-known',
    bodyLimit: 1,
    renderFailure: renderProblem,
    routes(scope) {
      scope.get('/gatehouse-enrollment', { config: { access } }, async (request) => {
        const wait = limit.spend(sourceOf(request.ip));
        if (wait > 0)
          throw new DomainError('too-many-requests', 'Too many questions; try again later', {
            retryAfterSeconds: wait,
          });
        const domain = hostPattern.exec(request.headers.host?.toLowerCase() ?? '')?.[1];
        const found = domain === undefined ? undefined : await deps.findOrganizationByMailDomain(domain);
        if (!found) throw new DomainError('not-found', 'No organization of this server has that mail domain');
        const path = agentPaths.enrollment.replace('{organization}', found.slug);
        return { enrollmentUrl: new URL(path, deps.publicUrl).href };
      });
    },
  });
}
