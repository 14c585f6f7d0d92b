/**
 * APNs as Apple documents it, for tests, demo and benchmarks: HTTP/2 over TLS, the client known by its push certificate,
 * reasons in JSON, one waiting push per device. On request it misbehaves: refuses, throttles, goes away, hangs up, says nothing.
 */
import {
  constants,
  createSecureServer,
  type Http2Session,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { findPushTopic } from '@gatehouse/protocols/apple-push/index.ts';
import { parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import { createAppleAuthority, type SimulatedAppleAuthority } from './apple-authority.ts';
import { type ApnsVerdict, judgeRequest, type ReadPush } from './judge-request.ts';
import { type PushedDevice, PushMailbox } from './push-mailbox.ts';

export interface ReceivedPush {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** Counts connections from 1. */
  readonly connection: number;
  readonly verdict: ApnsVerdict;
}

export interface SimulatedApnsOptions {
  readonly authority?: SimulatedAppleAuthority;
  readonly port?: number;
  /** What it announces; Apple: 1000. */
  readonly maxConcurrentStreams?: number;
  /** A certificate that is not good ends the handshake instead of being answered with 403. */
  readonly refuseInTls?: boolean;
  readonly now?: () => number;
  /** Off for benchmarks, which send millions. */
  readonly keepReceived?: boolean;
}

type Oddity =
  | { readonly kind: 'answer'; readonly verdict: ApnsVerdict }
  | { readonly kind: 'silence' }
  | { readonly kind: 'hang-up' }
  /** The request is not processed, and the client is told so by the last stream's number. */
  | { readonly kind: 'go-away'; readonly code: number };

export interface SimulatedApns {
  readonly url: URL;
  readonly authority: SimulatedAppleAuthority;
  readonly received: readonly ReceivedPush[];
  /** How many connections there have been. */
  readonly connections: number;
  readonly openConnections: number;
  register(device: PushedDevice): void;
  unregister(token: Uint8Array, since?: number): void;
  sleep(token: Uint8Array): void;
  wake(token: Uint8Array): void;
  /** What happens to the next requests, in this order. */
  next(...oddities: readonly Oddity[]): void;
  /** Answers every request like this until told otherwise. */
  always(verdict: ApnsVerdict | undefined): void;
  /** Tells every client to leave; what is under way is still answered. */
  goAway(reason?: string): void;
  hangUp(): void;
  close(): Promise<void>;
}

export async function startSimulatedApns(options: SimulatedApnsOptions = {}): Promise<SimulatedApns> {
  const now = options.now ?? (() => Date.now());
  const authority = options.authority ?? createAppleAuthority(now);
  const mailbox = new PushMailbox(now);
  const received: ReceivedPush[] = [];
  const oddities: Oddity[] = [];
  const sessions = new Map<Http2Session, { readonly number: number; readonly topic: string | undefined }>();
  let [connections, always] = [0, undefined as ApnsVerdict | undefined];

  const server = createSecureServer({
    cert: authority.serverIdentity.certificate,
    key: authority.serverIdentity.key,
    ca: authority.pushIssuers,
    requestCert: true,
    rejectUnauthorized: options.refuseInTls === true,
    settings: { maxConcurrentStreams: options.maxConcurrentStreams ?? 1_000 },
  });
  server.on('session', (session) => {
    connections += 1;
    sessions.set(session, { number: connections, topic: topicOf(session) });
    session.on('close', () => sessions.delete(session));
    session.on('error', () => undefined);
  });
  server.on('sessionError', () => undefined);
  server.on('tlsClientError', () => undefined);

  function answer(
    stream: ServerHttp2Stream,
    { status, reason, timestamp, retryAfterSeconds }: ApnsVerdict,
  ): void {
    if (stream.destroyed) return;
    const headers: OutgoingHttpHeaders = { ':status': status };
    if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
    stream.respond(headers, { endStream: status === 200 });
    if (status !== 200)
      stream.end(JSON.stringify({ reason, ...(timestamp === undefined ? {} : { timestamp }) }));
  }

  server.on('stream', (stream, headers) => {
    const session = stream.session as ServerHttp2Session;
    const from = sessions.get(session);
    const parts: Buffer[] = [];
    stream.on('error', () => undefined);
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => {
      const oddity = oddities.shift();
      if (oddity?.kind === 'silence') return;
      if (oddity?.kind === 'hang-up') return session.destroy();
      if (oddity?.kind === 'go-away') {
        // Node cannot say that not even the first stream was processed; a refused stream says the same.
        stream.close(constants.NGHTTP2_REFUSED_STREAM);
        return session.goaway(oddity.code, (stream.id ?? 1) - 2);
      }
      const body = Buffer.concat(parts);
      const judged = judgeRequest({ headers, body, certificateTopic: from?.topic }, mailbox);
      const forced = oddity?.verdict ?? always;
      const verdict = forced ?? ('status' in judged ? judged : { status: 200 });
      if (options.keepReceived !== false)
        received.push({
          headers: { ...headers },
          body: body.toString('utf8'),
          connection: from?.number ?? 0,
          verdict,
        });
      answer(stream, verdict);
      if (verdict.status === 200 && !('status' in judged)) deliver(judged);
    });
  });

  function deliver({ token, magic, expiresAt }: ReadPush): void {
    mailbox.deliver(token, magic, expiresAt);
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  return {
    url: new URL(`https://localhost:${(server.address() as AddressInfo).port}`),
    authority,
    received,
    get connections() {
      return connections;
    },
    get openConnections() {
      return sessions.size;
    },
    register: (device) => mailbox.register(device),
    unregister: (token, since) => mailbox.unregister(token, since),
    sleep: (token) => mailbox.sleep(token),
    wake: (token) => mailbox.wake(token),
    next: (...more) => void oddities.push(...more),
    always: (verdict) => void (always = verdict),
    goAway(reason = 'Shutdown') {
      for (const session of sessions.keys())
        session.goaway(0, 2 ** 31 - 1, Buffer.from(JSON.stringify({ reason })));
    },
    hangUp() {
      for (const session of sessions.keys()) session.destroy();
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const session of sessions.keys()) session.destroy();
      await closed;
    },
  };
}

/** The certificate must be signed by Apple and in force, or it names no topic. */
function topicOf(session: Http2Session): string | undefined {
  const socket = session.socket as unknown as TLSSocket;
  const certificate = socket.getPeerCertificate();
  if (!socket.authorized || certificate.raw === undefined) return undefined;
  return findPushTopic(parseCertificate(certificate.raw));
}
