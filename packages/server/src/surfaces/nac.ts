// The surface that RADIUS servers talk to (FreeRADIUS’s rlm_rest): JSON in and out, small bodies, and an answer within a second
// whatever is the matter with us, because a person waits at the door. Every failure to answer refuses (RAD-07).
import { DomainError } from '@gatehouse/core/errors.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AddressList } from '../kernel/http/address-list.ts';
import type { Failure } from '../kernel/http/failure.ts';
import type { TenantPrincipal } from '../kernel/http/route.ts';
import { registerSurface } from '../kernel/http/surface.ts';
import { within } from '../kernel/within.ts';
import type { RadiusAnswer, RadiusRest } from '../integrations/network-access/radius/index.ts';

const bodyLimit = 32 * 1024;
/** From the first byte to the answer; below the second that a RADIUS server waits. */
const answerWithinMs = 900;
const access = { permission: 'nac.radius' } as const;

export function registerNacSurface(server: FastifyInstance, radius: RadiusRest, from?: AddressList): void {
  const deadlines = new WeakMap<FastifyRequest, number>();

  function inTime<T>(request: FastifyRequest, work: Promise<T>): Promise<T> {
    const left = (deadlines.get(request) ?? 0) - performance.now();
    return within(Math.max(left, 1), work, () => {
      throw new DomainError('unavailable', 'There is no answer in time');
    });
  }

  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    work: (principal: TenantPrincipal, body: Uint8Array) => Promise<RadiusAnswer>,
  ): Promise<unknown> {
    const body = (request.body as Uint8Array | null) ?? new Uint8Array();
    const { status, body: bytes } = await inTime(request, work(request.principal as TenantPrincipal, body));
    reply.code(status);
    if (bytes === undefined) return reply.send();
    return reply.header('content-type', 'application/json').send(Buffer.from(bytes));
  }

  registerSurface(server, {
    name: 'nac',
    prefix: '/nac/v1/radius/:instance',
    from,
    bodies: { 'application/json': 'bytes' },
    bodyLimit,
    async authenticate(request) {
      deadlines.set(request, performance.now() + answerWithinMs);
      const { instance = '' } = request.params as { instance?: string };
      const caller = {
        instance,
        authorization: request.headers.authorization,
        address: request.ip,
        requestId: request.id,
      };
      request.principal = await inTime(request, radius.admit(caller));
    },
    renderFailure,
    routes: (scope) => {
      for (const question of ['authorize', 'post-auth'] as const) {
        scope.route({
          method: 'POST',
          url: `/${question}`,
          config: { access },
          handler: (request, reply) =>
            answer(request, reply, (principal, body) => radius.decide(principal, question, body)),
        });
      }
      scope.route({
        method: 'POST',
        url: '/accounting',
        config: { access },
        handler: (request, reply) =>
          answer(request, reply, (principal, body) => radius.account(principal, body)),
      });
    },
  });
}

/** rlm_rest merges the body of a 401 into the RADIUS answer: ours is empty there. */
function renderFailure(
  { status, code, message }: Failure,
  _request: FastifyRequest,
  reply: FastifyReply,
): unknown {
  if (status === 401) reply.header('www-authenticate', 'Basic realm="radius", charset="UTF-8"');
  reply.header('content-type', 'application/json');
  return reply.send(JSON.stringify(status === 401 ? {} : { code, message }));
}
