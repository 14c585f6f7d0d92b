/** Writes binary property lists as Apple's tools do: equal strings once, the smallest sizes that fit. */
import { appleEpoch, binaryMagic } from './read-binary-plist.ts';
import { largestInteger, PlistReal, type PlistValue, smallestInteger } from './value.ts';

type Leaf = Exclude<PlistValue, readonly PlistValue[] | { readonly [key: string]: PlistValue }>;
type Entry =
  | { readonly kind: 'leaf'; readonly bytes: Uint8Array }
  | { readonly kind: 'array' | 'dictionary'; readonly references: readonly number[] };

export function writeBinaryPlist(value: PlistValue): Uint8Array {
  const entries: Entry[] = [];
  const strings = new Map<string, number>();

  const add = (item: PlistValue): number => {
    if (typeof item === 'string') {
      const known = strings.get(item);
      if (known !== undefined) return known;
      strings.set(item, entries.length);
    }
    const reference = entries.length;
    if (isLeaf(item)) {
      entries.push({ kind: 'leaf', bytes: encodeLeaf(item) });
    } else if (Array.isArray(item)) {
      entries.push({ kind: 'array', references: [] });
      entries[reference] = { kind: 'array', references: item.map(add) };
    } else {
      entries.push({ kind: 'dictionary', references: [] });
      const references = [...Object.keys(item).map(add), ...Object.values(item).map(add)];
      entries[reference] = { kind: 'dictionary', references };
    }
    return reference;
  };
  add(value);

  const referenceSize = sizeOf(entries.length);
  const offsets: number[] = [];
  const parts: Uint8Array[] = [binaryMagic];
  let position = binaryMagic.length;
  for (const entry of entries) {
    offsets.push(position);
    const bytes =
      entry.kind === 'leaf' ? entry.bytes : encodeReferences(entry.kind, entry.references, referenceSize);
    parts.push(bytes);
    position += bytes.length;
  }
  const offsetSize = sizeOf(position);
  const trailer = Buffer.alloc(32);
  trailer.writeUInt8(offsetSize, 6);
  trailer.writeUInt8(referenceSize, 7);
  trailer.writeBigUInt64BE(BigInt(entries.length), 8);
  trailer.writeBigUInt64BE(BigInt(position), 24);
  return Buffer.concat([...parts, encodeNumbers(offsets, offsetSize), trailer]);
}

function isLeaf(value: PlistValue): value is Leaf {
  return (
    typeof value !== 'object' ||
    value instanceof Date ||
    value instanceof Uint8Array ||
    value instanceof PlistReal
  );
}

function sizeOf(largest: number): number {
  return largest < 0x100 ? 1 : largest < 0x10000 ? 2 : 4;
}

function encodeNumbers(numbers: readonly number[], size: number): Buffer {
  const bytes = Buffer.alloc(numbers.length * size);
  for (const [index, number] of numbers.entries()) bytes.writeUIntBE(number, index * size, size);
  return bytes;
}

function encodeReferences(kind: 'array' | 'dictionary', references: readonly number[], size: number): Buffer {
  const length = kind === 'array' ? references.length : references.length / 2;
  return Buffer.concat([head(kind === 'array' ? 0xa : 0xd, length), encodeNumbers(references, size)]);
}

function head(kind: number, length: number): Uint8Array {
  return length < 0x0f
    ? Uint8Array.of((kind << 4) | length)
    : Buffer.concat([Uint8Array.of((kind << 4) | 0x0f), encodeInteger(BigInt(length))]);
}

function encodeLeaf(value: Leaf): Uint8Array {
  switch (typeof value) {
    case 'string':
      return encodeString(value);
    case 'boolean':
      return Uint8Array.of(value ? 0x09 : 0x08);
    case 'bigint':
      return encodeInteger(value);
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0)
        ? encodeInteger(BigInt(value))
        : encodeDouble(0x23, value);
    case 'object':
      if (value instanceof Date) return encodeDouble(0x33, (value.getTime() - appleEpoch) / 1000);
      if (value instanceof PlistReal) return encodeDouble(0x23, value.value);
      return Buffer.concat([head(0x4, value.length), value]);
    default:
      throw new TypeError(`a property list cannot hold ${typeof value}`);
  }
}

function encodeDouble(marker: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(9);
  bytes.writeUInt8(marker);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

/** One, two and four bytes are unsigned, eight are signed, and sixteen hold what is left of unsigned 64 bits. */
function encodeInteger(value: bigint): Uint8Array {
  if (value < smallestInteger || value > largestInteger) {
    throw new TypeError('a property list holds integers of 64 bits');
  }
  const power = value < 0n ? 3 : value < 0x100n ? 0 : value < 0x10000n ? 1 : value < 0x100000000n ? 2 : 3;
  if (value >= 2n ** 63n) {
    const wide = Buffer.alloc(17);
    wide.writeUInt8(0x14);
    wide.writeBigUInt64BE(value, 9);
    return wide;
  }
  const bytes = Buffer.alloc(1 + (1 << power));
  bytes.writeUInt8(0x10 | power);
  if (power === 3) bytes.writeBigInt64BE(value, 1);
  else bytes.writeUIntBE(Number(value), 1, 1 << power);
  return bytes;
}

// oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
// oxlint-disable-next-line no-control-regex -- ASCII as a whole, what is forbidden in it is gone already
const ascii = /^[\u0000-\u007f]*$/;

/** What XML could not carry becomes U+FFFD, as in the XML form: a list means the same in both. */
function encodeString(value: string): Uint8Array {
  const text = value.toWellFormed().replace(forbidden, '\ufffd');
  if (ascii.test(text)) return Buffer.concat([head(0x5, text.length), Buffer.from(text, 'latin1')]);
  return Buffer.concat([head(0x6, text.length), Buffer.from(text, 'utf16le').swap16()]);
}
