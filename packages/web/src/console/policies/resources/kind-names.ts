/** The kinds in the order in which people look for them. A test holds the list against the catalogue of the server. */
import type { Resource } from '@gatehouse/contracts/admin/resources.ts';

export const kindNames = [
  'wifi',
  'vpn',
  'exchange',
  'mail',
  'caldav',
  'carddav',
  'subscribed-calendar',
  'ldap',
  'certificate',
  'scep',
  'identity',
  'managed-app',
  'web-clip',
  'cellular',
  'global-http-proxy',
  'apple-payload',
  'custom-declaration',
  'custom-profile',
  'provisioning-profile',
] as const satisfies readonly Resource['kind'][];
