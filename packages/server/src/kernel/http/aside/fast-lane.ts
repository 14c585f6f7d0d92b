// The fast lane of a listener. Requests that mail clients and Apple devices send all day long leave no doubt and fit into one piece;
// read and answered here, over the bare connection, each costs 20 µs less than through Node's parser and streams. A connection that
// brings anything else, at whatever time, is handed to Node with every byte that was not answered here, and stays there.
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { KnownHeads } from './known-heads.ts';
import { PlainResponse, type ResponseOwner, WholeRequest } from './plain-exchange.ts';
import { endOfHeadIn } from './plain-request.ts';

export interface LaneAddress {
  /** How the first line of a request begins, to the letter. */
  readonly begins: string;
  /** False: it is left to Node, and nothing has been done. */
  readonly takes: (request: WholeRequest, response: PlainResponse) => boolean;
  /** No head is like another, so none is looked for among those that have come before. */
  readonly isAlwaysAnother?: boolean;
}

export interface FastLane {
  /** Ends its connections. */
  close(): void;
}

export const laneLimits = {
  /** A request that is not all there by then is Node's, with its limits for slow senders (HTTP-11). */
  wholeMs: 1_000,
  /** Between two requests of a connection. */
  idleMs: 65_000,
  /** What may wait behind a request that is not answered yet. */
  aheadBytes: 16 * 1024,
  /** In more pieces no request comes that fits here. */
  pieces: 8,
  sweepMs: 1_000,
};

/** @param server not listening yet. */
export function openFastLane(
  server: Server,
  event: 'connection' | 'secureConnection',
  addresses: readonly LaneAddress[],
): FastLane {
  // The last one is Node's own; others only look.
  const serve = server.listeners(event).at(-1) as (this: Server, socket: Socket) => void;
  const known = addresses.map((address) => ({ ...address, begins: Buffer.from(address.begins, 'latin1') }));
  const all = new Set<LaneConnection>();
  let isClosed = false;
  const lane: Lane = {
    heads: new KnownHeads(),
    whose: (bytes) =>
      known.find(
        ({ begins: { length }, begins }) =>
          bytes.length > length && bytes.compare(begins, 0, length, 0, length) === 0,
      ),
    handOver: (socket) => serve.call(server, socket),
    gone: (connection) => all.delete(connection),
  };
  server.off(event, serve).on(event, (socket: Socket) => {
    if (isClosed) socket.destroy();
    else if (!socket.destroyed) all.add(new LaneConnection(lane, socket));
  });
  const sweeping = setInterval(() => {
    const now = performance.now();
    for (const connection of all) connection.look(now);
    lane.heads.forgetOld(now);
  }, laneLimits.sweepMs).unref();
  return {
    close() {
      isClosed = true;
      clearInterval(sweeping);
      for (const connection of all) connection.close();
    },
  };
}

interface Lane {
  readonly heads: KnownHeads;
  whose(bytes: Buffer): Omit<LaneAddress, 'begins'> | undefined;
  /** Node serves it from here on. */
  handOver(socket: Socket): void;
  gone(connection: LaneConnection): unknown;
}

class LaneConnection implements ResponseOwner {
  readonly #lane: Lane;
  readonly #socket: LaneSocket;
  /** Come, and not begun with. */
  #pending: Buffer | undefined;
  #response: PlainResponse | undefined;
  /** Since when it waits for (the rest of) a request. Monotonic ms. */
  #waitsSince = performance.now();
  /** Its first request has been answered. */
  #isKept = false;
  #isPaused = false;
  #pieces = 0;

  constructor(lane: Lane, socket: Socket) {
    this.#lane = lane;
    this.#socket = socket;
    this.#socket[connectionOf] = this;
    socket.setNoDelay(true);
    socket.on('data', onData).on('drain', onDrain).on('end', onEnd).on('error', onError).on('close', onClose);
  }

  read(chunk: Buffer): void {
    const bytes = this.#pending === undefined ? chunk : Buffer.concat([this.#pending, chunk]);
    if (this.#response === undefined) {
      this.#next(bytes);
      return;
    }
    this.#pending = bytes;
    if (bytes.length <= laneLimits.aheadBytes) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  #next(bytes: Buffer): void {
    this.#pending = undefined;
    const address = this.#lane.whose(bytes);
    if (address === undefined) {
      this.#leave(bytes);
      return;
    }
    const { heads } = this.#lane;
    const headEnd = endOfHeadIn(bytes);
    const read = address.isAlwaysAnother
      ? heads.readAnother(bytes, headEnd)
      : heads.read(bytes, headEnd, performance.now());
    this.#pieces = read === 'unfinished' ? this.#pieces + 1 : 0;
    if (read === 'other' || this.#pieces >= laneLimits.pieces) {
      this.#leave(bytes);
      return;
    }
    if (read === 'unfinished') {
      this.#pending = bytes;
      return;
    }
    const socket = this.#socket;
    const { end, keepAlive } = read.read;
    const request = new WholeRequest(socket, read);
    const response = new PlainResponse(socket, this, keepAlive, laneLimits.idleMs / 1_000);
    this.#response = response;
    if (!address.takes(request, response)) {
      this.#response = undefined;
      this.#leave(bytes);
      return;
    }
    if (end < bytes.length) this.#pending = bytes.subarray(end);
    request.handOut();
  }

  answered(keepAlive: boolean): void {
    const response = this.#response;
    this.#response = undefined;
    response?.close();
    const socket = this.#socket;
    if (socket.destroyed) return;
    if (!keepAlive) {
      socket.destroySoon();
      return;
    }
    this.#isKept = true;
    this.#waitsSince = performance.now();
    if (this.#isPaused) {
      this.#isPaused = false;
      socket.resume();
    }
    if (this.#pending !== undefined) this.#next(this.#pending);
  }

  /** To Node, with all that is not answered. */
  #leave(bytes: Buffer | undefined): void {
    const socket = this.#socket;
    this.#lane.gone(this);
    this.#pending = undefined;
    delete socket[connectionOf];
    socket
      .off('data', onData)
      .off('drain', onDrain)
      .off('end', onEnd)
      .off('error', onError)
      .off('close', onClose);
    if (bytes !== undefined) socket.unshift(bytes);
    this.#lane.handOver(socket);
  }

  /** @param now monotonic ms */
  look(now: number): void {
    if (this.#response !== undefined) return;
    const waits = now - this.#waitsSince;
    if (this.#isKept && this.#pending === undefined) {
      if (waits > laneLimits.idleMs) this.close();
    } else if (waits > laneLimits.wholeMs) this.#leave(this.#pending);
  }

  drained(): void {
    this.#response?.emit('drain');
  }

  close(): void {
    this.#socket.destroy();
  }

  closed(): void {
    this.#lane.gone(this);
    const response = this.#response;
    this.#response = undefined;
    this.#pending = undefined;
    response?.close();
  }
}

const connectionOf = Symbol('the fast lane of a socket');
type LaneSocket = Socket & { [connectionOf]?: LaneConnection };

// One of each for all sockets: ten thousand that wait should not have five functions each.
function onData(this: LaneSocket, chunk: Buffer): void {
  this[connectionOf]?.read(chunk);
}
function onDrain(this: LaneSocket): void {
  this[connectionOf]?.drained();
}
/** The client says nothing more, so it does not wait for an answer either; as Node takes it. */
function onEnd(this: LaneSocket): void {
  this.destroySoon();
}
function onError(this: LaneSocket): void {
  this.destroy();
}
function onClose(this: LaneSocket): void {
  this[connectionOf]?.closed();
}
