// One kept connection that carries one request after the other and counts what comes back instead of keeping it: it runs on the same
// machine as what it measures.
import { connect as connectPlain, type Socket } from 'node:net';
import { connect } from 'node:tls';

export interface WireOptions {
  readonly port: number;
  /** PEM; absent: no TLS. */
  readonly ca?: string | undefined;
}

export interface Counted {
  readonly status: number;
  /** Of the body. */
  readonly bytes: number;
  /** The beginning of the answer, to say what was wrong with it. */
  readonly head: string;
}

interface Waiting {
  resolve(answer: Counted): void;
  reject(error: Error): void;
}

const lastChunk = Buffer.from('0\r\n\r\n');

export class Wire {
  readonly #options: WireOptions;
  #socket: Socket | undefined;
  #waiting: Waiting | undefined;
  #head = '';
  #bytes = 0;
  /** What of a body with a length is still to come; -1 before the head, Infinity for one in chunks. */
  #missing = -1;

  constructor(options: WireOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { port, ca } = this.#options;
    const socket: Socket =
      ca === undefined
        ? connectPlain({ host: '127.0.0.1', port })
        : connect({ host: '127.0.0.1', port, servername: 'localhost', ca, ALPNProtocols: ['http/1.1'] });
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    await new Promise<void>((resolve, reject) => {
      socket.once(ca === undefined ? 'connect' : 'secureConnect', resolve);
      socket.once('error', reject);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#socket = undefined;
      this.#waiting?.reject(new Error('the connection was closed'));
      this.#waiting = undefined;
    });
    this.#socket = socket;
  }

  /** @param request all of it, as it goes over the line */
  send(request: Uint8Array): Promise<Counted> {
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
    if (this.#missing === -1) {
      const end = chunk.indexOf('\r\n\r\n');
      this.#head = chunk.toString('latin1', 0, end === -1 ? chunk.length : end);
      const length = /\r\ncontent-length: (\d+)/i.exec(this.#head)?.[1];
      const chunked = /\r\ntransfer-encoding: chunked/i.test(this.#head);
      if (end === -1 || (length === undefined && !chunked)) {
        this.#waiting?.reject(new Error(`an answer that is none: ${this.#head.slice(0, 300)}`));
        this.#waiting = undefined;
        return;
      }
      this.#missing = chunked ? Infinity : Number(length);
      this.#bytes = 0;
      rest = chunk.subarray(end + 4);
    }
    this.#bytes += rest.length;
    this.#missing -= rest.length;
    if (this.#missing > 0 && !(this.#missing === Infinity && endsWith(rest, lastChunk))) return;
    this.#missing = -1;
    const { resolve } = this.#waiting ?? {};
    this.#waiting = undefined;
    resolve?.({ status: Number(this.#head.slice(9, 12)), bytes: this.#bytes, head: this.#head });
  }
}

/** A body of ours never ends a piece of a chunk with these bytes. */
function endsWith(bytes: Buffer, end: Buffer): boolean {
  return bytes.length >= end.length && bytes.subarray(-end.length).equals(end);
}
