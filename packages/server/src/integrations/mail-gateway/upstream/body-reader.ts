// Where a body ends: after so many bytes, after the last chunk (RFC 9112 section 7.1), or with the connection.
import type { ResponseHead } from './response-head.ts';
import { UpstreamError } from './upstream-error.ts';

const states = {
  size: 0,
  extension: 1,
  sizeEnd: 2,
  data: 3,
  dataEnd: 4,
  dataEndLf: 5,
  trailer: 6,
  done: 7,
} as const;
type State = (typeof states)[keyof typeof states];

/** Bytes of trailers, and of what stands behind the size of a chunk, that are read past. */
const mostIgnored = 4_096;
const [carriageReturn, lineFeed, semicolon] = [13, 10, 59];

export class BodyReader {
  readonly #framing: ResponseHead['body'];
  #left: number;
  #state: State = states.size;
  #digits = 0;
  #ignored = 0;
  /** Length of the current line among the trailers; the empty one is the end. */
  #line = 0;

  constructor(framing: ResponseHead['body']) {
    this.#framing = framing;
    this.#left = typeof framing === 'number' ? framing : 0;
  }

  get done(): boolean {
    if (this.#framing === 'chunked') return this.#state === states.done;
    return this.#framing !== 'until-close' && this.#left === 0;
  }

  /** Whether the end of the connection is the end of the body. */
  get endsWithConnection(): boolean {
    return this.#framing === 'until-close';
  }

  /**
   * @param bytes what has come; the parts that `take` is given are views of it.
   * @returns how many of them belong to this body: all, unless it ends before.
   * @throws UpstreamError `malformed`
   */
  read(bytes: Buffer, take: (part: Buffer) => void): number {
    if (this.#framing === 'chunked') return this.#readChunks(bytes, take);
    if (this.#framing === 'until-close') {
      take(bytes);
      return bytes.length;
    }
    const count = Math.min(this.#left, bytes.length);
    this.#left -= count;
    if (count > 0) take(count === bytes.length ? bytes : bytes.subarray(0, count));
    return count;
  }

  #readChunks(bytes: Buffer, take: (part: Buffer) => void): number {
    let at = 0;
    while (at < bytes.length && this.#state !== states.done) {
      if (this.#state === states.data) {
        const count = Math.min(this.#left, bytes.length - at);
        take(bytes.subarray(at, at + count));
        at += count;
        this.#left -= count;
        if (this.#left === 0) this.#state = states.dataEnd;
      } else {
        this.#step(bytes[at] ?? 0);
        at += 1;
      }
    }
    return at;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case states.size: {
        const digit = hexDigit(byte);
        if (digit >= 0) {
          // Seven digits are 256 MiB: no mail server sends such a chunk.
          if ((this.#digits += 1) > 7) throw malformed();
          this.#left = this.#left * 16 + digit;
        } else if (this.#digits === 0) throw malformed();
        else if (byte === carriageReturn) this.#state = states.sizeEnd;
        else if (byte === semicolon || byte === 32 || byte === 9) this.#state = states.extension;
        else throw malformed();
        return;
      }
      case states.extension:
        if (byte === lineFeed || (this.#ignored += 1) > mostIgnored) throw malformed();
        if (byte === carriageReturn) this.#state = states.sizeEnd;
        return;
      case states.sizeEnd:
        if (byte !== lineFeed) throw malformed();
        this.#digits = 0;
        this.#state = this.#left === 0 ? states.trailer : states.data;
        return;
      case states.dataEnd:
        if (byte !== carriageReturn) throw malformed();
        this.#state = states.dataEndLf;
        return;
      case states.dataEndLf:
        if (byte !== lineFeed) throw malformed();
        this.#state = states.size;
        return;
      case states.trailer:
        if ((this.#ignored += 1) > mostIgnored) throw malformed();
        if (byte === lineFeed) {
          if (this.#line === 0) this.#state = states.done;
          this.#line = 0;
        } else if (byte !== carriageReturn) this.#line += 1;
        return;
      default:
        throw malformed();
    }
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

function malformed(): UpstreamError {
  return new UpstreamError('malformed', 'The mail server’s answer has chunks that cannot be read');
}
