/**
 * A strict, bounded reader of DER (X.690). Only the canonical form is accepted: definite minimal lengths, minimal integers,
 * low tag numbers. A second spelling of a signed structure is a way past checks, and no CA or agent produces one.
 */
import { DecodeError, requireAtMost } from '../decode-error.ts';

export const derLimits = { depth: 24, oidBytes: 128, integerBytes: 1024 } as const;

/** Identifier octets of the universal types used here (X.680, section 8.6). */
export const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Identifier octet of `[number]`: constructed for EXPLICIT and for IMPLICIT over a SEQUENCE, primitive otherwise. */
export function contextTag(number: number, constructed: boolean): number {
  return (constructed ? 0xa0 : 0x80) | number;
}

/** One value as it was read. Its bytes are cut out when somebody asks for them: of most values only one side is ever looked at. */
export class DerValue {
  readonly tag: number;
  /** Of the identifier octet in the outermost input. */
  readonly offset: number;
  readonly path: string;
  readonly depth: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #contentStart: number;
  readonly #end: number;

  constructor(
    bytes: Uint8Array,
    { start, contentStart, end }: { start: number; contentStart: number; end: number },
    { offset, path, depth }: { offset: number; path: string; depth: number },
  ) {
    this.tag = bytes[start] ?? 0;
    this.offset = offset;
    this.path = path;
    this.depth = depth;
    this.#bytes = bytes;
    this.#start = start;
    this.#contentStart = contentStart;
    this.#end = end;
  }

  /** Identifier, length and content octets. */
  get raw(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  get content(): Uint8Array {
    return this.#bytes.subarray(this.#contentStart, this.#end);
  }

  get contentOffset(): number {
    return this.offset + this.#contentStart - this.#start;
  }

  /** What stands inside; the tag is the caller's question. */
  inside(): DerCursor {
    const { contentOffset, path, depth } = this;
    return new DerCursor(this.#bytes, this.#contentStart, this.#end, {
      offset: contentOffset,
      path,
      depth: depth + 1,
    });
  }
}

/** Reads the values inside one constructed value, in order. */
export class DerCursor {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  /** What is added to a position to have its offset in the outermost input. */
  readonly #shift: number;
  readonly #path: string;
  readonly #depth: number;
  #position: number;

  /** `offset`: where the first byte stands in the outermost input. */
  constructor(
    bytes: Uint8Array,
    start: number,
    end: number,
    { offset, path, depth }: { offset: number; path: string; depth: number },
  ) {
    this.#bytes = bytes;
    this.#position = start;
    this.#end = end;
    this.#shift = offset - start;
    this.#path = path;
    this.#depth = depth;
  }

  get atEnd(): boolean {
    return this.#position >= this.#end;
  }

  get offset(): number {
    return this.#shift + this.#position;
  }

  peekTag(): number | undefined {
    return this.atEnd ? undefined : this.#bytes[this.#position];
  }

  next(name: string): DerValue {
    const path = this.#path === '' ? name : `${this.#path}.${name}`;
    const bytes = this.#bytes;
    const start = this.#position;
    const limit = this.#end;
    if (start >= limit) this.#fail(path, 'value missing', start);
    const identifier = bytes[start] ?? 0;
    if ((identifier & 0x1f) === 0x1f)
      this.#fail(path, 'high tag numbers are not used in these structures', start);
    let position = start + 1;
    if (position >= limit) this.#fail(path, 'length missing', position);
    const first = bytes[position] ?? 0;
    position += 1;
    let length = first;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0) this.#fail(path, 'indefinite length is not DER', position - 1);
      if (count > 4) this.#fail(path, 'length field too long', position - 1);
      length = 0;
      for (let index = 0; index < count; index++) {
        if (position + index >= limit) this.#fail(path, 'length truncated', position + index);
        length = length * 256 + (bytes[position + index] ?? 0);
      }
      if (length < 0x80 || length < 256 ** (count - 1))
        this.#fail(path, 'length is not minimal', position - 1);
      position += count;
    }
    const end = position + length;
    if (end > limit) this.#fail(path, `value of ${length} bytes runs past its container`, position);
    this.#position = end;
    return new DerValue(
      bytes,
      { start, contentStart: position, end },
      { offset: this.#shift + start, path, depth: this.#depth },
    );
  }

  #fail(path: string, message: string, at: number): never {
    throw new DecodeError(message, { offset: this.#shift + at, path });
  }

  expect(expected: number, name: string): DerValue {
    const value = this.next(name);
    requireTag(value, expected);
    return value;
  }

  optional(expected: number, name: string): DerValue | undefined {
    return this.peekTag() === expected ? this.next(name) : undefined;
  }

  /** Refuses anything left over. */
  done(): void {
    if (!this.atEnd)
      throw new DecodeError('unexpected trailing data', { offset: this.offset, path: this.#path });
  }
}

/** The single value that the whole input must be. */
export function readDer(bytes: Uint8Array, name: string, maxBytes: number): DerValue {
  requireAtMost(bytes, maxBytes, name);
  // Views of a plain array are cheaper to make than those of a Buffer.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const cursor = new DerCursor(plain, 0, plain.length, { offset: 0, path: '', depth: 0 });
  const value = cursor.next(name);
  cursor.done();
  return value;
}

/** The tag is always checked: that of the outermost value is not signed, so another would make a second spelling. */
export function childrenOf(value: DerValue, expected: number = tag.sequence): DerCursor {
  requireTag(value, expected);
  requireDepth(value);
  return value.inside();
}

/** For DER wrapped in an OCTET STRING or BIT STRING. */
export function nestedDer(value: DerValue, content: Uint8Array = value.content): DerCursor {
  requireDepth(value);
  return new DerCursor(content, 0, content.length, {
    offset: value.contentOffset + (value.content.length - content.length),
    path: value.path,
    depth: value.depth + 1,
  });
}

function requireDepth(value: DerValue): void {
  if (value.depth + 1 > derLimits.depth) throw failure(value, `nesting deeper than ${derLimits.depth}`);
}

export function requireTag(value: DerValue, expected: number): void {
  if (value.tag !== expected) {
    throw failure(value, `tag 0x${expected.toString(16)} expected, 0x${value.tag.toString(16)} found`);
  }
}

export function failure(value: DerValue, message: string, reason?: string): DecodeError {
  return new DecodeError(message, { offset: value.offset, path: value.path, reason });
}
