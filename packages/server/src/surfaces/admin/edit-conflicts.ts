// Edits that must not overwrite what somebody else saved meanwhile (RFC 9110 section 13.1.1). Reading one thing that can be
// changed at the same address answers an ETag; a change that sends it as If-Match is carried out only while the thing still
// is what its editor saw. Without the header nothing is compared.
import { createHmac } from 'node:crypto';
import { canonicalJson, type Json } from '@gatehouse/core/audit/canonical-json.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Database } from '../../kernel/db/database.ts';
import { type AdminRoute, Answer, type RouteContext } from '../../kernel/http/route.ts';
import { lockPath } from './queries.ts';

export interface EditDeps {
  readonly database: Database;
  /** Keys the ETag, because what it names may be short. */
  readonly cursorKey: Buffer;
}

/** A thing that is read and changed at one address. */
export interface EditedThing {
  readonly read: AdminRoute;
  /** The members of the answer that the ETag names; absent: all. */
  readonly members: ReadonlySet<string> | undefined;
}

type Handle = (context: RouteContext) => Promise<unknown>;

const changing = new Set(['PUT', 'PATCH', 'DELETE']);

/** Which addresses hold a thing that can be read and changed. Lists are none: what one adds to them overwrites nothing. */
export function findEditedThings(routes: readonly AdminRoute[]): ReadonlyMap<string, EditedThing> {
  const things = new Map<string, EditedThing>();
  for (const read of routes) {
    const isOneThing =
      read.method === 'GET' && !('public' in read.access) && !('cursor' in (read.query ?? {}));
    const changes = routes.filter(({ method, path }) => path === read.path && changing.has(method));
    if (isOneThing && read.scope !== 'instance' && changes.length > 0)
      things.set(read.path, { read, members: membersOf(read, changes) });
  }
  return things;
}

/**
 * An answer also shows what changes by itself, such as the last contact, and no editor is to be stopped by that: the ETag names
 * what edits of this address can set, and the version.
 */
function membersOf(read: AdminRoute, changes: readonly AdminRoute[]): ReadonlySet<string> | undefined {
  if (read.edited !== undefined) return new Set(read.edited);
  const bodies = changes.flatMap(({ body }) => (body === undefined ? [] : [body]));
  if (bodies.length === 0) return undefined;
  const names = bodies.flatMap((body) => Object.keys((body as { properties?: object }).properties ?? {}));
  return new Set([...names, 'version', 'updatedAt']);
}

/** Wraps the handler of a route whose address holds a thing. */
export function withEditConflicts(
  deps: EditDeps,
  route: AdminRoute,
  thing: EditedThing | undefined,
  handle: Handle,
): Handle {
  if (thing === undefined) return handle;
  const named = namesIts(deps, thing);
  if (route === thing.read) return async (context) => named(context, await handle(context));
  if (!changing.has(route.method)) return handle;
  const answersIt = route.response[200] !== undefined && route.response[200] === thing.read.response[200];
  return async (context) => {
    const expected = expectationOf(context);
    const work = () => handle(context);
    const result = await (expected === undefined ? work() : onlyIf(deps, thing, context, expected, work));
    return answersIt ? named(context, result) : result;
  };
}

/** What OpenAPI says of it. */
export function describeEdits(route: AdminRoute, thing: EditedThing | undefined): string | undefined {
  if (thing === undefined) return undefined;
  if (route === thing.read) return 'Answers an `ETag`: a change may send it as `If-Match`.';
  return changing.has(route.method)
    ? 'With `If-Match`, the `ETag` of the look-up: refused with 412 when somebody else changed it meanwhile.'
    : undefined;
}

function namesIts(deps: EditDeps, thing: EditedThing) {
  return (context: RouteContext, result: unknown): Answer => {
    const answer = result instanceof Answer ? result : new Answer(result);
    return new Answer(answer.body, {
      ...(answer.status === undefined ? {} : { status: answer.status }),
      headers: { ...answer.headers, etag: etagOf(deps, thing, context, answer.body) },
    });
  };
}

function etagOf(
  { cursorKey }: EditDeps,
  { read, members }: EditedThing,
  { principal, params }: RouteContext,
  body: unknown,
): string {
  const all = Object.entries((body ?? {}) as Readonly<Record<string, unknown>>);
  const named = members === undefined ? all : all.filter(([name]) => members.has(name));
  // Through JSON, as the answer goes out: what is left out there is left out here.
  const content = JSON.parse(JSON.stringify(Object.fromEntries(named))) as Json;
  const hash = createHmac('sha256', cursorKey)
    .update(canonicalJson([read.operation, principal.organizationId, params as Json, content]))
    .digest('base64url');
  return `"${hash.slice(0, 27)}"`;
}

/**
 * A proxy that compresses makes an ETag weak on the way out. Ours name content, not bytes, so the weak one means the same.
 */
function expectationOf({ request }: RouteContext): readonly string[] | '*' | undefined {
  const header = request.header('if-match')?.trim();
  if (header === undefined) return undefined;
  if (header === '*') return '*';
  const tags = header.split(/\s*,\s*/).map((tag) => tag.replace(/^W\//, ''));
  if (header.length > 1000 || !tags.every((tag) => /^"[\x21\x23-\x7e]*"$/.test(tag)))
    throw new DomainError('invalid-input', 'If-Match is not a list of entity tags', {
      reason: 'bad-if-match',
    });
  return tags;
}

/**
 * Looks and changes while no other conditional edit of this thing is under way, on any server: the lock is the database's.
 * @throws DomainError `precondition-failed`
 */
async function onlyIf(
  deps: EditDeps,
  thing: EditedThing,
  context: RouteContext,
  expected: readonly string[] | '*',
  work: () => Promise<unknown>,
): Promise<unknown> {
  const { organizationId } = context.principal;
  const path = canonicalJson([thing.read.path, context.params as Json]);
  const outcome = await inTurn(() =>
    deps.database.withTenant(organizationId, async (tx) => {
      await lockPath(tx, path);
      // Settled in here: a transaction that fails may be tried again, and the work must not be done twice.
      return settle(async () => {
        const read = await thing.read.handle({ ...context, query: {}, body: undefined });
        const current = read instanceof Answer ? read.body : read;
        if (expected !== '*' && !expected.includes(etagOf(deps, thing, context, current)))
          throw changedMeanwhile(current);
        return work();
      });
    }),
  );
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

async function settle<T>(work: () => Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

function changedMeanwhile(current: unknown): DomainError {
  const shown = (current ?? {}) as Readonly<Record<string, unknown>>;
  const names = ['version', 'updatedAt', 'updatedBy'].filter((name) => shown[name] !== undefined);
  return new DomainError('precondition-failed', 'Somebody else changed this meanwhile. Nothing was saved.', {
    reason: 'changed-meanwhile',
    detail: Object.fromEntries(names.map((name) => [name, shown[name]])),
  });
}

/**
 * The lock needs a connection while the work takes another. Two at a time, so that editors who wait for each other never hold
 * all connections there are.
 */
const mostAtOnce = 2;
let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running < mostAtOnce) running += 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}
