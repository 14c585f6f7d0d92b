// How a module declares its routes of the admin API. A route is data: what it takes, what it answers, who may call it,
// and a handler of a few lines. The admin surface registers the list; the description of the API (OpenAPI), validation
// and the tests that walk all routes (who may call, other tenants, foreign fields) read the same list.
//
// In modules/<name>/routes.ts:
//
//   export const userRoutes = (deps: UserDeps): AdminRoute[] => [
//     listRoute({
//       path: '/users',                         // below /api/v1
//       operation: 'listUsers', tag: 'users', summary: 'List users',
//       access: { permission: 'users.read' },
//       query: { search: Type.Optional(Type.String({ maxLength: 100 })) },   // properties; limit and cursor are added
//       item: User,                             // schema of one item
//       // page.after is what `next` was in the page before (undefined for the first page)
//       handle: ({ principal, query, page }) => listUsers(deps, principal, query, page),   // -> { items, next? }
//     }),
//     defineRoute({
//       method: 'PATCH', path: '/users/:userId', operation: 'updateUser', tag: 'users', summary: 'Change a user',
//       access: { permission: 'users.manage' },
//       params: { userId: Id },                 // properties; name ids after their kind: the tests supply foreign ones
//       body: UserChanges,                      // give objects { additionalProperties: false }
//       response: { 200: User },                // the first one is what `handle` returns; null: no body
//       handle: ({ principal, params, body }) => updateUser(deps, principal, params.userId, body),
//     }),
//   ]
//
// `principal.organizationId` is the organization acted in, also for operators who chose one. The permission is enforced
// before the body is read; the use-case checks again. Dates in answers: pass `date.toISOString()`.
import type { Readable } from 'node:stream';
import { PageQuery, Page, pageLimit } from '@gatehouse/contracts/admin/paging.ts';
import { closed } from '@gatehouse/contracts/admin/values.ts';
import type { Principal } from '@gatehouse/core/actor.ts';
import type { Language } from '@gatehouse/core/languages.ts';
import { type Static, type TProperties, type TSchema, Type } from 'typebox';
import type { Database, TenantTx } from '../db/database.ts';
import type { Access } from './access.ts';

/** A principal inside one organization. */
export interface TenantPrincipal extends Principal {
  readonly organizationId: string;
}

export interface RouteContext<
  Params extends TProperties = TProperties,
  Query extends TProperties = TProperties,
  Body extends TSchema = TSchema,
> {
  readonly principal: TenantPrincipal;
  readonly params: Static<ReturnType<typeof Type.Object<Params>>>;
  readonly query: Static<ReturnType<typeof Type.Object<Query>>>;
  readonly body: Static<Body>;
  /** Only of routes with `upload`: the body as it comes in, unread. */
  readonly upload: Readable;
  readonly request: RequestFacts;
  readonly cursors: CursorCoder;
  /** For routes with `idempotency: 'with-work'`, which do all they do in here: see {@link Transact}. */
  readonly transact: Transact;
}

/** What a piece of work comes to. Either is committed: a refusal may be something that has to be on record. */
export type Worked<T> = { readonly answer: T } | { readonly refusal: Error };

/**
 * One transaction inside the principal's organization, around the whole of a use-case. The surface puts into it what belongs
 * to the request, such as the Idempotency-Key: it is taken, used and settled together with the work, or not at all.
 * @throws the refusal, after the commit.
 */
export type Transact = <T>(work: (tx: TenantTx) => Promise<Worked<T>>) => Promise<T>;

/** The plain one, for callers that are no requests. */
export function transactIn(database: Pick<Database, 'withTenant'>, organizationId: string): Transact {
  return async (work) => {
    const worked = await database.withTenant(organizationId, work);
    if ('refusal' in worked) throw worked.refusal;
    return worked.answer;
  };
}

/** Writes and reads this list's cursors; the surface holds the key that signs them. */
export interface CursorCoder {
  encode(position: Position): string;
  /** @throws DomainError `invalid-input` for a cursor of another list, filter, organization or maker. */
  decode(cursor: string): Position;
}

/** What a handler may know of the HTTP request. */
export interface RequestFacts {
  readonly id: string;
  /** The client's address. */
  readonly address: string;
  /** Header by lower-case name. */
  header(name: string): string | undefined;
  /** In which the answer is read, as the caller wishes. */
  readonly language: Language;
}

/** An answer that is more than a body. */
export class Answer {
  readonly body: unknown;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;

  constructor(
    body: unknown,
    options: { status?: number; headers?: Readonly<Record<string, string | readonly string[]>> } = {},
  ) {
    this.body = body;
    this.status = options.status;
    this.headers = options.headers ?? {};
  }
}

