/** The HTTP of a mail client: its headers as it writes them, cookies given back, answers whole or as a stream. */
import { Agent as PlainAgent, type IncomingMessage, request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';

export interface LineOptions {
  /** PEM of what the client trusts. */
  readonly anchors: readonly string[];
  readonly keepsConnections: boolean;
  /** A client certificate, PEM. */
  readonly identity?: { readonly cert: string; readonly key: string };
}

export interface LineRequest {
  readonly method: 'GET' | 'POST' | 'OPTIONS';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LineAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export class MailLine {
  readonly #agent: PlainAgent | Agent;
  readonly #plainAgent: PlainAgent;
  readonly #cookies = new Map<string, string>();

  constructor({ anchors, keepsConnections, identity }: LineOptions) {
    const keeping = { keepAlive: keepsConnections, maxSockets: 8 };
    this.#agent = new Agent({
      ...keeping,
      ...(anchors.length === 0 ? {} : { ca: [...anchors] }),
      ...identity,
    });
    this.#plainAgent = new PlainAgent(keeping);
  }

  /** The answer's body as it comes; whoever takes it reads it to the end or destroys it. */
  open({ method, url, headers, body, signal }: LineRequest): Promise<IncomingMessage> {
    const secure = url.protocol === 'https:';
    const cookies = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return new Promise((resolve, reject) => {
      const asking = (secure ? request : plainRequest)(
        url,
        {
          method,
          agent: secure ? this.#agent : this.#plainAgent,
          headers: {
            ...headers,
            ...(cookies === '' ? {} : { Cookie: cookies }),
            'Content-Length': String(body?.length ?? 0),
          },
          ...(signal === undefined ? {} : { signal }),
        },
        (answer) => {
          this.#keepCookies(answer);
          resolve(answer);
        },
      );
      asking.on('error', reject);
      asking.end(body);
    });
  }

  async ask(asked: LineRequest): Promise<LineAnswer> {
    const answer = await this.open(asked);
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    return {
      status: answer.statusCode ?? 0,
      headers: Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(', ') : value,
        ]),
      ),
      body: Buffer.concat(chunks),
    };
  }

  close(): void {
    this.#agent.destroy();
    this.#plainAgent.destroy();
  }

  #keepCookies(answer: IncomingMessage): void {
    for (const cookie of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=;]+)=([^;]*)/.exec(cookie) ?? [];
      if (name !== undefined && value !== undefined) this.#cookies.set(name.trim(), value);
    }
  }
}
