// One declared route, onto the HTTP server: schemas, access, limits, and the handler inside what every route gets.
import type { Readable } from 'node:stream';
import { Problem, problemMediaType } from '@gatehouse/contracts/problem.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type TProperties, type TSchema, Type } from 'typebox';
import type { Database } from '../../kernel/db/database.ts';
import { hasBody, requireMediaType } from '../../kernel/http/media-type.ts';
import { languageOf, retelling } from '../../kernel/http/reader-language.ts';
import {
  type AdminRoute,
  Answer,
  closedObject,
  type RouteContext,
  type TenantPrincipal,
  transactIn,
} from '../../kernel/http/route.ts';
import { headerOf } from './authenticate.ts';
import { createCursorCoder } from './cursors.ts';
import { describeEdits, type EditedThing, withEditConflicts } from './edit-conflicts.ts';
import { withIdempotency } from './idempotency.ts';

export interface RegisterDeps {
  readonly database: Database;
  /** Signs cursors, and what is remembered of a request that may be repeated. */
  readonly cursorKey: Buffer;
}

const organizationQuery = {
  organization: Type.Optional(
    Type.String({ maxLength: 100, description: 'Slug of the organization to act in; for operators.' }),
  ),
};

/** @param thing what is read and changed at the route's address, when it is such. */
export function registerRoute(
  scope: FastifyInstance,
  deps: RegisterDeps,
  route: AdminRoute,
  thing: EditedThing | undefined,
): void {
  // A repeated request gets its answer again, also when the thing is another since: by this very request.
  const handle = withIdempotency(
    deps,
    route,
    withEditConflicts(deps, route, thing, async (context) => route.handle(context)),
  );
  const [usual] = Object.values(route.response);
  const retell = typeof usual === 'object' && usual !== null ? retelling(usual) : undefined;
  scope.route({
    method: route.method,
    url: route.path,
    schema: schemaOf(route, thing),
    ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
    config: { access: route.access, scope: route.scope ?? 'organization' },
    onRequest: async (request) => requireOwnMediaType(route, request),
    handler: async (request, reply) => {
      const result = await handle(contextOf(deps, route, request));
      return send(route, request, reply, result, retell);
    },
  });
}

/** The surface reads JSON and CSV; a route reads what it declares, and nothing else. */
function requireOwnMediaType(route: AdminRoute, request: FastifyRequest): void {
  if (!hasBody(request.raw)) {
    if (route.upload !== undefined) throw new DomainError('invalid-input', 'The body is empty');
    return;
  }
  if (route.upload !== undefined) requireMediaType(request.raw, [route.upload].flat());
  else if (route.body !== undefined) requireMediaType(request.raw, ['application/json']);
  else throw new DomainError('invalid-input', 'This address takes no body');
}

function contextOf(deps: RegisterDeps, route: AdminRoute, request: FastifyRequest): RouteContext {
  const { organization: _, ...query } = (request.query ?? {}) as Record<string, unknown>;
  const params = (request.params ?? {}) as Record<string, unknown>;
  const principal = (request.principal ?? nobody) as TenantPrincipal;
  const { cursor: __, limit: ___, ...filter } = query;
  return {
    principal,
    params,
    query,
    body: request.body,
    upload: request.body as Readable,
    request: {
      id: request.id,
      address: request.ip,
      header: headerOf(request),
      language: languageOf(request),
    },
    transact: transactIn(deps.database, principal.organizationId),
    cursors: createCursorCoder(deps.cursorKey, [route.operation, principal.organizationId, params, filter]),
  };
}

/** Public routes have no principal; a handler that asks for one has declared the wrong access. */
const nobody: TenantPrincipal = {
  kind: 'system',
  id: 'nobody',
  organizationId: '',
  label: '',
  role: '',
  permissions: new Set(),
  empoweredAt: null,
};

function send(
  route: AdminRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  result: unknown,
  retell: ReturnType<typeof retelling>,
): unknown {
  const answer = result instanceof Answer ? result : new Answer(result);
  reply.code(answer.status ?? Number(Object.keys(route.response)[0]));
  for (const [name, value] of Object.entries(answer.headers)) reply.header(name, value);
  const language = languageOf(request);
  const body = retell === undefined || language === 'en' ? answer.body : retell(answer.body, language);
  return reply.send(body ?? undefined);
}

function schemaOf(route: AdminRoute, thing: EditedThing | undefined): Record<string, unknown> {
  const description = [route.description, describeEdits(route, thing)].filter((text) => text !== undefined);
  const query: TProperties = {
    ...route.query,
    ...('public' in route.access || 'user' in route.access ? {} : organizationQuery),
  };
  return {
    operationId: route.operation,
    tags: [route.tag],
    summary: route.summary,
    ...(description.length === 0 ? {} : { description: description.join('\n') }),
    ...('public' in route.access ? { security: [] } : {}),
    ...(route.upload === undefined ? {} : { consumes: [route.upload].flat() }),
    querystring: closedObject(query),
    params: closedObject(route.params ?? {}),
    ...(route.body === undefined ? {} : { body: route.body }),
    response: {
      ...Object.fromEntries(
        Object.entries(route.response).map(([status, schema]) => [status, answerOf(schema)]),
      ),
      '4xx': { description: 'Refused', content: { [problemMediaType]: { schema: Problem } } },
      '5xx': { description: 'Failed', content: { [problemMediaType]: { schema: Problem } } },
    },
  };
}

function answerOf(schema: TSchema | string | null): unknown {
  if (schema === null) return { description: 'Done', type: 'null' };
  if (typeof schema !== 'string') return { description: 'Done', content: { 'application/json': { schema } } };
  return { description: 'A file', content: { [schema]: { schema: { type: 'string' } } } };
}
