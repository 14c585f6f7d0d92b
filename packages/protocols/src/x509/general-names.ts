/** GeneralName (RFC 5280, section 4.2.1.6): names in subjectAltName and, with another meaning of `ip`, in nameConstraints. */
import { isIPv4, isIPv6 } from 'node:net';
import { childrenOf, contextTag, type DerValue, failure } from '../der/read-der.ts';
import { readAscii } from '../der/read-values.ts';
import { implicitPrimitive } from '../der/write-der.ts';
import { decodeName } from './distinguished-names.ts';

export type GeneralNameKind = 'dns' | 'email' | 'uri' | 'ip';

export interface GeneralName {
  /** `other` stands for the forms we neither write nor match: otherName, x400, directoryName, ediParty, registeredID. */
  readonly kind: GeneralNameKind | 'other';
  readonly value: string;
}

const kinds = [
  { kind: 'email', number: 1 },
  { kind: 'dns', number: 2 },
  { kind: 'uri', number: 6 },
  { kind: 'ip', number: 7 },
] as const satisfies readonly { kind: GeneralNameKind; number: number }[];

const directoryName = contextTag(4, true);

/** `ip` values are addresses here; the bytes of a constraint carry a mask as well and are encoded by the caller. */
export function encodeGeneralName(name: GeneralName): Uint8Array {
  const row = kinds.find((candidate) => candidate.kind === name.kind);
  if (row === undefined) throw new TypeError(`cannot encode a name of kind ${name.kind}`);
  if (row.kind === 'ip') return implicitPrimitive(row.number, addressBytes(name.value));
  if (/[^\x20-\x7e]/.test(name.value))
    throw new TypeError(`name is not printable ASCII: ${JSON.stringify(name.value)}`);
  return implicitPrimitive(row.number, Buffer.from(name.value, 'latin1'));
}

export function encodeAddressConstraint(subnet: string): Uint8Array {
  const [address = '', length = ''] = subnet.split('/');
  const bytes = addressBytes(address);
  const prefix = length === '' ? bytes.length * 8 : Number(length);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > bytes.length * 8)
    throw new TypeError(`not a subnet: ${subnet}`);
  const mask = bytes.map((_, index) => (0xff00 >> Math.min(8, Math.max(0, prefix - index * 8))) & 0xff);
  return implicitPrimitive(7, Buffer.concat([bytes, mask]));
}

/** With `constraint`, `ip` is read as address and mask and given as `address/prefix`. */
export function decodeGeneralName(value: DerValue, constraint = false): GeneralName {
  if (value.tag === directoryName) {
    const name = childrenOf(value, directoryName);
    const text = decodeName(name.next('directoryName')).text;
    name.done();
    return { kind: 'other', value: `directoryName:${text}` };
  }
  const row = kinds.find((candidate) => contextTag(candidate.number, false) === value.tag);
  if (row === undefined) return { kind: 'other', value: `[${value.tag & 0x1f}]` };
  if (row.kind !== 'ip') return { kind: row.kind, value: readAscii(value) };
  return { kind: 'ip', value: constraint ? subnetText(value) : addressText(value, value.content) };
}

function addressText(value: DerValue, bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) throw failure(value, 'an address is 4 or 16 bytes');
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  );
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function subnetText(value: DerValue): string {
  const half = value.content.length / 2;
  if (half !== 4 && half !== 16) throw failure(value, 'an address constraint is 8 or 32 bytes');
  const mask = Array.from(value.content.subarray(half), (byte) => byte.toString(2).padStart(8, '0')).join('');
  if (/01/.test(mask)) throw failure(value, 'address mask with a gap');
  return `${addressText(value, value.content.subarray(0, half))}/${mask.replace(/0+$/, '').length}`;
}

/** 4 or 16 bytes of an address in text form. */
export function addressBytes(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split('.'), Number);
  if (!isIPv6(address)) throw new TypeError(`not an IP address: ${address}`);
  // The URL parser brings every spelling, also ::ffff:1.2.3.4, into groups of hexadecimal digits.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  const groups = [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}
