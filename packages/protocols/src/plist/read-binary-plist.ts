/**
 * Binary property lists, `bplist00`: objects that refer to each other by number, a table of their offsets, and a trailer of
 * 32 bytes. Hostile lists refer in circles, refer to one object a million times, or point outside: every offset is checked
 * before it is read, depth ends circles, and the budget counts visits (security rule APL-04).
 */
import { DecodeError } from '../decode-error.ts';
import {
  largestInteger,
  type PlistDictionary,
  type PlistLimits,
  type PlistValue,
  smallestInteger,
  toInteger,
  Visit,
} from './value.ts';

export const binaryMagic = Buffer.from('bplist00', 'latin1');
const trailerLength = 32;

export function isBinaryPlist(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 6 && Buffer.from(bytes.buffer, bytes.byteOffset, 6).equals(binaryMagic.subarray(0, 6))
  );
}

/** `reason` of the DecodeError: `too-large`, `too-deep`, `unsupported` or `malformed`. */
export function readBinaryPlist(bytes: Uint8Array, limits: PlistLimits): PlistValue {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!buffer.subarray(0, 8).equals(binaryMagic)) {
    throw new DecodeError('plist: not version 00 of binary lists', {
      offset: 0,
      path: '$',
      reason: 'unsupported',
    });
  }
  const trailer = buffer.length - trailerLength;
  if (trailer < 8 + 1 + 1) throw new DecodeError('plist: too short', { offset: buffer.length, path: '$' });
  const offsetSize = buffer.readUInt8(trailer + 6);
  const referenceSize = buffer.readUInt8(trailer + 7);
  const count = buffer.readBigUInt64BE(trailer + 8);
  const top = buffer.readBigUInt64BE(trailer + 16);
  const table = buffer.readBigUInt64BE(trailer + 24);
  const fits =
    offsetSize >= 1 &&
    offsetSize <= 6 &&
    referenceSize >= 1 &&
    referenceSize <= 6 &&
    count >= 1n &&
    top < count &&
    table >= 9n &&
    table + count * BigInt(offsetSize) <= BigInt(trailer);
  if (!fits)
    throw new DecodeError('plist: the trailer contradicts the length', { offset: trailer, path: '$' });
  const layout = { offsetSize, referenceSize, count: Number(count), table: Number(table) };
  return new Reader(buffer, layout, new Visit(limits)).object(Number(top));
}

interface Layout {
  readonly offsetSize: number;
  readonly referenceSize: number;
  readonly count: number;
  /** Where the table of offsets begins and the objects end. */
  readonly table: number;
}

class Reader {
  readonly #bytes: Buffer;
  readonly #layout: Layout;
  readonly #visit: Visit;
  /** Strings by number, so that one long string that is referred to often is decoded once. */
  readonly #strings = new Map<number, string>();

  constructor(bytes: Buffer, layout: Layout, visit: Visit) {
    this.#bytes = bytes;
    this.#layout = layout;
    this.#visit = visit;
  }

  object(reference: number): PlistValue {
    const offset = this.#offsetOf(reference);
    this.#visit.node(offset);
    const marker = this.#bytes.readUInt8(offset);
    const low = marker & 0x0f;
    switch (marker >> 4) {
      case 0x0:
        if (marker === 0x08 || marker === 0x09) return marker === 0x09;
        throw this.#visit.refuse(`an object of kind ${marker}`, offset, 'unsupported');
      case 0x1:
        return this.#integer(offset, low);
      case 0x2:
        return this.#real(offset, low);
      case 0x3:
        return this.#date(offset, low);
      case 0x4:
        return this.#data(offset);
      case 0x5:
      case 0x6:
        return this.#string(reference, offset, marker >> 4 === 0x6);
      case 0xa:
        return this.#array(offset);
      case 0xd:
        return this.#dictionary(offset);
      default:
        // UIDs and sets have no meaning in any message; the others are not defined.
        throw this.#visit.refuse(`an object of kind ${marker >> 4}`, offset, 'unsupported');
    }
  }

