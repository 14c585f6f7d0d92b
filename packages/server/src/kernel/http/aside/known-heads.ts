// Heads of requests that have come before. Phones send the same head all day long, so what one was read as is kept for a while, under a
// keyed hash of all its bytes: only what is the same to the last byte counts as the same. The bytes are not kept, for there are
// credentials among them.
import { hash, randomBytes } from 'node:crypto';
import type { RememberedHead } from './exchange.ts';
import { emptyLineBytes, type PlainRequest, plainLimits, readPlainRequest } from './plain-request.ts';

interface KnownHead {
  readonly method: string;
  readonly target: string;
  readonly bodyBytes: number;
  readonly keepAlive: boolean;
  /** What whoever took such a request wanted to be reminded of. */
  readonly memo: object;
  /** Monotonic ms. */
  readonly until: number;
}

export const knownHeadLimits = { heads: 50_000, lifeMs: 60_000 };

const keyBytes = 32;

export class KnownHeads {
  readonly #known = new Map<string, KnownHead>();
  /** The key, and behind it the head that is asked about. */
  readonly #scratch = Buffer.concat([randomBytes(keyBytes)], keyBytes + plainLimits.headBytes);

  get size(): number {
    return this.#known.size;
  }

  /**
   * As `readPlainRequest`, and to the same effect.
   * @param headEnd where the empty line begins, or -1
   * @param now monotonic ms
   */
  read(bytes: Buffer, headEnd: number, now: number): ArrivedRequest | 'unfinished' | 'other' {
    if (headEnd < 0 || headEnd > plainLimits.headBytes) {
      const read = readPlainRequest(bytes, headEnd);
      return typeof read === 'string' ? read : 'other';
    }
    const key = this.#keyOf(bytes, headEnd);
    const known = this.#known.get(key);
    if (known === undefined || now >= known.until) return this.readAnother(bytes, headEnd, key);
    const { method, target, keepAlive, memo } = known;
    const bodyAt = headEnd + emptyLineBytes;
    const end = bodyAt + known.bodyBytes;
    if (bytes.length < end) return 'unfinished';
    return new ArrivedRequest(this, key, bytes, { method, target, bodyAt, end, keepAlive }, memo, undefined);
  }

  /** One that nothing is known of; without a key nothing can be kept of it. */
  readAnother(bytes: Buffer, headEnd: number, key?: string): ArrivedRequest | 'unfinished' | 'other' {
    const read = readPlainRequest(bytes, headEnd);
    if (typeof read === 'string') return read;
    const { rawHeaders, ...plain } = read;
    return new ArrivedRequest(this, key, bytes, plain, undefined, rawHeaders);
  }

  /** SHA-512/256 with the key in front is a keyed hash by itself: what comes out of it cannot be carried on. */
  #keyOf(bytes: Buffer, headEnd: number): string {
    const end = keyBytes + bytes.copy(this.#scratch, keyBytes, 0, headEnd);
    return hash('sha512-256', this.#scratch.subarray(0, end), 'base64');
  }

  keep(key: string, { method, target, bodyAt, end, keepAlive }: ReadRequest, memo: object): void {
    const now = performance.now();
    const until = now + knownHeadLimits.lifeMs;
    this.#known.delete(key);
    this.#known.set(key, { method, target, bodyBytes: end - bodyAt, keepAlive, memo, until });
    this.forgetOld(now);
  }

  /** @param now monotonic ms */
  forgetOld(now: number): void {
    // The oldest stand first.
    for (const [oldest, { until }] of this.#known) {
      if (this.#known.size <= knownHeadLimits.heads && now < until) return;
      this.#known.delete(oldest);
    }
  }
}

type ReadRequest = Omit<PlainRequest, 'rawHeaders'>;

/** A request that has come whole, and what is remembered of its head. */
export class ArrivedRequest implements RememberedHead {
  readonly #heads: KnownHeads;
  readonly #key: string | undefined;
  readonly read: ReadRequest;
  readonly memo: object | undefined;
  #bytes: Buffer | undefined;
  #rawHeaders: string[] | undefined;

  constructor(
    heads: KnownHeads,
    key: string | undefined,
    bytes: Buffer,
    read: ReadRequest,
    memo: object | undefined,
    rawHeaders: string[] | undefined,
  ) {
    this.#heads = heads;
    this.#key = key;
    this.#bytes = bytes;
    this.#rawHeaders = rawHeaders;
    this.read = read;
    this.memo = memo;
  }

  /** Of one whose head is known they are read when somebody asks for them. */
  get rawHeaders(): string[] {
    if (this.#rawHeaders !== undefined) return this.#rawHeaders;
    const read = this.#bytes === undefined ? undefined : readPlainRequest(this.#bytes);
    return (this.#rawHeaders = typeof read === 'object' ? read.rawHeaders : []);
  }

  get body(): Buffer | undefined {
    const { bodyAt, end } = this.read;
    return end > bodyAt ? this.#bytes?.subarray(bodyAt, end) : undefined;
  }

  keep(memo: object): void {
    if (this.#key !== undefined) this.#heads.keep(this.#key, this.read, memo);
  }

  placeOf(text: string): number {
    return this.#bytes?.subarray(0, this.read.bodyAt).indexOf(text, 0, 'latin1') ?? -1;
  }

  textAt(from: number, to: number): string {
    return this.#bytes?.toString('latin1', from, to) ?? '';
  }

  /** Of all that is long, nothing is needed any more. */
  forget(): void {
    this.#bytes = undefined;
    this.#rawHeaders = [];
  }
}
