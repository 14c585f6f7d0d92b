// What happens in an organization, as it happens, for the console: server-sent events over the outbox (GET /api/v1/events). Whose
// events is decided by who asks, never by a name in the request (ADM-16); the right to each is looked up anew for every batch, so
// that whoever loses it hears nothing more, and within a second no more of the stream (ADM-15).
import { Readable } from 'node:stream';
import type { Principal } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { isPublicEvent, mayHear } from '@gatehouse/core/events/event-catalogue.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { principalOf } from '../../kernel/http/access.ts';
import type { Database } from '../../kernel/db/database.ts';
import {
  formatPosition,
  latestPosition,
  type OutboxPosition,
  parsePosition,
  readOutbox,
  type StoredEvent,
} from '../../kernel/outbox.ts';
import { headerOf } from './authenticate.ts';
import { requireSameOrigin } from './same-origin.ts';

export interface EventStreamDeps {
  readonly database: Database;
  readonly publicUrl: URL;
  /** Who asks, at this moment; does not count as something that the person does. */
  readonly recheck: (request: FastifyRequest) => Promise<Principal>;
}

export const streamLimits = {
  /** Open at a time in this process, and for one principal. */
  streams: 128,
  perPrincipal: 8,
  lookEveryMs: 400,
  heartbeatMs: 15_000,
  batch: 200,
} as const;

export function registerEventStream(scope: FastifyInstance, deps: EventStreamDeps): void {
  const open = new Map<AbortController, string>();
  scope.addHook('preClose', async () => {
    for (const stream of open.keys()) stream.abort();
  });
  scope.get(
    '/events',
    {
      config: { access: { permission: 'events.read' } },
      schema: {
        operationId: 'followEvents',
        tags: ['events'],
        summary: 'Follow what happens, as server-sent events; goes on after the Last-Event-ID',
        response: {
          200: {
            description: 'text/event-stream',
            content: { 'text/event-stream': { schema: { type: 'string' } } },
          },
        },
      } as never,
    },
    async (request, reply) => {
      requireSameOrigin(headerOf(request), deps.publicUrl);
      const principal = principalOf(request);
      const owner = `${principal.kind}:${principal.id}`;
      const own = [...open.values()].filter((each) => each === owner).length;
      if (open.size >= streamLimits.streams || own >= streamLimits.perPrincipal)
        throw new DomainError('too-many-requests', 'Too many streams are open', { retryAfterSeconds: 30 });
      const end = new AbortController();
      open.set(end, owner);
      const close = () => {
        end.abort();
        open.delete(end);
      };
      request.raw.socket.once('close', close);
      const stream = Readable.from(follow(deps, request, end.signal), { objectMode: false });
      stream.once('close', () => {
        request.raw.socket.off('close', close);
        close();
      });
      return (
        reply
          .type('text/event-stream; charset=utf-8')
          .header('cache-control', 'no-store')
          // A proxy that gathers answers would hold back what is to be heard at once.
          .header('x-accel-buffering', 'no')
          .send(stream)
      );
    },
  );
}

async function* follow(
  deps: EventStreamDeps,
  request: FastifyRequest,
  end: AbortSignal,
): AsyncGenerator<string> {
  const organizationId = principalOf(request).organizationId ?? '';
  const inside = <T>(work: Parameters<typeof deps.database.withTenant<T>>[1]) =>
    deps.database.withTenant(organizationId, work, { readOnly: true });
  const latest = await inside(latestPosition);
  const asked = parsePosition(headerOf(request)('last-event-id') ?? '');
  // A place that is yet to come is one of another database, from before a restore.
  const known = asked !== undefined && BigInt(asked.transaction) <= BigInt(latest.transaction);
  let position: OutboxPosition = known ? asked : latest;
  yield `retry: 2000\nid: ${formatPosition(position)}\n${asked && !known ? 'event: reset\ndata: {}\n' : ''}\n`;
  let saidAt = Date.now();
  while (!end.aborted) {
    let principal: Principal;
    try {
      principal = await deps.recheck(request);
      requirePermission(principal, 'events.read');
    } catch {
      // Whoever asks again is told why.
      return;
    }
    if (principal.organizationId !== organizationId) return;
    const after = position;
    const events = await inside((tx) => readOutbox(tx, after, streamLimits.batch));
    const heard = events.filter(({ name }) => isPublicEvent(name) && mayHear(principal.permissions, name));
    position = events.at(-1)?.position ?? position;
    if (heard.length > 0) yield heard.map(frameOf).join('');
    else if (Date.now() - saidAt >= streamLimits.heartbeatMs) yield `:\nid: ${formatPosition(position)}\n\n`;
    if (heard.length > 0 || Date.now() - saidAt >= streamLimits.heartbeatMs) saidAt = Date.now();
    if (events.length < streamLimits.batch) await pause(streamLimits.lookEveryMs, end);
  }
}

/** JSON holds no line breaks, so one line of data is enough. */
function frameOf({ position, name, subjectId, payload, createdAt }: StoredEvent): string {
  const data = JSON.stringify({
    type: name,
    timestamp: createdAt.toISOString(),
    data: { subjectId, ...payload },
  });
  return `id: ${formatPosition(position)}\nevent: ${name}\ndata: ${data}\n\n`;
}

function pause(milliseconds: number, end: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      end.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    end.addEventListener('abort', finish);
    if (end.aborted) finish();
  });
}
