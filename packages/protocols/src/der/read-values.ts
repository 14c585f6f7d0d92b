/** From a DER value to the type it stands for (X.690, sections 8 and 11). */
import { type DerValue, derLimits, failure, requireTag, tag } from './read-der.ts';

export function readBoolean(value: DerValue): boolean {
  requireTag(value, tag.boolean);
  if (value.content.length !== 1) throw failure(value, 'a boolean is one byte');
  const byte = value.content[0];
  if (byte !== 0 && byte !== 0xff) throw failure(value, 'a boolean is 00 or FF');
  return byte === 0xff;
}

/** The two's complement bytes, checked to be minimal and within the limit. */
export function readIntegerBytes(value: DerValue): Uint8Array {
  requireTag(value, tag.integer);
  const [first, second] = value.content;
  if (first === undefined) throw failure(value, 'an integer without content');
  if (value.content.length > derLimits.integerBytes) throw failure(value, 'integer too long', 'too-large');
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    throw failure(value, 'integer is not minimal');
  }
  return value.content;
}

/** A non-negative integer, without its leading sign byte. */
export function readUnsigned(value: DerValue): Uint8Array {
  const bytes = readIntegerBytes(value);
  if ((bytes[0] ?? 0) >= 0x80) throw failure(value, 'a negative integer');
  return bytes[0] === 0 && bytes.length > 1 ? bytes.subarray(1) : bytes;
}

/** For counters such as version and pathLen. */
export function readSmallInteger(value: DerValue): number {
  const bytes = readUnsigned(value);
  if (bytes.length > 4) throw failure(value, 'integer larger than this field can hold');
  return bytes.reduce((total, byte) => total * 256 + byte, 0);
}

/** Below it, seven more bits still fit into an exact integer. */
const exactBeforeShift = 2 ** 46;

/** The last one read of each hash: messages of one kind name the same few over and over. */
const recentOids: ({ readonly bytes: Uint8Array; readonly text: string } | undefined)[] = Array.from({
  length: 256,
});

export function readOid(value: DerValue): string {
  requireTag(value, tag.oid);
  const bytes = value.content;
  if (bytes.length > derLimits.oidBytes) throw failure(value, 'object identifier too long', 'too-large');
  let place = bytes.length;
  for (const byte of bytes) place = (place * 31 + byte) & 0xff;
  const recent = recentOids[place];
  if (recent !== undefined && isSame(recent.bytes, bytes)) return recent.text;
  const text = decodeOid(value, bytes);
  recentOids[place] = { bytes: new Uint8Array(bytes), text };
  return text;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}

function decodeOid(value: DerValue, bytes: Uint8Array): string {
  if (bytes.length === 0) throw failure(value, 'an empty object identifier');
  const arcs: (number | bigint)[] = [];
  let arc: number | bigint = 0;
  let atStart = true;
  for (const byte of bytes) {
    if (atStart && byte === 0x80) throw failure(value, 'object identifier arc is not minimal');
    // Numbers as long as they are exact.
    if (typeof arc === 'number' && arc < exactBeforeShift) arc = arc * 128 + (byte & 0x7f);
    else arc = BigInt(arc) * 128n + BigInt(byte & 0x7f);
    atStart = byte < 0x80;
    if (atStart) {
      arcs.push(arc);
      arc = 0;
    }
  }
  if (!atStart) throw failure(value, 'object identifier ends within an arc');
  const first = arcs[0] ?? 0;
  const root = first < 40 ? 0 : first < 80 ? 1 : 2;
  const second = typeof first === 'number' ? first - root * 40 : first - BigInt(root * 40);
  const rest = arcs.slice(1).map(String);
  return rest.length === 0 ? `${root}.${second}` : `${root}.${second}.${rest.join('.')}`;
}

export interface BitString {
  readonly bytes: Uint8Array;
  readonly unusedBits: number;
}

export function readBitString(value: DerValue, wanted: number = tag.bitString): BitString {
  requireTag(value, wanted);
  const unusedBits = value.content[0];
  if (unusedBits === undefined || unusedBits > 7)
    throw failure(value, 'bit string without a valid padding count');
  const bytes = value.content.subarray(1);
  const last = bytes.at(-1);
  if (unusedBits > 0 && (last === undefined || (last & ((1 << unusedBits) - 1)) !== 0)) {
    throw failure(value, 'bit string padding is not zero');
  }
  return { bytes, unusedBits };
}

/** A bit string that holds whole bytes: keys and signatures. */
export function readBitStringBytes(value: DerValue): Uint8Array {
  const { bytes, unusedBits } = readBitString(value);
  if (unusedBits !== 0) throw failure(value, 'bit string of whole bytes expected');
  return bytes;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Any of the directory string types (RFC 5280, section 4.1.2.4). */
export function readText(value: DerValue): string {
  switch (value.tag) {
    case tag.utf8String:
      try {
        return utf8.decode(value.content);
      } catch (cause) {
        throw failure(value, `invalid UTF-8 (${String(cause)})`);
      }
    case tag.printableString:
    case tag.ia5String:
      return readAscii(value);
    case tag.t61String:
      return Buffer.from(value.content).toString('latin1');
    case tag.bmpString:
      if (value.content.length % 2 !== 0) throw failure(value, 'BMPString of odd length');
      return Buffer.from(value.content).swap16().toString('utf16le');
    default:
      throw failure(value, `tag 0x${value.tag.toString(16)} is not a string type`);
  }
}

/** 7-bit content whatever the tag: also for IMPLICIT IA5String (names in a GeneralName). */
export function readAscii(value: DerValue): string {
  if (value.content.some((byte) => byte >= 0x80)) throw failure(value, 'a byte outside ASCII');
  return Buffer.from(value.content).toString('latin1');
}

const timeForms: Readonly<Record<number, RegExp>> = {
  [tag.utcTime]: /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/,
  [tag.generalizedTime]: /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/,
};

/** UTCTime or GeneralizedTime in the forms RFC 5280, section 4.1.2.5 allows; milliseconds since the epoch. */
export function readTime(value: DerValue): number {
  const form = timeForms[value.tag];
  if (form === undefined) throw failure(value, `tag 0x${value.tag.toString(16)} is not a time`);
  const match = form.exec(readAscii(value));
  if (match === null) throw failure(value, 'time is not in the form YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ');
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const fullYear = value.tag === tag.generalizedTime ? year : year < 50 ? 2000 + year : 1900 + year;
  const date = new Date(0);
  date.setUTCFullYear(fullYear, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const isReal =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!isReal) throw failure(value, 'no such date or time');
  return date.getTime();
}
