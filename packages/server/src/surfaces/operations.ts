// For whoever runs the instance. /healthz says that the process lives, /readyz that it can serve; both say no more than
// that on public listeners. Details and /metrics are on the operations listener, loopback by default (LOG-T04).
import type { FastifyInstance } from 'fastify';
import type { Database } from '../kernel/db/database.ts';
import { countJobs } from '../kernel/jobs/queries.ts';
import type { Metrics } from '../kernel/http/metrics.ts';
import type { Notifications } from '../kernel/notifications.ts';

export interface OperationsDeps {
  readonly database: Database;
  readonly notifications: Pick<Notifications, 'connected'>;
  readonly metrics: Metrics;
  /** True from the moment the server begins to stop: load balancers look elsewhere. */
  readonly stopping: () => boolean;
}

const publicAccess = { access: { public: 'says only that the process lives or is ready' } };

export function registerHealth(
  server: FastifyInstance,
  deps: Pick<OperationsDeps, 'database' | 'stopping'>,
): void {
  server.get('/healthz', { config: publicAccess }, async () => ({ status: 'ok' }));
  server.get('/readyz', { config: publicAccess }, async (_request, reply) => {
    if (await ready(deps)) return { status: 'ready' };
    return reply.code(503).send({ status: 'not ready' });
  });
}

export function registerOperations(server: FastifyInstance, deps: OperationsDeps): void {
  const loopback = { access: { public: 'the operations listener is loopback unless the operator moves it' } };
  server.get('/healthz', { config: loopback }, async () => ({ status: 'ok' }));
  server.get('/readyz', { config: loopback }, async (_request, reply) => {
    const database = await ready(deps);
    const jobs = database ? await deps.database.withSystem('doctor', (tx) => tx.query(countJobs)) : undefined;
    return reply.code(database ? 200 : 503).send({
      status: database ? 'ready' : 'not ready',
      database,
      notifications: deps.notifications.connected,
      jobs,
    });
  });
  server.get('/metrics', { config: loopback }, async (_request, reply) =>
    reply.type(deps.metrics.registry.contentType).send(await deps.metrics.registry.metrics()),
  );
}

async function ready({
  database,
  stopping,
}: Pick<OperationsDeps, 'database' | 'stopping'>): Promise<boolean> {
  if (stopping()) return false;
  try {
    await database.ping();
    return true;
  } catch {
    return false;
  }
}
