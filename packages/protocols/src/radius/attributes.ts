/** Attributes by name, as people and configuration speak of them, and as they travel. */
import { DecodeError } from '../decode-error.ts';
import { ipv4Bytes, ipv4Text, ipv6Bytes, ipv6Text } from './addresses.ts';
import {
  type AttributeKind,
  type AttributeRow,
  attributeNamed,
  attributeNumbered,
  valueName,
} from './attribute-table.ts';
import { type RawAttribute, radiusLimits } from './packet.ts';

export interface Attribute {
  /** Of the table; otherwise `Attr-200`, or `Vendor-9-Attr-7`. */
  readonly name: string;
  /** Text and addresses as strings, numbers as numbers; bytes for the rest, and for what is not as its kind demands. */
  readonly value: string | number | Uint8Array;
  /** Of tunnel attributes: which tunnel, 1 to 31. */
  readonly tag?: number;
}

const vendorSpecific = 26;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
type Reading = Omit<Attribute, 'name'>;

function readText(bytes: Uint8Array): string | Uint8Array {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes;
  }
}

function readInteger(bytes: Uint8Array): number | Uint8Array {
  return bytes.length === 4 ? Buffer.from(bytes).readUInt32BE() : bytes;
}

const readers: Readonly<Record<AttributeKind, (bytes: Uint8Array) => Reading>> = {
  text: (bytes) => ({ value: readText(bytes) }),
  octets: (bytes) => ({ value: bytes }),
  secret: (bytes) => ({ value: bytes }),
  integer: (bytes) => ({ value: readInteger(bytes) }),
  time: (bytes) => ({ value: readInteger(bytes) }),
  ipv4: (bytes) => ({ value: bytes.length === 4 ? ipv4Text(bytes) : bytes }),
  ipv6: (bytes) => ({ value: bytes.length === 16 ? ipv6Text(bytes) : bytes }),
  'tagged-integer': (bytes) => {
    const [tag = 0] = bytes;
    if (bytes.length !== 4 || tag > 0x1f) return { value: bytes };
    return { value: Buffer.from(bytes).readUIntBE(1, 3), ...(tag === 0 ? {} : { tag }) };
  },
  'tagged-text': (bytes) => {
    const [tag = 0] = bytes;
    // RFC 2868 section 3.6: a first byte above 0x1F belongs to the text
    const tagged = tag > 0 && tag <= 0x1f;
    const value = readText(tagged ? bytes.subarray(1) : bytes);
    if (typeof value !== 'string') return { value: bytes };
    return { value, ...(tagged ? { tag } : {}) };
  },
};

function read(row: AttributeRow | undefined, name: string, bytes: Uint8Array): Attribute {
  return row === undefined ? { name, value: bytes } : { name: row.name, ...readers[row.kind](bytes) };
}

/** All attributes of a packet by name, in their order; a vendor's container gives each of the vendor's. Total: never throws. */
export function nameAttributes(raw: readonly RawAttribute[]): Attribute[] {
  return raw.flatMap(({ type, value }) =>
    type === vendorSpecific ? readVendors(value) : [read(attributeNumbered(type), `Attr-${type}`, value)],
  );
}

/** RFC 2865 section 5.26: vendors should write attributes of the same form inside; who does not keeps the container. */
function readVendors(container: Uint8Array): Attribute[] {
  const whole = [{ name: 'Vendor-Specific', value: container }];
  if (container.length < 6) return whole;
  const vendor = Buffer.from(container).readUInt32BE();
  const attributes: Attribute[] = [];
  for (let offset = 4; offset < container.length; ) {
    const type = container[offset] ?? 0;
    const size = container[offset + 1] ?? 0;
    if (size < 2 || offset + size > container.length) return whole;
    const value = container.subarray(offset + 2, offset + size);
    attributes.push(read(attributeNumbered(type, vendor), `Vendor-${vendor}-Attr-${type}`, value));
    offset += size;
  }
  return attributes;
}

