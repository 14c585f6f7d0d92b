/** A device's way to its server: PUT requests over mutual TLS, signed where the profile asks for it. */
import { encodePem } from '@gatehouse/protocols/x509/index.ts';
import { signDetached } from '@gatehouse/protocols/cms/index.ts';
import { appleMediaTypes, decodeErrorBody } from '@gatehouse/protocols/apple-mdm/index.ts';
import { Agent } from 'undici';
import type { Enrolment } from './device-state.ts';

/** The server answered with something other than 200. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';
  readonly status: number;
  /** One of Apple's error codes, where the body held one. */
  readonly code: string | undefined;

  constructor(status: number, code: string | undefined) {
    super(`the server answered ${status}${code === undefined ? '' : ` (${code})`}`);
    this.status = status;
    this.code = code;
  }

  /** The server says that it does not know this device: it unenrols itself. */
  get isUnrecognized(): boolean {
    return this.code === 'com.apple.unrecognized.device';
  }
}

export interface MdmConnectionOptions {
  readonly enrolment: Enrolment;
  /** PEM: what the device trusts. */
  readonly anchors: readonly string[];
  readonly userAgent: string;
}

export class MdmConnection {
  readonly #enrolment: Enrolment;
  readonly #agent: Agent;
  readonly #userAgent: string;

  constructor({ enrolment, anchors, userAgent }: MdmConnectionOptions) {
    this.#enrolment = enrolment;
    this.#userAgent = userAgent;
    const { certificate, key } = enrolment.identity;
    this.#agent = new Agent({
      connect: {
        ca: [...anchors],
        cert: encodePem('CERTIFICATE', certificate),
        key: key.export({ type: 'pkcs8', format: 'pem' }),
        rejectUnauthorized: true,
        timeout: 10_000,
      },
      connections: 1,
      keepAliveTimeout: 30_000,
    });
  }

  checkIn(body: Uint8Array): Promise<Uint8Array> {
    return this.#put(this.#enrolment.checkInUrl, appleMediaTypes.checkIn, body);
  }

  /** A result, and the next command or nothing. */
  report(body: Uint8Array): Promise<Uint8Array> {
    return this.#put(this.#enrolment.serverUrl, `${appleMediaTypes.command}; charset=UTF-8`, body);
  }

  /** What an asset declaration refers to. */
  fetch(url: URL): Promise<Uint8Array> {
    return this.#send('GET', url);
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  #put(url: URL, contentType: string, body: Uint8Array): Promise<Uint8Array> {
    return this.#send('PUT', url, { contentType, body });
  }

  async #send(
    method: 'GET' | 'PUT',
    url: URL,
    message?: { readonly contentType: string; readonly body: Uint8Array },
  ): Promise<Uint8Array> {
    const { identity, signMessages } = this.#enrolment;
    const content = message?.body ?? new Uint8Array();
    const signature = signMessages
      ? Buffer.from(signDetached({ content, ...identity, signingTime: new Date() })).toString('base64')
      : undefined;
    const answer = await this.#agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: {
        accept: '*/*',
        ...(message === undefined ? {} : { 'content-type': message.contentType }),
        'user-agent': this.#userAgent,
        ...(signature === undefined ? {} : { 'mdm-signature': signature }),
      },
      ...(message === undefined ? {} : { body: message.body }),
      headersTimeout: 60_000,
      bodyTimeout: 60_000,
    });
    const bytes = new Uint8Array(await answer.body.arrayBuffer());
    if (answer.statusCode === 200) return bytes;
    const type = answer.headers['content-type'];
    const told =
      answer.statusCode === 403 && typeof type === 'string'
        ? decodeErrorBody({ contentType: type, body: bytes })
        : undefined;
    throw new ServerRefusal(answer.statusCode, told?.code);
  }
}
