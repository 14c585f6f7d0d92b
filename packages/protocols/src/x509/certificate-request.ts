/**
 * PKCS#10 certification requests (RFC 2986). The server takes only the key from one: subject, attributes and requested
 * extensions are never even decoded.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { childrenOf, contextTag, failure, readDer, tag } from '../der/read-der.ts';
import { readBitStringBytes, readSmallInteger } from '../der/read-values.ts';
import { bitString, implicitConstructed, sequence, unsignedInteger } from '../der/write-der.ts';
import {
  decodeSignatureAlgorithm,
  encodeSignatureAlgorithm,
  isSignatureValid,
  signatureAlgorithms,
  signerFor,
} from './algorithms.ts';
import { type DistinguishedName, encodeName } from './distinguished-names.ts';
import { decodePublicKey, findKeyWeakness, type PublicKeyFacts, toKeyObject } from './public-keys.ts';

export const certificateRequestLimits = { bytes: 16 * 1024 } as const;

/**
 * Reads a request, proves that its sender holds the private key, and refuses weak keys: EC P-256 or P-384, or RSA of
 * 2048 to 8192 bits with an odd exponent of at least 65537. The DecodeError's `reason` is `weak-key`, `bad-signature`,
 * `weak-signature`, `unsupported-algorithm`, `too-large` or `malformed`.
 */
export function parseCertificateRequest(der: Uint8Array): PublicKeyFacts {
  const parts = childrenOf(readDer(der, 'certificationRequest', certificateRequestLimits.bytes));
  const info = parts.expect(tag.sequence, 'certificationRequestInfo');
  const algorithmValue = parts.expect(tag.sequence, 'signatureAlgorithm');
  const algorithm = decodeSignatureAlgorithm(algorithmValue);
  const signature = readBitStringBytes(parts.next('signature'));
  parts.done();

  const fields = childrenOf(info);
  const version = fields.next('version');
  if (readSmallInteger(version) !== 0) throw failure(version, 'request version is unknown');
  fields.expect(tag.sequence, 'subject');
  const keyValue = fields.expect(tag.sequence, 'subjectPKInfo');
  const key = decodePublicKey(keyValue);
  fields.optional(contextTag(0, true), 'attributes');
  fields.done();

  const weakness = findKeyWeakness(key);
  if (weakness !== undefined) throw failure(keyValue, weakness, 'weak-key');
  if (algorithm.weak)
    throw failure(algorithmValue, `signature ${algorithm.name} is too weak`, 'weak-signature');
  if (!isSignatureValid(algorithm, toKeyObject(key), info.raw, signature)) {
    throw failure(info, 'the request is not signed by its own key', 'bad-signature');
  }
  return key;
}

/** For agents and simulators. The subject may stay empty: whoever issues decides the names. */
export function buildCertificateRequest(privateKey: KeyObject, subject: DistinguishedName = {}): Uint8Array {
  const signer = signerFor(privateKey);
  const info = sequence(
    unsignedInteger(0),
    encodeName(subject),
    createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
    implicitConstructed(0),
  );
  const algorithm = encodeSignatureAlgorithm(signatureAlgorithms[signer.algorithm]);
  return sequence(info, algorithm, bitString(signer.sign(info)));
}
