// Where devices ask for their certificate: `/scep/{organization}` on the main listener, which never asks for one first. The
// protocol's own failures are answers like any other (HTTP 200); only what cannot be answered in SCEP gets an HTTP status.
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { decodeMessageParameter, scepLimits, scepMediaTypes } from '@gatehouse/protocols/scep/index.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createFairQueue, type ScepServer } from '../integrations/scep/index.ts';
import type { Clock } from '../kernel/clock.ts';
import { createRateLimit, sourceOf } from '../kernel/http/rate-limit.ts';
import { registerSurface } from '../kernel/http/surface.ts';
import type { FindOrganization } from '../modules/organizations/index.ts';
import { renderProblem } from './admin/problem.ts';

export interface ScepSurfaceDeps {
  readonly scep: ScepServer;
  readonly findOrganization: FindOrganization;
  readonly clock: Clock;
}

const access = {
  public: 'a device has no certificate yet; its request carries a challenge or is signed by its present one',
} as const;

/** Clients differ in what they call their message. */
const bodies = {
  [scepMediaTypes.message]: 'bytes',
  'application/octet-stream': 'bytes',
  'application/x-www-form-urlencoded': 'bytes',
} as const;

export function registerScepSurface(server: FastifyInstance, deps: ScepSurfaceDeps): void {
  // Opening and signing cost milliseconds of RSA each: in turns, whoever asks.
  const queue = createFairQueue({ atOnce: 4, perSource: 32, total: 256 });
  // Two for each certificate; a school opens all its phones on one morning, behind one address.
  const questions = createRateLimit({ clock: deps.clock, burst: 3_000, perMinute: 3_000 });
  // Only failures are counted: a company behind one address may enrol all its phones in an hour.
  const failures = createRateLimit({ clock: deps.clock, burst: 30, perMinute: 10 });

  async function handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { organization } = request.params as { organization: string };
    const found = await deps.findOrganization(organization);
    if (!found) throw new DomainError('not-found', 'There is no such organization');
    const { organizationId } = found;
    const source = sourceOf(request.ip);
    const parameters = rawParameters(request.raw.url ?? '');
    switch (parameters.get('operation')) {
      case 'GetCACaps':
        requireRoom(questions.spend(source));
        return send(reply, scepMediaTypes.capabilities, await deps.scep.capabilities(organizationId));
      case 'GetCACert':
        requireRoom(questions.spend(source));
        return send(reply, scepMediaTypes.oneCertificate, await deps.scep.caCertificate(organizationId));
      case 'PKIOperation': {
        requireRoom(failures.peek(source));
        const message = messageOf(request, parameters);
        const operation = { organizationId, message, requestId: request.id };
        const answer = await queue.run(source, () => deps.scep.operate(operation));
        if (answer === undefined || answer.failed) failures.spend(source);
        if (answer === undefined) throw new DomainError('invalid-input', 'This is no SCEP message');
        return send(reply, scepMediaTypes.message, answer.body);
      }
      default:
        throw new DomainError('invalid-input', 'The operation must be GetCACaps, GetCACert or PKIOperation');
    }
  }

  registerSurface(server, {
    name: 'scep',
    prefix: '/scep',
    bodies,
    // strongSwan's client names none
    untypedBody: scepMediaTypes.message,
    bodyLimit: scepLimits.bytes,
    renderFailure: renderProblem,
    routes(scope) {
      // The tail is what clients add by the habit of an old server.
      for (const url of ['/:organization', '/:organization/pkiclient.exe']) {
        for (const method of ['GET', 'POST'])
          scope.route({ method, url, config: { access }, handler: handle });
      }
    },
  });
}

function requireRoom(wait: number): void {
  if (wait > 0)
    throw new DomainError('too-many-requests', 'Too many requests; try again later', {
      retryAfterSeconds: wait,
    });
}

/** Undecoded: a query reader would have made a space of every `+` in a message. The first of a name counts. */
function rawParameters(url: string): ReadonlyMap<string, string> {
  const start = url.indexOf('?');
  const parameters = new Map<string, string>();
  for (const pair of start === -1 ? [] : url.slice(start + 1).split('&')) {
    const equals = pair.indexOf('=');
    const name = equals === -1 ? pair : pair.slice(0, equals);
    if (!parameters.has(name)) parameters.set(name, equals === -1 ? '' : pair.slice(equals + 1));
  }
  return parameters;
}

function messageOf(request: FastifyRequest, parameters: ReadonlyMap<string, string>): Uint8Array {
  if (request.method === 'POST') {
    if (request.body instanceof Uint8Array) return request.body;
    throw new DomainError('invalid-input', 'The message is missing');
  }
  try {
    return decodeMessageParameter(parameters.get('message') ?? '');
  } catch (error) {
    if (error instanceof DecodeError) throw new DomainError('invalid-input', 'The message cannot be read');
    throw error;
  }
}

/** Exactly this type and no more: some clients compare the whole header. */
function send(reply: FastifyReply, type: string, body: Uint8Array): FastifyReply {
  return reply.header('content-type', type).send(Buffer.from(body));
}
