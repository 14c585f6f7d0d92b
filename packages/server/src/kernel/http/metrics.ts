// Counters and timings for /metrics. Labels are bounded words of ours: never a tenant's name, never a device's id (LOG-T04).
import client from 'prom-client';
import type { FastifyInstance } from 'fastify';

export interface Metrics {
  readonly registry: client.Registry;
  /** Times every answered request of a server, by route pattern, not by address. */
  observe(server: FastifyInstance, listener: string): void;
}

export function createMetrics(): Metrics {
  const registry = new client.Registry();
  client.collectDefaultMetrics({ register: registry });
  const durations = new client.Histogram({
    name: 'gatehouse_http_request_seconds',
    help: 'Time to answer, by listener, route and status class.',
    labelNames: ['listener', 'method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  });
  return {
    registry,
    observe(server, listener) {
      /** Finding the child by its labels costs more than counting; there are few combinations. */
      const children = new Map<string, { observe(seconds: number): void }>();
      const count = (method: string, route: string, statusCode: number, seconds: number) => {
        const status = `${Math.trunc(statusCode / 100)}xx`;
        const key = `${status} ${method} ${route}`;
        let child = children.get(key);
        if (child === undefined) {
          child = durations.labels({ listener, method, route, status });
          children.set(key, child);
        }
        child.observe(seconds);
      };
      server.addHook('onResponse', (request, reply, done) => {
        count(request.method, request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000);
        done();
      });
      server.quickAnswers.add(({ method, route, status, seconds }) => count(method, route, status, seconds));
    },
  };
}
