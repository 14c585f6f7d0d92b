// One web server for all that the organization has told by push: webhooks are kept here, Shared Signals go on to the receiver that
// knows the specifications. It is there before the server starts, so that its certificate can be trusted from the beginning.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, fetch as fetchOver, request } from 'undici';
import {
  type Answer,
  type ReceivedRequest,
  startTestReceiver,
  type TestReceiver,
} from '../src/kernel/outbound/test-receiver.ts';
import { complianceChange, sessionRevoked, type SsfReceiver, startSsfReceiver } from './ssf-receiver.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of many shapes
export type Json = any;

export interface HookMessage {
  readonly id: string;
  readonly type: string;
  readonly data: Json;
}

export interface ComplianceReceivers {
  /** What came to the webhook, each message once. */
  readonly hooks: HookMessage[];
  /** How often a message came that was known already. */
  repeats: number;
  /** How the receivers answer instead of taking what comes; undefined: they take it. */
  misbehave: Answer | undefined;
  readonly hookUrl: string;
  /** What the server has to be started with. */
  readonly env: Readonly<Record<string, string>>;
  /** A receiver of signals with a stream that is pushed here. @param ca of the server. */
  startSignals(issuer: string, token: string, ca: string): Promise<SsfReceiver>;
  close(): Promise<void>;
}

export async function startComplianceReceivers(): Promise<ComplianceReceivers> {
  const seen = new Set<string>();
  const open: (() => Promise<unknown>)[] = [];
  let signals: { receiver: SsfReceiver; agent: Agent } | undefined;

  const front: TestReceiver = await startTestReceiver((message, response) => {
    if (receivers.misbehave) return receivers.misbehave(message, response);
    if (message.path.startsWith('/events')) return pass(message, response);
    const id = String(message.headers['webhook-id']);
    if (seen.has(id)) receivers.repeats += 1;
    else receivers.hooks.push(JSON.parse(message.body) as HookMessage);
    seen.add(id);
    return response.writeHead(204).end();
  });

  async function pass({ headers, body }: ReceivedRequest, response: Parameters<Answer>[1]) {
    if (signals === undefined) return response.writeHead(503).end();
    const answer = await request(signals.receiver.endpoint, {
      method: 'POST',
      headers: { 'content-type': String(headers['content-type']), accept: String(headers.accept) },
      body,
      dispatcher: signals.agent,
    });
    return response
      .writeHead(answer.statusCode, { 'content-type': 'application/json' })
      .end(await answer.body.text());
  }

  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-compliance-receivers-'));
  const trusted = join(folder, 'receivers.pem');
  writeFileSync(trusted, front.trust);
  const at = (path: string) => `https://127.0.0.1:${front.port}${path}`;

  const receivers: ComplianceReceivers = {
    hooks: [],
    repeats: 0,
    misbehave: undefined,
    hookUrl: at('/hook'),
    env: { GATEHOUSE_OUTBOUND_ALLOW: '127.0.0.0/8', GATEHOUSE_OUTBOUND_CA: trusted },
    async startSignals(issuer, token, ca) {
      const http = new Agent({ connect: { ca } });
      open.push(() => http.destroy());
      const fetching = ((url: string, init: object) =>
        fetchOver(url, { ...init, dispatcher: http })) as unknown as typeof fetch;
      const receiver = await startSsfReceiver(issuer, token, fetching);
      const agent = new Agent({ connect: { ca: receiver.trust } });
      open.push(
        () => agent.destroy(),
        () => receiver.close(),
      );
      signals = { receiver, agent };
      await receiver.createPushStream([complianceChange, sessionRevoked], {
        delivery: {
          method: 'urn:ietf:rfc:8935',
          endpoint_url: at('/events'),
          authorization_header: 'Bearer of-the-receiver',
        },
      });
      return receiver;
    },
    async close() {
      for (const close of open) await close();
      await front.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return receivers;
}
