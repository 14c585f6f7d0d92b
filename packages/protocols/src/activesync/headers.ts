/**
 * The request headers that decide something, each at most once: two of them are two readings of one request, so they are refused
 * (security rules EAS-T04, EAS-T05).
 */
import { DecodeError } from '../decode-error.ts';

/** A request of mail devices never has two of these, and whoever sends two wants them read differently. */
const single: ReadonlySet<string> = new Set([
  'authorization',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'ms-asacceptmultipart',
  'ms-asprotocolversion',
  'transfer-encoding',
  'user-agent',
  'x-ms-policykey',
]);

export type RequestHeaders = ReadonlyMap<string, string>;

/**
 * @param rawHeaders name, value, name, value as they came (Node's `rawHeaders`)
 * @returns those that are read here, by lower-case name
 */
export function readHeaders(rawHeaders: readonly string[]): RequestHeaders {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    if (!single.has(name)) continue;
    if (headers.has(name))
      throw new DecodeError('header appears twice', { path: name, reason: 'duplicate-header' });
    headers.set(name, (rawHeaders[index + 1] ?? '').trim());
  }
  return headers;
}
