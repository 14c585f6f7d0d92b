// Access by OAuth client credentials (RFC 6749 section 4.4): an API token is the client, its public id the client's, and what it gets
// is good for an hour, for this protocol alone. A grant names its token; whether that still holds is read with every use.
import { createHmac, timingSafeEqual } from 'node:crypto';

export const scopes = ['ssf.manage', 'ssf.read'] as const;
export type Scope = (typeof scopes)[number];

export interface Grant {
  readonly organizationId: string;
  readonly tokenId: string;
  readonly scopes: readonly Scope[];
  /** ms since the epoch. */
  readonly expiresAt: number;
}

export const grantSeconds = 3_600;
const prefix = 'gh-ssf-';

const macOf = (key: Buffer, body: string) =>
  createHmac('sha256', key).update(`gh-ssf-grant-1 ${body}`).digest();

export function writeGrant(key: Buffer, grant: Grant): string {
  const body = Buffer.from(
    JSON.stringify([grant.organizationId, grant.tokenId, grant.scopes.join(' '), grant.expiresAt]),
  ).toString('base64url');
  return `${prefix}${body}.${macOf(key, body).toString('base64url')}`;
}

export function readGrant(key: Buffer, text: string, now: number): Grant | undefined {
  const match = /^gh-ssf-([A-Za-z0-9_-]{1,400})\.([A-Za-z0-9_-]{43})$/.exec(text);
  if (!match) return undefined;
  const [, body = '', mac = ''] = match;
  const given = Buffer.from(mac, 'base64url');
  const expected = macOf(key, body);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const [organizationId, tokenId, granted, expiresAt] = JSON.parse(
    Buffer.from(body, 'base64url').toString(),
  ) as [string, string, string, number];
  if (expiresAt <= now) return undefined;
  return { organizationId, tokenId, scopes: granted.split(' ') as Scope[], expiresAt };
}

/** What is asked for, or everything; undefined when something is asked for that there is not. */
export function scopesOf(asked: string | undefined): readonly Scope[] | undefined {
  if (asked === undefined || asked.trim() === '') return scopes;
  const words = asked.trim().split(/ +/);
  return words.every((word) => (scopes as readonly string[]).includes(word)) ? (words as Scope[]) : undefined;
}
