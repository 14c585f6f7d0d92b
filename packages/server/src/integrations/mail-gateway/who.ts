// Whom credentials name, and under which name a mail server knows him. Proving them is the mail server’s business; until it has, a name
// is only what somebody says.
import { type MailLogin, readMailLogin } from '@gatehouse/core/mail/mail-login.ts';
import type { Credentials } from '@gatehouse/protocols/activesync/index.ts';

/** Of an access token, in the order in which they are believed: the address that a person signs in with. */
const nameClaims = ['upn', 'preferred_username', 'unique_name', 'email', 'smtp'] as const;
const mostTokenCharacters = 8_192;

/**
 * undefined: nobody is named that could be told apart from others. A token names whoever its issuer says; only the mail server can
 * check that issuer, and a token that it takes was issued to the very person, so his device and nobody else’s is asked about (EAS-T02).
 */
export function loginOf(credentials: Credentials): MailLogin | undefined {
  return readMailLogin(credentials.scheme === 'basic' ? credentials.user : nameInToken(credentials.token));
}

function nameInToken(token: string): string {
  const parts = token.length > mostTokenCharacters ? [] : token.split('.');
  if (parts.length !== 3) return '';
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null) return '';
    for (const name of nameClaims) {
      const value: unknown = Object.hasOwn(claims, name)
        ? (claims as Readonly<Record<string, unknown>>)[name]
        : undefined;
      if (typeof value === 'string' && value !== '') return value;
    }
  } catch {
    // Not readable: nobody.
  }
  return '';
}

export interface LoginForm {
  readonly loginForm: 'as-given' | 'address' | 'user-name' | 'windows';
  readonly windowsDomain: string | undefined;
}

/** The name by which this mail server knows the person; undefined: the one that was given. */
export function nameAtServer(
  { loginForm, windowsDomain }: LoginForm,
  login: MailLogin,
  address: string | undefined,
): string | undefined {
  const short = login.mailDomain === null ? login.name : login.name.slice(0, login.name.lastIndexOf('@'));
  switch (loginForm) {
    case 'as-given':
      return undefined;
    case 'address':
      return login.mailDomain === null ? address : login.name;
    case 'user-name':
      return short;
    case 'windows':
      return `${windowsDomain ?? ''}\\${short}`;
    default:
      return loginForm satisfies never;
  }
}

/** The header with which the mail server is asked: as it came, or with the name that it knows. */
export function authorizationFor(credentials: Credentials, given: string, name: string | undefined): string {
  if (name === undefined || credentials.scheme !== 'basic') return given;
  return `Basic ${Buffer.from(`${name}:${credentials.password}`, 'utf8').toString('base64')}`;
}
