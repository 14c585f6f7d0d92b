// The surface that Apple devices talk to: on the listener that asks for certificates, and on the main one for devices that sign
// their messages. Failures are a bare status; never 401, upon which a device may leave management by itself.
import {
  appleMediaTypes,
  commandReportLimits,
  encodeErrorBody,
} from '@gatehouse/protocols/apple-mdm/index.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Failure } from '../kernel/http/failure.ts';
import { registerSurface } from '../kernel/http/surface.ts';
import { type ApplePlatform, appleRoutes } from '../platforms/apple/index.ts';
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

function renderFailure(failure: Failure, _request: FastifyRequest, reply: FastifyReply): unknown {
  if (failure.status === 401) reply.code(403);
  // By decision: management has ended here, and with this answer the device ends it too.
  if (failure.reason === 'device-unmanaged') {
    const { contentType, body } = encodeErrorBody({
      code: 'com.apple.unrecognized.device',
      description: 'The device is no longer managed.',
    });
    return reply.type(contentType).send(Buffer.from(body));
  }
  return reply.send();
}
