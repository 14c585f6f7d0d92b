// Console and portal, `/console/` and `/my/`: two documents that hold no data, and the files they are made of. Whoever opens
// them sees nothing that the API does not tell him afterwards.
import { randomBytes } from 'node:crypto';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AddressList } from '../kernel/http/address-list.ts';
import { registerSurface } from '../kernel/http/surface.ts';
import { renderProblem } from './admin/problem.ts';
import type { WebApplication, WebBuild, WebFile } from './web/web-build.ts';

const access = { public: 'pages and scripts of console and portal hold no data' } as const;
const aYear = 365 * 24 * 60 * 60;

/** @param applications which of the two this listener has, and who may open it (absent: everybody) */
export function registerWebSurface(
  server: FastifyInstance,
  applications: Readonly<Partial<Record<WebApplication, AddressList | undefined>>>,
  build: WebBuild | undefined,
): void {
  for (const [application, from] of Object.entries(applications))
    registerApplication(server, build, application as WebApplication, from);
  registerSurface(server, {
    name: 'web-files',
    prefix: '/assets/web',
    renderFailure: renderProblem,
    routes(scope) {
      scope.get<{ Params: { file: string } }>('/:file', { config: { access } }, async (request, reply) => {
        const file = build?.files.get(request.params.file);
        if (file === undefined) throw notFound();
        return sendFile(request, reply, file);
      });
    },
  });
}

const plainAddress = /^\/[a-z]+(?:\/(?!\.)[\w.~-]+)*\/?(?:\?|$)/;

/** Of a page: words between single slashes, and no other spelling of an interface's. */
function isPlainAddress(url: string): boolean {
  return plainAddress.test(url) && !/^\/[a-z]+\/api(?:[/?.]|$)/i.test(url);
}

/** One document for every address below: which page it is, the page itself finds out. */
function registerApplication(
  server: FastifyInstance,
  build: WebBuild | undefined,
  application: WebApplication,
  from: AddressList | undefined,
): void {
  registerSurface(server, {
    name: application,
    prefix: `/${application}`,
    from,
    renderFailure: renderProblem,
    routes(scope) {
      const send = async (request: FastifyRequest, reply: FastifyReply) => {
        // Below it are interfaces, and what they do not know is no page, however it is spelled (HTTP-01).
        if (!isPlainAddress(request.url)) throw notFound();
        if (build === undefined)
          throw new DomainError(
            'not-found',
            'The pages were not built: run npm start, or vite build in packages/web',
          );
        const nonce = randomBytes(18).toString('base64url');
        return reply
          .headers({ 'content-security-policy': contentPolicy(nonce), ...isolation })
          .type('text/html; charset=utf-8')
          .send(build.pages[application].replaceAll('__NONCE__', nonce));
      };
      scope.get('/', { config: { access } }, send);
      scope.get('/*', { config: { access } }, send);
    },
  });
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: WebFile): FastifyReply {
  const accepted = String(request.headers['accept-encoding'] ?? '');
  const encoding = /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : undefined;
  reply.headers({
    'cache-control': `public, max-age=${aYear}, immutable`,
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    vary: 'accept-encoding',
  });
  if (encoding !== undefined) reply.header('content-encoding', encoding);
  const bytes = encoding === 'br' ? file.brotli : encoding === 'gzip' ? file.gzip : file.plain;
  return reply.type(file.type).send(bytes);
}

const notFound = () => new DomainError('not-found', 'There is nothing at this address');

const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
} as const;

/** Only what we built runs, and what that loads; nothing is sent to anybody else. */
function contentPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}
