// A receiver of Shared Signals for the tests, written from the specifications (SSF 1.0, CAEP 1.0, RFC 8417, 8935, 8936) and not
// from our code: it shares nothing with the transmitter, so that a mistake of ours is not made twice.
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import {
  type ReceivedRequest,
  startTestReceiver,
  type TestReceiver,
} from '../src/kernel/outbound/test-receiver.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- what comes is looked into by tests
type Json = any;

export interface ReceivedEvent {
  readonly jti: string;
  readonly type: string;
  readonly claims: Json;
  readonly subject: Json;
  readonly txn: string | undefined;
  readonly iat: number;
  readonly kid: string;
  readonly token: string;
}

export interface SsfReceiver {
  readonly issuer: string;
  readonly metadata: Json;
  /** Every event once, in the order in which it came first. */
  readonly events: ReceivedEvent[];
  /** How often a token came that was known already. */
  repeats: number;
  /** How the endpoint answers instead of taking what comes; undefined: it takes it. */
  misbehave: ((request: ReceivedRequest, response: ServerResponse) => unknown) | undefined;
  readonly endpoint: string;
  readonly trust: string;
  readonly received: readonly ReceivedRequest[];
  /** The stream that was made last, as the transmitter shows it. */
  stream: Json;
  call(
    method: string,
    url: string,
    body?: unknown,
    authorization?: string,
  ): Promise<{ status: number; body: Json; headers: Headers }>;
  createPushStream(events: readonly string[], options?: object): Promise<Json>;
  createPollStream(events: readonly string[]): Promise<Json>;
  /** One poll; takes what comes and acknowledges it with the next. */
  poll(options?: object): Promise<Json>;
  /** Waits until so many events of a type have come. */
  wait(count: number, type?: string, milliseconds?: number): Promise<ReceivedEvent[]>;
  close(): Promise<void>;
}

const caep = 'https://schemas.openid.net/secevent/caep/event-type/';
export const complianceChange = `${caep}device-compliance-change`;
export const sessionRevoked = `${caep}session-revoked`;
export const credentialChange = `${caep}credential-change`;
export const streamUpdated = 'https://schemas.openid.net/secevent/ssf/event-type/stream-updated';
export const verification = 'https://schemas.openid.net/secevent/ssf/event-type/verification';

class SetProblem extends Error {
  readonly err: string;
  constructor(err: string, message: string) {
    super(message);
    this.err = err;
  }
}

