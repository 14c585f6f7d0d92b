// In what forms an identifier that ISE names may be stored. Most have one form; the numbers of mobile devices have several,
// because some sources report a check digit or a software version behind the number and some do not.
import type { DeviceIdentifier } from '@gatehouse/protocols/cisco-ise/index.ts';
import type { Identifier } from './posture-reader.ts';

export function lookUpsFor({ kind, value }: DeviceIdentifier): readonly Identifier[] {
  switch (kind) {
    case 'macaddress':
      return [{ kind: 'mac', value }];
    case 'guid':
      return [{ kind: 'guid', value }];
    case 'guidhn':
      return [{ kind: 'host-name', value }];
    case 'udid':
      return [{ kind: 'udid', value }];
    case 'imei':
      return imeiForms(value).map((form) => ({ kind: 'imei', value: form }));
    case 'meid':
      return meidForms(value).map((form) => ({ kind: 'meid', value: form }));
    default:
      return kind satisfies never;
  }
}

/**
 * 3GPP TS 23.003, section 6.2: the first fourteen digits name the device; a check digit or a spare one (15), or a software
 * version of two digits (16), may follow. A version that is asked for is not asked further: it changes with each update.
 */
function imeiForms(value: string): string[] {
  const device = value.slice(0, 14);
  const digits = Array.from({ length: 10 }, (_, digit) => device + String(digit));
  return [...new Set([value, device, ...digits])];
}

/** Fourteen hex digits, or eighteen decimal ones of the same number: ten for the first eight, eight for the last six. */
function meidForms(value: string): string[] {
  if (value.length === 14) {
    const high = String(Number.parseInt(value.slice(0, 8), 16)).padStart(10, '0');
    const low = String(Number.parseInt(value.slice(8), 16)).padStart(8, '0');
    return withCheckDigits(value, `${high}${low}`);
  }
  if (value.length === 18) {
    const high = Number(value.slice(0, 10)).toString(16).padStart(8, '0');
    const low = Number(value.slice(10)).toString(16).padStart(6, '0');
    return withCheckDigits(`${high}${low}`.toUpperCase(), value);
  }
  return [value];
}

function withCheckDigits(hex: string, decimal: string): string[] {
  return [hex, decimal, ...Array.from({ length: 16 }, (_, digit) => hex + digit.toString(16).toUpperCase())];
}
