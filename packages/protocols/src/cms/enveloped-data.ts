/**
 * EnvelopedData (RFC 5652, section 6): content for the holder of an RSA key. Opening one answers every failure alike. An attacker
 * may send any number of altered envelopes, and PKCS#1 v1.5 and CBC padding each give their secret away to whoever learns which of
 * them was wrong: so OpenSSL's implicit rejection stands in front, a key of the wrong length is replaced by a random one, the
 * padding is checked without branches, and what cannot be decrypted is decrypted to the end all the same.
 */
import {
  constants,
  createCipheriv,
  createDecipheriv,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import { DecodeError } from '../decode-error.ts';
import { derFromBer } from '../der/from-ber.ts';
import { childrenOf, contextTag, failure, readDer, tag } from '../der/read-der.ts';
import { readOid, readSmallInteger } from '../der/read-values.ts';
import {
  encodeValue,
  explicit,
  implicitPrimitive,
  nullValue,
  octetString,
  oid,
  sequence,
  setOf,
  unsignedInteger,
} from '../der/write-der.ts';
import {
  type CipherName,
  ciphers,
  contentTypes,
  encodeCipher,
  readCipher,
  rsaEncryption,
} from './algorithms.ts';
import { cmsLimits, readContentInfo, readImplicitOctets, readMembers } from './parse-signed-data.ts';
import { keyIdentifierOf, readSignerCertificate } from './signer-certificate.ts';

export interface NewEnvelope {
  readonly content: Uint8Array;
  /** DER of the recipient's certificate; its key must be RSA. */
  readonly recipient: Uint8Array;
  /** Default aes-256-cbc. */
  readonly cipher?: CipherName;
}

/** @throws DecodeError `unsupported-algorithm` when the recipient's key is not RSA. */
export function envelope({ content, recipient, cipher = 'aes-256-cbc' }: NewEnvelope): Uint8Array {
  const { issuer, serial, key: recipientKey } = readSignerCertificate(recipient);
  if (recipientKey.asymmetricKeyType !== 'rsa')
    throw new DecodeError('only an RSA key can be sent an envelope', { reason: 'unsupported-algorithm' });
  const { keyBytes, blockBytes } = ciphers[cipher];
  const key = randomBytes(keyBytes);
  const iv = randomBytes(blockBytes);
  const encryption = createCipheriv(...engineOf(cipher, key), iv);
  const encrypted = Buffer.concat([encryption.update(content), encryption.final()]);
  const wrappedKey = publicEncrypt({ key: recipientKey, padding: constants.RSA_PKCS1_PADDING }, key);
  key.fill(0);
  return sequence(
    oid(contentTypes.envelopedData),
    explicit(
      0,
      sequence(
        unsignedInteger(0),
        setOf(
          sequence(
            unsignedInteger(0),
            sequence(issuer, encodeValue(tag.integer, serial)),
            sequence(oid(rsaEncryption), nullValue()),
            octetString(wrappedKey),
          ),
        ),
        sequence(oid(contentTypes.data), encodeCipher(cipher, iv), implicitPrimitive(0, encrypted)),
      ),
    ),
  );
}

export interface EnvelopeParts {
  readonly cipher: CipherName;
  readonly iv: Uint8Array;
  readonly encrypted: Uint8Array;
  readonly recipients: readonly EnvelopeRecipient[];
}

export interface EnvelopeRecipient {
  readonly name:
    | { readonly issuer: Uint8Array; readonly serial: Uint8Array }
    | { readonly keyIdentifier: Uint8Array };
  readonly wrappedKey: Uint8Array;
}

const envelopeLimits = { recipients: 4, wrappedKeyBytes: 1024 } as const;

/** The outside of an envelope; nothing is decrypted. Recipients by other means than RSA keys are passed over. */
export function parseEnvelope(bytes: Uint8Array, maxBytes: number = cmsLimits.bytes): EnvelopeParts {
  const wrapper = readDer(derFromBer(bytes, 'contentInfo', maxBytes), 'contentInfo', maxBytes);
  const fields = childrenOf(readContentInfo(wrapper, contentTypes.envelopedData, 'envelopedData'));
  const version = fields.next('version');
  if (readSmallInteger(version) > 4) throw failure(version, 'version is unknown');
  fields.optional(contextTag(0, true), 'originatorInfo');
  const infos = readMembers(
    fields.next('recipientInfos'),
    tag.set,
    envelopeLimits.recipients,
    'recipientInfo',
  );
  const encryptedInfo = childrenOf(fields.next('encryptedContentInfo'));
  fields.optional(contextTag(1, true), 'unprotectedAttrs');
  fields.done();
  const type = encryptedInfo.next('contentType');
  if (readOid(type) !== contentTypes.data)
    throw failure(type, 'content of another type', 'wrong-content-type');
  const { cipher, iv } = readCipher(encryptedInfo.next('contentEncryptionAlgorithm'));
  const encrypted = readImplicitOctets(encryptedInfo.next('encryptedContent'));
  encryptedInfo.done();
  const recipients = infos.flatMap((info): EnvelopeRecipient[] => {
    if (info.tag !== tag.sequence) return [];
    const parts = childrenOf(info);
    parts.expect(tag.integer, 'version');
    const name = parts.next('rid');
    const algorithm = childrenOf(parts.next('keyEncryptionAlgorithm'));
    const method = readOid(algorithm.next('algorithm'));
    const wrapped = parts.expect(tag.octetString, 'encryptedKey');
    parts.done();
    if (method !== rsaEncryption)
      throw failure(info, `key transport ${method} is not supported`, 'unsupported-algorithm');
    if (wrapped.content.length > envelopeLimits.wrappedKeyBytes)
      throw failure(wrapped, 'key too long', 'too-large');
    if (name.tag === contextTag(0, false))
      return [{ name: { keyIdentifier: name.content }, wrappedKey: wrapped.content }];
    const named = childrenOf(name);
    const issuer = named.expect(tag.sequence, 'issuer').raw;
    const serial = named.expect(tag.integer, 'serialNumber').content;
    named.done();
    return [{ name: { issuer, serial }, wrappedKey: wrapped.content }];
  });
  return { cipher, iv, encrypted, recipients };
}

export interface EnvelopeOpener {
  /** DER of the certificate whose key opens it. */
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
  /** Default: all of AES. */
  readonly allowed?: readonly CipherName[];
}

const aes: readonly CipherName[] = ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc'];

/** Which of these certificates the envelope is for, if any. */
export function findRecipient<T extends { readonly certificate: Uint8Array }>(
  { recipients }: EnvelopeParts,
  candidates: readonly T[],
): { readonly candidate: T; readonly wrappedKey: Uint8Array } | undefined {
  for (const { name, wrappedKey } of recipients) {
    const candidate = candidates.find(({ certificate }) => isNamed(certificate, name));
    if (candidate !== undefined) return { candidate, wrappedKey };
  }
  return undefined;
}

function isNamed(certificate: Uint8Array, name: EnvelopeRecipient['name']): boolean {
  if ('keyIdentifier' in name) {
    const identifier = keyIdentifierOf(certificate);
    return identifier !== undefined && Buffer.compare(identifier, name.keyIdentifier) === 0;
  }
  const { issuer, serial } = readSignerCertificate(certificate);
  return Buffer.compare(issuer, name.issuer) === 0 && Buffer.compare(serial, name.serial) === 0;
}

/**
 * @throws DecodeError `weak-algorithm` or `unsupported-algorithm` for what the envelope says openly; `cannot-open` for whatever goes
 *   wrong with the secret parts, always the same.
 */
export function openEnvelope(bytes: Uint8Array, opener: EnvelopeOpener): Uint8Array {
  const parts = parseEnvelope(bytes);
  requireAllowed(parts.cipher, opener.allowed ?? aes);
  const found = findRecipient(parts, [opener]);
  if (found === undefined) throw cannotOpen();
  return decrypt(parts, found.wrappedKey, opener.key);
}

export function requireAllowed(cipher: CipherName, allowed: readonly CipherName[]): void {
  if (!(allowed as readonly string[]).includes(cipher))
    throw new DecodeError(`cipher ${cipher} is not accepted`, {
      path: 'envelopedData',
      reason: 'weak-algorithm',
    });
}

/** @throws DecodeError `cannot-open` */
export function decrypt(
  { cipher, iv, encrypted }: EnvelopeParts,
  wrappedKey: Uint8Array,
  privateKey: KeyObject,
): Uint8Array {
  const { keyBytes, blockBytes } = ciphers[cipher];
  // Public facts of the message, the same for whoever looks at it.
  if (encrypted.length === 0 || encrypted.length % blockBytes !== 0) throw cannotOpen();
  const key = randomBytes(keyBytes);
  try {
    const unwrapped = privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, wrappedKey);
    // A wrong padding gives random bytes of random length and no error: the random key stays in place then.
    if (unwrapped.length === keyBytes) unwrapped.copy(key);
    unwrapped.fill(0);
  } catch {
    // Of a length that no message under this key has: as public as the length of the content.
  }
  const decryption = createDecipheriv(...engineOf(cipher, key), iv).setAutoPadding(false);
  const plain = Buffer.concat([decryption.update(encrypted), decryption.final()]);
  key.fill(0);
  return withoutPadding(plain, blockBytes);
}

/** OpenSSL 3 has no single DES any more. Triple DES with three times the same key is the same function. */
function engineOf(cipher: CipherName, key: Buffer): [cipher: string, key: Buffer] {
  return cipher === 'des-cbc' ? ['des-ede3-cbc', Buffer.concat([key, key, key])] : [cipher, key];
}

/** Looks at a whole block whatever stands in it. */
function withoutPadding(plain: Buffer, blockBytes: number): Uint8Array {
  const length = plain[plain.length - 1] ?? 0;
  let wrong = Number(length === 0) | Number(length > blockBytes);
  for (let index = 1; index <= blockBytes; index++) {
    const isPadding = Number(index <= length);
    wrong |= isPadding & Number((plain[plain.length - index] ?? 0) !== length);
  }
  if (wrong !== 0) throw cannotOpen();
  return plain.subarray(0, plain.length - length);
}

function cannotOpen(): DecodeError {
  return new DecodeError('the envelope cannot be opened', { path: 'envelopedData', reason: 'cannot-open' });
}
