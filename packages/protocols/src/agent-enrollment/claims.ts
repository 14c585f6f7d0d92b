/** What a device says of itself in M3, before its first check-in: names of facts to texts. Claims prove nothing. */
import { DecodeError } from '../decode-error.ts';
import { readJson } from '../json/read-json.ts';
import { enrollmentLimits } from './messages.ts';

export type EnrollmentClaims = Readonly<Record<string, string>>;

const claimLimits = { claims: 32, characters: 256 } as const;

export function encodeClaims(claims: EnrollmentClaims): Uint8Array {
  const sorted = Object.entries(claims).sort(([left], [right]) => (left < right ? -1 : 1));
  return new TextEncoder().encode(JSON.stringify(Object.fromEntries(sorted)));
}

/** The result has no prototype, so any claim name is only a key. */
export function decodeClaims(bytes: Uint8Array): EnrollmentClaims {
  const json = readJson(bytes, {
    maxBytes: enrollmentLimits.claimsBytes,
    maxDepth: 1,
    maxArray: 0,
    maxString: claimLimits.characters,
    maxProperties: claimLimits.claims,
  });
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    throw new DecodeError('claims are an object', { path: '$' });
  }
  const claims: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(json)) {
    if (typeof value !== 'string') throw new DecodeError('a claim is a text', { path: `$.${name}` });
    claims[name] = value;
  }
  return claims;
}
