// The two surfaces that devices talk to. Enrolment stands on the main listener, where nobody has a certificate yet: its
// messages carry their own proofs. Everything else stands on the listener that asks for a certificate, and none of it is read
// before the device behind it is known.
import type { AgentError } from '@gatehouse/contracts/agent.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Failure } from '../kernel/http/failure.ts';
import { registerSurface } from '../kernel/http/surface.ts';
import {
  type AgentPlatform,
  agentDeviceRoutes,
  agentEnrollmentRoutes,
  agentSurfaceLimits,
  type RequestDevice,
} from '../platforms/agent/index.ts';
import { type ClientCertificateOptions, createCertificateReader } from './client-certificate.ts';

export function registerEnrollmentSurface(server: FastifyInstance, platform: AgentPlatform): void {
  registerSurface(server, {
    name: 'agent-enrollment',
    prefix: '/agent/v1/enroll',
    // The proofs are over bytes, so the bytes arrive unread.
    bodies: { 'application/json': 'bytes' },
    bodyLimit: agentSurfaceLimits.enrollmentBytes,
    renderFailure,
    routes: (scope) => agentEnrollmentRoutes(scope, platform),
  });
}

export function registerDeviceSurface(
  server: FastifyInstance,
  platform: AgentPlatform,
  options: ClientCertificateOptions,
): void {
  const readCertificate = createCertificateReader(options);
  // Beside the request, not on it: a decoration would be seen by every surface.
  const devices = new WeakMap<FastifyRequest, RequestDevice>();
  registerSurface(server, {
    name: 'agent',
    prefix: '/agent/v1',
    bodyLimit: agentSurfaceLimits.requestBytes,
    jsonDepth: agentSurfaceLimits.depth,
    async authenticate(request) {
      const certificate = certificateOf(request);
      if (!certificate) {
        throw new DomainError('unauthenticated', 'A client certificate is required', {
          reason: 'certificate-required',
        });
      }
      devices.set(request, await platform.authenticate(certificate, request.id));
    },
    renderFailure,
    routes: (scope) =>
      agentDeviceRoutes(scope, platform, (request) => {
        const device = devices.get(request);
        if (!device) throw new DomainError('unauthenticated', 'A client certificate is required');
        return device;
      }),
  });

  function certificateOf(request: FastifyRequest): Uint8Array | undefined {
    try {
      return readCertificate(request.raw);
    } catch (error) {
      const { remoteAddress: source } = request.raw.socket;
      request.log.warn({ requestId: request.id, source, err: error }, 'a certificate header was refused');
      throw error;
    }
  }
}

function renderFailure(failure: Failure, _request: FastifyRequest, reply: FastifyReply): unknown {
  const { retryAfterSeconds } = failure;
  const body: AgentError = {
    error: {
      code: failure.reason ?? failure.code,
      message: failure.message,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    },
  };
  // Nothing that was refused for who it is goes on over the same connection.
  if (failure.status === 401) reply.header('connection', 'close');
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}
