/** Fields that several kinds of resources have. */
import { choice, type FieldDefinition, host, httpsUrl, line, port, reference } from './define-resource.ts';

/** Kinds that hold a key of their own and so can prove who the device is. */
export const identityKinds = ['scep', 'identity'] as const;

export const userName = (description: string) =>
  ({ shape: line(), variables: true, description }) as const satisfies FieldDefinition;

export const password = (description: string) =>
  ({ shape: line(), secret: true, description }) as const satisfies FieldDefinition;

export const identity = (description: string) =>
  ({ shape: reference(...identityKinds), description }) as const satisfies FieldDefinition;

/** Host, port, encryption, account: what servers for calendars, contacts and directories share. */
export const account = {
  name: { shape: line(100), required: true, description: 'How the account is called on the device.' },
  server: { shape: host, required: true, description: 'The server’s host name.' },
  port: { shape: port, description: 'The server’s port, if it is not the usual one.' },
  encrypted: { shape: { type: 'boolean' }, default: true, description: 'Speak to it by TLS.' },
  user: userName('Who signs in.'),
  password: password('The password; without one the user is asked.'),
} as const satisfies Record<string, FieldDefinition>;

const manual = { field: 'proxyMode', is: ['manual'] } as const;
const automatic = { field: 'proxyMode', is: ['automatic'] } as const;

/** VPN-08, RES-13: through which proxy. */
export const proxy = {
  proxyMode: {
    shape: choice('none', 'manual', 'automatic'),
    default: 'none',
    description: 'How a proxy is set.',
  },
  proxyServer: { shape: host, required: true, when: manual, description: 'The proxy’s host name.' },
  proxyPort: { shape: port, required: true, when: manual, description: 'The proxy’s port.' },
  proxyUser: { ...userName('Who signs in at the proxy.'), when: manual },
  proxyPassword: { ...password('The password for the proxy.'), when: manual },
  proxyAddress: {
    shape: httpsUrl,
    when: automatic,
    description: 'Where the proxy’s configuration (PAC) is; without one the network says.',
  },
} as const satisfies Record<string, FieldDefinition>;
