// The HTTP server that every listener is built from: strict limits, no framework defaults that invite trouble, and the
// headers that every answer carries.
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import serializerCompilers from '@fastify/fast-json-stringify-compiler';
import { DomainError } from '@gatehouse/core/errors.ts';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Log } from '../log.ts';
import { requireDeclaredAccess } from './access.ts';
import type { AddressList } from './address-list.ts';
import type { TakeAside } from './aside/exchange.ts';
import { type FastLane, type LaneAddress, openFastLane } from './aside/fast-lane.ts';
import { onlyHeader, sendWhole, type WholeAddress } from './aside/whole-answers.ts';
import { type Failure, reportFailure, unknownHost } from './failure.ts';
import { whenFirstUsed } from './when-first-used.ts';

export interface HttpServerOptions {
  readonly log: Log;
  /** Absent: plain HTTP, for loopback, unix sockets and tests only. */
  readonly tls?: {
    readonly context: SecureContextOptions;
    /** Ask for a certificate; who may connect is decided after the handshake, per request. */
    readonly requestCertificate?: boolean;
  };
  /** Proxies whose forwarding headers count; none by default (HTTP-04). */
  readonly trustedProxies?: readonly string[];
  /** Host names this server answers to; others get 421 (HTTP-05). Absent: any. */
  readonly hosts?: ReadonlySet<string>;
  /** Addresses that answer under any host name: what is found there is public, and no link is made from the name. */
  readonly anyHostAt?: ReadonlySet<string>;
  /**
   * Beginnings of addresses, in lower case, below which any letter case is as good as another and any host name is answered: who asks
   * there knows a name of his own domain, and not ours. What is found there is public, and no link is made from the name.
   */
  readonly foreignTrees?: readonly string[];
  /**
   * Takes addresses of its own, under any host name, before the framework sees them: it speaks HTTP itself, with the limits of this
   * server. False: the address is not its own.
   */
  readonly aside?: {
    readonly takes: TakeAside;
    /** How the first line of such a request begins, to the letter, where it is looked for in the fast lane. */
    readonly begins: readonly string[];
    /** How long a request that it takes may take to arrive. */
    readonly requestTimeoutMs: number;
  };
  /** Routes whose usual requests are answered in the fast lane, before the framework, which serves all the others. */
  readonly quick?: readonly WholeAddress[];
  /** Plain HTTP is spoken with these alone; connections of others are closed unread. */
  readonly onlyPeers?: AddressList;
  /** Writes failures of addresses that no route can be found for, where a surface has a format of its own. */
  readonly renderUnrouted?: (
    failure: Failure,
    url: string,
  ) => { readonly type: string; readonly body: string } | undefined;
}

interface QuickAnswer {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

type QuickAnswerListener = (answer: QuickAnswer) => void;

declare module 'fastify' {
  interface FastifyInstance {
    /** Who is told of each answer of the fast lane, of which the hooks of the framework hear nothing. */
    quickAnswers: Set<QuickAnswerListener>;
  }
}

/** How long a request may take to arrive (HTTP-11). */
export const arrivalLimits = { requestMs: 30_000 };

const secureHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  let lane: FastLane | undefined;
  const everyAnswer = {
    ...secureHeaders,
    ...(options.tls ? { 'strict-transport-security': 'max-age=63072000' } : {}),
  };
  const quickAnswers = new Set<QuickAnswerListener>();
  const server = fastify({
    // Without it Fastify infers our narrower logger into every type of the server.
    loggerInstance: options.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: 256 * 1024,
    routerOptions: {
      caseSensitive: true,
      ignoreTrailingSlash: false,
      ignoreDuplicateSlashes: false,
      maxParamLength: 512,
    },
    trustProxy:
      options.trustedProxies && options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    return503OnClosing: true,
    ajv: {
      customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: true, allErrors: false },
    },
    schemaController: {
      compilersFactory: {
        // For every answer of every route it would be the longest part of starting the server.
        buildSerializer: (schemas, serializing) => {
          const compile = serializerCompilers()(schemas, serializing);
          return (answer) => whenFirstUsed(() => compile(answer));
        },
      },
    },
    rewriteUrl: ({ url = '/' }) => (isForeign(options, url) ? lowerCasePath(url) : url),
    serverFactory: (handler) => {
      const made = nodeServer(options, besides(options.aside, handler));
      const addresses = laneAddresses(options, everyAnswer, quickAnswers);
      if (addresses.length > 0)
        lane = openFastLane(made, options.tls ? 'secureConnection' : 'connection', addresses);
      return made;
    },
    frameworkErrors: (error, request, reply) => {
      const failure = reportFailure(error, request, reply);
      const { type, body } = options.renderUnrouted?.(failure, request.raw.url ?? '') ?? {
        type: 'application/problem+json',
        body: JSON.stringify({ type: 'about:blank', status: failure.status, title: failure.title }),
      };
      reply.raw.writeHead(failure.status, { 'content-type': type, ...secureHeaders });
      reply.raw.end(body);
    },
  });
  server.addHook('preClose', async () => lane?.close());
  server.decorateRequest('principal', null);
  server.decorate('quickAnswers', quickAnswers);
  requireDeclaredAccess(server);
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(everyAnswer).header('x-request-id', request.id);
    const anyHost = options.anyHostAt?.has(request.url) === true || isForeign(options, request.url);
    const { headers, socket } = request.raw;
    if (options.hosts && !anyHost && !knowsHost(options.hosts, headers.host, socket.localAddress)) {
      done(
        new DomainError('not-found', 'This server does not answer for that host name', {
          reason: unknownHost,
        }),
      );
      return;
    }
    done();
  });
  server.setErrorHandler((error, request, reply) => {
    const failure = reportFailure(error, request, reply);
    return reply.type('application/problem+json').send(
      JSON.stringify({
        type: 'about:blank',
        status: failure.status,
        title: failure.title,
        detail: failure.message,
      }),
    );
  });
  server.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .type('application/problem+json')
      .send(JSON.stringify({ type: 'about:blank', status: 404, title: 'Not found' })),
  );
  return server;
}

