/** How ISE names a device, and the one normal form of each kind of name. */
import { DecodeError } from '../decode-error.ts';

export const identifierKinds = ['macaddress', 'imei', 'meid', 'udid', 'guid', 'guidhn'] as const;
export type IdentifierKind = (typeof identifierKinds)[number];

export interface DeviceIdentifier {
  readonly kind: IdentifierKind;
  /** In normal form: see `normalizeIdentifier`. */
  readonly value: string;
}

interface NormalForm {
  /** Characters people and clients put between the digits. */
  readonly separators: RegExp;
  readonly letters: 'upper' | 'lower';
  readonly form: RegExp;
}

/**
 * One row per kind: `macaddress` 12 hex digits, upper case; `imei` 14 to 16 digits; `meid` 14 hex, or 10 or 18 decimal digits;
 * `udid` upper case; `guid` lower case; `guidhn` a host name in lower case. Printable ASCII only, at most 128 bytes.
 */
const normalForms: Record<IdentifierKind, NormalForm> = {
  macaddress: { separators: /[\s:.-]/g, letters: 'upper', form: /^[0-9A-F]{12}$/ },
  imei: { separators: /[\s/-]/g, letters: 'upper', form: /^\d{14,16}$/ },
  meid: { separators: /[\s-]/g, letters: 'upper', form: /^(?:[0-9A-F]{14}|\d{10}|\d{18})$/ },
  udid: { separators: /\s/g, letters: 'upper', form: /^[!-~]{1,128}$/ },
  guid: { separators: /[\s{}]/g, letters: 'lower', form: /^[!-~]{1,128}$/ },
  guidhn: { separators: /\s|\.$/g, letters: 'lower', form: /^[0-9a-z_-]+(?:\.[0-9a-z_-]+)*$/ },
};

export function isIdentifierKind(name: string): name is IdentifierKind {
  return (identifierKinds as readonly string[]).includes(name);
}

/** `reason` of the DecodeError is `bad-value`. */
export function normalizeIdentifier(kind: IdentifierKind, text: string): DeviceIdentifier {
  const { separators, letters, form } = normalForms[kind];
  if (text.length > 256) throw new DecodeError(`${kind} is too long`, { path: kind, reason: 'bad-value' });
  const bare = text.replace(separators, '');
  const value = letters === 'upper' ? bare.toUpperCase() : bare.toLowerCase();
  if (value.length > 253 || !form.test(value)) {
    throw new DecodeError(`not a valid ${kind}`, { path: kind, reason: 'bad-value' });
  }
  return { kind, value };
}
