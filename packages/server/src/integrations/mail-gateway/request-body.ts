// The body of a client’s request: small ones whole, so that what is asked is seen before anything is sent on and can be sent again; large
// ones as a stream, which waits whenever whoever takes it does.
import type { AsideRequest } from '../../kernel/http/aside/exchange.ts';
import { smallBody, type Visit } from './visit.ts';

/** Of one that is relayed (security rule 5). */
const largestBody = 64 * 1024 * 1024;

export interface BodyTaker {
  /** All of it; null: there is none. */
  onWhole(body: Buffer | null): void;
  /** It is larger: this is how it begins, and the stream stands still until {@link RequestBody.resume}. */
  onLarge(beginning: Buffer): void;
  /** @returns false: wait for {@link RequestBody.resume}. */
  onMore(bytes: Buffer): boolean;
  onRequestEnd(): void;
  /** The body is larger than anything that is relayed, or the client has gone. */
  onAbort(why: 'too-large' | 'left'): void;
}

export class RequestBody {
  readonly #visit: Visit;
  readonly #taker: BodyTaker;
  #parts: Buffer[] = [];
  #bytes = 0;
  #isLarge = false;
  #isDone = false;

  constructor(visit: Visit, taker: BodyTaker) {
    this.#visit = visit;
    this.#taker = taker;
  }

  read(): void {
    const { incoming, headers } = this.#visit;
    if (headers.length === 0) {
      // Nothing is to come; what Node has to do at its end it does by itself.
      incoming.resume();
      this.#taker.onWhole(null);
      return;
    }
    if (headers.length > largestBody) {
      this.#taker.onAbort('too-large');
      return;
    }
    const whole = headers.length > smallBody ? undefined : incoming.takeWhole?.();
    if (whole !== undefined) {
      this.#isDone = true;
      this.#bytes = whole?.length ?? 0;
      this.#visit.bytesIn += this.#bytes;
      incoming.rawHeaders = [];
      this.#taker.onWhole(whole);
      return;
    }
    (incoming as Incoming)[bodyOf] = this;
    incoming.on('data', onData).on('end', onEnd).on('error', onError);
  }

  take(chunk: Buffer): void {
    if (this.#isDone) return;
    this.#bytes += chunk.length;
    this.#visit.bytesIn += chunk.length;
    if (this.#bytes > largestBody) {
      this.#isDone = true;
      this.#taker.onAbort('too-large');
      return;
    }
    if (this.#isLarge) {
      if (!this.#taker.onMore(chunk)) this.#visit.incoming.pause();
      return;
    }
    this.#parts.push(chunk);
    if (this.#bytes <= smallBody) return;
    this.#isLarge = true;
    this.#visit.incoming.pause();
    const beginning = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#taker.onLarge(beginning);
  }

  end(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    if (this.#isLarge) {
      this.#taker.onRequestEnd();
      return;
    }
    const [first] = this.#parts;
    const body =
      this.#parts.length === 0
        ? null
        : this.#parts.length === 1 && first
          ? first
          : Buffer.concat(this.#parts);
    this.#parts = [];
    // What waits now may wait for an hour: nothing is kept that was only needed to read it.
    const { incoming } = this.#visit;
    (incoming as Incoming)[bodyOf] = undefined;
    incoming.rawHeaders = [];
    this.#taker.onWhole(body);
  }

  leave(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#taker.onAbort('left');
  }

  resume(): void {
    this.#visit.incoming.resume();
  }
}

const bodyOf = Symbol('the body of a request');
type Incoming = AsideRequest & { [bodyOf]?: RequestBody | undefined };

// One of each for all requests: ten thousand that wait should not have three functions each.
function onData(this: Incoming, chunk: Buffer): void {
  this[bodyOf]?.take(chunk);
}
function onEnd(this: Incoming): void {
  this[bodyOf]?.end();
}
function onError(this: Incoming): void {
  this[bodyOf]?.leave();
}

/** For what is looked into. undefined: it was too large, or the client has gone; the visit is answered then. */
export function readWhole(visit: Visit, most: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const { incoming, headers } = visit;
    const tooLarge = () => {
      visit.answer('malformed', 413);
      resolve(undefined);
    };
    if (headers.length > most) return tooLarge();
    const parts: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      visit.bytesIn += chunk.length;
      if (bytes <= most) parts.push(chunk);
      else if (!visit.response.headersSent) tooLarge();
    });
    incoming.on('end', () => resolve(bytes > most ? undefined : Buffer.concat(parts)));
    incoming.on('error', () => resolve(undefined));
    incoming.on('close', () =>
      resolve(bytes > most || !incoming.complete ? undefined : Buffer.concat(parts)),
    );
  });
}
