/**
 * As much of a certificate as a signature needs: what names it and its key. Reading it says nothing about trust. Keys are
 * remembered by the certificate's fingerprint, because importing one costs more than the signature it checks.
 */
import { type KeyObject, hash } from 'node:crypto';
import { childrenOf, contextTag, readDer, tag } from '../der/read-der.ts';
import { parseCertificate } from '../x509/parse-certificate.ts';
import { decodePublicKey, type PublicKeyFacts, toKeyObject } from '../x509/public-keys.ts';
import { DecodeError } from '../decode-error.ts';

export interface SignerCertificate {
  readonly der: Uint8Array;
  /** SHA-256 of the whole certificate, lower-case hex. */
  readonly fingerprint: string;
  /** Exact bytes of the issuer's name, and of the serial number's content. */
  readonly issuer: Uint8Array;
  readonly serial: Uint8Array;
  readonly key: KeyObject;
  readonly publicKey: PublicKeyFacts;
}

const signerLimits = {
  certificateBytes: 16 * 1024,
  /** Apple's device certificates have 1024 bits; how much a key is worth is the question of whoever trusts its certificate. */
  rsaMinimumBits: 1024,
  rsaMaximumBits: 8192,
  /** About 4 KB each. */
  remembered: 25_000,
} as const;

/** In order of last use; the stalest goes first. */
const known = new Map<string, SignerCertificate>();

export function readSignerCertificate(der: Uint8Array): SignerCertificate {
  const fingerprint = hash('sha256', der);
  const found = known.get(fingerprint);
  if (found !== undefined) {
    known.delete(fingerprint);
    known.set(fingerprint, found);
    return found;
  }
  const read = readAnew(Uint8Array.from(der), fingerprint);
  known.set(fingerprint, read);
  if (known.size > signerLimits.remembered) {
    for (const stalest of known.keys()) {
      known.delete(stalest);
      break;
    }
  }
  return read;
}

function readAnew(der: Uint8Array, fingerprint: string): SignerCertificate {
  const parts = childrenOf(readDer(der, 'certificate', signerLimits.certificateBytes));
  const fields = childrenOf(parts.expect(tag.sequence, 'tbsCertificate'));
  fields.optional(contextTag(0, true), 'version');
  const serial = fields.expect(tag.integer, 'serialNumber');
  fields.expect(tag.sequence, 'signature');
  const issuer = fields.expect(tag.sequence, 'issuer');
  fields.expect(tag.sequence, 'validity');
  fields.expect(tag.sequence, 'subject');
  const keyValue = fields.expect(tag.sequence, 'subjectPublicKeyInfo');
  const key = decodePublicKey(keyValue);
  if (
    key.kind === 'rsa' &&
    (key.bits < signerLimits.rsaMinimumBits || key.bits > signerLimits.rsaMaximumBits)
  )
    throw new DecodeError(`an RSA key of ${key.bits} bits`, { path: keyValue.path, reason: 'weak-key' });
  return {
    der,
    fingerprint,
    issuer: issuer.raw,
    serial: serial.content,
    key: toKeyObject(key),
    publicKey: key,
  };
}

/** What kind of key a certificate holds; the certificate is read no further, and not trusted. */
export function publicKeyFactsOf(der: Uint8Array): PublicKeyFacts {
  return readSignerCertificate(der).publicKey;
}

/** For signers named by key identifier (RFC 5652, section 5.3), which few do. */
export function keyIdentifierOf(der: Uint8Array): Uint8Array | undefined {
  return parseCertificate(der).subjectKeyIdentifier;
}