/** A file to keep: never shown by a browser in place. @param name plain letters, digits, dots and dashes. */
export function download(mediaType: string, name: string, content: Readable | string): Answer {
  if (!/^[\w.-]+$/.test(name)) throw new TypeError('the name of a download is plain');
  return new Answer(content, {
    headers: {
      'content-type': `${mediaType}; charset=utf-8`,
      'content-disposition': `attachment; filename="${name}"`,
      'content-security-policy': 'sandbox',
    },
  });
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface RouteDeclaration<Params extends TProperties, Query extends TProperties, Body extends TSchema> {
  readonly method: Method;
  /** Below the surface's prefix, parameters as `:userId`. */
  readonly path: string;
  /** The operationId: a verb and a noun, unique. */
  readonly operation: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Extract<
    Access,
    { permission: unknown } | { authenticated: unknown } | { user: unknown } | { public: unknown }
  >;
  /** `instance`: above organizations; `principal.organizationId` is then whatever the credential belongs to, or ''. */
  readonly scope?: 'organization' | 'instance';
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Bytes; default 256 KiB. */
  readonly bodyLimit?: number;
  /** The body is of this media type, or one of these, handed to the handler as a stream instead of being parsed. */
  readonly upload?: string | readonly string[];
  /** Status to schema; null: no body. The first is the usual one. `text/csv` and the like: the media type as a string. */
  readonly response: Readonly<Record<number, TSchema | string | null>>;
  /**
   * Whether `Idempotency-Key` is honoured. `replay`: the same request gets the stored answer again. `once`: the answer
   * holds a secret that is shown once and never stored, so the repetition is a 409. `with-work`: as `replay`, and key and work
   * are one transaction, because the handler does all it does in `transact`.
   */
  readonly idempotency?: 'replay' | 'once' | 'with-work';
  /**
   * Of a GET: the members of the answer that its ETag names. Absent: those that PUT and PATCH of the same path take, and
   * `version` and `updatedAt`.
   */
  readonly edited?: readonly string[];
  /** A valid body, for the tests that call every route; needed where the body has required members. */
  readonly example?: Static<Body>;
}

/** A route, its types forgotten: what surfaces and tests handle. */
export interface AdminRoute extends RouteDeclaration<TProperties, TProperties, TSchema> {
  readonly handle: (context: RouteContext) => unknown;
}

export function defineRoute<
  Params extends TProperties = Record<never, never>,
  Query extends TProperties = Record<never, never>,
  Body extends TSchema = TSchema,
>(
  route: RouteDeclaration<Params, Query, Body> & {
    readonly handle: (context: RouteContext<Params, Query, Body>) => unknown;
  },
): AdminRoute {
  return route as unknown as AdminRoute;
}

/** Where a page ended: the values of the order's columns in its last row. */
export type Position = readonly (string | number | boolean | null)[];

export interface PageRequest {
  readonly limit: number;
  readonly after: Position | undefined;
}

export interface PageAnswer<Item> {
  readonly items: readonly Item[];
  /** Present when there is more. */
  readonly next?: Position | undefined;
}

export function listRoute<
  Params extends TProperties = Record<never, never>,
  Query extends TProperties = Record<never, never>,
  Item extends TSchema = TSchema,
>(
  route: Omit<
    RouteDeclaration<Params, Query, TSchema>,
    'method' | 'body' | 'response' | 'upload' | 'idempotency'
  > & {
    readonly item: Item;
    readonly handle: (
      context: RouteContext<Params, Query> & { readonly page: PageRequest },
    ) => Promise<PageAnswer<Static<Item>>>;
  },
): AdminRoute {
  const { item, handle, ...rest } = route;
  return {
    ...rest,
    method: 'GET',
    query: { ...rest.query, ...PageQuery },
    response: { 200: Page(item) },
    async handle(context: RouteContext) {
      const { limit, cursor, ...query } = context.query as { limit?: number; cursor?: string };
      const after = cursor === undefined ? undefined : context.cursors.decode(cursor);
      const page = { limit: limit ?? pageLimit.default, after };
      const answer = await handle({ ...context, query, page } as never);
      return {
        items: answer.items,
        ...(answer.next === undefined ? {} : { nextCursor: context.cursors.encode(answer.next) }),
      };
    },
  } as unknown as AdminRoute;
}

/** Splits one row more than asked for off a result: the usual way to learn whether there is another page. */
export function pageOfRows<Row, Item>(
  rows: readonly Row[],
  limit: number,
  present: (row: Row) => Item,
  position: (row: Row) => Position,
): PageAnswer<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(present),
    ...(rows.length > limit && last !== undefined ? { next: position(last) } : {}),
  };
}

export const closedObject = <Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, closed);
