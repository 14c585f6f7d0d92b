// The agent protocol's routes behind a device certificate. Which device speaks is known from its certificate alone; no body
// and no address names one, so none can speak for another (DEV-02).
import {
  agentLimits,
  CheckInRequest,
  CheckInResponse,
  CommandParams,
  CommandResultRequest,
  CommandResultResponse,
  CommandsResponse,
  RenewCertificateRequest,
  RenewCertificateResponse,
  UnenrollRequest,
  UnenrollResponse,
} from '@gatehouse/contracts/agent.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { preferredLanguages } from '@gatehouse/core/languages.ts';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RateLimit } from '../../kernel/http/rate-limit.ts';
import { renewAgentCertificate } from '../../modules/certificates/index.ts';
import type { AgentPlatform, RequestDevice } from './agent-platform.ts';
import { awaitCommands } from './await-commands.ts';
import { checkIn } from './check-in.ts';
import { recordResult } from './record-result.ts';
import { unenroll } from './unenroll.ts';
import { explainUnpacking, unpackBody } from './unpack-body.ts';

const access = { device: 'certificate' } as const;

export function agentDeviceRoutes(
  parent: FastifyInstance,
  platform: AgentPlatform,
  deviceOf: (request: FastifyRequest) => RequestDevice,
): void {
  const { deps } = platform;
  const scope = parent.withTypeProvider<TypeBoxTypeProvider>();
  const spend = (limit: RateLimit, request: FastifyRequest) => {
    const wait = limit.spend(deviceOf(request).device.deviceId);
    if (wait > 0) {
      throw new DomainError('too-many-requests', 'The device asks too often', { retryAfterSeconds: wait });
    }
  };
  const limited = async (request: FastifyRequest) => spend(deps.requests, request);

  scope.route({
    method: 'POST',
    url: '/check-in',
    config: { access },
    bodyLimit: agentLimits.unpackedBytes,
    schema: { body: CheckInRequest, response: { 200: CheckInResponse } },
    onRequest: async (request) => spend(deps.checkIns, request),
    preParsing: async ({ headers }, _reply, payload) =>
      unpackBody(payload, headers['content-encoding'], headers['content-length']),
    errorHandler: (error) => {
      throw explainUnpacking(error);
    },
    handler: (request) =>
      checkIn(
        deps,
        deviceOf(request).device,
        request.body,
        preferredLanguages(request.headers['accept-language']),
      ),
  });

  scope.route({
    method: 'GET',
    url: '/commands',
    config: { access },
    schema: { response: { 200: CommandsResponse } },
    onRequest: limited,
    handler: (request, reply) => awaitCommands(platform, deviceOf(request), waitOf(request), reply.raw),
  });

  scope.route({
    method: 'POST',
    url: '/commands/:commandId/result',
    config: { access },
    schema: { params: CommandParams, body: CommandResultRequest, response: { 200: CommandResultResponse } },
    onRequest: limited,
    handler: (request) =>
      recordResult(deps, deviceOf(request), request.params.commandId, request.body, {
        next: wantsNext(request),
      }),
  });

  scope.route({
    method: 'POST',
    url: '/certificate',
    config: { access },
    schema: { body: RenewCertificateRequest, response: { 200: RenewCertificateResponse } },
    onRequest: limited,
    handler: async (request) => {
      const csr = Buffer.from(request.body.csr, 'base64');
      const renewed = await renewAgentCertificate(deps, deviceOf(request).device, csr);
      return {
        chain: renewed.chain.map((der) => Buffer.from(der).toString('base64')),
        notAfter: renewed.notAfter,
        renewAfter: renewed.renewAfter,
      };
    },
  });

  scope.route({
    method: 'POST',
    url: '/unenroll',
    config: { access },
    schema: { body: UnenrollRequest, response: { 200: UnenrollResponse } },
    onRequest: limited,
    handler: async (request) => {
      await unenroll(deps, deviceOf(request), request.body);
      return { state: 'unmanaged' as const };
    },
  });
}

/** Whether the answer may hand over commands; an agent that does not say so would not look for them there. */
function wantsNext(request: FastifyRequest): boolean {
  const { next, ...rest } = request.query as Readonly<Record<string, unknown>>;
  if (Object.keys(rest).length > 0 || (next !== undefined && next !== 'true')) {
    throw new DomainError('invalid-input', 'next is true or absent');
  }
  return next === 'true';
}

/** Seconds, from the query string. */
function waitOf(request: FastifyRequest): number {
  const { wait = '0', ...rest } = request.query as Readonly<Record<string, unknown>>;
  const seconds = typeof wait === 'string' && /^\d{1,3}$/.test(wait) ? Number(wait) : Number.NaN;
  if (Object.keys(rest).length > 0 || !(seconds <= agentLimits.waitSeconds)) {
    throw new DomainError(
      'invalid-input',
      `wait is a whole number of seconds up to ${agentLimits.waitSeconds}`,
    );
  }
  return seconds;
}
