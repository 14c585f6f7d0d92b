/** Signature algorithms of certificates, requests and CRLs: one row each, read in both directions. */
import { type KeyObject, sign, verify } from 'node:crypto';
import { childrenOf, type DerValue, failure, tag } from '../der/read-der.ts';
import { readOid } from '../der/read-values.ts';
import { nullValue, oid, sequence } from '../der/write-der.ts';

export interface SignatureAlgorithm {
  readonly name: string;
  readonly oid: string;
  /** Hash name for node:crypto; null where the algorithm hashes by itself. */
  readonly hash: string | null;
  readonly key: 'ec' | 'rsa' | 'ed25519';
  /** RSA writes a NULL (RFC 4055, section 5), the others write nothing (RFC 5758, RFC 8410). */
  readonly parameters: 'null' | 'absent';
  /** Collisions can be computed, so a signature proves nothing. Parsed, so that the refusal can name it. */
  readonly weak: boolean;
}

const row = (
  name: string,
  oidText: string,
  hash: string | null,
  key: SignatureAlgorithm['key'],
  weak = false,
): SignatureAlgorithm => ({
  name,
  oid: oidText,
  hash,
  key,
  parameters: key === 'rsa' ? 'null' : 'absent',
  weak,
});

export const signatureAlgorithms = {
  'ecdsa-sha256': row('ecdsa-sha256', '1.2.840.10045.4.3.2', 'sha256', 'ec'),
  'ecdsa-sha384': row('ecdsa-sha384', '1.2.840.10045.4.3.3', 'sha384', 'ec'),
  'ecdsa-sha512': row('ecdsa-sha512', '1.2.840.10045.4.3.4', 'sha512', 'ec'),
  'rsa-sha256': row('rsa-sha256', '1.2.840.113549.1.1.11', 'sha256', 'rsa'),
  'rsa-sha384': row('rsa-sha384', '1.2.840.113549.1.1.12', 'sha384', 'rsa'),
  'rsa-sha512': row('rsa-sha512', '1.2.840.113549.1.1.13', 'sha512', 'rsa'),
  ed25519: row('ed25519', '1.3.101.112', null, 'ed25519'),
  'ecdsa-sha1': row('ecdsa-sha1', '1.2.840.10045.4.1', 'sha1', 'ec', true),
  'rsa-sha1': row('rsa-sha1', '1.2.840.113549.1.1.5', 'sha1', 'rsa', true),
  'rsa-md5': row('rsa-md5', '1.2.840.113549.1.1.4', 'md5', 'rsa', true),
} satisfies Record<string, SignatureAlgorithm>;

export type SignatureAlgorithmName = keyof typeof signatureAlgorithms;

const byOid = new Map(
  Object.values(signatureAlgorithms).map((algorithm): [string, SignatureAlgorithm] => [
    algorithm.oid,
    algorithm,
  ]),
);

export function encodeSignatureAlgorithm(algorithm: SignatureAlgorithm): Uint8Array {
  return algorithm.parameters === 'null'
    ? sequence(oid(algorithm.oid), nullValue())
    : sequence(oid(algorithm.oid));
}

/** AlgorithmIdentifier of a signature. One we do not know is an error: nothing signed with it can be trusted here. */
export function decodeSignatureAlgorithm(value: DerValue): SignatureAlgorithm {
  const fields = childrenOf(value);
  const identifier = readOid(fields.next('algorithm'));
  const algorithm = byOid.get(identifier);
  if (algorithm === undefined) {
    throw failure(value, `signature algorithm ${identifier} is not supported`, 'unsupported-algorithm');
  }
  const parameters = fields.optional(tag.null, 'parameters');
  fields.done();
  if (parameters !== undefined && (algorithm.parameters === 'absent' || parameters.content.length > 0)) {
    throw failure(value, 'unexpected signature algorithm parameters');
  }
  return algorithm;
}

/**
 * What signs a certificate, request or CRL. `sign` gets the bytes to be signed and answers the signature as it goes into the
 * structure: DER `ECDSA-Sig-Value` for ECDSA. It is synchronous; a key in a remote module needs its own adapter.
 */
export interface Signer {
  readonly algorithm: SignatureAlgorithmName;
  sign(toBeSigned: Uint8Array): Uint8Array;
}

/** A signer over a private key in memory, with the hash that fits the key. */
export function signerFor(privateKey: KeyObject): Signer {
  const algorithm = algorithmFor(privateKey);
  const hash = signatureAlgorithms[algorithm].hash;
  return { algorithm, sign: (toBeSigned) => sign(hash, toBeSigned, privateKey) };
}

function algorithmFor(privateKey: KeyObject): SignatureAlgorithmName {
  const curve = privateKey.asymmetricKeyDetails?.namedCurve;
  if (privateKey.asymmetricKeyType === 'rsa') return 'rsa-sha256';
  if (privateKey.asymmetricKeyType === 'ed25519') return 'ed25519';
  if (curve === 'prime256v1') return 'ecdsa-sha256';
  if (curve === 'secp384r1') return 'ecdsa-sha384';
  throw new TypeError(`no signature algorithm for a ${privateKey.asymmetricKeyType} ${curve ?? ''} key`);
}

/** Never throws: a signature that cannot even be decoded is not valid. */
export function isSignatureValid(
  algorithm: SignatureAlgorithm,
  publicKey: KeyObject,
  toBeSigned: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.asymmetricKeyType !== algorithm.key) return false;
  try {
    return verify(algorithm.hash, toBeSigned, publicKey, signature);
  } catch {
    return false;
  }
}
