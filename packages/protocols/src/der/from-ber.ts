/**
 * BER to DER (X.690, sections 8.1.3 and 8.7): some senders write CMS with indefinite lengths and octet strings in pieces.
 * What comes in is put into the one canonical form first, so that everything behind reads only that. Input that is canonical
 * already is handed back as it is, after one pass that allocates nothing.
 */
import { DecodeError, requireAtMost } from '../decode-error.ts';
import { derLimits, tag } from './read-der.ts';
import { encodeValue } from './write-der.ts';

export const berLimits = { values: 10_000 } as const;

const constructed = 0x20;
const constructedOctetString = tag.octetString | constructed;

/**
 * Lengths become definite and minimal, octet strings whole; the order of members and every primitive value stay. Offsets in
 * errors of later readers count in the result, those thrown here in the input.
 *
 * @throws DecodeError for anything that is not one BER value within the limits.
 */
export function derFromBer(bytes: Uint8Array, name: string, maxBytes: number): Uint8Array {
  requireAtMost(bytes, maxBytes, name);
  if (isDefinite(bytes)) return bytes;
  const budget = { values: berLimits.values };
  const { der, end } = convert(bytes, 0, bytes.length, 0, budget, name);
  if (end !== bytes.length) throw new DecodeError('unexpected trailing data', { offset: end, path: name });
  return der;
}

/** Whether there is nothing to convert. Anything odd answers false: the conversion then says what is wrong, and where. */
function isDefinite(bytes: Uint8Array): boolean {
  let values = 0;
  let depth = 0;
  /** Where each container that is open ends. */
  const ends: number[] = [bytes.length];
  let position = 0;
  while (position < bytes.length) {
    const identifier = bytes[position] ?? 0;
    const first = bytes[position + 1];
    if (
      first === undefined ||
      identifier === 0 ||
      identifier === constructedOctetString ||
      (identifier & 0x1f) === 0x1f
    )
      return false;
    values += 1;
    if (values > berLimits.values) return false;
    let start = position + 2;
    let length = first;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0 || count > 4) return false;
      length = 0;
      for (let index = 0; index < count; index++) length = length * 256 + (bytes[start + index] ?? 0);
      if (length < 0x80 || length < 256 ** (count - 1)) return false;
      start += count;
    }
    const end = start + length;
    if (end > (ends[depth] ?? 0)) return false;
    if ((identifier & constructed) !== 0 && length > 0) {
      depth += 1;
      if (depth > derLimits.depth) return false;
      ends[depth] = end;
      position = start;
      continue;
    }
    position = end;
    while (depth > 0 && position === ends[depth]) depth -= 1;
  }
  return position === bytes.length && depth === 0 && values > 0;
}

interface Converted {
  readonly der: Uint8Array;
  readonly end: number;
}

function convert(
  bytes: Uint8Array,
  position: number,
  limit: number,
  depth: number,
  budget: { values: number },
  path: string,
): Converted {
  const fail = (message: string, offset: number, reason?: string): never => {
    throw new DecodeError(message, { offset, path, reason });
  };
  if (depth > derLimits.depth) fail(`nesting deeper than ${derLimits.depth}`, position, 'too-large');
  budget.values -= 1;
  if (budget.values < 0) fail(`more than ${berLimits.values} values`, position, 'too-large');
  const { identifier, start, length } = readHead(bytes, position, limit, fail);
  const isConstructed = (identifier & constructed) !== 0;
  if (length === undefined && !isConstructed) fail('indefinite length of a primitive value', position);
  const end = length === undefined ? limit : start + length;
  if (end > limit) fail(`value of ${end - start} bytes runs past its container`, position);
  if (!isConstructed) return { der: encodeValue(identifier, bytes.subarray(start, end)), end };

  const members: Uint8Array[] = [];
  let next = start;
  for (;;) {
    if (length === undefined && bytes[next] === 0 && bytes[next + 1] === 0 && next + 2 <= limit) {
      next += 2;
      break;
    }
    if (next >= end) {
      if (length === undefined) fail('indefinite length without its end', next);
      break;
    }
    const member = convert(bytes, next, end, depth + 1, budget, path);
    members.push(member.der);
    next = member.end;
  }
  if (identifier !== constructedOctetString) return { der: encodeValue(identifier, ...members), end: next };
  return {
    der: encodeValue(tag.octetString, ...members.map((part) => octets(part, position, path))),
    end: next,
  };
}

function readHead(
  bytes: Uint8Array,
  position: number,
  limit: number,
  fail: (message: string, offset: number) => never,
): { readonly identifier: number; readonly start: number; readonly length: number | undefined } {
  const at = (offset: number): number =>
    offset < limit ? (bytes[offset] ?? 0) : fail('value is cut off', offset);
  const identifier = at(position);
  if (identifier === 0) fail('end-of-contents where a value belongs', position);
  if ((identifier & 0x1f) === 0x1f) fail('high tag numbers are not used in these structures', position);
  const first = at(position + 1);
  if (first === 0x80) return { identifier, start: position + 2, length: undefined };
  if (first < 0x80) return { identifier, start: position + 2, length: first };
  const count = first & 0x7f;
  if (count > 4) fail('length field too long', position + 1);
  let length = 0;
  for (let index = 0; index < count; index++) length = length * 256 + at(position + 2 + index);
  return { identifier, start: position + 2 + count, length };
}

/** The content of an octet string that is whole already. */
function octets(der: Uint8Array, offset: number, path: string): Uint8Array {
  if (der[0] !== tag.octetString)
    throw new DecodeError('an octet string in pieces has a piece of another kind', { offset, path });
  const first = der[1] ?? 0;
  return der.subarray(first < 0x80 ? 2 : 2 + (first & 0x7f));
}
