// One kept TLS connection that carries one request after the other, with as little work per request as possible: it runs on the
// same machine as what it measures.
import { connect, type TLSSocket } from 'node:tls';

export interface LineOptions {
  readonly port: number;
  /** PEM */
  readonly ca: string;
  readonly key?: string;
  readonly cert?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export class Line {
  readonly #options: LineOptions;
  #socket: TLSSocket | undefined;
  #waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;
  #received: Buffer[] = [];
  #missing = -1;
  #status = 0;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    if (this.#socket !== undefined) return;
    const { port, ca, key, cert } = this.#options;
    const socket = connect({
      host: '127.0.0.1',
      port,
      servername: 'localhost',
      ca,
      ALPNProtocols: ['http/1.1'],
      ...(key === undefined ? {} : { key }),
      ...(cert === undefined ? {} : { cert }),
    });
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('close', () => {
      this.#socket = undefined;
      this.#waiting?.reject(new Error('the connection was closed'));
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    });
    socket.on('error', (error) => this.#waiting?.reject(error));
    this.#socket = socket;
  }

  /** @param head request line and headers but for length and end */
  send(head: string, body?: string): Promise<Answer> {
    const socket = this.#socket;
    if (socket === undefined) return Promise.reject(new Error('the connection is closed'));
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      socket.write(
        body === undefined
          ? `${head}\r\n\r\n`
          : `${head}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    });
  }

  /** @param request all of it, as it goes over the line */
  sendBytes(request: Uint8Array): Promise<Answer> {
    const socket = this.#socket;
    if (socket === undefined) return Promise.reject(new Error('the connection is closed'));
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      socket.write(request);
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #read(chunk: Buffer): void {
    let rest = chunk;
    if (this.#missing < 0) {
      const end = chunk.indexOf('\r\n\r\n');
      const head = chunk.toString('latin1', 0, end === -1 ? chunk.length : end);
      const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
      if (end === -1 || length === undefined) {
        this.#waiting?.reject(new Error(`an answer that is none: ${head.slice(0, 300)}`));
        return;
      }
      this.#status = Number(head.slice(9, 12));
      this.#missing = Number(length);
      rest = chunk.subarray(end + 4);
    }
    this.#missing -= rest.length;
    this.#received.push(rest);
    if (this.#missing > 0) return;
    const body = Buffer.concat(this.#received).toString();
    this.#received = [];
    this.#missing = -1;
    const { resolve } = this.#waiting ?? {};
    this.#waiting = undefined;
    resolve?.({ status: this.#status, body });
  }
}
