/**
 * The `message` parameter of a PKIOperation by GET (RFC 8894, section 4.1): base64 in a query. Clients escape `+`, `/` and `=`, or
 * do not, or break lines as PEM does; where a layer before us has read the query as a form, `+` has become a space.
 */
import { DecodeError } from '../decode-error.ts';
import { scepLimits } from './message.ts';

/** @param raw as it stands in the request target, undecoded. */
export function decodeMessageParameter(raw: string): Uint8Array {
  if (raw.length > scepLimits.bytes * 2)
    throw new DecodeError('message too long', { path: 'message', reason: 'too-large' });
  let text: string;
  try {
    text = decodeURIComponent(raw);
    // Escaped twice: a percent sign is no base64.
    if (text.includes('%')) text = decodeURIComponent(text);
  } catch (cause) {
    throw new DecodeError('message is not escaped properly', { path: 'message', cause });
  }
  const compact = text
    .replaceAll(/[\r\n\t]/g, '')
    .replaceAll(' ', '+')
    .replaceAll('-', '+')
    .replaceAll('_', '/');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact))
    throw new DecodeError('message is not base64', { path: 'message' });
  return Buffer.from(compact, 'base64');
}

/** Every character that could be misread is escaped. */
export function encodeMessageParameter(message: Uint8Array): string {
  return encodeURIComponent(Buffer.from(message).toString('base64'));
}
