// Random credentials with a recognisable form, `gth_<kind>_<id>_<secret>_<checksum>`: secret scanners find them, a typo is
// told from a guess, and the row that is found by the id holds only the hash of the secret (security choices, tokens).
import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * `mys`: a user's session at the portal. `enr`: a visit of the enrolment page. `usr`: a user's link to choose a password. The last
 * two are found inside a known tenant.
 */
export type CredentialKind = 'api' | 'ses' | 'mys' | 'inv' | 'enr' | 'usr';
/** Found by their id alone, before the tenant is known. */
export type LocatableKind = 'api' | 'ses' | 'mys' | 'inv';

export interface CredentialToken<Kind extends CredentialKind = LocatableKind> {
  readonly kind: Kind;
  /** Public: names the row. */
  readonly id: string;
  readonly secret: Buffer;
}

const idSymbols = '0123456789abcdefghijklmnopqrstuvwxyz';
const checkSymbols = `${idSymbols}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;

export function newCredential<Kind extends CredentialKind>(kind: Kind): CredentialToken<Kind> {
  const id = Array.from({ length: 10 }, () => idSymbols.charAt(randomInt(idSymbols.length))).join('');
  return { kind, id, secret: randomBytes(32) };
}

export function formatCredential({ kind, id, secret }: CredentialToken<CredentialKind>): string {
  const body = `gth_${kind}_${id}_${secret.toString('base64url')}`;
  return `${body}_${checksum(body)}`;
}

/** @returns undefined unless form, kind and checksum fit. */
export function parseCredential<Kind extends CredentialKind>(
  text: string,
  kind: Kind,
): CredentialToken<Kind> | undefined {
  const match = /^(gth_([a-z]{3})_([0-9a-z]{10})_([A-Za-z0-9_-]{43}))_([0-9A-Za-z]{6})$/.exec(text);
  const [, body = '', given = '', id = '', secret = '', check = ''] = match ?? [];
  if (given !== kind || checksum(body) !== check) return undefined;
  const bytes = Buffer.from(secret, 'base64url');
  return bytes.length === 32 && bytes.toString('base64url') === secret
    ? { kind, id, secret: bytes }
    : undefined;
}

/** CRC-32 in six symbols of base 62. Not a proof of anything: it spares the database a look-up for typing errors. */
function checksum(body: string): string {
  let value = crc32(body);
  let text = '';
  for (let index = 0; index < 6; index += 1) {
    text = checkSymbols.charAt(value % 62) + text;
    value = Math.floor(value / 62);
  }
  return text;
}

/** 256 random bits need no slow hash. */
export function hashSecret(secret: Uint8Array): Buffer {
  return createHash('sha256').update(secret).digest();
}

export function sameHash(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