function isForeign({ foreignTrees = [] }: HttpServerOptions, url: string): boolean {
  return foreignTrees.some((tree) => url.slice(0, tree.length).toLowerCase() === tree);
}

function lowerCasePath(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url.toLowerCase() : `${url.slice(0, query).toLowerCase()}${url.slice(query)}`;
}

function knowsHost(
  hosts: ReadonlySet<string>,
  host: string | undefined,
  localAddress: string | undefined,
): boolean {
  if (host === undefined) return false;
  const name = host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
  // By its own address the machine may always be named.
  return hosts.has(name) || name === localAddress?.replace(/^::ffff:/, '');
}

function laneAddresses(
  { aside, quick = [], hosts }: HttpServerOptions,
  everyAnswer: Readonly<Record<string, string>>,
  listeners: ReadonlySet<QuickAnswerListener>,
): LaneAddress[] {
  const common = Object.entries(everyAnswer).flat();
  return [
    ...(aside?.begins ?? []).map((begins) => ({ begins, takes: aside?.takes ?? (() => false) })),
    ...quick.map(({ method, path, answer }): LaneAddress => {
      const answered = (status: number, since: number) => {
        const seconds = (performance.now() - since) / 1_000;
        for (const tell of listeners) tell({ method, route: path, status, seconds });
      };
      return {
        begins: `${method} ${path} `,
        // Each is signed for itself.
        isAlwaysAnother: true,
        takes(request, response) {
          const { rawHeaders, socket } = request;
          if (hosts && !knowsHost(hosts, onlyHeader(rawHeaders, 'host'), socket.localAddress)) return false;
          const since = performance.now();
          const requestId = randomUUID();
          const answering = answer(request, requestId);
          if (answering === undefined) return false;
          void answering.then((whole) => {
            sendWhole(response, whole, [...common, 'x-request-id', requestId]);
            answered(whole.status, since);
          });
          return true;
        },
      };
    }),
  ];
}

function besides(aside: HttpServerOptions['aside'], handler: http.RequestListener): http.RequestListener {
  if (aside === undefined) return handler;
  return (request, response) => {
    if (aside.takes(request, response)) return;
    hurry(request, response);
    handler(request, response);
  };
}

/** The server waits as long as the slowest of its requests may take; this one may not. */
function hurry(request: http.IncomingMessage, response: http.ServerResponse): void {
  const { headers, socket } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return;
  const timer = setTimeout(() => {
    if (request.complete) return;
    if (response.headersSent) socket.destroy();
    else refuseSocket(socket, '408 Request Timeout');
  }, arrivalLimits.requestMs);
  request.once('close', () => clearTimeout(timer));
}

function refuseSocket(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function nodeServer(options: HttpServerOptions, handler: http.RequestListener): http.Server {
  const limits = {
    maxHeaderSize: 16 * 1024,
    insecureHTTPParser: false,
    keepAliveTimeout: 65_000,
    // How late the timeouts below may be noticed; Node's own half a minute would quadruple the first (HTTP-11).
    connectionsCheckingInterval: 1_000,
  } as const;
  const server: http.Server = options.tls
    ? https.createServer(
        {
          ...limits,
          ...options.tls.context,
          minVersion: 'TLSv1.2',
          ciphers:
            'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE+AESGCM:ECDHE+CHACHA20',
          honorCipherOrder: true,
          ALPNProtocols: ['http/1.1'],
          handshakeTimeout: 10_000,
          ...(options.tls.requestCertificate === true
            ? { requestCert: true, rejectUnauthorized: false }
            : {}),
        },
        handler,
      )
    : http.createServer(limits, handler);
  server.headersTimeout = 10_000;
  server.requestTimeout = options.aside?.requestTimeoutMs ?? arrivalLimits.requestMs;
  server.maxHeadersCount = 100;
  server.maxRequestsPerSocket = 0;
  const { onlyPeers } = options;
  if (onlyPeers !== undefined) {
    server.prependListener('connection', (socket) => {
      if (!onlyPeers.includes(socket.remoteAddress ?? '')) socket.destroy();
    });
  }
  // Malformed HTTP: one answer, then the connection is closed (HTTP-03).
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const status =
      error.code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? '408 Request Timeout'
          : '400 Bad Request';
    refuseSocket(socket, status);
  });
  return server;
}
