/**
 * As much of a certificate as a signature needs: what names it and its key. Reading it says nothing about trust. Keys are
 * remembered by the certificate's fingerprint, because importing one costs more than the signature it checks.
 */
import { hash, type KeyObject } from 'node:crypto';
import { childrenOf, contextTag, type DerValue, failure, nestedDer, readDer, tag } from '../der/read-der.ts';
import { readBitStringBytes, readOid, readUnsigned } from '../der/read-values.ts';
import { parseCertificate } from '../x509/parse-certificate.ts';
import { decodePublicKey, importPublicKey, type PublicKeyFacts, toKeyObject } from '../x509/public-keys.ts';
import { rsaEncryption } from './algorithms.ts';

export interface SignerCertificate {
  /** SHA-256 of the whole certificate, lower-case hex. */
  readonly fingerprint: string;
  /** Exact bytes of the issuer's name, and of the serial number's content. */
  readonly issuer: Uint8Array;
  readonly serial: Uint8Array;
  readonly key: KeyObject;
}

export const signerLimits = {
  certificateBytes: 16 * 1024,
  /** Apple's device certificates have 1024 bits; how much a key is worth is the question of whoever trusts its certificate. */
  rsaMinimumBits: 1024,
  rsaMaximumBits: 8192,
  /** A longer one makes a signature as costly to check as to make. */
  rsaExponentBytes: 8,
  /** About 4 KB each. */
  remembered: 50_000,
  admitOneOf: 8,
} as const;

const known = new Map<string, SignerCertificate>();
let strangers = 0;

export function readSignerCertificate(der: Uint8Array): SignerCertificate {
  const fingerprint = hash('sha256', der);
  const found = known.get(fingerprint);
  if (found !== undefined) return found;
  const read = readAnew(der, fingerprint);
  remember(read);
  return read;
}

/**
 * When all places are taken, only one newcomer of eight gets the oldest one's: a fleet that is larger than the memory and asks in
 * turns would otherwise push out every key just before it comes again.
 */
function remember(signer: SignerCertificate): void {
  if (known.size >= signerLimits.remembered) {
    strangers += 1;
    if (strangers % signerLimits.admitOneOf !== 0) return;
    for (const oldest of known.keys()) {
      known.delete(oldest);
      break;
    }
  }
  known.set(signer.fingerprint, signer);
}

function readAnew(der: Uint8Array, fingerprint: string): SignerCertificate {
  const { serial, issuer, keyInfo } = readFields(der);
  // Copies: the message that they stand in must not be kept for them.
  return {
    fingerprint,
    issuer: Uint8Array.from(issuer.raw),
    serial: Uint8Array.from(serial.content),
    key: importKey(keyInfo),
  };
}

function readFields(der: Uint8Array) {
  const parts = childrenOf(readDer(der, 'certificate', signerLimits.certificateBytes));
  const fields = childrenOf(parts.expect(tag.sequence, 'tbsCertificate'));
  fields.optional(contextTag(0, true), 'version');
  const serial = fields.expect(tag.integer, 'serialNumber');
  fields.expect(tag.sequence, 'signature');
  const issuer = fields.expect(tag.sequence, 'issuer');
  fields.expect(tag.sequence, 'validity');
  fields.expect(tag.sequence, 'subject');
  return { serial, issuer, keyInfo: fields.expect(tag.sequence, 'subjectPublicKeyInfo') };
}

function importKey(keyInfo: DerValue): KeyObject {
  const fields = childrenOf(keyInfo);
  const algorithm = childrenOf(fields.next('algorithm'));
  if (readOid(algorithm.next('algorithm')) !== rsaEncryption) return toKeyObject(decodePublicKey(keyInfo));
  const keyValue = fields.next('subjectPublicKey');
  fields.done();
  const bytes = readBitStringBytes(keyValue);
  requireUsable(keyValue, bytes);
  return importPublicKey('RSA PUBLIC KEY', bytes, keyValue.path);
}

function requireUsable(keyValue: DerValue, bytes: Uint8Array): void {
  const inner = nestedDer(keyValue, bytes);
  const numbers = childrenOf(inner.next('rsaPublicKey'));
  inner.done();
  const modulus = readUnsigned(numbers.next('modulus'));
  const exponent = readUnsigned(numbers.next('publicExponent'));
  numbers.done();
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  if (bits < signerLimits.rsaMinimumBits || bits > signerLimits.rsaMaximumBits)
    throw failure(keyValue, `an RSA key of ${bits} bits`, 'weak-key');
  if (exponent.length > signerLimits.rsaExponentBytes)
    throw failure(keyValue, 'RSA exponent is too large', 'weak-key');
}

/** What kind of key a certificate holds; the certificate is read no further, and not trusted. */
export function publicKeyFactsOf(der: Uint8Array): PublicKeyFacts {
  return decodePublicKey(readFields(der).keyInfo);
}

/** For signers named by key identifier (RFC 5652, section 5.3), which few do. */
export function keyIdentifierOf(der: Uint8Array): Uint8Array | undefined {
  return parseCertificate(der).subjectKeyIdentifier;
}
