// The surface that network access controllers of Cisco talk to. Whatever happens is answered in XML, because the client reads
// nothing else; there are no redirects and no cookies. One route below each prefix takes every method and address: the
// integration reads the request target itself, which the router would have decoded.
import { encodeFailure } from '@gatehouse/protocols/cisco-ise/index.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AddressList } from '../kernel/http/address-list.ts';
import type { Failure } from '../kernel/http/failure.ts';
import { type Surface, registerSurface } from '../kernel/http/surface.ts';
import {
  type Admission,
  type CiscoIse,
  methodNotAllowed,
} from '../integrations/network-access/cisco-ise/index.ts';

const xml = 'application/xml; charset=utf-8';
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const noBody = new Uint8Array();

/** `/ciscoise/…`, and `/{organization}/ciscoise/…` for controllers that are given an instance. */
export function registerIseSurface(server: FastifyInstance, ise: CiscoIse, from?: AddressList): void {
  for (const prefix of ['/ciscoise', '/:organization/ciscoise'])
    registerSurface(server, { ...surfaceAt(prefix, ise), from });
}

function surfaceAt(prefix: string, ise: CiscoIse): Surface {
  // Beside the request, not on it: a decoration would be seen by every surface.
  const admissions = new WeakMap<FastifyRequest, Admission>();
  return {
    name: 'ise',
    prefix,
    bodies: {
      'application/xml': 'bytes',
      'text/xml': 'bytes',
      'multipart/form-data': 'bytes',
      'application/x-www-form-urlencoded': 'bytes',
    },
    bodyLimit: 64 * 1024,
    async authenticate(request) {
      const admission = await ise.admit({
        id: request.id,
        method: request.method,
        url: request.raw.url ?? '',
        authorization: request.headers.authorization,
        contentType: request.headers['content-type'],
        address: request.ip,
      });
      admissions.set(request, admission);
      request.principal = admission.principal;
    },
    renderFailure,
    routes: (scope) => {
      scope.route({
        method: methods,
        url: '/*',
        config: { access: { permission: 'nac.query' } },
        handler: async (request, reply) => {
          const answer = await admissions.get(request)?.answer((request.body as Uint8Array | null) ?? noBody);
          reply.header('content-type', xml);
          return answer;
        },
      });
    },
  };
}

/** The server's option `renderUnrouted`: an address that cannot even be decoded is refused in XML too. */
export function renderUnroutedIse(failure: Failure, url: string): { type: string; body: string } | undefined {
  return /^(?:\/[^/]*)?\/ciscoise(?:[/?]|$)/.test(url) ? { type: xml, body: bodyOf(failure) } : undefined;
}

function bodyOf({ status, message }: Pick<Failure, 'status' | 'message'>): string {
  return Buffer.from(encodeFailure({ code: status, description: message })).toString();
}

function renderFailure(failure: Failure, request: FastifyRequest, reply: FastifyReply): unknown {
  let { status } = failure;
  if (failure.reason === methodNotAllowed) {
    status = 405;
    reply.code(status).header('allow', String(failure.detail?.['allow']));
  }
  if (status === 401) reply.header('www-authenticate', 'Basic realm="ise", charset="UTF-8"');
  reply.header('content-type', xml);
  if (request.method === 'HEAD') return reply.send('');
  return reply.send(bodyOf({ ...failure, status }));
}
