// The key of one backup file: 32 random bytes, wrapped either under a passphrase (argon2id) or to an X25519 public key, whose
// private half can stay away from the server. The master key is not among the ways in (DAT-05).
import {
  argon2,
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { promisify } from 'node:util';
import { BackupError } from './backup-error.ts';

export type KeyWrap =
  | {
      readonly kind: 'passphrase';
      /** KiB */
      readonly memory: number;
      readonly passes: number;
      /** base64url, like all bytes here */
      readonly salt: string;
      readonly wrapped: string;
    }
  | { readonly kind: 'recipient'; readonly ephemeral: string; readonly wrapped: string };

/** Who may open a backup. */
export type BackupLock =
  | {
      readonly kind: 'passphrase';
      readonly passphrase: string;
      readonly cost?: { memory: number; passes: number };
    }
  | { readonly kind: 'recipient'; readonly recipient: string };

/** What opens it. */
export type BackupOpener =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'identity'; readonly identity: string };

export const shortestPassphrase = 15;
/** Above that of passwords: nobody waits at a form, and whoever steals a backup has time. RFC 9106 in KiB and passes. */
const defaultCost = { memory: 128 * 1024, passes: 3 };
/** A file from elsewhere must not make its reader take all memory. */
const highestCost = { memory: 1024 * 1024, passes: 16 };

const recipientPrefix = 'gatehouse-recipient-1:';
const identityPrefix = 'gatehouse-identity-1:';
const derive = promisify(argon2);

/** A key pair for backups: the recipient is public and makes backups, the identity opens them. */
export function newBackupIdentity(): { readonly identity: string; readonly recipient: string } {
  const pair = generateKeyPairSync('x25519');
  const { d = '' } = pair.privateKey.export({ format: 'jwk' });
  return {
    identity: identityPrefix + d,
    recipient: recipientPrefix + rawPublicKey(pair.publicKey).toString('base64url'),
  };
}

export async function wrapFileKey(lock: BackupLock, fileKey: Buffer): Promise<KeyWrap> {
  if (lock.kind === 'passphrase') {
    if ([...lock.passphrase].length < shortestPassphrase)
      throw new BackupError(
        `The passphrase is too short: ${shortestPassphrase} characters or more, such as six random words`,
      );
    const { memory, passes } = lock.cost ?? defaultCost;
    const salt = randomBytes(16);
    const key = await passphraseKey(lock.passphrase, salt, memory, passes);
    return { kind: 'passphrase', memory, passes, salt: text(salt), wrapped: text(wrap(key, fileKey)) };
  }
  const recipient = publicKeyFrom(bytesOf(lock.recipient, recipientPrefix, 'public key of a backup'));
  const ephemeral = generateKeyPairSync('x25519');
  const key = agreedKey(ephemeral.privateKey, recipient, ephemeral.publicKey, recipient);
  return {
    kind: 'recipient',
    ephemeral: text(rawPublicKey(ephemeral.publicKey)),
    wrapped: text(wrap(key, fileKey)),
  };
}

/** @throws BackupError when the passphrase or identity is another one. */
export async function unwrapFileKey(opener: BackupOpener, given: KeyWrap): Promise<Buffer> {
  if (given.kind === 'passphrase') {
    if (opener.kind !== 'passphrase')
      throw new BackupError('This backup opens with a passphrase: --passphrase-stdin');
    const { memory, passes } = given;
    const sane = (value: unknown, least: number, most: number) =>
      Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
    // 8 KiB is the least that argon2 can work in (RFC 9106 section 3.1).
    if (!sane(memory, 8, highestCost.memory) || !sane(passes, 1, highestCost.passes))
      throw new BackupError('The head of the backup asks for work that no backup of ours needs');
    const key = await passphraseKey(opener.passphrase, decode(given.salt, 16), memory, passes);
    return unwrap(key, decode(given.wrapped, 48), 'The passphrase is not the one of this backup');
  }
  if (given.kind !== 'recipient')
    throw new BackupError('The backup is locked in a way that this Gatehouse does not know');
  if (opener.kind !== 'identity')
    throw new BackupError('This backup was made for a public key; it opens with --identity FILE');
  const identity = privateKeyFrom(bytesOf(opener.identity, identityPrefix, 'identity'));
  const ephemeral = publicKeyFrom(decode(given.ephemeral, 32));
  const key = agreedKey(identity, ephemeral, ephemeral, createPublicKey(identity));
  return unwrap(key, decode(given.wrapped, 48), 'The identity is not the one that this backup was made for');
}

function passphraseKey(passphrase: string, salt: Buffer, memory: number, passes: number): Promise<Buffer> {
  return derive('argon2id', {
    // One form for every keyboard.
    message: Buffer.from(passphrase.normalize('NFC'), 'utf8'),
    nonce: salt,
    parallelism: 1,
    tagLength: 32,
    memory,
    passes,
  });
}

/** Both public keys are in the salt, so that the key belongs to this exchange alone. */
function agreedKey(own: KeyObject, other: KeyObject, ephemeral: KeyObject, recipient: KeyObject): Buffer {
  const salt = Buffer.concat([rawPublicKey(ephemeral), rawPublicKey(recipient)]);
  let shared: Buffer;
  try {
    shared = diffieHellman({ privateKey: own, publicKey: other });
  } catch (error) {
    throw new BackupError('The public key is not a good one', { cause: error });
  }
  return Buffer.from(hkdfSync('sha256', shared, salt, 'gh-backup-recipient-1', 32));
}

// The wrapping key is used once, so the nonce may be constant.
const nonce = Buffer.alloc(12);

function wrap(key: Buffer, fileKey: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  return Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
}

function unwrap(key: Buffer, wrapped: Buffer, refusal: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce);
  decipher.setAuthTag(wrapped.subarray(32));
  try {
    return Buffer.concat([decipher.update(wrapped.subarray(0, 32)), decipher.final()]);
  } catch {
    throw new BackupError(refusal);
  }
}

const text = (bytes: Buffer) => bytes.toString('base64url');

function decode(value: unknown, length: number): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64url') : Buffer.alloc(0);
  if (bytes.length !== length) throw new BackupError('The head of the backup is damaged');
  return bytes;
}

function bytesOf(given: string, prefix: string, what: string): Buffer {
  const trimmed = given.trim();
  const bytes = Buffer.from(trimmed.slice(prefix.length), 'base64url');
  if (!trimmed.startsWith(prefix) || bytes.length !== 32)
    throw new BackupError(
      `This is not the ${what}: it begins with ${prefix}. gatehouse backup-key FILE makes one`,
    );
  return bytes;
}

function rawPublicKey(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
}

function publicKeyFrom(bytes: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: text(bytes) }, format: 'jwk' });
}

function privateKeyFrom(bytes: Buffer): KeyObject {
  // RFC 8410: PKCS#8 around 32 bytes. From a JWK Node would want the public half as well.
  const der = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), bytes]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}
