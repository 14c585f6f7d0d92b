/** The agent protocol over mutual TLS, as a computer speaks it: its own certificate, the anchors pinned at enrolment, nothing else. */
import { gzipSync } from 'node:zlib';
import {
  agentLimits,
  agentMediaType,
  agentPaths,
  type CheckInRequest,
  type CheckInResponse,
  type CommandResultRequest,
  type CommandResultResponse,
  type CommandsResponse,
  type RenewCertificateResponse,
  type UnenrollResponse,
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

/** The server answered, and the answer is no. Everything else that goes wrong is a connection that failed. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** One of `agentErrorCodes`, or `unknown`. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** Trying again with this certificate is useless; who was only shut out may be let in again. */
  get isFinal(): boolean {
    return this.status === 401 && this.code !== 'device-blocked';
  }
}

export interface GatewayCredential {
  /** PEM */
  readonly privateKey: string;
  /** PEM, leaf first. */
  readonly chain: readonly string[];
}

export interface GatewayAddress {
  readonly gateway: string;
  /** PEM */
  readonly tlsAnchors: readonly string[];
}

const worthPacking = 1_024;

export class Gateway {
  readonly #origin: string;
  readonly #agent: Agent;

  constructor({ gateway, tlsAnchors }: GatewayAddress, credential: GatewayCredential) {
    this.#origin = new URL(gateway).origin;
    this.#agent = new Agent({
      connect: {
        ca: [...tlsAnchors],
        cert: credential.chain.join(''),
        key: credential.privateKey,
        rejectUnauthorized: true,
        timeout: 10_000,
      },
      connections: 3,
      keepAliveTimeout: 60_000,
    });
  }

  async checkIn(request: CheckInRequest, signal?: AbortSignal): Promise<CheckInResponse> {
    return readCheckInResponse(await this.#post(agentPaths.checkIn, request, signal));
  }

  /** Held by the server for up to `wait` seconds. */
  async commands(wait: number, signal?: AbortSignal): Promise<CommandsResponse> {
    const path = `${agentPaths.commands}?wait=${Math.min(wait, agentLimits.waitSeconds)}`;
    return readCommandsResponse(await this.#send('GET', path, null, {}, signal));
  }

  async sendResult(
    commandId: string,
    result: CommandResultRequest,
    signal?: AbortSignal,
  ): Promise<CommandResultResponse> {
    const path = agentPaths.commandResult.replace('{commandId}', commandId);
    return readCommandResultResponse(await this.#post(path, result, signal));
  }

  async renew(csr: Uint8Array): Promise<RenewCertificateResponse> {
    const body = { csr: Buffer.from(csr).toString('base64') };
    return readRenewCertificateResponse(await this.#post(agentPaths.certificate, body));
  }

  async unenroll(cause: 'user' | 'command'): Promise<UnenrollResponse> {
    return readUnenrollResponse(await this.#post(agentPaths.unenroll, { cause }));
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  #post(path: string, body: unknown, signal?: AbortSignal): Promise<string> {
    const plain = Buffer.from(JSON.stringify(body));
    const packed = plain.length < worthPacking ? undefined : gzipSync(plain);
    // What packs too well is refused as a bomb (HTTP-12), so it goes as it is.
    if (packed === undefined || packed.length * (agentLimits.unpackedRatio - 2) < plain.length) {
      return this.#send('POST', path, plain, { 'content-type': agentMediaType }, signal);
    }
    const headers = { 'content-type': agentMediaType, 'content-encoding': 'gzip' };
    return this.#send('POST', path, packed, headers, signal);
  }

  async #send(
    method: 'GET' | 'POST',
    path: string,
    body: Buffer | null,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const answer = await this.#agent.request({
      origin: this.#origin,
      path,
      method,
      headers: { accept: agentMediaType, ...headers },
      body,
      headersTimeout: (agentLimits.waitSeconds + 30) * 1_000,
      bodyTimeout: 30_000,
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 200 && answer.statusCode < 300) return text;
    const error = findAgentError(text);
    throw new Refusal(
      answer.statusCode,
      error?.code ?? 'unknown',
      error?.message ?? `the server answered ${answer.statusCode}`,
    );
  }
}
