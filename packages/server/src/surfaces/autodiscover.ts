// `/autodiscover/…`, in any letter case and under any host name: devices that are told to use an address of somebody's mail
// domain ask here where their mail is. The answer is public and the same for all; a password that is sent along is neither read nor kept.
import { gatewayMark } from '@gatehouse/protocols/mail-probe/index.ts';
import type { FastifyInstance } from 'fastify';
import { autodiscoverContentType } from '@gatehouse/protocols/activesync/index.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import {
  answerAutodiscover,
  answerForService,
  invalidRequest,
} from '../integrations/mail-gateway/autodiscover/answer.ts';
import type { Clock } from '../kernel/clock.ts';
import { createRateLimit, sourceOf } from '../kernel/http/rate-limit.ts';
import { registerSurface } from '../kernel/http/surface.ts';

export const autodiscoverTree = '/autodiscover/';

export interface AutodiscoverDeps {
  /** Where devices reach the gateway. */
  readonly gateway: URL;
  readonly clock: Clock;
}

const access = { public: 'tells devices that the gateway is where their mail is, whoever asks' } as const;

export function registerAutodiscoverSurface(
  server: FastifyInstance,
  { gateway, clock }: AutodiscoverDeps,
): void {
  // All phones of an office may come from one address, and all at once when a mail server was away.
  const limit = createRateLimit({ clock, burst: 600, perMinute: 600 });
  registerSurface(server, {
    name: 'autodiscover',
    prefix: '/autodiscover',
    bodies: { 'text/xml': 'bytes', 'application/xml': 'bytes', 'text/html': 'bytes' },
    untypedBody: 'text/xml',
    bodyLimit: 16 * 1024,
    renderFailure: (_failure, _request, reply) =>
      reply.type(autodiscoverContentType).send(Buffer.from(invalidRequest(clock.now()))),
    routes(scope) {
      scope.addHook('onRequest', async (request, reply) => {
        reply.header(gatewayMark, '1');
        const wait = limit.spend(sourceOf(request.ip));
        if (wait > 0)
          throw new DomainError('too-many-requests', 'Too many questions; try again later', {
            retryAfterSeconds: wait,
          });
      });
      scope.post('/autodiscover.xml', { config: { access } }, async (request, reply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        return reply
          .type(autodiscoverContentType)
          .send(Buffer.from(answerAutodiscover(body, { gateway, now: clock.now() })));
      });
      // Who looks for an address before he says anything is told ours; who is there already has said nothing.
      scope.get('/autodiscover.xml', { config: { access } }, async (request, reply) => {
        if (request.headers.host?.toLowerCase() !== gateway.host)
          return reply.redirect(new URL('/autodiscover/autodiscover.xml', gateway).href, 302);
        return reply.type(autodiscoverContentType).send(Buffer.from(invalidRequest(clock.now())));
      });
      for (const path of ['/autodiscover.json', '/autodiscover.json/v1.0/:address'])
        scope.get(path, { config: { access } }, async (request, reply) => {
          const { status, body } = answerForService(protocolOf(request.url), gateway);
          return reply.code(status).send(body);
        });
    },
  });
}

/** Of `?Protocol=…`, in any letter case. */
function protocolOf(url: string): string | undefined {
  const query = new URLSearchParams(url.split('?')[1] ?? '');
  return [...query].find(([name]) => name.toLowerCase() === 'protocol')?.[1];
}
