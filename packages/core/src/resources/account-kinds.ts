/** Accounts: Exchange, mail, calendars, contacts, directories (RES-02, RES-05 … RES-09). */
import { boolean, choice, defineResource, host, line, port, url } from './define-resource.ts';
import { account, identity, password, userName } from './shared-fields.ts';

const email = {
  shape: line(254),
  variables: true,
  required: true,
  description: 'The e-mail address, such as %email%.',
} as const;

export const exchange = defineResource({
  title: 'Exchange account',
  description: 'Mail, calendar and contacts of an Exchange server (RES-07).',
  uniqueBy: 'name',
  fields: {
    name: { shape: line(100), required: true, description: 'How the account is called on the device.' },
    server: { shape: host, required: true, description: 'The server’s host name.' },
    encrypted: { shape: boolean, default: true, description: 'Speak to it by TLS.' },
    email,
    user: userName('Who signs in, such as %username%.'),
    domain: { shape: line(253), variables: true, description: 'The Windows domain, such as %domain%.' },
    password: password('The password; without one the user is asked.'),
    identity: identity('The certificate with which the device signs in.'),
    daysOfMail: {
      shape: choice('0', '1', '3', '7', '14', '31'),
      default: '14',
      description: 'How many past days of mail are kept on the device; 0: all.',
    },
    preventMove: {
      shape: boolean,
      default: true,
      description: 'Messages may not be moved into other accounts.',
    },
    modernAuthentication: {
      shape: boolean,
      default: false,
      description: 'Sign in by OAuth in a browser window.',
    },
  },
});

const authentication = choice('none', 'password', 'cram-md5', 'ntlm', 'http-md5');
const incoming = 'The server that mail is fetched from';
const outgoing = 'The server that mail is sent through';

export const mail = defineResource({
  title: 'Mail account',
  description: 'Mail by IMAP or POP, sent by SMTP (RES-09).',
  uniqueBy: 'name',
  fields: {
    name: { shape: line(100), required: true, description: 'How the account is called on the device.' },
    protocol: { shape: choice('imap', 'pop'), default: 'imap', description: 'How mail is fetched.' },
    email,
    senderName: {
      shape: line(100),
      variables: true,
      description: 'The sender’s name, such as %display-name%.',
    },
    incomingServer: { shape: host, required: true, description: `${incoming}.` },
    incomingPort: { shape: port, description: `${incoming}: its port.` },
    incomingEncrypted: { shape: boolean, default: true, description: `${incoming}: by TLS.` },
    incomingAuthentication: {
      shape: authentication,
      default: 'password',
      description: `${incoming}: how to sign in.`,
    },
    incomingUser: userName(`${incoming}: who signs in.`),
    incomingPassword: password(`${incoming}: the password.`),
    outgoingServer: { shape: host, required: true, description: `${outgoing}.` },
    outgoingPort: { shape: port, description: `${outgoing}: its port.` },
    outgoingEncrypted: { shape: boolean, default: true, description: `${outgoing}: by TLS.` },
    outgoingAuthentication: {
      shape: authentication,
      default: 'password',
      description: `${outgoing}: how to sign in.`,
    },
    outgoingUser: userName(`${outgoing}: who signs in.`),
    outgoingPassword: password(`${outgoing}: the password; without one that for fetching is used.`),
    preventMove: {
      shape: boolean,
      default: true,
      description: 'Messages may not be moved into other accounts.',
    },
  },
});

const principal = {
  shape: line(1_000, 'path'),
  variables: true,
  description: 'The user’s address on the server, such as /principals/%username%.',
} as const;

export const caldav = defineResource({
  title: 'CalDAV calendar',
  description: 'Calendars of a CalDAV server (RES-05).',
  uniqueBy: 'name',
  fields: { ...account, path: principal },
});

export const carddav = defineResource({
  title: 'CardDAV contacts',
  description: 'Contacts of a CardDAV server (RES-06).',
  uniqueBy: 'name',
  fields: { ...account, path: principal },
});

export const ldap = defineResource({
  title: 'LDAP directory',
  description: 'A directory to look people up in (RES-08).',
  uniqueBy: 'name',
  fields: {
    name: account.name,
    server: account.server,
    encrypted: account.encrypted,
    user: account.user,
    password: account.password,
    searchName: { shape: line(100), default: 'People', description: 'What the search is called.' },
    searchBase: {
      shape: line(500),
      required: true,
      description: 'Where the search begins, such as ou=people,dc=acme.',
    },
    searchScope: {
      shape: choice('base', 'one-level', 'subtree'),
      default: 'subtree',
      description: 'How deep it goes.',
    },
  },
});

export const subscribedCalendar = defineResource({
  title: 'Subscribed calendar',
  description: 'A calendar that the device reads (RES-02).',
  uniqueBy: 'name',
  fields: {
    name: { shape: line(100), required: true, description: 'How the calendar is called.' },
    address: { shape: url, variables: true, required: true, description: 'Where the calendar is.' },
    encrypted: { shape: boolean, default: true, description: 'Read it by TLS.' },
    user: userName('Who signs in.'),
    password: password('The password; without one the user is asked.'),
  },
});
