// Receivers of Shared Signals: metadata and keys for everybody, all else with a bearer token of an account that may receive
// signals. Each organization is an issuer of its own, `/ssf/{organization}`.
import type { Principal } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import {
  decodePollRequest,
  decodeStatusRequest,
  decodeStreamRequest,
  decodeSubjectRequest,
  decodeVerificationRequest,
  deliveryMethods,
} from '@gatehouse/protocols/shared-signals/index.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  changeSubject,
  createStream,
  deleteStream,
  grantSeconds,
  issuerOf,
  publicKeys,
  readGrant,
  type Scope,
  scopesOf,
  setStatus,
  type SharedSignals,
  showStatus,
  showStreams,
  type SignalDeps,
  updateStream,
  verifyStream,
  writeGrant,
} from '../integrations/shared-signals/index.ts';
import { principalOf } from '../kernel/http/access.ts';
import type { Failure } from '../kernel/http/failure.ts';
import { createRateLimit, sourceOf } from '../kernel/http/rate-limit.ts';
import type { TenantPrincipal } from '../kernel/http/route.ts';
import { registerSurface } from '../kernel/http/surface.ts';
import {
  authenticateToken,
  authenticateTokenById,
  type AuthenticateTokenDeps,
} from '../modules/administrators/index.ts';
import type { FindOrganization } from '../modules/organizations/index.ts';

export interface SharedSignalsSurfaceDeps extends SignalDeps, AuthenticateTokenDeps {
  readonly signals: Pick<SharedSignals, 'polls'>;
  readonly findOrganization: FindOrganization;
  /** Proves grants; 32 bytes, the same on every server of an installation. */
  readonly grantKey: Buffer;
}

const known = {
  public: 'where a transmitter is and what it signs with, as the specification wants everybody to know',
} as const;
const asClient = {
  public: 'a client shows its credentials in the request itself (RFC 6749 section 4.4)',
} as const;
const receiver = { permission: 'signals.receive' } as const;

