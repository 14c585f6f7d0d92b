/**
 * PKCS#10 certification requests (RFC 2986). The server takes only the key from one. Subject and challenge password are read where
 * a protocol compares them with what it knows; requested extensions are never even decoded.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { childrenOf, contextTag, type DerValue, failure, readDer, tag } from '../der/read-der.ts';
import { readBitStringBytes, readOid, readSmallInteger, readText } from '../der/read-values.ts';
import {
  bitString,
  implicitConstructed,
  oid,
  printableString,
  sequence,
  setOf,
  unsignedInteger,
  utf8String,
} from '../der/write-der.ts';
import {
  decodeSignatureAlgorithm,
  encodeSignatureAlgorithm,
  isSignatureValid,
  signatureAlgorithms,
  signerFor,
} from './algorithms.ts';
import { decodeName, type DistinguishedName, encodeName, type ParsedName } from './distinguished-names.ts';
import { decodePublicKey, findKeyWeakness, type PublicKeyFacts, toKeyObject } from './public-keys.ts';

export const certificateRequestLimits = {
  bytes: 16 * 1024,
  attributes: 16,
  challengeCharacters: 255,
} as const;

/** RFC 2985, section 5.4.1. */
const challengePasswordOid = '1.2.840.113549.1.9.7';

export interface CertificateRequest {
  readonly key: PublicKeyFacts;
  readonly subject: ParsedName;
  readonly challengePassword: string | undefined;
}

/**
 * Reads a request, proves that its sender holds the private key, and refuses weak keys: EC P-256 or P-384, or RSA of
 * 2048 to 8192 bits with an odd exponent of at least 65537. The DecodeError's `reason` is `weak-key`, `bad-signature`,
 * `weak-signature`, `unsupported-algorithm`, `too-large` or `malformed`.
 */
export function parseCertificateRequest(der: Uint8Array): PublicKeyFacts {
  return parseFields(der).key;
}

/** The same with what the requester wrote beside the key: to be compared, never to be believed. */
export function readCertificateRequest(der: Uint8Array): CertificateRequest {
  const { key, subject, attributes } = parseFields(der);
  return {
    key,
    subject: decodeName(subject),
    challengePassword: attributes === undefined ? undefined : readChallengePassword(attributes),
  };
}

function parseFields(der: Uint8Array): {
  readonly key: PublicKeyFacts;
  readonly subject: DerValue;
  readonly attributes: DerValue | undefined;
} {
  const parts = childrenOf(readDer(der, 'certificationRequest', certificateRequestLimits.bytes));
  const info = parts.expect(tag.sequence, 'certificationRequestInfo');
  const algorithmValue = parts.expect(tag.sequence, 'signatureAlgorithm');
  const algorithm = decodeSignatureAlgorithm(algorithmValue);
  const signature = readBitStringBytes(parts.next('signature'));
  parts.done();

  const fields = childrenOf(info);
  const version = fields.next('version');
  if (readSmallInteger(version) !== 0) throw failure(version, 'request version is unknown');
  const subject = fields.expect(tag.sequence, 'subject');
  const keyValue = fields.expect(tag.sequence, 'subjectPKInfo');
  const key = decodePublicKey(keyValue);
  const attributes = fields.optional(contextTag(0, true), 'attributes');
  fields.done();

  const weakness = findKeyWeakness(key);
  if (weakness !== undefined) throw failure(keyValue, weakness, 'weak-key');
  if (algorithm.weak)
    throw failure(algorithmValue, `signature ${algorithm.name} is too weak`, 'weak-signature');
  if (!isSignatureValid(algorithm, toKeyObject(key), info.raw, signature)) {
    throw failure(info, 'the request is not signed by its own key', 'bad-signature');
  }
  return { key, subject, attributes };
}

function readChallengePassword(attributes: DerValue): string | undefined {
  const cursor = childrenOf(attributes, contextTag(0, true));
  let found: string | undefined;
  for (let count = 0; !cursor.atEnd; count++) {
    const attribute = cursor.next('attribute');
    if (count >= certificateRequestLimits.attributes)
      throw failure(attribute, 'too many attributes', 'too-large');
    const fields = childrenOf(attribute);
    const type = readOid(fields.next('type'));
    const values = fields.expect(tag.set, 'values');
    fields.done();
    if (type !== challengePasswordOid) continue;
    const members = childrenOf(values, tag.set);
    const text = readText(members.next('challengePassword'));
    members.done();
    if (found !== undefined) throw failure(attribute, 'two challenge passwords');
    if (text.length > certificateRequestLimits.challengeCharacters)
      throw failure(attribute, 'challenge password too long', 'too-large');
    found = text;
  }
  return found;
}

/** For agents and simulators. The subject may stay empty: whoever issues decides the names. */
export function buildCertificateRequest(
  privateKey: KeyObject,
  subject: DistinguishedName = {},
  challengePassword?: string,
): Uint8Array {
  const signer = signerFor(privateKey);
  const info = sequence(
    unsignedInteger(0),
    encodeName(subject),
    createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
    implicitConstructed(
      0,
      ...(challengePassword === undefined ? [] : [challengeAttribute(challengePassword)]),
    ),
  );
  const algorithm = encodeSignatureAlgorithm(signatureAlgorithms[signer.algorithm]);
  return sequence(info, algorithm, bitString(signer.sign(info)));
}

function challengeAttribute(text: string): Uint8Array {
  const isPrintable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text);
  return sequence(oid(challengePasswordOid), setOf(isPrintable ? printableString(text) : utf8String(text)));
}
