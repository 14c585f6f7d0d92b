/** What the values of a query must be, in whichever form it came. */
import { DecodeError } from '../decode-error.ts';

export const deviceIdBytes = { least: 2, most: 200 } as const;

export function requireDeviceId(bytes: Uint8Array): Uint8Array {
  if (bytes.length < deviceIdBytes.least || bytes.length > deviceIdBytes.most)
    throw new DecodeError(`a device id of ${bytes.length} bytes`, {
      path: 'DeviceId',
      reason: 'bad-device-id',
    });
  return bytes;
}

/** Nothing that would break a line of a header or a log. */
export function requireText(text: string, path: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text))
    throw new DecodeError('control characters', { path, reason: 'bad-value' });
  return text;
}

/** For people: the text where it is plain text, otherwise the bytes in hex. */
export function deviceIdText(bytes: Uint8Array): string {
  return bytes.every((byte) => byte > 0x20 && byte < 0x7f)
    ? Buffer.from(bytes).toString('latin1')
    : Buffer.from(bytes).toString('hex').toUpperCase();
}
