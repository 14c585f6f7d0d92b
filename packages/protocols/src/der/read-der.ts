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

export interface DerValue {
  readonly tag: number;
  /** Identifier, length and content octets. */
  readonly raw: Uint8Array;
  readonly content: Uint8Array;
  /** Of the identifier octet in the outermost input. */
  readonly offset: number;
  readonly contentOffset: number;
  readonly path: string;
  readonly depth: number;
}

/** Reads the values inside one constructed value, in order. */
export class DerCursor {
  readonly #bytes: Uint8Array;
  readonly #base: number;
  readonly #path: string;
  readonly #depth: number;
  #position = 0;

  constructor(bytes: Uint8Array, base: number, path: string, depth: number) {
    this.#bytes = bytes;
    this.#base = base;
    this.#path = path;
    this.#depth = depth;
  }

  get atEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  get offset(): number {
    return this.#base + this.#position;
  }

  peekTag(): number | undefined {
    return this.#bytes[this.#position];
  }

  next(name: string): DerValue {
    const path = this.#path === '' ? name : `${this.#path}.${name}`;
    const bytes = this.#bytes;
    const start = this.#position;
    const fail = (message: string, at = start): never => {
      throw new DecodeError(message, { offset: this.#base + at, path });
    };
    const identifier = bytes[start] ?? fail('value missing');
    if ((identifier & 0x1f) === 0x1f) fail('high tag numbers are not used in these structures');
    let position = start + 1;
    const first = bytes[position] ?? fail('length missing', position);
    position += 1;
    let length = first;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0) fail('indefinite length is not DER', position - 1);
      if (count > 4) fail('length field too long', position - 1);
      length = 0;
      for (let index = 0; index < count; index++) {
        length = length * 256 + (bytes[position + index] ?? fail('length truncated', position + index));
      }
      if (length < 0x80 || length < 256 ** (count - 1)) fail('length is not minimal', position - 1);
      position += count;
    }
    const end = position + length;
    if (end > bytes.length) fail(`value of ${length} bytes runs past its container`, position);
    this.#position = end;
    return {
      tag: identifier,
      raw: bytes.subarray(start, end),
      content: bytes.subarray(position, end),
      offset: this.#base + start,
      contentOffset: this.#base + position,
      path,
      depth: this.#depth,
    };
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
  const cursor = new DerCursor(bytes, 0, '', 0);
  const value = cursor.next(name);
  cursor.done();
  return value;
}

/** The tag is always checked: that of the outermost value is not signed, so another would make a second spelling. */
export function childrenOf(value: DerValue, expected: number = tag.sequence): DerCursor {
  requireTag(value, expected);
  return nested(value, value.content, value.contentOffset);
}

/** For DER wrapped in an OCTET STRING or BIT STRING. */
export function nestedDer(value: DerValue, content: Uint8Array = value.content): DerCursor {
  return nested(value, content, value.contentOffset + (value.content.length - content.length));
}

function nested(value: DerValue, content: Uint8Array, offset: number): DerCursor {
  if (value.depth + 1 > derLimits.depth) throw failure(value, `nesting deeper than ${derLimits.depth}`);
  return new DerCursor(content, offset, value.path, value.depth + 1);
}

export function requireTag(value: DerValue, expected: number): void {
  if (value.tag !== expected) {
    throw failure(value, `tag 0x${expected.toString(16)} expected, 0x${value.tag.toString(16)} found`);
  }
}

export function failure(value: DerValue, message: string, reason?: string): DecodeError {
  return new DecodeError(message, { offset: value.offset, path: value.path, reason });
}
