// Who may call a route stands on the route. A route that does not say so stops the server from starting (HTTP-01): there
// is no list of paths anywhere that could disagree with the router.
import type { Principal } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export type Access =
  /** A principal with this permission. */
  | { readonly permission: Permission }
  /** Any principal; the use-case decides the rest. The reason is reviewed. */
  | { readonly authenticated: string }
  /** A user at the portal, in whatever is his own; the use-case looks for nothing else (POR-01). */
  | { readonly user: 'own' }
  /** A device by its certificate. */
  | { readonly device: 'certificate' }
  /** Nobody needs to be known. The reason is reviewed and listed. */
  | { readonly public: string };

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Set by the surface's authenticate hook; read it with {@link principalOf}. */
    principal: Principal | null;
  }
  interface FastifyInstance {
    /** Every route with its access, for the tests that walk them all. */
    routeTable: RouteEntry[];
  }
}

export interface RouteEntry {
  readonly method: string;
  readonly url: string;
  readonly access: Access;
}

export function requireDeclaredAccess(server: FastifyInstance): void {
  server.decorate('routeTable', []);
  server.addHook('onRoute', (route) => {
    const access = route.config?.access;
    if (access === undefined)
      throw new Error(`The route ${String(route.method)} ${route.url} does not declare who may call it`);
    for (const method of [route.method].flat()) server.routeTable.push({ method, url: route.url, access });
  });
}

export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new DomainError('unauthenticated', 'Sign in first');
  return request.principal;
}

/** Runs in onRequest, after the surface has authenticated and before any body is read. */
export function enforceAccess(request: FastifyRequest): void {
  const access = request.routeOptions.config.access;
  // The not-found handler has no route and thus no access of its own.
  if (access === undefined || 'public' in access || 'device' in access) return;
  const principal = principalOf(request);
  // Each surface knows one kind of principal; this holds should one ever know two.
  if ('user' in access !== (principal.kind === 'user'))
    throw new DomainError('forbidden', 'This is not for such accounts');
  if ('permission' in access) requirePermission(principal, access.permission);
}
