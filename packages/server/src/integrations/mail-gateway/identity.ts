// How a mail server is told who asks: by what the client itself has brought, or, of one that a certificate of ours has proved, by our word,
// which the server takes because it knows us by an address or a secret. Never by both.
import { readCredentials } from '@gatehouse/protocols/activesync/index.ts';
import type { MailServerProfile } from '../../modules/mail/index.ts';
import { header } from './server-request.ts';
import type { Shape, Visit } from './visit.ts';
import { authorizationFor, nameAtServer } from './who.ts';

export interface Identity {
  /** The name by which the mail server knows the person; undefined: as the client said it. */
  readonly user: string | undefined;
  /** Header lines. */
  readonly lines: string;
}

/** Why a mail server sends away somebody whom we vouch for. */
export const notTaken = 'The mail server does not take the gateway’s word for who a client is';

/** Over `login` as the certificate or the credentials name it. */
export function identityAt(
  profile: MailServerProfile,
  { headers }: Pick<Visit, 'headers'>,
  { isVouched, login, client }: Pick<Shape, 'isVouched' | 'login' | 'client'>,
): Identity {
  if (isVouched) {
    const user = nameAtServer(profile, login, login.name) ?? login.name;
    return { user, lines: vouch(profile, user) };
  }
  if (profile.loginForm === 'as-given')
    return { user: undefined, lines: header('Authorization', headers.authorization) };
  const user = nameAtServer(profile, login, client.standing?.user?.email);
  const credentials = readCredentials(headers.authorization);
  const authorization =
    credentials === undefined
      ? headers.authorization
      : authorizationFor(credentials, headers.authorization, user);
  return { user, lines: header('Authorization', authorization) };
}

function vouch({ vouching }: MailServerProfile, user: string): string {
  if (vouching === undefined) return '';
  const { userHeader, secretHeader, secret } = vouching;
  // Heads are written as latin1: bytes of UTF-8, as every server reads names.
  const name = header(userHeader, Buffer.from(user, 'utf8').toString('latin1'));
  return secretHeader === undefined || secret === undefined ? name : name + header(secretHeader, secret);
}