/** @throws DecodeError for a name that is none, and for a value that its kind does not have. */
export function encodeAttribute({ name, value, tag }: Attribute): RawAttribute {
  if (name === 'Vendor-Specific' && value instanceof Uint8Array) return fit(name, vendorSpecific, value);
  const row = attributeNamed(name) ?? numberedName(name);
  if (row === undefined) throw new DecodeError(`there is no attribute ${name}`, { path: name });
  const bytes = value instanceof Uint8Array ? value : write(row, value, tag);
  if (row.vendor === undefined) return fit(name, row.type, bytes);
  const container = Buffer.alloc(6 + bytes.length);
  container.writeUInt32BE(row.vendor, 0);
  container.writeUInt8(row.type, 4);
  container.writeUInt8(Math.min(bytes.length + 2, 255), 5);
  container.set(bytes, 6);
  return fit(name, vendorSpecific, container);
}

function fit(name: string, type: number, value: Uint8Array): RawAttribute {
  if (value.length > radiusLimits.valueBytes)
    throw new DecodeError(`a value has at most ${radiusLimits.valueBytes} bytes`, {
      path: name,
      reason: 'too-large',
    });
  return { type, value: Uint8Array.from(value) };
}

/** `Attr-200` and `Vendor-9-Attr-7`. */
function numberedName(name: string): AttributeRow | undefined {
  const [, vendor, type] = /^(?:Vendor-(\d{1,10})-)?Attr-(\d{1,3})$/.exec(name) ?? [];
  if (type === undefined || Number(type) > 255 || Number(vendor ?? 0) > 0xffffffff) return undefined;
  const kind = 'octets';
  return { name, type: Number(type), kind, ...(vendor === undefined ? {} : { vendor: Number(vendor) }) };
}

function write(row: AttributeRow, value: string | number, tag: number | undefined): Uint8Array {
  const { name, kind } = row;
  switch (kind) {
    case 'text':
    case 'octets':
    case 'secret':
      return Buffer.from(String(value), 'utf8');
    case 'tagged-text':
      return Buffer.concat([Buffer.from(tag === undefined ? [] : [tag]), Buffer.from(String(value), 'utf8')]);
    case 'integer':
    case 'time':
      return bigEndian(name, value, 4);
    case 'tagged-integer':
      return Buffer.concat([Buffer.from([tag ?? 0]), bigEndian(name, value, 3)]);
    case 'ipv4':
      return ipv4Bytes(String(value)) ?? refuse(name, 'is not an IPv4 address');
    case 'ipv6':
      return ipv6Bytes(String(value)) ?? refuse(name, 'is not an IPv6 address');
    default:
      return kind satisfies never;
  }
}

function bigEndian(name: string, value: string | number, size: 3 | 4): Uint8Array {
  const bytes = Buffer.alloc(size);
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size))
    return refuse(name, 'is not a number that fits');
  bytes.writeUIntBE(value, 0, size);
  return bytes;
}

function refuse(name: string, problem: string): never {
  throw new DecodeError(`the value ${problem}`, { path: name });
}

/**
 * An attribute as configuration has it: the name, and the value as text. Numbers may be given by their word.
 * @throws DecodeError
 */
export function parseAttribute(name: string, text: string): Attribute {
  const row = attributeNamed(name);
  if (row === undefined) throw new DecodeError(`there is no attribute ${name}`, { path: name });
  const isNumber = row.kind === 'integer' || row.kind === 'time' || row.kind === 'tagged-integer';
  const number = row.values?.[text] ?? (/^\d{1,10}$/.test(text) ? Number(text) : undefined);
  const attribute: Attribute = { name, value: isNumber ? (number ?? text) : text };
  encodeAttribute(attribute);
  return attribute;
}

/** The value for a reader: words for numbers that have one, bytes as hexadecimal, and nothing of a secret but its length. */
export function attributeText({ name, value }: Attribute): string {
  if (value instanceof Uint8Array) {
    return attributeNamed(name)?.kind === 'secret'
      ? `(${value.length} bytes, not shown)`
      : `0x${Buffer.from(value).toString('hex')}`;
  }
  return typeof value === 'number' ? (valueName(name, value) ?? String(value)) : value;
}
