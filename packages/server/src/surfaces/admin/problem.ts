// Failures of this surface, as RFC 9457 problem details.
import { type Problem, problemMediaType } from '@gatehouse/contracts/problem.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Failure } from '../../kernel/http/failure.ts';

export function renderProblem(failure: Failure, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem: Problem = {
    type: `urn:gatehouse:problem:${failure.reason ?? failure.code}`,
    title: failure.title,
    status: failure.status,
    detail: failure.message,
    code: failure.code,
    ...(failure.reason === undefined ? {} : { reason: failure.reason }),
    requestId: request.id,
    ...(failure.detail === undefined ? {} : { context: { ...failure.detail } }),
  };
  if (failure.status === 401) reply.header('www-authenticate', 'Bearer realm="Gatehouse"');
  return reply.type(problemMediaType).send(JSON.stringify(problem));
}
