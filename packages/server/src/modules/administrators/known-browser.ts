// A browser that has signed in fully holds a signed cookie naming the account. It proves nothing about who sits there; it
// only gives that browser's attempts a bucket of their own (section 6 of the threat model).
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export const knownBrowserCookie = '__Host-gh_known';
export const knownBrowserSeconds = 90 * 86_400;

export interface KnownBrowsers {
  /** @returns the cookie's value. */
  issue(organizationId: string, administratorId: string): string;
  /** @returns the browser's id when the cookie is ours, in time, and names this account. */
  recognize(cookie: string | undefined, organizationId: string, administratorId: string): string | undefined;
}

export function createKnownBrowsers(key: Buffer, now: () => number): KnownBrowsers {
  const sign = (text: string) => createHmac('sha256', key).update('gh-known-browser-1').update(text).digest();
  return {
    issue(organizationId, administratorId) {
      const expires = Math.floor(now() / 1000) + knownBrowserSeconds;
      const text = `${organizationId}.${administratorId}.${randomBytes(9).toString('base64url')}.${expires}`;
      return `${text}.${sign(text).toString('base64url')}`;
    },
    recognize(cookie, organizationId, administratorId) {
      if (cookie === undefined || cookie.length > 256) return undefined;
      const at = cookie.lastIndexOf('.');
      const text = cookie.slice(0, at);
      const signature = Buffer.from(cookie.slice(at + 1), 'base64url');
      const expected = sign(text);
      if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return undefined;
      const [organization, administrator, browser, expires] = text.split('.');
      const good =
        organization === organizationId &&
        administrator === administratorId &&
        Number(expires) * 1000 > now();
      return good ? browser : undefined;
    },
  };
}
