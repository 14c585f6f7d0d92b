// The one way out to addresses that tenants choose: receivers of signals and webhooks, controllers of their network. HTTPS only,
// to addresses that are public or that the operator has listed; no redirects, little time, little to read. Each target has
// connections of its own, so that a slow one delays nobody else (HOOK-01 to HOOK-04).
import { createHash } from 'node:crypto';
import { converse, type Heard } from '@gatehouse/clients/conversation/index.ts';
import { errors, Pool } from 'undici';
import { createAddressList } from '../http/address-list.ts';
import { connectorFor, permittedAddress, type ResolveHost, resolveByDns } from './connect.ts';
import { OutboundError } from './outbound-error.ts';

export interface OutboundOptions {
  /** Addresses and ranges that are not public and may be reached all the same. */
  readonly allow: readonly string[];
  /** PEM of authorities to trust beside the public ones. */
  readonly trust?: string | undefined;
  readonly resolve?: ResolveHost;
  readonly limits?: Partial<typeof outboundLimits>;
}

export const outboundLimits = {
  answerBytes: 64 * 1024,
  /** From the call to the last byte of the answer, waiting for a connection included. */
  totalMs: 10_000,
  connectMs: 5_000,
  connectionsPerTarget: 8,
  /** Calls to one target that wait for an answer or for a connection. */
  waitingPerTarget: 64,
  /** Targets whose connections are kept. */
  targets: 512,
  urlLength: 2_048,
};

export interface OutboundRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** PEM of the authority, or of the certificate itself, that this target shows; trusted for it alone. */
  readonly trust?: string | undefined;
  readonly signal?: AbortSignal;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** For the protocol that asked; never shown to whoever chose the address. */
  readonly body: Buffer;
}

/** A look at a port, which need not be one of a web server. Nothing secret is said: whose certificate it is is not asked. */
export interface PortConversation {
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly localAddress?: string | undefined;
  readonly send?: Uint8Array | undefined;
  /** Asked whenever more has been heard. */
  readonly enough: (heard: Uint8Array) => boolean;
}

export interface Outbound {
  /** Any status is an answer. @throws OutboundError when there is none. */
  request(url: URL, request: OutboundRequest): Promise<OutboundAnswer>;
  /** Under the same rules of where to. Never fails: what went wrong is what was heard. */
  converse(
    conversation: PortConversation,
  ): Promise<Heard | { readonly heard: 'no-address' | 'forbidden-address' }>;
  close(): Promise<void>;
}

/**
 * An address that a tenant wants to be called at, before anything is sent there. Whether it may be reached is decided when it is.
 * @throws OutboundError `refused-address` for what is not plain https.
 */
export function receiverUrl(text: string): URL {
  const url = text.length <= outboundLimits.urlLength && URL.canParse(text) ? new URL(text) : undefined;
  if (
    url?.protocol !== 'https:' ||
    url.username !== '' ||
    url.password !== '' ||
    url.hash !== '' ||
    url.port === '0'
  )
    throw new OutboundError(
      'refused-address',
      'A receiver’s address is https://HOST[:PORT]/PATH, without a user name and without #',
    );
  return url;
}

interface Target {
  readonly pool: Pool;
  underWay: number;
  usedAt: number;
}

export function createOutbound(options: OutboundOptions): Outbound {
  const limits = { ...outboundLimits, ...options.limits };
  const allowed = createAddressList(options.allow);
  const resolve = options.resolve ?? resolveByDns();
  const targets = new Map<string, Target>();
  let calls = 0;

  function targetAt(origin: string, trust: string | undefined): Target {
    const key =
      trust === undefined ? origin : `${origin} ${createHash('sha256').update(trust).digest('hex')}`;
    const known = targets.get(key);
    if (known) return known;
    if (targets.size >= limits.targets) forgetOldest();
    const pool = new Pool(origin, {
      connections: limits.connectionsPerTarget,
      pipelining: 1,
      connect: connectorFor({
        resolve,
        allowed,
        trust: [options.trust, trust].filter((each) => each !== undefined),
        connectMs: limits.connectMs,
      }),
      keepAliveTimeout: 30_000,
      keepAliveMaxTimeout: 120_000,
      headersTimeout: limits.totalMs,
      bodyTimeout: limits.totalMs,
      maxResponseSize: limits.answerBytes,
      maxHeaderSize: 16 * 1024,
    });
    const made = { pool, underWay: 0, usedAt: 0 };
    targets.set(key, made);
    return made;
  }

  /** The one that was used longest ago and is idle; when all are busy there is one more for a while. */
  function forgetOldest(): void {
    let oldest: [string, Target] | undefined;
    for (const entry of targets) {
      if (entry[1].underWay === 0 && (oldest === undefined || entry[1].usedAt < oldest[1].usedAt))
        oldest = entry;
    }
    if (oldest === undefined) return;
    targets.delete(oldest[0]);
    void oldest[1].pool.destroy();
  }

  return {
    async request(url, { method = 'POST', headers = {}, body, trust, signal }) {
      const { origin, pathname, search } = receiverUrl(url.href);
      const target = targetAt(origin, trust);
      if (target.underWay >= limits.waitingPerTarget)
        throw new OutboundError('busy', 'Too much waits for this receiver already');
      target.underWay += 1;
      target.usedAt = calls += 1;
      const deadline = AbortSignal.timeout(limits.totalMs);
      try {
        const answer = await target.pool.request({
          path: `${pathname}${search}`,
          method,
          headers: { 'user-agent': 'Gatehouse', ...headers },
          body: body ?? null,
          signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
        });
        const bytes = Buffer.from(await answer.body.arrayBuffer());
        return {
          status: answer.statusCode,
          header: (name) => [answer.headers[name] ?? []].flat()[0],
          body: bytes,
        };
      } catch (error) {
        throw outboundError(error, deadline);
      } finally {
        target.underWay -= 1;
      }
    },
    async converse({ host, port, tls, ...rest }) {
      try {
        const address = await permittedAddress(host, { resolve, allowed });
        return await converse({ address, port, ...(tls ? { tls: { name: host } } : {}), ...rest });
      } catch (error) {
        if (!(error instanceof OutboundError)) throw error;
        return { heard: error.reason === 'unresolved' ? 'no-address' : 'forbidden-address' };
      }
    },
    async close() {
      await Promise.all([...targets.values()].map(({ pool }) => pool.destroy()));
      targets.clear();
    },
  };
}

function outboundError(error: unknown, deadline: AbortSignal): Error {
  if (error instanceof OutboundError) return error;
  if (
    deadline.aborted ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError
  )
    return new OutboundError('timeout', 'The receiver does not answer in time', { cause: error });
  if (error instanceof errors.ResponseExceededMaxSizeError || error instanceof errors.HeadersOverflowError)
    return new OutboundError('too-large', 'The receiver’s answer is too long', { cause: error });
  const code = String((error as { code?: unknown }).code);
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL/.test(code))
    return new OutboundError('untrusted', 'The receiver’s certificate cannot be verified', { cause: error });
  return new OutboundError('unreachable', 'The receiver cannot be reached', { cause: error });
}
