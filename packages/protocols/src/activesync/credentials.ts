/** Who the Authorization header says is asking (MS-ASHTTP section 2.2.1.1.2.2). */
import { DecodeError } from '../decode-error.ts';

export type Credentials =
  | { readonly scheme: 'basic'; readonly user: string; readonly password: string }
  | { readonly scheme: 'bearer'; readonly token: string };

const mostCharacters = 8192;

/** Undefined where there is none, or one of another scheme: both are answered with a challenge. @throws DecodeError */
export function readCredentials(authorization: string | undefined): Credentials | undefined {
  if (authorization === undefined) return undefined;
  if (authorization.length > mostCharacters) throw refuse('too long', 'too-large');
  const [, scheme = '', value = ''] = /^([A-Za-z]+) +([!-~]+)$/.exec(authorization) ?? [];
  switch (scheme.toLowerCase()) {
    case 'basic':
      return readBasic(value);
    case 'bearer':
      return { scheme: 'bearer', token: value };
    default:
      return undefined;
  }
}

function readBasic(value: string): Credentials {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) throw refuse('not base64');
  const text = decodeText(Buffer.from(value, 'base64'));
  const colon = text.indexOf(':');
  if (colon < 1) throw refuse('no user name');
  const [user, password] = [text.slice(0, colon), text.slice(colon + 1)];
  // oxlint-disable-next-line no-control-regex -- a name or password that breaks a line is meant for somebody's log or header
  if (/[\u0000-\u001f\u007f]/.test(text)) throw refuse('control characters');
  return { scheme: 'basic', user, password };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 as everybody writes it now; Windows Mobile wrote ISO 8859-1. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}

function refuse(message: string, reason = 'bad-credentials'): DecodeError {
  return new DecodeError(message, { path: 'authorization', reason });
}

/**
 * Whether the user named in the query and the one who authenticates can be the same. Devices send one of them as `ACME\ann`,
 * the other as `ann@acme.example` or `ann`, so what both say is compared, in any case.
 */
export function canBeSameUser(first: string, second: string): boolean {
  const [one, other] = [splitUser(first), splitUser(second)];
  if (one.name !== other.name) return false;
  if (one.windowsDomain !== other.windowsDomain && one.windowsDomain !== '' && other.windowsDomain !== '')
    return false;
  return one.mailDomain === other.mailDomain || one.mailDomain === '' || other.mailDomain === '';
}

interface SplitUser {
  readonly name: string;
  readonly windowsDomain: string;
  readonly mailDomain: string;
}

function splitUser(user: string): SplitUser {
  const folded = user.normalize('NFC').toLowerCase();
  const backslash = folded.indexOf('\\');
  const rest = folded.slice(backslash + 1);
  const at = rest.lastIndexOf('@');
  return {
    windowsDomain: backslash === -1 ? '' : folded.slice(0, backslash),
    name: at === -1 ? rest : rest.slice(0, at),
    mailDomain: at === -1 ? '' : rest.slice(at + 1),
  };
}
