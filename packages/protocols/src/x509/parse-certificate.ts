/** A typed view of an X.509 certificate (RFC 5280, section 4.1). Reading one says nothing about trusting it: see verify-path. */
import { hash, type KeyObject } from 'node:crypto';
import { childrenOf, contextTag, type DerValue, failure, readDer, tag } from '../der/read-der.ts';
import { readBitStringBytes, readSmallInteger, readTime, readUnsigned } from '../der/read-values.ts';
import { decodeSignatureAlgorithm, isSignatureValid, type SignatureAlgorithm } from './algorithms.ts';
import { decodeName, type ParsedName } from './distinguished-names.ts';
import { decodeExtensions, type Extensions } from './extensions.ts';
import { decodePublicKey, type PublicKeyFacts, toKeyObject } from './public-keys.ts';

export const certificateLimits = { bytes: 16 * 1024, serialBytes: 32 } as const;

export interface Certificate extends Extensions {
  readonly der: Uint8Array;
  /** SHA-256 of the whole certificate, lower-case hex. */
  readonly fingerprint: string;
  readonly serial: string;
  readonly issuer: ParsedName;
  readonly subject: ParsedName;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: PublicKeyFacts;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly unknownCriticalExtensions: readonly string[];
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

export function parseCertificate(der: Uint8Array): Certificate {
  const outer = readDer(der, 'certificate', certificateLimits.bytes);
  const parts = childrenOf(outer);
  const toBeSigned = parts.expect(tag.sequence, 'tbsCertificate');
  const algorithmValue = parts.expect(tag.sequence, 'signatureAlgorithm');
  const signatureAlgorithm = decodeSignatureAlgorithm(algorithmValue);
  const signature = readBitStringBytes(parts.next('signatureValue'));
  parts.done();

  const fields = childrenOf(toBeSigned);
  const version = fields.optional(contextTag(0, true), 'version');
  const isVersion3 = version !== undefined && readVersion(version) === 2;
  const serial = readSerial(fields.next('serialNumber'));
  const innerAlgorithm = fields.expect(tag.sequence, 'signature');
  if (Buffer.compare(innerAlgorithm.raw, algorithmValue.raw) !== 0) {
    // The outer identifier is not signed; were it believed, a signature could be read under another algorithm.
    throw failure(innerAlgorithm, 'the two signature algorithms differ');
  }
  const issuer = decodeName(fields.expect(tag.sequence, 'issuer'));
  const validity = childrenOf(fields.next('validity'));
  const notBefore = readTime(validity.next('notBefore'));
  const notAfter = readTime(validity.next('notAfter'));
  validity.done();
  const subject = decodeName(fields.expect(tag.sequence, 'subject'));
  const publicKey = decodePublicKey(fields.expect(tag.sequence, 'subjectPublicKeyInfo'));
  fields.optional(contextTag(1, false), 'issuerUniqueID');
  fields.optional(contextTag(2, false), 'subjectUniqueID');
  const wrapper = fields.optional(contextTag(3, true), 'extensions');
  fields.done();
  if (wrapper !== undefined && !isVersion3) throw failure(wrapper, 'extensions need version 3');

  return {
    ...readExtensions(wrapper),
    der: outer.raw,
    fingerprint: hash('sha256', outer.raw),
    serial,
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKey,
    signatureAlgorithm,
    toBeSigned: toBeSigned.raw,
    signature,
  };
}

function readVersion(wrapper: DerValue): number {
  const inner = childrenOf(wrapper, contextTag(0, true));
  const value = inner.next('version');
  inner.done();
  const version = readSmallInteger(value);
  if (version !== 1 && version !== 2) throw failure(value, `certificate version ${version + 1} is unknown`);
  return version;
}

function readSerial(value: DerValue): string {
  const bytes = readUnsigned(value);
  if (bytes.length > certificateLimits.serialBytes)
    throw failure(value, 'serial number too long', 'too-large');
  return Buffer.from(bytes).toString('hex');
}

function readExtensions(
  wrapper: DerValue | undefined,
): Extensions & Pick<Certificate, 'unknownCriticalExtensions'> {
  if (wrapper === undefined) return { unknownCriticalExtensions: [] };
  const inner = childrenOf(wrapper, contextTag(3, true));
  const { known, unknownCritical } = decodeExtensions(inner.expect(tag.sequence, 'extensions'));
  inner.done();
  return { ...known, unknownCriticalExtensions: unknownCritical };
}

const importedKeys = new WeakMap<Certificate, KeyObject>();

/** The certificate's key, imported once: an issuing CA verifies many signatures. */
export function publicKeyOf(certificate: Certificate): KeyObject {
  let key = importedKeys.get(certificate);
  if (key === undefined) {
    key = toKeyObject(certificate.publicKey);
    importedKeys.set(certificate, key);
  }
  return key;
}

/** Whether `issuer`'s key made the signature on `certificate`; says nothing of names, dates or rights. */
export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  try {
    const key = publicKeyOf(issuer);
    return isSignatureValid(
      certificate.signatureAlgorithm,
      key,
      certificate.toBeSigned,
      certificate.signature,
    );
  } catch {
    return false;
  }
}
