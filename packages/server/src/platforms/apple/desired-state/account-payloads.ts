// Accounts as payloads of profiles (RES-02, RES-05 … RES-09).
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import { dictionary, type FilledResource } from './filled-resource.ts';
import type { UuidOfNamed } from './network-payloads.ts';

export function exchange(account: FilledResource, uuidOf: UuidOfNamed): PlistDictionary {
  const identity = account.text('identity');
  const [domain, user] = [account.text('domain'), account.text('user')];
  return dictionary({
    Host: account.get('server'),
    EmailAddress: account.get('email'),
    UserName: domain === undefined || user === undefined ? user : `${domain}\\${user}`,
    Password: account.text('password'),
    SSL: account.is('encrypted'),
    OAuth: account.is('modernAuthentication'),
    PreventMove: account.is('preventMove'),
    MailNumberOfPastDaysToSync: Number(account.get('daysOfMail')),
    PayloadCertificateUUID: identity === undefined ? undefined : uuidOf(identity),
    PayloadDisplayName: account.get('name'),
  });
}

const authentication: Readonly<Record<string, string>> = {
  none: 'EmailAuthNone',
  password: 'EmailAuthPassword',
  'cram-md5': 'EmailAuthCRAMMD5',
  ntlm: 'EmailAuthNTLM',
  'http-md5': 'EmailAuthHTTPMD5',
};

export function mail(account: FilledResource): PlistDictionary {
  const [incoming, outgoing] = [account.text('incomingPassword'), account.text('outgoingPassword')];
  return dictionary({
    EmailAccountDescription: account.get('name'),
    EmailAccountName: account.text('senderName'),
    EmailAccountType: account.get('protocol') === 'pop' ? 'EmailTypePOP' : 'EmailTypeIMAP',
    EmailAddress: account.get('email'),
    IncomingMailServerAuthentication: authentication[account.get('incomingAuthentication')],
    IncomingMailServerHostName: account.get('incomingServer'),
    IncomingMailServerPortNumber: account.number('incomingPort'),
    IncomingMailServerUseSSL: account.is('incomingEncrypted'),
    IncomingMailServerUsername: account.text('incomingUser'),
    IncomingPassword: incoming,
    OutgoingMailServerAuthentication: authentication[account.get('outgoingAuthentication')],
    OutgoingMailServerHostName: account.get('outgoingServer'),
    OutgoingMailServerPortNumber: account.number('outgoingPort'),
    OutgoingMailServerUseSSL: account.is('outgoingEncrypted'),
    OutgoingMailServerUsername: account.text('outgoingUser'),
    OutgoingPassword: outgoing,
    OutgoingPasswordSameAsIncomingPassword:
      outgoing === undefined && incoming !== undefined ? true : undefined,
    PreventMove: account.is('preventMove') || undefined,
  });
}

export function caldav(account: FilledResource): PlistDictionary {
  return dictionary({
    CalDAVAccountDescription: account.get('name'),
    CalDAVHostName: account.get('server'),
    CalDAVPort: account.number('port'),
    CalDAVUseSSL: account.is('encrypted'),
    CalDAVUsername: account.text('user'),
    CalDAVPassword: account.text('password'),
    CalDAVPrincipalURL: account.text('path'),
  });
}

export function carddav(account: FilledResource): PlistDictionary {
  return dictionary({
    CardDAVAccountDescription: account.get('name'),
    CardDAVHostName: account.get('server'),
    CardDAVPort: account.number('port'),
    CardDAVUseSSL: account.is('encrypted'),
    CardDAVUsername: account.text('user'),
    CardDAVPassword: account.text('password'),
    CardDAVPrincipalURL: account.text('path'),
  });
}

const scopes: Readonly<Record<string, string>> = {
  base: 'Base',
  'one-level': 'OneLevel',
  subtree: 'Subtree',
};

export const searchScope = (account: FilledResource): string =>
  scopes[account.get('searchScope')] ?? 'Subtree';

export function ldap(account: FilledResource): PlistDictionary {
  return dictionary({
    LDAPAccountDescription: account.get('name'),
    LDAPAccountHostName: account.get('server'),
    LDAPAccountUseSSL: account.is('encrypted'),
    LDAPAccountUserName: account.text('user'),
    LDAPAccountPassword: account.text('password'),
    LDAPSearchSettings: [
      {
        LDAPSearchSettingDescription: account.get('searchName'),
        LDAPSearchSettingSearchBase: account.get('searchBase'),
        LDAPSearchSettingScope: `LDAPSearchSettingScope${searchScope(account)}`,
      },
    ],
  });
}

export function subscribedCalendar(account: FilledResource): PlistDictionary {
  return dictionary({
    SubCalAccountDescription: account.get('name'),
    SubCalAccountHostName: account.get('address'),
    SubCalAccountUseSSL: account.is('encrypted'),
    SubCalAccountUsername: account.text('user'),
    SubCalAccountPassword: account.text('password'),
  });
}

export function webClip(clip: FilledResource): PlistDictionary {
  return dictionary({
    Label: clip.get('label'),
    URL: clip.get('address'),
    Icon: clip.bytes('icon'),
    IsRemovable: clip.is('removable') ? undefined : false,
    FullScreen: clip.is('fullScreen') || undefined,
  });
}
