// PINs and passwords that the server makes up for devices. They are typed by hand in bad light: no characters that look alike.
import { pbkdf2, randomBytes, randomInt } from 'node:crypto';
import { promisify } from 'node:util';
import { writePlist } from '@gatehouse/protocols/plist/index.ts';

const alphabet = 'abcdefghijkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY2346789';

/** Six digits, as a Mac takes them. */
export function newPin(): string {
  return String(randomInt(1_000_000)).padStart(6, '0');
}

/** 24 characters in groups of six: more than 130 bits. */
export function newPassword(): string {
  const group = () => Array.from({ length: 6 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return Array.from({ length: 4 }, group).join('-');
}

const derive = promisify(pbkdf2);
const iterations = 40_000;

/** The form in which a Mac takes the password of an account: salted PBKDF2 with SHA-512, 128 bytes, in a property list. */
export async function passwordHash(
  password: string,
  salt: Uint8Array = randomBytes(32),
): Promise<Uint8Array> {
  const entropy = await derive(password, salt, iterations, 128, 'sha512');
  return writePlist({ 'SALTED-SHA512-PBKDF2': { entropy, iterations, salt } });
}
