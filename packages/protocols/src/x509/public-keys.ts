/** SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7): what kind of key it is, and whether we accept it. */
import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { DecodeError } from '../decode-error.ts';
import { childrenOf, type DerValue, failure, nestedDer, readDer, tag } from '../der/read-der.ts';
import { readBitStringBytes, readOid, readUnsigned } from '../der/read-values.ts';
import { encodePem } from './pem.ts';

export interface PublicKeyFacts {
  readonly kind: 'ec' | 'rsa' | 'ed25519' | 'unknown';
  /** `P-256`, `P-384` … or the OID of a curve without a name here; absent for other kinds. */
  readonly curve?: string;
  /** Size of the field or the modulus; 0 when unknown. */
  readonly bits: number;
  /** RSA public exponent; absent when it does not fit a safe integer or the key is not RSA. */
  readonly exponent?: number;
  /** The whole SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  /** SHA-256 of the SPKI in lower-case hex: equal keys have equal fingerprints, whatever certificate they stand in. */
  readonly fingerprint: string;
  /** SHA-1 of the key bits (RFC 5280, section 4.2.1.2, method 1): the key identifier, which is a name and proves nothing. */
  readonly keyIdentifier: Uint8Array;
}

const algorithms: Readonly<Record<string, PublicKeyFacts['kind']>> = {
  '1.2.840.10045.2.1': 'ec',
  '1.2.840.113549.1.1.1': 'rsa',
  '1.3.101.112': 'ed25519',
};

/** SEC 2 and RFC 5480, section 2.1.1.1. The weak ones are named so that a refusal can name them too. */
const curves: Readonly<Record<string, { readonly name: string; readonly bits: number }>> = {
  '1.2.840.10045.3.1.1': { name: 'P-192', bits: 192 },
  '1.3.132.0.33': { name: 'P-224', bits: 224 },
  '1.2.840.10045.3.1.7': { name: 'P-256', bits: 256 },
  '1.3.132.0.34': { name: 'P-384', bits: 384 },
  '1.3.132.0.35': { name: 'P-521', bits: 521 },
  '1.3.132.0.10': { name: 'secp256k1', bits: 256 },
};

const keyLimits = {
  spkiBytes: 4096,
  rsaMinimumBits: 2048,
  rsaMaximumBits: 8192,
  minimumExponent: 65537,
} as const;

export function parsePublicKey(spki: Uint8Array): PublicKeyFacts {
  return decodePublicKey(readDer(spki, 'subjectPublicKeyInfo', keyLimits.spkiBytes));
}

export function decodePublicKey(value: DerValue): PublicKeyFacts {
  const fields = childrenOf(value);
  const identifier = childrenOf(fields.next('algorithm'));
  const kind = algorithms[readOid(identifier.next('algorithm'))] ?? 'unknown';
  const parameters = identifier.atEnd ? undefined : identifier.next('parameters');
  identifier.done();
  const keyValue = fields.next('subjectPublicKey');
  const key = readBitStringBytes(keyValue);
  fields.done();
  const base = {
    kind,
    spki: value.raw,
    fingerprint: hash('sha256', value.raw),
    keyIdentifier: new Uint8Array(hash('sha1', key, 'buffer')),
  };
  switch (kind) {
    case 'ec': {
      if (parameters === undefined || parameters.tag !== tag.oid) {
        // Explicit curve parameters let an attacker choose a curve on which a foreign public key has a known private one.
        throw failure(value, 'an EC key must name its curve', 'weak-key');
      }
      const curve = readOid(parameters);
      return { ...base, curve: curves[curve]?.name ?? curve, bits: curves[curve]?.bits ?? 0 };
    }
    case 'rsa': {
      const inner = nestedDer(keyValue, key);
      const numbers = childrenOf(inner.next('rsaPublicKey'));
      inner.done();
      const modulus = readUnsigned(numbers.next('modulus'));
      const exponent = readUnsigned(numbers.next('publicExponent'));
      numbers.done();
      const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
      return exponent.length > 6
        ? { ...base, bits }
        : { ...base, bits, exponent: exponent.reduce((total, byte) => total * 256 + byte, 0) };
    }
    default:
      return { ...base, bits: kind === 'ed25519' ? 256 : 0 };
  }
}

/** Why this key is refused for a device (security rule ENR-T06), or undefined when it is good. */
export function findKeyWeakness(key: PublicKeyFacts): string | undefined {
  switch (key.kind) {
    case 'ec':
      return key.curve === 'P-256' || key.curve === 'P-384'
        ? undefined
        : `curve ${key.curve ?? 'unknown'} is not accepted: P-256 or P-384 is required`;
    case 'rsa':
      if (key.bits < keyLimits.rsaMinimumBits) {
        return `RSA key of ${key.bits} bits is too short: at least ${keyLimits.rsaMinimumBits} are required`;
      }
      if (key.bits > keyLimits.rsaMaximumBits) {
        return `RSA key of ${key.bits} bits is too long: at most ${keyLimits.rsaMaximumBits} are accepted`;
      }
      if (key.exponent === undefined) return 'RSA exponent is too large';
      if (key.exponent < keyLimits.minimumExponent || key.exponent % 2 === 0) {
        return `RSA exponent ${key.exponent} is not accepted: an odd one of at least 65537 is required`;
      }
      return undefined;
    default:
      return `key type ${key.kind} is not accepted: EC P-256, EC P-384 or RSA is required`;
  }
}

/** Imports the key, which also checks that an EC point lies on its curve. */
export function toKeyObject(key: PublicKeyFacts): KeyObject {
  return importPublicKey('PUBLIC KEY', key.spki, 'subjectPublicKeyInfo');
}

/**
 * As PEM, a text: handed bytes with their format, Node tries first whether they are a key already, by exceptions that cost more than
 * the import itself.
 *
 * @param der a SubjectPublicKeyInfo, or an RSAPublicKey (RFC 8017, appendix A.1.1), which takes OpenSSL a third less to read.
 * @throws DecodeError
 */
export function importPublicKey(
  label: 'PUBLIC KEY' | 'RSA PUBLIC KEY',
  der: Uint8Array,
  path: string,
): KeyObject {
  try {
    return createPublicKey(encodePem(label, der));
  } catch (cause) {
    throw new DecodeError('public key is not usable', { path, reason: 'weak-key', cause });
  }
}
