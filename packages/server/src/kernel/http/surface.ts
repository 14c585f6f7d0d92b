// A surface is an encapsulated scope: its own authentication, body types, limits and error format, blind to the others.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { enforceAccess } from './access.ts';
import type { AddressList } from './address-list.ts';
import { type Failure, reportFailure } from './failure.ts';
import { parseJsonBody } from './json-body.ts';
import { hasBody, requireMediaType } from './media-type.ts';

export interface Surface {
  readonly name: string;
  /** Where it lives: `/api/v1`. May hold parameters: `/:organization/ciscoise`. */
  readonly prefix: string;
  /** Who may reach it at all; for everybody else there is nothing here (CRY-10). Absent: anybody. */
  readonly from?: AddressList | undefined;
  /**
   * Establishes who calls, from headers and socket alone; sets `request.principal` (or the surface's own identity). Runs
   * before the body is read, for every route that is not public. Throws DomainError `unauthenticated`.
   */
  readonly authenticate?: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /**
   * Body types this surface reads, and how. JSON is `'json'`; others get the raw bytes, or the stream, whose reader then
   * enforces the limit. Default: JSON.
   */
  readonly bodies?: Readonly<Record<string, 'json' | 'bytes' | 'stream'>>;
  /** What a body is that does not say its type, for clients that never do; absent: refused. */
  readonly untypedBody?: string;
  readonly bodyLimit?: number;
  readonly jsonDepth?: number;
  /** Writes the failure in the surface's format. Status and Retry-After are set already. */
  readonly renderFailure: (failure: Failure, request: FastifyRequest, reply: FastifyReply) => unknown;
  readonly routes: (scope: FastifyInstance) => void | Promise<void>;
}

export function registerSurface(server: FastifyInstance, surface: Surface): void {
  const bodies = surface.bodies ?? { 'application/json': 'json' };
  const accepted = Object.keys(bodies);
  server.register(
    async (scope) => {
      scope.removeAllContentTypeParsers();
      for (const [type, reading] of Object.entries(bodies)) {
        if (reading === 'json') {
          scope.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => {
            try {
              done(null, parseJsonBody(body as string, surface.jsonDepth ?? 16));
            } catch (error) {
              done(error as Error);
            }
          });
        } else if (reading === 'stream') {
          scope.addContentTypeParser(type, (_request, body, done) => done(null, body));
        } else {
          scope.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
        }
      }
      scope.addHook('onRequest', async (request, reply) => {
        if (surface.from && !surface.from.includes(request.ip)) throw notFound();
        const access = request.routeOptions.config.access;
        if (access !== undefined && !('public' in access)) await surface.authenticate?.(request, reply);
        enforceAccess(request);
        if (!hasBody(request.raw)) return;
        if (surface.untypedBody !== undefined && request.raw.headers['content-type'] === undefined)
          request.raw.headers['content-type'] = surface.untypedBody;
        else requireMediaType(request.raw, accepted);
      });
      const render = (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
        surface.renderFailure(reportFailure(error, request, reply), request, reply);
      scope.setErrorHandler((error, request, reply) => render(error, request, reply));
      scope.setNotFoundHandler((request, reply) => render(notFound(), request, reply));
      if (surface.bodyLimit !== undefined) {
        const limit = surface.bodyLimit;
        scope.addHook('onRoute', (route) => {
          route.bodyLimit ??= limit;
        });
      }
      await surface.routes(scope);
    },
    { prefix: surface.prefix },
  );
}

function notFound(): DomainError {
  return new DomainError('not-found', 'There is nothing at this address');
}
