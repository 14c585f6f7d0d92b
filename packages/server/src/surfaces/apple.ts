// The surface that Apple devices talk to: on the listener that asks for certificates, and on the main one for devices that sign
// their messages. Failures are a bare status; never 401, upon which a device may leave management by itself.
import {
  appleMediaTypes,
  commandReportLimits,
  encodeErrorBody,
} from '@gatehouse/protocols/apple-mdm/index.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { onlyHeader, type WholeAddress, type WholeAnswer } from '../kernel/http/aside/whole-answers.ts';
import { type Failure, logFailure } from '../kernel/http/failure.ts';
import { registerSurface } from '../kernel/http/surface.ts';
import type { Log } from '../kernel/log.ts';
import { answerMessage, type ApplePlatform, appleRoutes } from '../platforms/apple/index.ts';
import { type ClientCertificateOptions, createCertificateReader } from './client-certificate.ts';

/** @param certificates absent: nobody is known by a certificate here, and messages must be signed. */
export function registerAppleSurface(
  server: FastifyInstance,
  platform: ApplePlatform,
  certificates?: ClientCertificateOptions,
): void {
  const readCertificate = certificates && createCertificateReader(certificates);
  registerSurface(server, {
    name: 'apple',
    prefix: '/apple',
    bodies: { [appleMediaTypes.checkIn]: 'bytes', [appleMediaTypes.command]: 'bytes' },
    bodyLimit: commandReportLimits.maxBytes,
    renderFailure,
    routes: (scope) => appleRoutes(scope, platform, (request) => readCertificate?.(request.raw)),
  });
}

const path = '/apple/mdm';

/** What devices write, to the letter; every other spelling goes the long way. */
const types: ReadonlySet<string> = new Set(
  [appleMediaTypes.checkIn, appleMediaTypes.command].flatMap((type) => [
    type,
    `${type}; charset=UTF-8`,
    `${type}; charset=utf-8`,
  ]),
);

/**
 * The address of messages, for the server’s option `quick`: the same as by {@link registerAppleSurface}, where nothing is unusual.
 * @param certificates as there.
 */
export function quickAppleAddress(
  platform: ApplePlatform,
  log: Log,
  certificates?: ClientCertificateOptions,
): WholeAddress {
  const readCertificate = certificates && createCertificateReader(certificates);
  return {
    method: 'PUT',
    path,
    answer(request, requestId) {
      const { rawHeaders, body } = request;
      const contentType = onlyHeader(rawHeaders, 'content-type');
      if (body === undefined || contentType === undefined || !types.has(contentType)) return undefined;
      const signature = onlyHeader(rawHeaders, 'mdm-signature');
      if (signature === undefined && hasHeader(rawHeaders, 'mdm-signature')) return undefined;
      const answering = async (): Promise<WholeAnswer> => {
        const certificate = readCertificate?.(request);
        const message = { certificate, signature, contentType, body, requestId };
        const answer = await answerMessage(platform, message);
        return whole(answer.status, answer.contentType, answer.body);
      };
      return answering().catch((error: unknown) => {
        const failure = logFailure(log, error, requestId, path);
        const { status, contentType: type, body: text } = failureAnswer(failure);
        const wait = failure.retryAfterSeconds;
        return whole(status, type, text, wait === undefined ? [] : ['retry-after', String(wait)]);
      });
    },
  };
}

function hasHeader(rawHeaders: readonly string[], name: string): boolean {
  return rawHeaders.some((text, index) => index % 2 === 0 && text.toLowerCase() === name);
}

function whole(
  status: number,
  contentType: string | undefined,
  body: Uint8Array | undefined,
  headers: readonly string[] = [],
): WholeAnswer {
  return {
    status,
    headers: contentType === undefined ? headers : [...headers, 'content-type', contentType],
    body,
  };
}

function renderFailure(failure: Failure, _request: FastifyRequest, reply: FastifyReply): unknown {
  const { status, contentType, body } = failureAnswer(failure);
  reply.code(status);
  return contentType === undefined ? reply.send() : reply.type(contentType).send(Buffer.from(body));
}

function failureAnswer({
  status,
  reason,
}: Failure):
  | { readonly status: number; readonly contentType: string; readonly body: Uint8Array }
  | { readonly status: number; readonly contentType?: undefined; readonly body?: undefined } {
  // By decision: management has ended here, and with this answer the device ends it too.
  if (reason === 'device-unmanaged') {
    const { contentType, body } = encodeErrorBody({
      code: 'com.apple.unrecognized.device',
      description: 'The device is no longer managed.',
    });
    return { status: status === 401 ? 403 : status, contentType, body };
  }
  return { status: status === 401 ? 403 : status };
}
