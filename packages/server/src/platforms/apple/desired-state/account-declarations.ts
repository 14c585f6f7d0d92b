// The same accounts as declarations, where a declaration can say everything that was asked for. Credentials stand in assets,
// which the device fetches over its own authenticated connection.
import type { WantedAsset, WantedDeclaration } from './builder.ts';
import { dictionary, type FilledResource } from './filled-resource.ts';
import { resourceIdentifier } from './identifiers.ts';
import { searchScope } from './account-payloads.ts';

export type Declared = Pick<WantedDeclaration, 'type' | 'payload' | 'assets'>;

/** @returns undefined when the declaration cannot say it: the profile can. */
export function declareAccount(account: FilledResource): Declared | undefined {
  switch (account.resource.kind) {
    case 'caldav':
      return declareDav(account, 'com.apple.configuration.account.caldav');
    case 'carddav':
      return declareDav(account, 'com.apple.configuration.account.carddav');
    case 'ldap':
      return declareLdap(account);
    case 'subscribed-calendar':
      return declareCalendar(account);
    case 'exchange':
      return declareExchange(account);
    case 'mail':
      return declareMail(account);
    default:
      return undefined;
  }
}

function credentials(
  account: FilledResource,
  suffix: string,
  user: string | undefined,
  password: string | undefined,
): WantedAsset | undefined {
  if (user === undefined && password === undefined) return undefined;
  return {
    identifier: `${resourceIdentifier(account.resource.resourceId)}.${suffix}`,
    type: 'com.apple.asset.credential.userpassword',
    body: {
      contentType: 'application/json',
      bytes: Buffer.from(JSON.stringify({ UserName: user, Password: password })),
    },
  };
}

/** The body must have both; an account with a name alone is asked for the password by a profile only. */
const askable = (account: FilledResource): boolean =>
  (account.text('user') === undefined) === (account.text('password') === undefined);

const usual = (account: FilledResource) =>
  credentials(account, 'key', account.text('user'), account.text('password'));

const listed = (...assets: readonly (WantedAsset | undefined)[]): readonly WantedAsset[] =>
  assets.filter((asset) => asset !== undefined);

/** Declarations always speak TLS. */
function declareDav(account: FilledResource, type: string): Declared | undefined {
  if (!account.is('encrypted') || !askable(account)) return undefined;
  const key = usual(account);
  return {
    type,
    assets: listed(key),
    payload: dictionary({
      VisibleName: account.get('name'),
      HostName: account.get('server'),
      Port: account.number('port'),
      Path: account.text('path'),
      AuthenticationCredentialsAssetReference: key?.identifier,
    }),
  };
}

function declareLdap(account: FilledResource): Declared | undefined {
  if (!account.is('encrypted') || !askable(account)) return undefined;
  const key = usual(account);
  return {
    type: 'com.apple.configuration.account.ldap',
    assets: listed(key),
    payload: dictionary({
      VisibleName: account.get('name'),
      HostName: account.get('server'),
      AuthenticationCredentialsAssetReference: key?.identifier,
      SearchSettings: [
        {
          VisibleDescription: account.get('searchName'),
          SearchBase: account.get('searchBase'),
          Scope: searchScope(account),
        },
      ],
    }),
  };
}

function declareCalendar(account: FilledResource): Declared | undefined {
  if (!account.is('encrypted') || !askable(account)) return undefined;
  const key = usual(account);
  return {
    type: 'com.apple.configuration.account.subscribed-calendar',
    assets: listed(key),
    payload: dictionary({
      VisibleName: account.get('name'),
      CalendarURL: account.get('address'),
      AuthenticationCredentialsAssetReference: key?.identifier,
    }),
  };
}

function identityAsset(account: FilledResource, email: string, name: string | undefined): WantedAsset {
  return {
    identifier: `${resourceIdentifier(account.resource.resourceId)}.who`,
    type: 'com.apple.asset.useridentity',
    payload: dictionary({ EmailAddress: email, FullName: name }),
  };
}

/** It knows neither how much mail is kept nor that messages stay where they are, nor keys of other profiles. */
function declareExchange(account: FilledResource): Declared | undefined {
  const expressible =
    account.is('encrypted') &&
    !account.is('preventMove') &&
    account.text('identity') === undefined &&
    account.text('domain') === undefined &&
    askable(account);
  if (!expressible) return undefined;
  const [who, key] = [identityAsset(account, account.get('email'), undefined), usual(account)];
  return {
    type: 'com.apple.configuration.account.exchange',
    assets: listed(who, key),
    payload: dictionary({
      VisibleName: account.get('name'),
      EnabledProtocolTypes: ['EAS', 'EWS'],
      HostName: account.get('server'),
      UserIdentityAssetReference: who.identifier,
      AuthenticationCredentialsAssetReference: key?.identifier,
      OAuth: account.is('modernAuthentication') ? { Enabled: true } : undefined,
    }),
  };
}

const authentication: Readonly<Record<string, string>> = {
  none: 'None',
  password: 'Password',
  'cram-md5': 'CRAMMD5',
  ntlm: 'NTLM',
  'http-md5': 'HTTPMD5',
};

function declareMail(account: FilledResource): Declared | undefined {
  const [inUser, inPassword] = [account.text('incomingUser'), account.text('incomingPassword')];
  const [outUser, outPassword] = [
    account.text('outgoingUser'),
    account.text('outgoingPassword') ?? inPassword,
  ];
  const paired = (user: unknown, password: unknown) => (user === undefined) === (password === undefined);
  const expressible =
    account.is('incomingEncrypted') &&
    account.is('outgoingEncrypted') &&
    !account.is('preventMove') &&
    paired(inUser, inPassword) &&
    paired(outUser, outPassword);
  if (!expressible) return undefined;
  const who = identityAsset(account, account.get('email'), account.text('senderName'));
  const [incoming, outgoing] = [
    credentials(account, 'in', inUser, inPassword),
    credentials(account, 'out', outUser, outPassword),
  ];
  return {
    type: 'com.apple.configuration.account.mail',
    assets: listed(who, incoming, outgoing),
    payload: dictionary({
      VisibleName: account.get('name'),
      UserIdentityAssetReference: who.identifier,
      IncomingServer: dictionary({
        ServerType: account.get('protocol') === 'pop' ? 'POP' : 'IMAP',
        HostName: account.get('incomingServer'),
        Port: account.number('incomingPort'),
        AuthenticationMethod: authentication[account.get('incomingAuthentication')],
        AuthenticationCredentialsAssetReference: incoming?.identifier,
      }),
      OutgoingServer: dictionary({
        HostName: account.get('outgoingServer'),
        Port: account.number('outgoingPort'),
        AuthenticationMethod: authentication[account.get('outgoingAuthentication')],
        AuthenticationCredentialsAssetReference: outgoing?.identifier,
      }),
    }),
  };
}