/** @param token the bearer token of the receiver. @param fetching how to reach the transmitter. */
export async function startSsfReceiver(
  issuer: string,
  token: string,
  fetching: typeof fetch = fetch,
): Promise<SsfReceiver> {
  // SSF 7.2.1: the well-known part goes between host and path.
  const { origin, pathname } = new URL(issuer);
  const found = await fetching(`${origin}/.well-known/ssf-configuration${pathname}`);
  if (found.status !== 200) throw new Error(`no transmitter: ${found.status}`);
  const metadata: Json = await found.json();
  if (metadata.issuer !== issuer) throw new Error('the metadata are of another issuer');

  const events: ReceivedEvent[] = [];
  const keys = new Map<string, JsonWebKey & { kid?: string; use?: string; alg?: string }>();
  const acknowledge: string[] = [];

  async function keyOf(kid: string) {
    if (!keys.has(kid)) {
      const answer: Json = await (await fetching(metadata.jwks_uri)).json();
      keys.clear();
      for (const key of answer.keys) keys.set(key.kid, key);
    }
    const key = keys.get(kid);
    if (!key) throw new SetProblem('invalid_key', `no key ${kid}`);
    return key;
  }

  /** Every rule that a receiver has to check: RFC 8417 section 4, SSF section 11. */
  async function take(text: string, audience: string): Promise<void> {
    const parts = text.split('.');
    if (parts.length !== 3) throw new SetProblem('invalid_request', 'not three parts');
    const [header, claims] = parts
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString())) as [Json, Json];
    if (header.typ !== 'secevent+jwt') throw new SetProblem('invalid_request', 'typ');
    if (header.alg !== 'RS256') throw new SetProblem('invalid_key', 'alg');
    const key = createPublicKey({ key: await keyOf(header.kid), format: 'jwk' });
    if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < 2_048)
      throw new SetProblem('invalid_key', 'short key');
    const good = verify(
      'sha256',
      Buffer.from(`${parts[0]}.${parts[1]}`),
      key,
      Buffer.from(parts[2] ?? '', 'base64url'),
    );
    if (!good) throw new SetProblem('authentication_failed', 'signature');
    if (claims.iss !== issuer) throw new SetProblem('invalid_issuer', 'iss');
    if (claims.aud !== audience) throw new SetProblem('invalid_audience', 'aud');
    if ('sub' in claims || 'exp' in claims) throw new SetProblem('invalid_request', 'sub or exp');
    if (typeof claims.jti !== 'string' || !Number.isInteger(claims.iat))
      throw new SetProblem('invalid_request', 'jti, iat');
    const [type, ...more] = Object.keys(claims.events ?? {});
    if (type === undefined || more.length > 0) throw new SetProblem('invalid_request', 'events');
    if (claims.sub_id?.format === undefined) throw new SetProblem('invalid_request', 'sub_id');
    if (events.some(({ jti }) => jti === claims.jti)) {
      receiver.repeats += 1;
      return;
    }
    events.push({
      jti: claims.jti,
      type,
      claims: claims.events[type],
      subject: claims.sub_id,
      txn: claims.txn,
      iat: claims.iat,
      kid: header.kid,
      token: text,
    });
  }

  const server: TestReceiver = await startTestReceiver(async (request, response) => {
    if (receiver.misbehave) return receiver.misbehave(request, response);
    const refuse = (err: string, description: string) =>
      response
        .writeHead(400, { 'content-type': 'application/json' })
        .end(JSON.stringify({ err, description }));
    if (request.headers['content-type'] !== 'application/secevent+jwt')
      return refuse('invalid_request', 'type');
    if (request.headers.accept !== 'application/json') return refuse('invalid_request', 'accept');
    try {
      await take(request.body, receiver.stream?.aud);
      return response.writeHead(202).end();
    } catch (error) {
      return refuse(error instanceof SetProblem ? error.err : 'invalid_request', String(error));
    }
  });

  const receiver: SsfReceiver = {
    issuer,
    metadata,
    events,
    repeats: 0,
    misbehave: undefined,
    endpoint: `https://127.0.0.1:${server.port}/events`,
    trust: server.trust,
    received: server.requests,
    stream: undefined,
    async call(method, url, body, authorization = `Bearer ${token}`) {
      const answer = await fetching(url, {
        method,
        headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return {
        status: answer.status,
        body: text === '' ? undefined : JSON.parse(text),
        headers: answer.headers,
      };
    },
    async createPushStream(requested, options = {}) {
      const made = await receiver.call('POST', metadata.configuration_endpoint, {
        events_requested: requested,
        delivery: {
          method: 'urn:ietf:rfc:8935',
          endpoint_url: receiver.endpoint,
          authorization_header: 'Bearer of-the-receiver',
        },
        ...options,
      });
      if (made.status !== 201) throw new Error(JSON.stringify(made.body));
      receiver.stream = made.body;
      return made.body;
    },
    async createPollStream(requested) {
      const made = await receiver.call('POST', metadata.configuration_endpoint, {
        events_requested: requested,
        delivery: { method: 'urn:ietf:rfc:8936' },
      });
      if (made.status !== 201) throw new Error(JSON.stringify(made.body));
      receiver.stream = made.body;
      return made.body;
    },
    async poll(options = {}) {
      const ack = acknowledge.splice(0);
      const answer = await receiver.call('POST', receiver.stream.delivery.endpoint_url, { ack, ...options });
      if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
      for (const [jti, text] of Object.entries<string>(answer.body.sets)) {
        await take(text, receiver.stream.aud);
        acknowledge.push(jti);
      }
      return answer.body;
    },
    async wait(count, type, milliseconds = 8_000) {
      const deadline = Date.now() + milliseconds;
      for (;;) {
        const those = type === undefined ? events : events.filter((event) => event.type === type);
        if (those.length >= count) return [...those];
        if (Date.now() > deadline) throw new Error(`${those.length} of ${count} events came`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    close: () => server.close(),
  };
  return receiver;
}
