// A request that is taken aside before the framework sees it, and its answer: what Node's own objects and those of the fast lane have
// in common, so that whoever serves it need not know which it has got.
import type { Socket } from 'node:net';

/** As Node's IncomingMessage. */
export interface AsideRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Name, value, name, value, as they came. Set to nothing by whoever needs them no longer and may have long to wait. */
  rawHeaders: string[];
  readonly socket: Socket;
  /** All of its body has come. */
  readonly complete: boolean;
  on(event: 'data', listener: (chunk: Buffer) => void): this;
  on(event: 'end' | 'error' | 'close', listener: () => void): this;
  once(event: 'end' | 'error' | 'close', listener: () => void): this;
  pause(): this;
  resume(): this;
  /**
   * All of the body at once, null if there is none, instead of listening to it. Absent, or undefined: it can only be listened to,
   * because it has not come whole or because somebody listens.
   */
  takeWhole?(): Buffer | null | undefined;
  /** Absent: it comes by way of Node, and nothing is remembered. */
  readonly head?: RememberedHead | undefined;
}

/** The bytes of a request’s head, and what is remembered of those that were the same to the last byte. */
export interface RememberedHead {
  /** What was last kept, a minute ago at most. */
  readonly memo: object | undefined;
  /** The next request with this very head brings it as its memo. Nothing that is secret belongs into it. */
  keep(memo: object): void;
  /** Where a text stands, so that it is found in a request with the same head. */
  placeOf(text: string): number;
  textAt(from: number, to: number): string;
}

/** As Node's ServerResponse. */
export interface AsideResponse {
  readonly headersSent: boolean;
  readonly destroyed: boolean;
  /** Bytes that wait for the client to take them. */
  readonly writableLength: number;
  /** @param headers name, value, name, value. Without a length the body goes in chunks. */
  writeHead(status: number, headers: string[]): unknown;
  /** @returns false: better to wait for `drain`. */
  write(bytes: Uint8Array, done?: () => void): boolean;
  end(): unknown;
  end(text: string, encoding: 'latin1'): unknown;
  end(bytes: Uint8Array, done?: () => void): unknown;
  /** As `end`, with bytes that are good for this moment only. Absent: they are to be copied first. */
  endWithCopy?(bytes: Buffer): unknown;
  /** The connection goes with it. */
  destroy(): unknown;
  /** `close`: the answer is complete, or the client has gone. */
  on(event: 'close', listener: () => void): this;
  once(event: 'drain', listener: () => void): this;
}

/** False: the address is nobody's business here. */
export type TakeAside = (request: AsideRequest, response: AsideResponse) => boolean;
