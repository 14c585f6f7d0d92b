// Idempotency-Key: a request that is sent again with its key is done once. The key belongs to the account and the route,
// and stands for one body; another body with the same key is a mistake of the caller (ADM-20).
import { createHmac } from 'node:crypto';
import { canonicalJson, type Json } from '@gatehouse/core/audit/canonical-json.ts';
import { actorReference } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Database } from '../../kernel/db/database.ts';
import { type AdminRoute, Answer, type RouteContext, type Transact } from '../../kernel/http/route.ts';
import {
  claimKey,
  type IdempotencyKey,
  type IdempotencyRow,
  releaseKey,
  selectKey,
  settleKey,
} from './queries.ts';

interface Deps {
  readonly database: Database;
  readonly cursorKey: Buffer;
}

type Handle = (context: RouteContext) => Promise<unknown>;

/** Wraps the handler of a route that honours the key. */
export function withIdempotency(deps: Deps, route: AdminRoute, handle: Handle): Handle {
  const kind = route.idempotency;
  if (kind === undefined) return handle;
  const status = Number(Object.keys(route.response)[0]);
  return async (context) => {
    const key = keyOf(context, route);
    if (key === undefined) return handle(context);
    // Keyed, because what a body holds can be short: the PIN of a lock could be guessed from a plain hash (DAT-03).
    const hash = createHmac('sha256', deps.cursorKey)
      .update(canonicalJson([context.params, context.query, context.body] as Json))
      .digest();
    const claim = { key, hash, status };
    return kind === 'with-work'
      ? handleWithWork(deps, context, claim, handle)
      : handleBetween(deps, context, claim, handle, kind);
  };
}

interface Claim {
  readonly key: IdempotencyKey;
  readonly hash: Buffer;
  readonly status: number;
}

/**
 * Key and work in one transaction: a crash leaves both or neither. Who comes second with the same key waits for the first
 * one's commit, by the row, and is given its answer.
 */
async function handleWithWork(
  { database }: Deps,
  context: RouteContext,
  { key, hash, status }: Claim,
  handle: Handle,
): Promise<unknown> {
  let repeated: Answer | undefined;
  const transact: Transact = async (work) => {
    const worked = await database.withTenant(context.principal.organizationId, async (tx) => {
      if (!(await claimKey(tx, key, hash))) {
        const earlier = await selectKey(tx, key);
        if (earlier === undefined) throw new DomainError('conflict', 'The same request is being worked on');
        repeated = repeat(earlier, hash);
        return { refusal: new Repeated() };
      }
      const done = await work(tx);
      // Nothing was done, so the same request may be tried again.
      await ('refusal' in done ? releaseKey(tx, key) : settleKey(tx, key, { status, response: done.answer }));
      return done;
    });
    if ('refusal' in worked) throw worked.refusal;
    return worked.answer;
  };
  try {
    return await handle({ ...context, transact });
  } catch (error) {
    if (error instanceof Repeated && repeated !== undefined) return repeated;
    throw error;
  }
}

/** Ends the handler of a request that has been answered before. */
class Repeated extends Error {}

/** The handler has transactions of its own: the key is claimed before and settled after them. */
async function handleBetween(
  { database }: Deps,
  context: RouteContext,
  { key, hash, status }: Claim,
  handle: Handle,
  kind: 'replay' | 'once',
): Promise<unknown> {
  const { organizationId } = context.principal;
  const earlier = await database.withTenant(organizationId, async (tx) =>
    (await claimKey(tx, key, hash)) ? undefined : selectKey(tx, key),
  );
  if (earlier) return repeat(earlier, hash);
  let result: unknown;
  try {
    result = await handle(context);
  } catch (error) {
    // Nothing was done, so the same request may be tried again.
    await database.withTenant(organizationId, (tx) => releaseKey(tx, key));
    throw error;
  }
  // An answer that shows a secret once is not kept.
  const body = result instanceof Answer ? result.body : result;
  const response = kind === 'replay' ? body : undefined;
  await database.withTenant(organizationId, (tx) => settleKey(tx, key, { status, response }));
  return result;
}

function keyOf(context: RouteContext, route: AdminRoute): IdempotencyKey | undefined {
  const key = context.request.header('idempotency-key');
  if (key === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new DomainError('invalid-input', 'Idempotency-Key must be 1 to 200 visible characters');
  }
  return { actor: actorReference(context.principal), route: route.operation, key };
}

function repeat(earlier: IdempotencyRow, hash: Buffer): Answer {
  if (!earlier.body_hash.equals(hash)) {
    throw new DomainError('unprocessable', 'This Idempotency-Key was used with another request', {
      reason: 'idempotency-key-reused',
    });
  }
  if (earlier.status === null) {
    throw new DomainError('conflict', 'The same request is being worked on', {
      reason: 'in-progress',
      retryAfterSeconds: 1,
    });
  }
  if (earlier.response === null) {
    throw new DomainError('conflict', 'This was done before; its answer is shown only once', {
      reason: 'already-done',
    });
  }
  return new Answer(earlier.response, {
    status: earlier.status,
    headers: { 'idempotency-replayed': 'true' },
  });
}
