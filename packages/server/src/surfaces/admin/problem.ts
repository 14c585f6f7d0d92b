// Failures of this surface, as RFC 9457 problem details.
import { type Problem, problemMediaType } from '@gatehouse/contracts/problem.ts';
import { inLanguage } from '@gatehouse/core/sentences/sentence.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Failure } from '../../kernel/http/failure.ts';
import { languageOf } from '../../kernel/http/reader-language.ts';

export function renderProblem(failure: Failure, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const language = languageOf(request);
  const problem: Problem = {
    type: `urn:gatehouse:problem:${failure.reason ?? failure.code}`,
    title: inLanguage(failure.title, language),
    status: failure.status,
    detail: inLanguage(failure.message, language),
    code: failure.code,
    ...(failure.reason === undefined ? {} : { reason: failure.reason }),
    requestId: request.id,
    ...(failure.detail === undefined ? {} : { context: { ...failure.detail } }),
  };
  if (failure.status === 401) reply.header('www-authenticate', 'Bearer realm="Gatehouse"');
  reply.header('content-language', language);
  return reply.type(problemMediaType).send(JSON.stringify(problem));
}
