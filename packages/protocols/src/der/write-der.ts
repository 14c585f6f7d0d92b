/** Builds DER (X.690) from the inside out. Every function returns a complete tag-length-value. */
import { contextTag, tag } from './read-der.ts';

export function encodeValue(identifier: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((total, content) => total + content.length, 0);
  const lengthBytes: number[] = [];
  if (length < 0x80) lengthBytes.push(length);
  else {
    for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) lengthBytes.unshift(rest % 256);
    lengthBytes.unshift(0x80 | lengthBytes.length);
  }
  const bytes = new Uint8Array(1 + lengthBytes.length + length);
  bytes[0] = identifier;
  bytes.set(lengthBytes, 1);
  let position = 1 + lengthBytes.length;
  for (const content of contents) {
    bytes.set(content, position);
    position += content.length;
  }
  return bytes;
}

export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return encodeValue(tag.sequence, ...parts);
}

/** SET OF: the members are put in ascending order of their encoding (X.690, section 11.6). */
export function setOf(...parts: readonly Uint8Array[]): Uint8Array {
  return encodeValue(tag.set, ...[...parts].sort(Buffer.compare));
}

export function boolean(value: boolean): Uint8Array {
  return encodeValue(tag.boolean, Uint8Array.of(value ? 0xff : 0));
}

export function nullValue(): Uint8Array {
  return encodeValue(tag.null);
}

/** A non-negative integer given as a number or as big-endian bytes. */
export function unsignedInteger(value: number | Uint8Array): Uint8Array {
  let bytes = typeof value === 'number' ? bigEndian(value) : value;
  while (bytes.length > 1 && bytes[0] === 0) bytes = bytes.subarray(1);
  if (bytes.length === 0) bytes = Uint8Array.of(0);
  const needsSign = (bytes[0] ?? 0) >= 0x80;
  return needsSign ? encodeValue(tag.integer, Uint8Array.of(0), bytes) : encodeValue(tag.integer, bytes);
}

function bigEndian(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a non-negative integer: ${value}`);
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

const encodedOids = new Map<string, Uint8Array>();

export function oid(dotted: string): Uint8Array {
  const known = encodedOids.get(dotted);
  if (known !== undefined) return known;
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt);
  const bytes: number[] = [];
  for (const arc of [first * 40n + second, ...rest]) {
    const group = [Number(arc & 0x7fn)];
    for (let left = arc >> 7n; left > 0n; left >>= 7n) group.unshift(Number(left & 0x7fn) | 0x80);
    bytes.push(...group);
  }
  const encoded = encodeValue(tag.oid, Uint8Array.from(bytes));
  encodedOids.set(dotted, encoded);
  return encoded;
}

export function octetString(content: Uint8Array): Uint8Array {
  return encodeValue(tag.octetString, content);
}

export function bitString(content: Uint8Array, unusedBits = 0): Uint8Array {
  return encodeValue(tag.bitString, Uint8Array.of(unusedBits), content);
}

/** A named bit list: bit 0 is the first name, trailing zero bits are dropped (X.690, section 11.2.2). */
export function namedBits(bits: readonly number[]): Uint8Array {
  const highest = Math.max(-1, ...bits);
  const bytes = new Uint8Array(Math.floor(highest / 8) + 1);
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return bitString(bytes, highest < 0 ? 0 : 7 - (highest & 7));
}

export function utf8String(text: string): Uint8Array {
  return encodeValue(tag.utf8String, Buffer.from(text, 'utf8'));
}

export function printableString(text: string): Uint8Array {
  return encodeValue(tag.printableString, Buffer.from(text, 'latin1'));
}

/** UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280, section 4.1.2.5). Takes ms, keeps whole seconds. */
export function time(milliseconds: number): Uint8Array {
  const digits = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, '');
  const year = new Date(milliseconds).getUTCFullYear();
  return year >= 1950 && year < 2050
    ? encodeValue(tag.utcTime, Buffer.from(digits.slice(2), 'latin1'))
    : encodeValue(tag.generalizedTime, Buffer.from(digits, 'latin1'));
}

export function explicit(number: number, inner: Uint8Array): Uint8Array {
  return encodeValue(contextTag(number, true), inner);
}

/** IMPLICIT over a primitive type. */
export function implicitPrimitive(number: number, content: Uint8Array): Uint8Array {
  return encodeValue(contextTag(number, false), content);
}

/** IMPLICIT over a SEQUENCE or SET: the members are given. */
export function implicitConstructed(number: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return encodeValue(contextTag(number, true), ...parts);
}