export function registerSharedSignalsSurface(server: FastifyInstance, deps: SharedSignalsSurfaceDeps): void {
  const attempts = createRateLimit({ clock: deps.clock, burst: 30, perMinute: 10 });
  const questions = createRateLimit({ clock: deps.clock, burst: 120, perMinute: 600 });
  const requests = createRateLimit({ clock: deps.clock, burst: 300, perMinute: 3_000 });
  const granted = new WeakMap<FastifyRequest, readonly Scope[]>();

  const organizationOf = async (request: FastifyRequest) => {
    const found = await deps.findOrganization((request.params as { organization: string }).organization);
    if (!found) throw notFound();
    return found;
  };

  async function authenticate(request: FastifyRequest): Promise<void> {
    const organization = await organizationOf(request);
    const source = sourceOf(request.ip);
    spare(attempts.peek(source));
    let principal: Principal;
    try {
      principal = await bearerOf(request);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'unauthenticated') attempts.spend(source);
      throw error;
    }
    // A token of another organization finds nothing here, as if there were nothing (SSF-05).
    if (principal.organizationId !== organization.organizationId) throw notFound();
    spare(requests.spend(principal.id));
    request.principal = { ...principal, requestId: request.id };
  }

  async function bearerOf(request: FastifyRequest): Promise<Principal> {
    const token = /^Bearer ([\x21-\x7e]{1,1024})$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) throw new DomainError('unauthenticated', 'A bearer token is needed');
    const grant = readGrant(deps.grantKey, token, deps.clock.now());
    if (grant === undefined) return authenticateToken(deps, token);
    granted.set(request, grant.scopes);
    return authenticateTokenById(deps, grant.organizationId, grant.tokenId);
  }

  const inside = (request: FastifyRequest, scope: Scope): TenantPrincipal => {
    const scopes = granted.get(request);
    // Whoever may manage may read.
    if (scopes !== undefined && !scopes.includes(scope) && !scopes.includes('ssf.manage'))
      throw new DomainError('forbidden', `The scope ${scope} is needed`, { reason: 'insufficient-scope' });
    return principalOf(request) as TenantPrincipal;
  };

  const metadata = async (request: FastifyRequest, reply: FastifyReply) => {
    spare(questions.spend(sourceOf(request.ip)));
    const { slug } = await organizationOf(request);
    const issuer = issuerOf(deps.publicUrl, slug);
    reply.header('cache-control', 'public, max-age=3600');
    return {
      spec_version: '1_0',
      issuer,
      jwks_uri: `${issuer}/jwks`,
      delivery_methods_supported: Object.values(deliveryMethods),
      configuration_endpoint: `${issuer}/streams`,
      status_endpoint: `${issuer}/status`,
      add_subject_endpoint: `${issuer}/subjects/add`,
      remove_subject_endpoint: `${issuer}/subjects/remove`,
      verification_endpoint: `${issuer}/verify`,
      authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
      default_subjects: 'ALL',
    };
  };

  registerSurface(server, {
    name: 'shared-signals-metadata',
    prefix: '/.well-known/ssf-configuration',
    bodyLimit: 1,
    renderFailure,
    // Above the organizations there is no issuer: whoever asks for one of the whole server finds none.
    routes: (scope) => void scope.get('/ssf/:organization', { config: { access: known } }, metadata),
  });

  registerSurface(server, {
    name: 'shared-signals',
    prefix: '/ssf/:organization',
    bodies: { 'application/json': 'bytes', 'application/x-www-form-urlencoded': 'bytes' },
    bodyLimit: 64 * 1024,
    authenticate,
    renderFailure,
    routes(scope) {
      const manage = { config: { access: receiver } };
      scope.addHook('onSend', async (request, reply) => {
        if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
        return undefined;
      });

      scope.get('/jwks', { config: { access: known } }, async (request, reply) => {
        spare(questions.spend(sourceOf(request.ip)));
        const { organizationId } = await organizationOf(request);
        const keys = await deps.database.withTenant(organizationId, publicKeys, { readOnly: true });
        reply.header('cache-control', 'public, max-age=3600');
        return { keys };
      });

      scope.post('/token', { config: { access: asClient } }, async (request, reply) => {
        const { organizationId } = await organizationOf(request);
        const source = sourceOf(request.ip);
        spare(attempts.peek(source));
        const form = new URLSearchParams(bodyOf(request).toString('latin1'));
        if (form.get('grant_type') !== 'client_credentials')
          return oauthError(reply, 400, 'unsupported_grant_type');
        const scopes = scopesOf(form.get('scope') ?? undefined);
        if (scopes === undefined) return oauthError(reply, 400, 'invalid_scope');
        const client = clientOf(request, form);
        const principal = await authenticateToken(deps, client.secret).catch((error: unknown) => {
          if (error instanceof DomainError && error.code === 'unauthenticated') return undefined;
          throw error;
        });
        if (principal?.organizationId !== organizationId || principal.id !== client.id) {
          attempts.spend(source);
          reply.header('www-authenticate', 'Basic realm="ssf"');
          return oauthError(reply, 401, 'invalid_client');
        }
        if (!principal.permissions.has('signals.receive'))
          return oauthError(reply, 400, 'unauthorized_client');
        return {
          access_token: writeGrant(deps.grantKey, {
            organizationId,
            tokenId: principal.id,
            scopes,
            expiresAt: deps.clock.now() + grantSeconds * 1_000,
          }),
          token_type: 'Bearer',
          expires_in: grantSeconds,
          scope: scopes.join(' '),
        };
      });

      scope.post('/streams', manage, async (request, reply) => {
        const made = await createStream(
          deps,
          inside(request, 'ssf.manage'),
          read(decodeStreamRequest, request),
        );
        return reply.code(201).send(made);
      });
      scope.get('/streams', manage, (request) =>
        showStreams(deps, inside(request, 'ssf.read'), streamIdOf(request)),
      );
      for (const [method, whole] of [
        ['PATCH', false],
        ['PUT', true],
      ] as const)
        scope.route({
          method,
          url: '/streams',
          ...manage,
          handler: (request) =>
            updateStream(deps, inside(request, 'ssf.manage'), read(decodeStreamRequest, request), { whole }),
        });
      scope.delete('/streams', manage, async (request, reply) => {
        await deleteStream(deps, inside(request, 'ssf.manage'), streamIdOf(request));
        return reply.code(204).send();
      });

      scope.get('/status', manage, (request) =>
        showStatus(deps, inside(request, 'ssf.read'), streamIdOf(request)),
      );
      scope.post('/status', manage, (request) =>
        setStatus(deps, inside(request, 'ssf.manage'), read(decodeStatusRequest, request)),
      );

      scope.post('/subjects/add', manage, async (request, reply) => {
        await changeSubject(deps, inside(request, 'ssf.manage'), read(decodeSubjectRequest, request), 'add');
        return reply.code(200).send();
      });
      scope.post('/subjects/remove', manage, async (request, reply) => {
        await changeSubject(
          deps,
          inside(request, 'ssf.manage'),
          read(decodeSubjectRequest, request),
          'remove',
        );
        return reply.code(204).send();
      });

      scope.post('/verify', manage, async (request, reply) => {
        await verifyStream(deps, inside(request, 'ssf.manage'), read(decodeVerificationRequest, request));
        return reply.code(204).send();
      });

      scope.post('/streams/:streamId/poll', manage, (request, reply) => {
        const gone = new AbortController();
        // Of the answer, not of the connection: that carries one poll after the other.
        reply.raw.once('close', () => gone.abort());
        const { streamId } = request.params as { streamId: string };
        return deps.signals.polls.poll(
          inside(request, 'ssf.read'),
          streamId,
          read(decodePollRequest, request),
          gone.signal,
        );
      });
    },
  });
}

function notFound(): DomainError {
  return new DomainError('not-found', 'There is nothing at this address');
}

function spare(seconds: number): void {
  if (seconds > 0)
    throw new DomainError('too-many-requests', 'Too many requests; try again later', {
      retryAfterSeconds: seconds,
    });
}

function bodyOf(request: FastifyRequest): Buffer {
  return (request.body as Buffer | undefined) ?? Buffer.alloc(0);
}

function read<T>(decode: (bytes: Uint8Array) => T, request: FastifyRequest): T {
  try {
    return decode(bodyOf(request));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DomainError('invalid-input', error.message, { reason: 'invalid_request' });
  }
}

function streamIdOf(request: FastifyRequest): string | undefined {
  const { stream_id: id } = request.query as { stream_id?: unknown };
  return typeof id === 'string' ? id : undefined;
}

/** RFC 6749 section 2.3.1: in the header, or in the body. */
function clientOf(request: FastifyRequest, form: URLSearchParams): { id: string; secret: string } {
  const basic = /^Basic ([A-Za-z0-9+/=]{1,1024})$/i.exec(request.headers.authorization ?? '')?.[1];
  if (basic === undefined)
    return { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' };
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString('latin1').split(':', 2);
  return { id, secret };
}

function oauthError(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).send({ error });
}

/** The shape of RFC 8935, which receivers read anyway. */
function renderFailure(failure: Failure, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (failure.status === 401) reply.header('www-authenticate', 'Bearer realm="ssf"');
  reply.header('cache-control', 'no-store');
  return reply.send({
    err: failure.reason ?? failure.code,
    description: failure.message,
    request_id: request.id,
  });
}
