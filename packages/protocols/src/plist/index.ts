/** Apple's property lists, XML and binary: the form of every message, profile and command. */
import { requireAtMost } from '../decode-error.ts';
import { isBinaryPlist, readBinaryPlist } from './read-binary-plist.ts';
import { readXmlPlist } from './read-xml-plist.ts';
import { type PlistLimits, type PlistValue, plistLimits } from './value.ts';
import { writeBinaryPlist } from './write-binary-plist.ts';
import { writeXmlPlist } from './write-xml-plist.ts';

export {
  isDictionary,
  type PlistDictionary,
  type PlistLimits,
  plistLimits,
  PlistReal,
  type PlistValue,
} from './value.ts';

/**
 * Reads either form. Integers that a number cannot hold exactly come as bigint, dates as Date, `data` as bytes that may be
 * a view of the input; dictionaries have no prototype.
 * `reason` of the DecodeError: `too-large`, `too-deep`, `forbidden-construct`, `unsupported` or `malformed`.
 */
export function readPlist(bytes: Uint8Array, limits: PlistLimits = plistLimits): PlistValue {
  requireAtMost(bytes, limits.maxBytes, 'plist');
  return isBinaryPlist(bytes) ? readBinaryPlist(bytes, limits) : readXmlPlist(bytes, limits);
}

/** Whole numbers up to 2^53 become integers; see `PlistReal`. XML dates have whole seconds. */
export function writePlist(value: PlistValue, format: 'xml' | 'binary' = 'xml'): Uint8Array {
  return format === 'binary' ? writeBinaryPlist(value) : writeXmlPlist(value);
}
