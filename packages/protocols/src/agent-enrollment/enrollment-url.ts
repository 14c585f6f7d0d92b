/** The address printed with a code: `https://host:8443/agent/v1/enroll/acme`. */
import { DecodeError } from '../decode-error.ts';
import type { EnrollmentScope } from './keys.ts';

export interface EnrollmentAddress extends EnrollmentScope {
  /** Scheme, host and port, without a trailing slash. */
  readonly origin: string;
  /** From the fragment, which browsers and proxies do not send on (security rule ENR-T07). */
  readonly codeText?: string;
}

const prefix = '/agent/v1/enroll/';
const slug = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

export function enrollmentUrl(publicUrl: string, organizationSlug: string): string {
  return `${new URL(publicUrl).origin}${prefix}${organizationSlug}`;
}

/** The host part of the scope, for a server that knows its public URL. */
export function publicHostOf(publicUrl: string): string {
  return new URL(publicUrl).host;
}

/** Accepts only https, no user name, no query: a code in a query string would end in logs. */
export function parseEnrollmentUrl(text: string): EnrollmentAddress {
  const refuse = (message: string): never => {
    throw new DecodeError(`enrolment address: ${message}`, { reason: 'bad-enrollment-url' });
  };
  if (text.length > 2048 || !URL.canParse(text)) refuse('not a URL');
  const url = new URL(text);
  if (url.protocol !== 'https:') refuse('https is required');
  if (url.username !== '' || url.password !== '' || url.search !== '') refuse('unexpected parts');
  const organizationSlug = url.pathname.startsWith(prefix)
    ? url.pathname.slice(prefix.length).replace(/\/$/, '')
    : '';
  if (!slug.test(organizationSlug)) refuse(`a path ${prefix}<organization> is expected`);
  const address = { origin: url.origin, publicHost: url.host, organizationSlug };
  return url.hash.length > 1 ? { ...address, codeText: decodeFragment(url.hash.slice(1)) } : address;
}

function decodeFragment(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch (cause) {
    throw new DecodeError('enrolment address: unreadable fragment', { reason: 'bad-enrollment-url', cause });
  }
}