  #offsetOf(reference: number): number {
    const { count, table, offsetSize } = this.#layout;
    const place = table + reference * offsetSize;
    if (reference >= count) throw this.#visit.refuse(`a reference to object ${reference} of ${count}`, table);
    const offset = this.#bytes.readUIntBE(place, offsetSize);
    if (offset < binaryMagic.length || offset >= table) {
      throw this.#visit.refuse(`object ${reference} is outside`, place);
    }
    return offset;
  }

  /** Where content of `length` bytes starts that must end before the table. */
  #within(start: number, length: number): number {
    if (length > this.#layout.table - start) throw this.#visit.refuse('an object reaches outside', start);
    return start;
  }

  /** The number of bytes, characters or members, and where they start. */
  #extent(offset: number): { length: number; start: number } {
    const low = this.#bytes.readUInt8(offset) & 0x0f;
    if (low !== 0x0f) return { length: low, start: offset + 1 };
    this.#within(offset + 1, 1);
    const marker = this.#bytes.readUInt8(offset + 1);
    const size = 1 << (marker & 0x0f);
    if (marker >> 4 !== 0x1 || size > 8) throw this.#visit.refuse('a length that is not one', offset);
    this.#within(offset + 2, size);
    const length =
      size === 8 ? Number(this.#bytes.readBigUInt64BE(offset + 2)) : this.#bytes.readUIntBE(offset + 2, size);
    return { length, start: offset + 2 + size };
  }

  #integer(offset: number, power: number): number | bigint {
    const start = this.#within(offset + 1, 1 << power);
    switch (power) {
      case 0:
      case 1:
      case 2:
        return this.#bytes.readUIntBE(start, 1 << power);
      case 3:
        return toInteger(this.#bytes.readBigInt64BE(start));
      case 4: {
        const value = (this.#bytes.readBigInt64BE(start) << 64n) | this.#bytes.readBigUInt64BE(start + 8);
        if (value >= smallestInteger && value <= largestInteger) return toInteger(value);
        throw this.#visit.refuse('an integer of more than 64 bits', offset);
      }
      default:
        throw this.#visit.refuse('an integer of a size that does not exist', offset);
    }
  }

  #real(offset: number, power: number): number {
    const start = this.#within(offset + 1, 1 << power);
    if (power === 2) return this.#bytes.readFloatBE(start);
    if (power === 3) return this.#bytes.readDoubleBE(start);
    throw this.#visit.refuse('a real of a size that does not exist', offset);
  }

  /** Seconds since the first day of 2001. */
  #date(offset: number, power: number): Date {
    if (power !== 3) throw this.#visit.refuse('a date of a size that does not exist', offset);
    const seconds = this.#bytes.readDoubleBE(this.#within(offset + 1, 8));
    const date = new Date(Math.round(seconds * 1000) + appleEpoch);
    if (Number.isNaN(date.getTime())) throw this.#visit.refuse('a date out of range', offset);
    return date;
  }

  #data(offset: number): Uint8Array {
    const { length, start } = this.#extent(offset);
    this.#within(start, length);
    if (length > this.#visit.limits.maxData) {
      throw this.#visit.refuse(`data longer than ${this.#visit.limits.maxData}`, offset, 'too-large');
    }
    return this.#bytes.subarray(start, start + length);
  }

  /** What an XML list could not carry is refused here too, so that both forms mean the same to whoever reads on. */
  #string(reference: number, offset: number, wide: boolean): string {
    const known = this.#strings.get(reference);
    if (known !== undefined) return known;
    const { length, start } = this.#extent(offset);
    const bytes = wide ? length * 2 : length;
    this.#within(start, bytes);
    const text = wide
      ? Buffer.from(this.#bytes.subarray(start, start + bytes))
          .swap16()
          .toString('utf16le')
      : this.#bytes.toString('latin1', start, start + bytes);
    if (!(wide ? text.isWellFormed() && !forbidden.test(text) : ascii.test(text))) {
      throw this.#visit.refuse('a string with characters that are none', offset);
    }
    this.#strings.set(reference, text);
    return text;
  }

  #array(offset: number): PlistValue[] {
    const { length, start } = this.#extent(offset);
    const { referenceSize } = this.#layout;
    this.#within(start, length * referenceSize);
    this.#visit.enter(offset);
    // Made in its final size, which is bounded by the bytes: one that grows keeps room for 17, and a bomb has many small ones.
    // oxlint-disable-next-line unicorn/no-new-array -- see above; Array.from takes ten times as long
    const items = new Array<PlistValue>(length);
    for (let index = 0; index < length; index++) {
      this.#visit.at(index);
      items[index] = this.object(this.#bytes.readUIntBE(start + index * referenceSize, referenceSize));
    }
    this.#visit.leave();
    return items;
  }

  #dictionary(offset: number): PlistDictionary {
    const { length, start } = this.#extent(offset);
    const { referenceSize } = this.#layout;
    this.#within(start, length * referenceSize * 2);
    this.#visit.enter(offset);
    const dictionary: Record<string, PlistValue> = Object.create(null);
    for (let index = 0; index < length; index++) {
      const key = this.#key(this.#bytes.readUIntBE(start + index * referenceSize, referenceSize));
      this.#visit.at(key);
      if (key in dictionary) throw this.#visit.refuse('the same key twice', offset);
      dictionary[key] = this.object(
        this.#bytes.readUIntBE(start + (length + index) * referenceSize, referenceSize),
      );
    }
    this.#visit.leave();
    return dictionary;
  }

  #key(reference: number): string {
    const known = this.#strings.get(reference);
    const offset = this.#offsetOf(reference);
    const kind = this.#bytes.readUInt8(offset) >> 4;
    if (kind !== 0x5 && kind !== 0x6) throw this.#visit.refuse('a key that is not a string', offset);
    const key = known ?? this.#string(reference, offset, kind === 0x6);
    if (key.length > this.#visit.limits.maxKey) {
      throw this.#visit.refuse(`key longer than ${this.#visit.limits.maxKey}`, offset, 'too-large');
    }
    return key;
  }
}

export const appleEpoch = Date.UTC(2001, 0, 1);

// oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
const ascii = /^[\t\n\r\u0020-\u007f]*$/;
// oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
