/**
 * Security event tokens: RFC 8417 as SSF 1.0 section 11 narrows it. No `sub` and no `exp`, a `typ` of its own, one event: a SET
 * must never pass for a token that says who somebody is (SSF-04).
 */
import { DecodeError, requireAtMost } from '../decode-error.ts';
import { type JsonObject, type JsonValue, readJson } from '../json/read-json.ts';
import type { EventType, SecurityEvent } from './event-types.ts';
import { count, objectIn, optional, required, textUpTo } from './fields.ts';
import { readSubject, type Subject } from './subject.ts';

export const setMediaType = 'application/secevent+jwt';
const setType = 'secevent+jwt';

export interface SetClaims {
  readonly iss: string;
  readonly aud: string;
  readonly jti: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  /** The same in all events of one cause: RFC 8417 section 2.2. */
  readonly txn?: string;
  readonly sub_id: Subject;
  readonly events: Readonly<Record<string, JsonObject>>;
}

export interface SetHeader {
  readonly alg: string;
  readonly typ: string;
  readonly kid: string;
}

export interface SetOrigin {
  readonly issuer: string;
  readonly audience: string;
  readonly jti: string;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly transaction?: string | undefined;
}

export function setClaims(
  { issuer, audience, jti, issuedAt, transaction }: SetOrigin,
  { type, subject, claims }: SecurityEvent,
): SetClaims {
  return {
    iss: issuer,
    jti,
    iat: issuedAt,
    aud: audience,
    ...(transaction === undefined ? {} : { txn: transaction }),
    sub_id: subject,
    events: { [type satisfies EventType]: claims as unknown as JsonObject },
  };
}

const encodePart = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What is signed, with RS256 (CAEP interoperability profile section 2.6); the token is this, a dot, and the signature. */
export function signingInput(keyId: string, claims: SetClaims): string {
  const header: SetHeader = { alg: 'RS256', typ: setType, kid: keyId };
  return `${encodePart(header)}.${encodePart(claims)}`;
}

export function encodeSet(input: string, signature: Uint8Array): string {
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}

/** Section 5 of the input limits: 16 KiB, eight levels. */
const maximumBytes = 16 * 1024;
const limits = { maxBytes: maximumBytes, maxDepth: 8, maxArray: 100, maxString: 4_096, maxProperties: 64 };

export interface DecodedSet {
  readonly header: SetHeader;
  readonly claims: SetClaims;
  readonly signature: Uint8Array;
}

/** Form only: whether the signature is right is for whoever has the key. */
export function decodeSet(bytes: Uint8Array): DecodedSet {
  requireAtMost(bytes, maximumBytes, 'SET');
  const parts = Buffer.from(bytes).toString('latin1').split('.');
  if (parts.length !== 3) throw new DecodeError('a token has three parts');
  const [header = '', claims = '', signature = ''] = parts;
  return {
    header: readHeader(objectIn(readJson(decodePart(header, 'header'), limits), 'header')),
    claims: readClaims(objectIn(readJson(decodePart(claims, 'claims'), limits), 'claims')),
    signature: decodePart(signature, 'signature'),
  };
}

function decodePart(part: string, path: string): Uint8Array {
  const bytes = Buffer.from(part, 'base64url');
  if (part === '' || bytes.toString('base64url') !== part)
    throw new DecodeError('the part is not base64url', { path });
  return bytes;
}

const word = textUpTo(2_048);

function readHeader(header: JsonObject): SetHeader {
  const typ = required(header, 'typ', word);
  // RFC 7515 section 4.1.9: the prefix may be left out.
  if (typ.toLowerCase().replace(/^application\//, '') !== setType)
    throw new DecodeError('the token is no SET', { path: 'header.typ' });
  return { alg: required(header, 'alg', word), typ: setType, kid: required(header, 'kid', word) };
}

function readClaims(claims: JsonObject): SetClaims {
  for (const name of ['sub', 'exp'])
    if (Object.hasOwn(claims, name))
      throw new DecodeError('a SET has no such claim', { path: `claims.${name}` });
  const events = required(claims, 'events', objectIn);
  const [only, ...more] = Object.entries(events);
  if (only === undefined || more.length > 0)
    throw new DecodeError('a SET has exactly one event', { path: 'claims.events' });
  const transaction = optional(claims, 'txn', word);
  return {
    iss: required(claims, 'iss', word),
    jti: required(claims, 'jti', word),
    iat: required(claims, 'iat', seconds),
    aud: required(claims, 'aud', word),
    ...(transaction === undefined ? {} : { txn: transaction }),
    sub_id: required(claims, 'sub_id', readSubject),
    events: { [only[0]]: objectIn(only[1], `claims.events.${only[0]}`) },
  };
}

function seconds(value: JsonValue, path: string): number {
  if (typeof value === 'number' && value >= 1e6 && Number.isSafeInteger(value)) return value;
  return count(value, path);
}

export function encodeDecodedSet({ header, claims, signature }: DecodedSet): Uint8Array {
  return Buffer.from(encodeSet(`${encodePart(header)}.${encodePart(claims)}`, signature));
}
