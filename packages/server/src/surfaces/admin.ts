// The admin REST API, /api/v1: one list of declared routes, one way in, one failure format, one description.
import swagger from '@fastify/swagger';
import type { Principal } from '@gatehouse/core/actor.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { principalOf } from '../kernel/http/access.ts';
import type { AddressList } from '../kernel/http/address-list.ts';
import type { AdminRoute } from '../kernel/http/route.ts';
import { registerSurface } from '../kernel/http/surface.ts';
import type { AdministratorDeps } from '../modules/administrators/index.ts';
import { type AuthenticateDeps, createAuthenticate } from './admin/authenticate.ts';
import { renderProblem } from './admin/problem.ts';
import { registerEventStream } from './admin/event-stream.ts';
import { findEditedThings } from './admin/edit-conflicts.ts';
import { registerRoute } from './admin/register-route.ts';
import { compileValidator } from './admin/validation.ts';

export interface AdminSurfaceDeps extends AdministratorDeps {
  /** Signs cursors; 32 bytes, the same on every server of an installation. */
  readonly cursorKey: Buffer;
  readonly version: string;
}

export interface AdminSurfaceOptions {
  readonly routes: readonly AdminRoute[];
  /** On the local socket: who calls. It is then the only way in. */
  readonly localCaller?: (request: FastifyRequest) => Principal;
  readonly from?: AddressList | undefined;
}

const megabyte = 1024 * 1024;

export function registerAdminSurface(
  server: FastifyInstance,
  deps: AdminSurfaceDeps,
  options: AdminSurfaceOptions,
): void {
  const authenticateDeps: AuthenticateDeps = { ...deps, localCaller: options.localCaller };
  const authenticate = createAuthenticate(authenticateDeps);
  registerSurface(server, {
    name: 'admin',
    prefix: '/api/v1',
    from: options.from,
    authenticate: (request) => authenticate(request),
    bodies: {
      'application/json': 'json',
      'text/csv': 'stream',
      'image/png': 'stream',
      'image/jpeg': 'stream',
      'image/webp': 'stream',
    },
    bodyLimit: megabyte / 4,
    renderFailure: renderProblem,
    async routes(scope) {
      scope.setValidatorCompiler(compileValidator as never);
      await scope.register(swagger, { openapi: describeApi(deps) as never });
      const things = findEditedThings(options.routes);
      for (const route of options.routes) registerRoute(scope, deps, route, things.get(route.path));
      registerEventStream(scope, {
        ...deps,
        async recheck(request) {
          await authenticate(request, 'passively');
          return principalOf(request);
        },
      });
      scope.get(
        '/openapi.json',
        {
          config: { access: { public: 'the description of the API holds no data' }, scope: 'instance' },
          schema: { hide: true } as never,
        },
        async (_request, reply) => reply.type('application/json').send(JSON.stringify(scope.swagger())),
      );
    },
  });
}

function describeApi(deps: AdminSurfaceDeps): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gatehouse admin API',
      version: deps.version,
      description: [
        'Everything an administrator can do. Failures are problem details (RFC 9457); `code` and `reason` are for programs.',
        'Lists come in pages: pass `nextCursor` as `cursor`. Operators choose an organization by `?organization=SLUG` or the',
        'header `Gatehouse-Organization`; all others act in their own. Where a route says so, `Idempotency-Key` makes a',
        'repeated request safe. Reading one thing answers an `ETag`; a change that sends it as `If-Match` is answered 412,',
        '`precondition-failed`, when somebody else changed the thing meanwhile.',
      ].join('\n'),
    },
    servers: [{ url: deps.publicUrl.origin }],
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token, gth_api_…' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-gh_session' },
      },
    },
    security: [{ token: [] }, { session: [] }],
  };
}
