// How ISE reaches an MDM server: HTTPS with Basic on every call, no cookies, no redirects followed.
import { Agent, request } from 'undici';

export interface IseSettings {
  /** Host name or address of the MDM server. */
  readonly host: string;
  readonly port: number;
  /** "Instance Name" of ISE's form: a path prefix; usually empty. */
  readonly instance?: string;
  readonly userName: string;
  readonly password: string;
  /** Certificates in ISE's trust store, PEM. */
  readonly trusted?: readonly string[];
  /** Real ISE speaks HTTPS only; tests behind no TLS may say otherwise. */
  readonly plaintext?: boolean;
  readonly timeoutMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

export interface CallBody {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export interface Transport {
  /** @param path from the host's root, sent as it is. Rejects when there is no HTTP answer. */
  call(method: 'GET' | 'POST' | 'PUT', path: string, body?: CallBody): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export function createTransport(settings: IseSettings): Transport {
  const timeout = settings.timeoutMs ?? 5_000;
  const agent = new Agent({
    connect: { timeout, ...(settings.trusted ? { ca: [...settings.trusted] } : {}) },
    headersTimeout: timeout,
    bodyTimeout: timeout,
  });
  const origin = `${settings.plaintext === true ? 'http' : 'https'}://${settings.host}:${settings.port}`;
  const authorization = `Basic ${Buffer.from(`${settings.userName}:${settings.password}`).toString('base64')}`;
  return {
    async call(method, path, body) {
      const answer = await request(origin + path, {
        dispatcher: agent,
        method,
        headers: {
          authorization,
          accept: 'application/xml',
          ...(body ? { 'content-type': body.contentType } : {}),
        },
        ...(body ? { body: body.bytes } : {}),
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: new Uint8Array(await answer.body.arrayBuffer()),
      };
    },
    close: () => agent.close(),
  };
}
