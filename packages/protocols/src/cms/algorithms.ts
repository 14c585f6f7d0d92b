/** Algorithms of CMS messages (RFC 3370, RFC 5754, RFC 3565): one row each, read in both directions. */
import { childrenOf, type DerValue, failure, tag } from '../der/read-der.ts';
import { readOid } from '../der/read-values.ts';
import { nullValue, octetString, oid, sequence } from '../der/write-der.ts';

export const contentTypes = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  envelopedData: '1.2.840.113549.1.7.3',
} as const;

export const attributeTypes = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
} as const;

export type DigestName = 'sha256' | 'sha384' | 'sha512' | 'sha1' | 'md5';

export const digests: Readonly<Record<DigestName, { readonly oid: string; readonly bytes: number }>> = {
  sha256: { oid: '2.16.840.1.101.3.4.2.1', bytes: 32 },
  sha384: { oid: '2.16.840.1.101.3.4.2.2', bytes: 48 },
  sha512: { oid: '2.16.840.1.101.3.4.2.3', bytes: 64 },
  // Read so that the refusal can name them; see SignatureRules for the one place where SHA-1 may pass.
  sha1: { oid: '1.3.14.3.2.26', bytes: 20 },
  md5: { oid: '1.2.840.113549.2.5', bytes: 16 },
};

const digestNames = new Map(Object.entries(digests).map(([name, row]) => [row.oid, name as DigestName]));

export interface SignatureRow {
  readonly oid: string;
  readonly key: 'rsa' | 'ec';
  /** Undefined where the digest stands only in the signer's digestAlgorithm. */
  readonly digest: DigestName | undefined;
}

export const rsaEncryption = '1.2.840.113549.1.1.1';

/** RSA means PKCS#1 v1.5 here: neither Apple's devices nor SCEP clients use PSS. */
const signatures: readonly SignatureRow[] = [
  { oid: rsaEncryption, key: 'rsa', digest: undefined },
  { oid: '1.2.840.113549.1.1.11', key: 'rsa', digest: 'sha256' },
  { oid: '1.2.840.113549.1.1.12', key: 'rsa', digest: 'sha384' },
  { oid: '1.2.840.113549.1.1.13', key: 'rsa', digest: 'sha512' },
  { oid: '1.2.840.113549.1.1.5', key: 'rsa', digest: 'sha1' },
  { oid: '1.2.840.113549.1.1.4', key: 'rsa', digest: 'md5' },
  { oid: '1.2.840.10045.4.3.2', key: 'ec', digest: 'sha256' },
  { oid: '1.2.840.10045.4.3.3', key: 'ec', digest: 'sha384' },
  { oid: '1.2.840.10045.4.3.4', key: 'ec', digest: 'sha512' },
  { oid: '1.2.840.10045.4.1', key: 'ec', digest: 'sha1' },
  // id-ecPublicKey in place of a signature algorithm: not by the book, but met in the field.
  { oid: '1.2.840.10045.2.1', key: 'ec', digest: undefined },
];
const signaturesByOid = new Map(signatures.map((row) => [row.oid, row]));

export function readDigestAlgorithm(value: DerValue): DigestName {
  const identifier = readIdentifier(value);
  const name = digestNames.get(identifier);
  if (name === undefined)
    throw failure(value, `digest ${identifier} is not supported`, 'unsupported-algorithm');
  return name;
}

export function encodeDigestAlgorithm(digest: DigestName): Uint8Array {
  // RFC 5754, section 2: SHA-2 is written without parameters.
  return sequence(oid(digests[digest].oid));
}

export function readSignatureAlgorithm(value: DerValue): SignatureRow {
  const identifier = readIdentifier(value);
  const row = signaturesByOid.get(identifier);
  if (row === undefined)
    throw failure(value, `signature algorithm ${identifier} is not supported`, 'unsupported-algorithm');
  return row;
}

/**
 * RSA is written as plain rsaEncryption, as RFC 3370, section 3.2 asks: strongSwan's client takes nothing else. For ECDSA the
 * row of the digest.
 */
export function encodeSignatureAlgorithm(key: 'rsa' | 'ec', digest: DigestName): Uint8Array {
  if (key === 'rsa') return sequence(oid(rsaEncryption), nullValue());
  const row = signatures.find((candidate) => candidate.key === 'ec' && candidate.digest === digest);
  if (row === undefined) throw new TypeError(`no ECDSA signature with ${digest}`);
  return sequence(oid(row.oid));
}

/** The OID of an AlgorithmIdentifier whose parameters, if there are any, are NULL. */
function readIdentifier(value: DerValue): string {
  const fields = childrenOf(value);
  const identifier = readOid(fields.next('algorithm'));
  const parameters = fields.optional(tag.null, 'parameters');
  fields.done();
  if (parameters !== undefined && parameters.content.length > 0)
    throw failure(value, 'unexpected algorithm parameters');
  return identifier;
}

export type CipherName = 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc' | 'des-ede3-cbc' | 'des-cbc';

interface CipherRow {
  readonly oid: string;
  readonly keyBytes: number;
  readonly blockBytes: number;
}

export const ciphers: Readonly<Record<CipherName, CipherRow>> = {
  'aes-128-cbc': { oid: '2.16.840.1.101.3.4.1.2', keyBytes: 16, blockBytes: 16 },
  'aes-192-cbc': { oid: '2.16.840.1.101.3.4.1.22', keyBytes: 24, blockBytes: 16 },
  'aes-256-cbc': { oid: '2.16.840.1.101.3.4.1.42', keyBytes: 32, blockBytes: 16 },
  'des-ede3-cbc': { oid: '1.2.840.113549.3.7', keyBytes: 24, blockBytes: 8 },
  // Broken for thirty years. Opened only for those who insist; see decrypt.
  'des-cbc': { oid: '1.3.14.3.2.7', keyBytes: 8, blockBytes: 8 },
};
const cipherNames = new Map(Object.entries(ciphers).map(([name, row]) => [row.oid, name as CipherName]));

/** All ciphers here take their initialization vector as the only parameter. */
export function readCipher(value: DerValue): { readonly cipher: CipherName; readonly iv: Uint8Array } {
  const fields = childrenOf(value);
  const identifier = readOid(fields.next('algorithm'));
  const cipher = cipherNames.get(identifier);
  if (cipher === undefined)
    throw failure(value, `cipher ${identifier} is not supported`, 'unsupported-algorithm');
  const iv = fields.expect(tag.octetString, 'iv').content;
  fields.done();
  if (iv.length !== ciphers[cipher].blockBytes)
    throw failure(value, 'initialization vector of another length');
  return { cipher, iv };
}

export function encodeCipher(cipher: CipherName, iv: Uint8Array): Uint8Array {
  return sequence(oid(ciphers[cipher].oid), octetString(iv));
}
