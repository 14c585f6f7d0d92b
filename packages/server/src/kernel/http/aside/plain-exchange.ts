// The two ends of a request of the fast lane, in the shape of Node's own.
import { EventEmitter } from 'node:events';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { AsideRequest, AsideResponse } from './exchange.ts';
import type { ArrivedRequest } from './known-heads.ts';

/** All of it is there; it is handed out as the stream that it would be if it came in pieces. */
export class WholeRequest extends EventEmitter implements AsideRequest {
  readonly method: string;
  readonly url: string;
  readonly socket: Socket;
  readonly head: ArrivedRequest;
  readonly complete = true;
  /** Until it is handed out. */
  #body: Buffer | undefined;
  #isFlowing = false;
  /** It is being handed to whoever takes it, or is about to be handed out. */
  #isDue = true;
  #isOver = false;

  constructor(socket: Socket, head: ArrivedRequest) {
    super();
    this.method = head.read.method;
    this.url = head.read.target;
    this.socket = socket;
    this.head = head;
    this.#body = head.body;
  }

  get rawHeaders(): string[] {
    return this.head.rawHeaders;
  }

  /** To nothing. */
  set rawHeaders(_none: never[]) {
    this.head.forget();
  }

  /** For who takes it as a whole, and does not listen. */
  get body(): Buffer | undefined {
    return this.#body;
  }

  override on(event: string, listener: (chunk: Buffer) => void): this {
    super.on(event, listener);
    if (event === 'data') this.resume();
    return this;
  }

  takeWhole(): Buffer | null | undefined {
    if (this.#isOver || this.#isFlowing || this.listenerCount('end') > 0) return undefined;
    this.#isOver = true;
    const body = this.#body;
    this.#body = undefined;
    return body ?? null;
  }

  pause(): this {
    this.#isFlowing = false;
    return this;
  }

  resume(): this {
    this.#isFlowing = true;
    if (this.#isDue || this.#isOver) return this;
    this.#isDue = true;
    process.nextTick(() => this.handOut());
    return this;
  }

  /** As far as it is wanted. */
  handOut(): void {
    this.#isDue = false;
    const body = this.#body;
    if (this.#isFlowing && body !== undefined) {
      this.#body = undefined;
      this.emit('data', body);
    }
    if (!this.#isFlowing || this.#isOver) return;
    this.#isOver = true;
    this.emit('end');
  }
}

export interface ResponseOwner {
  /** The answer has left, and the client may send its next request if both say so. */
  answered(keepAlive: boolean): void;
}

const lastChunk = '0\r\n\r\n';
// oxlint-disable-next-line no-control-regex -- control characters are what it is for
const unfit = /[\0-\x08\x0a-\x1f\x7f\u0100-\uffff]/;

export class PlainResponse extends EventEmitter implements AsideResponse {
  readonly #socket: Socket;
  readonly #owner: ResponseOwner;
  #keepAlive: boolean;
  readonly #idleSeconds: number;
  /** Not written yet: it leaves with what follows. */
  #head = '';
  #isChunked = false;
  #isEnded = false;
  headersSent = false;
  destroyed = false;

  constructor(socket: Socket, owner: ResponseOwner, keepAlive: boolean, idleSeconds: number) {
    super();
    this.#socket = socket;
    this.#owner = owner;
    this.#keepAlive = keepAlive;
    this.#idleSeconds = idleSeconds;
  }

  get writableLength(): number {
    return this.#socket.writableLength;
  }

  /** @throws TypeError for a value that no header can hold (HTTP-18) */
  writeHead(status: number, headers: string[]): this {
    if (this.headersSent) throw new Error('an answer has one head');
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`;
    let hasLength = false;
    for (let index = 0; index + 1 < headers.length; index += 2) {
      const name = headers[index] as string;
      const value = headers[index + 1] as string;
      if (unfit.test(value)) throw new TypeError(`the header ${name} cannot hold its value`);
      if (name === 'Connection') {
        this.#keepAlive &&= value !== 'close';
        continue;
      }
      if (name === 'Content-Length' || name === 'content-length') hasLength = true;
      head += `${name}: ${value}\r\n`;
    }
    this.headersSent = true;
    this.#isChunked = !hasLength;
    if (!hasLength) head += 'Transfer-Encoding: chunked\r\n';
    head += this.#keepAlive
      ? `Date: ${dateNow()}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${this.#idleSeconds}\r\n\r\n`
      : `Date: ${dateNow()}\r\nConnection: close\r\n\r\n`;
    this.#head = head;
    return this;
  }

  write(bytes: Uint8Array, done?: () => void): boolean {
    const socket = this.#socket;
    if (bytes.length === 0) {
      // An empty chunk would be the last.
      done?.();
      return true;
    }
    socket.cork();
    this.#begin(bytes.length);
    const goesOn = socket.write(bytes, done);
    if (this.#isChunked) socket.write('\r\n', 'latin1');
    socket.uncork();
    return goesOn;
  }

  end(body?: Uint8Array | string, more?: 'latin1' | (() => void)): this {
    if (this.#isEnded) return this;
    if (!this.headersSent) throw new Error('an answer begins with its head');
    this.#isEnded = true;
    const socket = this.#socket;
    const written = () => {
      if (typeof more === 'function') more();
      this.#owner.answered(this.#keepAlive);
    };
    if (typeof body === 'object' && body.length > 0) {
      socket.cork();
      this.#begin(body.length);
      if (this.#isChunked) {
        socket.write(body);
        socket.write(`\r\n${lastChunk}`, 'latin1', written);
      } else socket.write(body, written);
      socket.uncork();
      return this;
    }
    // As text it leaves together with the head, in one piece.
    const text = typeof body === 'string' ? body : '';
    const framed = !this.#isChunked
      ? text
      : text === ''
        ? lastChunk
        : `${text.length.toString(16)}\r\n${text}\r\n${lastChunk}`;
    socket.write(this.#head + framed, 'latin1', written);
    this.#head = '';
    return this;
  }

  endWithCopy(body: Buffer): this {
    if (this.#isEnded || this.#isChunked || !this.headersSent) return this.end(Buffer.from(body));
    this.#isEnded = true;
    const head = this.#head;
    this.#head = '';
    // One piece of memory and one write for both.
    const message = Buffer.allocUnsafe(head.length + body.length);
    message.write(head, 0, 'latin1');
    message.set(body, head.length);
    this.#socket.write(message, () => this.#owner.answered(this.#keepAlive));
    return this;
  }

  /** What stands before so many bytes of a body. */
  #begin(bytes: number): void {
    const begun = this.#isChunked ? `${this.#head}${bytes.toString(16)}\r\n` : this.#head;
    this.#head = '';
    if (begun !== '') this.#socket.write(begun, 'latin1');
  }

  destroy(): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.#socket.destroy();
    return this;
  }

  /** The answer has left, or the client is gone. */
  close(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

let date = '';
let dateUntil = 0;

/** Made once a second. */
function dateNow(): string {
  const now = Date.now();
  if (now >= dateUntil || now < dateUntil - 1_000) {
    date = new Date(now).toUTCString();
    dateUntil = now - (now % 1_000) + 1_000;
  }
  return date;
}
