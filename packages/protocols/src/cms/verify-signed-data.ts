/**
 * Whether a message was signed by the key of a certificate it carries (RFC 5652, section 5.4). That is possession of a key and no
 * more: whether the certificate means anything is the caller's question. One signer, signed attributes always: without them, the
 * attributes of one message could be passed off as the content of another.
 */
import { hash, type KeyObject, verify } from 'node:crypto';
import { DecodeError } from '../decode-error.ts';
import type { DerValue } from '../der/read-der.ts';
import { readOid, readTime } from '../der/read-values.ts';
import { attributeTypes, contentTypes, type DigestName } from './algorithms.ts';
import { cmsLimits, parseSignedData, type SignedDataParts, type SignerParts } from './parse-signed-data.ts';
import { keyIdentifierOf, readSignerCertificate, type SignerCertificate } from './signer-certificate.ts';

export interface SignedBy {
  /** DER of the signer's certificate. */
  readonly certificate: Uint8Array;
  /** SHA-256 of it, lower-case hex. */
  readonly fingerprint: string;
  /** All that came with the message, the signer's among them. */
  readonly certificates: readonly Uint8Array[];
  /** As the signer's clock had it. Not judged: a device whose clock is behind still signs with its own key. */
  readonly signingTime: Date | undefined;
  readonly digest: DigestName;
  /** Signed attributes by OID. */
  readonly attributes: ReadonlyMap<string, readonly DerValue[]>;
}

export interface SignatureRules {
  /** Takes SHA-1 too: only for what Apple's devices sign by keys of the factory. Default false. */
  readonly allowSha1?: boolean;
  /** Of the whole message; default 256 KiB. */
  readonly maxBytes?: number;
}

/**
 * The signature of an `Mdm-Signature` header, over the exact bytes of a body.
 *
 * @throws DecodeError. Its `reason`: `malformed`, `too-large`, `several-signers`, `no-signer`, `attached-content`,
 *   `wrong-content-type`, `no-signed-attributes`, `weak-algorithm`, `unsupported-algorithm`, `digest-mismatch`,
 *   `no-signer-certificate`, `weak-key`, `bad-signature`.
 */
export function verifyDetached(
  signature: Uint8Array,
  content: Uint8Array,
  rules: SignatureRules = {},
): SignedBy {
  return verifyParsed(parseSignedData(signature, rules.maxBytes ?? cmsLimits.bytes), content, rules);
}

/**
 * The same for a signature that was parsed before there was anything to compare it with.
 *
 * @throws DecodeError as verifyDetached does.
 */
export function verifyParsed(
  signature: SignedDataParts,
  content: Uint8Array,
  rules: Pick<SignatureRules, 'allowSha1'> = {},
): SignedBy {
  if (signature.content !== undefined)
    throw refuse('the signature brings content of its own', 'attached-content');
  return verifySigner(signature, content, rules);
}

/**
 * A message that may stand without content: some SCEP answers say all in their signed attributes.
 *
 * @throws DecodeError as verifyDetached does, save `attached-content`.
 */
export function verifyWithAttributes(
  message: Uint8Array,
  rules: SignatureRules = {},
): SignedBy & { readonly content: Uint8Array | undefined } {
  const parts = parseSignedData(message, rules.maxBytes ?? cmsLimits.bytes);
  return { ...verifySigner(parts, parts.content ?? new Uint8Array(), rules), content: parts.content };
}

/** @throws DecodeError as verifyDetached does, and `no-content`. */
export function verifyAttached(
  message: Uint8Array,
  rules: SignatureRules = {},
): SignedBy & { readonly content: Uint8Array } {
  const parts = parseSignedData(message, rules.maxBytes ?? cmsLimits.bytes);
  if (parts.content === undefined) throw refuse('the message has no content', 'no-content');
  return { ...verifySigner(parts, parts.content, rules), content: parts.content };
}

function verifySigner(parts: SignedDataParts, content: Uint8Array, rules: SignatureRules): SignedBy {
  const { signer, contentType, certificates } = parts;
  if (signer === undefined) throw refuse('nobody signed the message', 'no-signer');
  if (contentType !== contentTypes.data) throw refuse(`content of type ${contentType}`, 'wrong-content-type');
  requireStrong(signer, rules);
  const { toBeSigned, attributes, digest, signatureAlgorithm } = signer;
  if (toBeSigned === undefined)
    throw refuse('the signature has no signed attributes', 'no-signed-attributes');
  if (readOid(single(attributes, attributeTypes.contentType)) !== contentType)
    throw refuse('the signature is for content of another type', 'wrong-content-type');
  const stated = single(attributes, attributeTypes.messageDigest).content;
  if (Buffer.compare(stated, hash(digest, content, 'buffer')) !== 0)
    throw refuse('the signature is for other content', 'digest-mismatch');
  const found = findSigner(signer, certificates);
  if (found === undefined) throw refuse('the certificate of the signer is missing', 'no-signer-certificate');
  const { key } = found.signer;
  if (key.asymmetricKeyType !== signatureAlgorithm.key || !isSigned(signer, key, toBeSigned))
    throw refuse('the signature does not fit the key', 'bad-signature');
  return {
    certificate: found.certificate,
    fingerprint: found.signer.fingerprint,
    certificates,
    // Few ask for it.
    get signingTime() {
      return readSigningTime(attributes);
    },
    digest,
    attributes,
  };
}

function requireStrong({ digest, signatureAlgorithm }: SignerParts, rules: SignatureRules): void {
  const isWeak = digest === 'md5' || (digest === 'sha1' && rules.allowSha1 !== true);
  if (isWeak) throw refuse(`a signature with ${digest} proves nothing`, 'weak-algorithm');
  if (signatureAlgorithm.digest !== undefined && signatureAlgorithm.digest !== digest)
    throw refuse('the signature algorithm names another digest', 'unsupported-algorithm');
}

function isSigned({ digest, signature }: SignerParts, key: KeyObject, toBeSigned: Uint8Array): boolean {
  try {
    return verify(digest, toBeSigned, key, signature);
  } catch {
    return false;
  }
}

interface FoundSigner {
  readonly certificate: Uint8Array;
  readonly signer: SignerCertificate;
}

function findSigner({ name }: SignerParts, certificates: readonly Uint8Array[]): FoundSigner | undefined {
  for (const certificate of certificates) {
    if ('keyIdentifier' in name) {
      const identifier = keyIdentifierOf(certificate);
      if (identifier !== undefined && Buffer.compare(identifier, name.keyIdentifier) === 0)
        return { certificate, signer: readSignerCertificate(certificate) };
      continue;
    }
    const signer = readSignerCertificate(certificate);
    if (Buffer.compare(signer.serial, name.serial) === 0 && Buffer.compare(signer.issuer, name.issuer) === 0)
      return { certificate, signer };
  }
  return undefined;
}

/** The value of an attribute that has exactly one. */
export function single(attributes: SignedBy['attributes'], type: string): DerValue {
  const [value, ...more] = attributes.get(type) ?? [];
  if (value === undefined || more.length > 0)
    throw refuse(`attribute ${type} must be there with one value`, 'malformed');
  return value;
}

function readSigningTime(attributes: SignedBy['attributes']): Date | undefined {
  const [value] = attributes.get(attributeTypes.signingTime) ?? [];
  if (value === undefined) return undefined;
  try {
    return new Date(readTime(value));
  } catch {
    // It is information and no proof: a time in an odd form must not lock a device out.
    return undefined;
  }
}

function refuse(message: string, reason: string): DecodeError {
  return new DecodeError(message, { path: 'signedData', reason });
}
