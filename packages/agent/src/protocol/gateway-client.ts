/**
 * The agent protocol over mutual TLS. Trusts the anchors learned at enrolment and nothing else: not the system's store, not
 * NODE_EXTRA_CA_CERTS, not a proxy's root (AGT-T08). Never follows a redirect.
 */
import {
  type AgentCommand,
  agentLimits,
  agentMediaType,
  agentPaths,
  type CheckInRequest,
  type CheckInResponse,
  type CommandResultRequest,
  type CommandsResponse,
  type RenewCertificateResponse,
} from '@gatehouse/contracts/agent.ts';
import {
  findAgentError,
  readCheckInResponse,
  readCommandResultResponse,
  readCommandsResponse,
  readRenewCertificateResponse,
  readUnenrollResponse,
} from '@gatehouse/contracts/read-agent-message.ts';
import { Agent } from 'undici';
import type { Credential } from '../state/identity.ts';
import { RefusedError, UnreachableError } from './errors.ts';
import { sendRequest } from './http-request.ts';
import { packBody } from './pack-body.ts';

export interface GatewayAddress {
  readonly gateway: string;
  readonly tlsAnchors: readonly string[];
}

const answerBytes = 4 * 1024 * 1024;
const answerTimeoutMs = 60_000;

export class GatewayClient {
  readonly #gateway: string;
  readonly #agent: Agent;

  constructor(address: GatewayAddress, credential: Credential) {
    this.#gateway = address.gateway;
    this.#agent = new Agent({
      connect: {
        ca: [...address.tlsAnchors],
        // An operator's chain may end below its root; what was proven at enrolment is the anchor as it is.
        allowPartialTrustChain: true,
        cert: credential.chain.join(''),
        key: credential.privateKey,
        rejectUnauthorized: true,
        minVersion: 'TLSv1.2',
        timeout: 15_000,
      },
      keepAliveTimeout: 60_000,
      connections: 3,
    });
  }

  /** @param language in which the answer’s words are wished; a BCP 47 tag. */
  async checkIn(request: CheckInRequest, language?: string): Promise<CheckInResponse> {
    const body = packBody(request);
    return readCheckInResponse(await this.#send('POST', agentPaths.checkIn, { ...body, language }));
  }

  /** Held by the server for up to `waitSeconds`. */
  async commands(waitSeconds: number, signal?: AbortSignal): Promise<CommandsResponse> {
    const wait = Math.min(waitSeconds, agentLimits.waitSeconds);
    return readCommandsResponse(
      await this.#send('GET', `${agentPaths.commands}?wait=${wait}`, {
        signal,
        timeoutMs: wait * 1000 + answerTimeoutMs,
      }),
    );
  }

  /** @returns what has come to wait for the device meanwhile. */
  async sendResult(commandId: string, result: CommandResultRequest): Promise<readonly AgentCommand[]> {
    const path = agentPaths.commandResult.replace('{commandId}', encodeURIComponent(commandId));
    const bytes = Buffer.from(JSON.stringify(result));
    const { commands } = readCommandResultResponse(await this.#send('POST', `${path}?next=true`, { bytes }));
    return commands ?? [];
  }

  async renewCertificate(csr: Uint8Array): Promise<RenewCertificateResponse> {
    const body = JSON.stringify({ csr: Buffer.from(csr).toString('base64') });
    return readRenewCertificateResponse(
      await this.#send('POST', agentPaths.certificate, { bytes: Buffer.from(body) }),
    );
  }

  async unenroll(cause: 'user' | 'command'): Promise<void> {
    readUnenrollResponse(
      await this.#send('POST', agentPaths.unenroll, { bytes: Buffer.from(JSON.stringify({ cause })) }),
    );
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #send(
    method: 'GET' | 'POST',
    path: string,
    options: {
      readonly bytes?: Uint8Array;
      readonly encoding?: 'gzip';
      readonly language?: string | undefined;
      readonly signal?: AbortSignal | undefined;
      readonly timeoutMs?: number;
    },
  ): Promise<string> {
    const answer = await sendRequest({
      url: new URL(path, this.#gateway),
      method,
      dispatcher: this.#agent,
      headers: {
        accept: agentMediaType,
        ...(options.bytes === undefined ? {} : { 'content-type': agentMediaType }),
        ...(options.encoding === undefined ? {} : { 'content-encoding': options.encoding }),
        ...(options.language === undefined ? {} : { 'accept-language': options.language }),
      },
      body: options.bytes,
      signal: options.signal,
      timeoutMs: options.timeoutMs ?? answerTimeoutMs,
      maximumBytes: answerBytes,
    });
    if (answer.status >= 200 && answer.status < 300) return answer.text;
    const error = findAgentError(answer.text);
    if (error === undefined && answer.status >= 500) {
      throw new UnreachableError(`something in between answered ${answer.status}`);
    }
    throw new RefusedError(
      answer.status,
      error?.code ?? 'unknown',
      error?.message ?? `the server answered ${answer.status}`,
      error?.retryAfterSeconds,
    );
  }
}
