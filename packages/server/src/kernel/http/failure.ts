// Any error as one shape, from which each surface renders its own format. What is not known becomes a generic failure;
// its detail stays in the log under the same request id (HTTP-14).
import { DomainError, type ErrorCode, errorCodes } from '@gatehouse/core/errors.ts';
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';

export interface Failure {
  readonly status: number;
  readonly code: ErrorCode;
  readonly title: string;
  readonly message: string;
  readonly reason: string | undefined;
  readonly detail: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterSeconds: number | undefined;
}

interface FastifyLikeError extends Error {
  readonly code?: string;
  readonly statusCode?: number;
  readonly validation?: readonly {
    instancePath?: string;
    message?: string;
    params?: Record<string, unknown>;
  }[];
  readonly validationContext?: string;
}

function fromFramework(error: FastifyLikeError): DomainError | undefined {
  if (error.validation) {
    const fields = error.validation.slice(0, 20).map((entry) => ({
      at: `${error.validationContext ?? 'body'}${entry.instancePath ?? ''}`,
      problem: (entry.message ?? 'is not valid').slice(0, 200),
      ...(typeof entry.params?.['additionalProperty'] === 'string'
        ? { name: entry.params['additionalProperty'].slice(0, 100) }
        : {}),
    }));
    const first = fields[0];
    return new DomainError(
      'invalid-input',
      `${first?.at ?? 'The request'} ${first?.problem ?? 'is not valid'}`,
      {
        reason: 'validation',
        detail: { fields },
      },
    );
  }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new DomainError('too-large', 'The body is larger than this address accepts');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new DomainError('unsupported-media-type', 'The content type is not one this address accepts');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new DomainError('invalid-input', 'The body is empty');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new DomainError('invalid-input', 'The body is not as long as its Content-Length says');
    case 'FST_ERR_BAD_URL':
      return new DomainError('invalid-input', 'The address is not valid');
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new DomainError('not-found', 'There is nothing at this address');
    default:
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new DomainError('invalid-input', 'The request is not valid');
  }
  return undefined;
}

/** The reason that becomes 421 Misdirected Request. */
export const unknownHost = 'unknown-host';

export function toFailure(error: unknown): Failure {
  const domain =
    error instanceof DomainError
      ? error
      : ((error instanceof Error ? fromFramework(error) : undefined) ??
        new DomainError('internal', 'Something went wrong here; the log has it under this request’s id', {
          cause: error,
        }));
  const traits = errorCodes[domain.code];
  return {
    // RFC 9110 section 15.5.20: the one status that belongs to HTTP alone and not to the domain.
    status: domain.reason === unknownHost ? 421 : traits.status,
    code: domain.code,
    title: traits.title,
    message: domain.message,
    reason: domain.reason,
    detail: domain.detail,
    retryAfterSeconds: domain.retryAfterSeconds ?? (traits.retryable ? 5 : undefined),
  };
}

/** Logs once, at the level of the code's row. */
export function logFailure(
  log: Pick<FastifyBaseLogger, 'error' | 'warn' | 'debug'>,
  error: unknown,
  requestId: string,
  route: string | undefined,
): Failure {
  const failure = toFailure(error);
  const entry = { requestId, code: failure.code, reason: failure.reason, route };
  if (failure.code === 'internal') log.error({ ...entry, err: error }, 'a request failed');
  else if (failure.status >= 500) log.warn({ ...entry, err: error }, 'a request could not be served');
  else log.debug(entry, 'a request was refused');
  return failure;
}

/** Logs, and sets what every surface sets. */
export function reportFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): Failure {
  const failure = logFailure(request.log, error, request.id, request.routeOptions.url);
  reply.code(failure.status);
  if (failure.retryAfterSeconds !== undefined) reply.header('retry-after', String(failure.retryAfterSeconds));
  return failure;
}
