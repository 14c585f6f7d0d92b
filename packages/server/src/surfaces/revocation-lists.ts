// Where others fetch the revocation lists of the authorities that issue to devices. A list holds serial numbers and dates and
// is signed, so it may be read by everybody.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { FastifyInstance } from 'fastify';
import { registerSurface } from '../kernel/http/surface.ts';
import { isUuid } from '../kernel/ids.ts';
import type { RevocationLists } from '../modules/certificates/index.ts';
import { renderProblem } from './admin/problem.ts';

const access = { public: 'a revocation list is signed and made to be read by everybody' } as const;

export function registerRevocationLists(server: FastifyInstance, lists: RevocationLists): void {
  registerSurface(server, {
    name: 'revocation-lists',
    prefix: '/crl',
    bodyLimit: 1,
    renderFailure: renderProblem,
    routes: (scope) => {
      scope.route({
        method: 'GET',
        url: '/:file',
        config: { access },
        handler: async (request, reply) => {
          const { file } = request.params as { file: string };
          const authorityId = file.endsWith('.crl') ? file.slice(0, -'.crl'.length) : '';
          const list = isUuid(authorityId) ? await lists.find(authorityId.toLowerCase()) : undefined;
          if (!list) throw new DomainError('not-found', 'There is no such revocation list');
          return reply.type('application/pkix-crl').send(Buffer.from(list));
        },
      });
    },
  });
}
