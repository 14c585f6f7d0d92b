// One connection to a mail server, and one request on it at a time. A client of our own, because ten thousand held requests must
// not cost a parser, timers and a dozen objects each: what waits is a socket and whoever waits for it. What is read goes through
// one buffer for all connections, and whoever takes a part of it copies it; only connections over which much comes have one of their own.
import { connect as connectPlain, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { BodyReader } from './body-reader.ts';
import {
  hold,
  type Kept,
  putBackReadBuffer,
  type ReadBuffer,
  readBufferBytes,
  takeReadBuffer,
} from './read-buffer.ts';
import { readResponseHead, type ResponseHead, responseHeadLimits } from './response-head.ts';
import { UpstreamError } from './upstream-error.ts';

/** Who waits for an answer. */
export interface Exchange {
  onHead(head: ResponseHead): void;
  /**
   * @param part valid during the call only; see {@link Connection.keep}.
   * @returns false: nothing more until {@link Connection.resume}
   */
  onPart(part: Buffer, isLast: boolean): boolean;
  onEnd(): void;
  /** There is no answer, or no more of it. `sent`: the server may have begun to act on the request. */
  onError(error: UpstreamError, sent: boolean): void;
  /** The server takes more of the request’s body. */
  onDrain(): void;
}

export interface ConnectionOwner {
  /** Its request is answered and it can take another. */
  idle(connection: Connection): void;
  gone(connection: Connection): void;
  /** It could not be opened at all. */
  unreachable(error: UpstreamError): void;
}

/** Where to connect to: an address that has been checked. */
export interface Peer {
  readonly address: string;
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly tls?: {
    readonly servername: string | undefined;
    readonly ca: string[] | undefined;
    readonly session: Buffer | undefined;
    onSession(session: Buffer): void;
  };
}

const readBuffer = Buffer.allocUnsafeSlow(readBufferBytes);
const endOfHead = Buffer.from('\r\n\r\n');
/** Answers before the answer (100, 103) that are read past. */
const mostInterim = 8;

export class Connection {
  readonly #owner: ConnectionOwner;
  #socket: Socket | undefined;
  #exchange: Exchange | undefined;
  #waiting: { head: string; body: Buffer | string | null } | undefined;
  #pending: Buffer | undefined;
  #body: BodyReader | undefined;
  #head: ResponseHead | undefined;
  #interim = 0;
  #isConnected = false;
  #isRequestWhole = true;
  /** Told to read no more. Over TLS, what was decrypted by then comes all the same, and may be the end. */
  #isStopped = false;
  #isGone = false;
  /** What is read into now, if not the buffer of all. */
  #own: ReadBuffer | undefined;
  #wantsOwn = false;
  /** Answers that have come over it. */
  served = 0;
  /** Milliseconds of the monotonic clock: when it is given up, or while idle, when it is closed. */
  deadline = Number.POSITIVE_INFINITY;
  /** When the peer must be there. */
  connectBy = Number.POSITIVE_INFINITY;
  idleSeconds: number | undefined;

  constructor(owner: ConnectionOwner) {
    this.#owner = owner;
  }

  get isIdle(): boolean {
    return this.#exchange === undefined;
  }

  /** @param connectMs how long the peer may take to be there. */
  open(peer: Peer, connectMs: number): void {
    if (this.#isGone) return;
    this.connectBy = performance.now() + connectMs;
    const onread: OnReadOpts = {
      buffer: () => this.#nextBuffer(),
      callback: (length, buffer) => this.#read(buffer.subarray(0, length) as Buffer),
    };
    const common = { host: peer.address, port: peer.port, onread, noDelay: true };
    const socket: ConnectedSocket =
      peer.tls === undefined
        ? connectPlain(common)
        : connectTls({
            ...common,
            ALPNProtocols: ['http/1.1'],
            minVersion: 'TLSv1.2',
            ...(peer.tls.servername === undefined ? {} : { servername: peer.tls.servername }),
            ...(peer.tls.ca === undefined ? {} : { ca: peer.tls.ca }),
            ...(peer.tls.session === undefined ? {} : { session: peer.tls.session }),
          });
    this.#socket = socket;
    socket[connectionOf] = this;
    socket.once(peer.tls === undefined ? 'connect' : 'secureConnect', onConnected);
    if (peer.tls) socket.on('session', peer.tls.onSession);
    socket.on('error', onSocketError);
    socket.on('close', onSocketClosed);
    socket.on('end', onSocketEnded);
    socket.on('drain', onSocketDrained);
  }

  connected(): void {
    this.connectBy = Number.POSITIVE_INFINITY;
    this.#isConnected = true;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) this.#write(waiting.head, waiting.body);
    if (!this.#isRequestWhole) this.#exchange?.onDrain();
  }

  failed(error: NodeJS.ErrnoException): void {
    this.#fail(errorOf(error, this.#isConnected));
  }

  closed(): void {
    this.#fail(closed());
  }

  drained(): void {
    this.#exchange?.onDrain();
  }

  /**
   * @param head request line and headers with the empty line.
   * @param body all of it, or what there is of it so far; text is latin1.
   * @param isWhole false: the rest comes by {@link sendMore}, and {@link sendEnd} follows.
   */
  request(exchange: Exchange, head: string, body: Buffer | string | null, isWhole: boolean): void {
    this.#exchange = exchange;
    this.#isRequestWhole = isWhole;
    this.#interim = 0;
    if (this.#isConnected) this.#write(head, body);
    else this.#waiting = { head, body };
  }

  #write(head: string, body: Buffer | string | null): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    if (body === null) socket.write(head, 'latin1');
    else if (typeof body === 'string') socket.write(head + body, 'latin1');
    else if (body.length < 16 * 1024) {
      const message = Buffer.allocUnsafe(head.length + body.length);
      message.write(head, 0, 'latin1');
      body.copy(message, head.length);
      socket.write(message);
    } else {
      socket.cork();
      socket.write(head, 'latin1');
      socket.write(body);
      socket.uncork();
    }
  }

  /** @returns false: nothing more until `onDrain`. */
  sendMore(bytes: Buffer): boolean {
    const waiting = this.#waiting;
    if (waiting === undefined) return this.#socket?.write(bytes) ?? false;
    // Not connected yet: what has come so far waits with the head.
    const { body } = waiting;
    const begun = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
    waiting.body = begun === null ? bytes : Buffer.concat([begun, bytes]);
    return false;
  }

  sendEnd(): void {
    this.#isRequestWhole = true;
  }

  /** Asked for after each reading, so that what was kept of the last one is not written over. */
  #nextBuffer(): Buffer {
    if (!this.#wantsOwn) return readBuffer;
    if (this.#own === undefined || this.#own.holders > 0) this.#own = takeReadBuffer();
    return this.#own.bytes;
  }

  #leaveOwnBuffer(): void {
    const own = this.#own;
    this.#own = undefined;
    this.#wantsOwn = false;
    if (own?.holders === 0) putBackReadBuffer(own);
  }

  /** @param part that `onPart` was given just now. Without a copy, but for the first of an answer. */
  keep(part: Buffer): Kept {
    const own = this.#own;
    if (own !== undefined && part.buffer === own.bytes.buffer) return hold(own, part);
    // More of the kind will come.
    this.#wantsOwn = this.#body !== undefined;
    const copy = takeReadBuffer();
    part.copy(copy.bytes);
    return hold(copy, copy.bytes.subarray(0, part.length));
  }

  /** Goes on reading after `onPart` has answered false. */
  resume(): void {
    this.#isStopped = false;
    this.#socket?.resume();
  }

  /** Nobody waits for the answer any more, or it is late. Without a reason whoever waits is not told. */
  abandon(reason?: UpstreamError): void {
    if (reason === undefined) this.#exchange = undefined;
    this.#fail(reason ?? closed());
  }

  #read(read: Buffer): boolean {
    let bytes = read;
    if (this.#exchange === undefined) {
      // Nobody has asked: whatever this answers, it is not the next request.
      this.#fail(closed());
      return false;
    }
    try {
      if (this.#body === undefined) {
        const rest = this.#readHead(bytes);
        if (rest === undefined) return true;
        bytes = rest;
      }
      return this.#readBody(bytes);
    } catch (error) {
      this.#fail(
        error instanceof UpstreamError
          ? error
          : new UpstreamError('malformed', 'The mail server’s answer cannot be passed on', { cause: error }),
      );
      return false;
    }
  }

  /** @returns what stands behind the head; undefined while it is not complete. */
  #readHead(bytes: Buffer): Buffer | undefined {
    let all = this.#pending === undefined ? bytes : Buffer.concat([this.#pending, bytes]);
    for (;;) {
      const end = all.indexOf(endOfHead);
      if (end < 0 || end > responseHeadLimits.bytes) {
        if (all.length > responseHeadLimits.bytes)
          throw new UpstreamError('malformed', 'The mail server’s answer has a head without end');
        this.#pending = Buffer.from(all);
        return undefined;
      }
      const head = readResponseHead(all.toString('latin1', 0, end));
      all = all.subarray(end + 4);
      if (head.status >= 200) {
        this.#pending = undefined;
        this.#head = head;
        this.#body = new BodyReader(head.body);
        this.#exchange?.onHead(head);
        return all;
      }
      if (head.status === 101 || (this.#interim += 1) > mostInterim)
        throw new UpstreamError('malformed', 'The mail server wants another protocol');
    }
  }

  #readBody(bytes: Buffer): boolean {
    const body = this.#body;
    let goOn = true;
    if (body === undefined) return true;
    const used =
      bytes.length === 0
        ? 0
        : body.read(bytes, (part) => {
            if (this.#exchange?.onPart(part, body.done) === false) goOn = false;
          });
    // Whoever takes the parts may have left meanwhile.
    if (this.#socket === undefined) return false;
    if (body.done) this.#complete(used < bytes.length);
    // Idle connections read on: that is how their end is noticed.
    if (goOn || this.#exchange === undefined) return true;
    this.#isStopped = true;
    return false;
  }

  ended(): void {
    if (this.#body?.endsWithConnection === true) this.#complete(true);
    else this.#fail(closed());
  }

  /** @param isSpoilt it cannot carry another request. */
  #complete(isSpoilt: boolean): void {
    const exchange = this.#exchange;
    const reusable = !isSpoilt && this.#isRequestWhole && this.#head?.keepAlive === true;
    this.idleSeconds = this.#head?.keepAliveSeconds;
    this.#exchange = undefined;
    this.#body = undefined;
    this.#head = undefined;
    this.#leaveOwnBuffer();
    this.served += 1;
    if (!reusable) this.#fail(closed());
    else if (this.#isStopped) this.resume();
    exchange?.onEnd();
    if (reusable) this.#owner.idle(this);
  }

  #fail(error: UpstreamError): void {
    const socket = this.#socket;
    const exchange = this.#exchange;
    const sent = this.#waiting === undefined && this.#isConnected;
    this.#socket = undefined;
    this.#exchange = undefined;
    this.#waiting = undefined;
    this.#pending = undefined;
    this.#body = undefined;
    this.#leaveOwnBuffer();
    if (socket !== undefined && !socket.destroyed) {
      socket.removeAllListeners('end').removeAllListeners('drain');
      socket.destroy();
    }
    if (!this.#isGone) {
      this.#isGone = true;
      this.#owner.gone(this);
      if (!this.#isConnected && exchange !== undefined) this.#owner.unreachable(error);
    }
    exchange?.onError(error, sent);
  }
}

const connectionOf = Symbol('the connection of a socket');
type ConnectedSocket = Socket & { [connectionOf]?: Connection };

// One of each for all sockets: ten thousand that wait should not have five functions each.
function onConnected(this: ConnectedSocket): void {
  this[connectionOf]?.connected();
}
function onSocketError(this: ConnectedSocket, error: Error): void {
  this[connectionOf]?.failed(error);
}
function onSocketClosed(this: ConnectedSocket): void {
  this[connectionOf]?.closed();
}
function onSocketEnded(this: ConnectedSocket): void {
  this[connectionOf]?.ended();
}
function onSocketDrained(this: ConnectedSocket): void {
  this[connectionOf]?.drained();
}

function closed(): UpstreamError {
  return new UpstreamError('closed', 'The mail server closed the connection');
}

function errorOf(error: NodeJS.ErrnoException, isConnected: boolean): UpstreamError {
  if (error instanceof UpstreamError) return error;
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL/.test(String(error.code)))
    return new UpstreamError('untrusted', 'The mail server’s certificate cannot be verified', {
      cause: error,
    });
  return isConnected
    ? new UpstreamError('closed', 'The mail server closed the connection', { cause: error })
    : new UpstreamError('unreachable', 'The mail server cannot be reached', { cause: error });
}
