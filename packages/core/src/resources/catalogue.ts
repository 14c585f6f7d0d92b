/**
 * The catalogue of resources: everything an organization puts on devices beside policy settings (RES-01 … RES-17). Platforms
 * say in a table of theirs what each kind becomes there; nothing here knows how.
 */
import { caldav, carddav, exchange, ldap, mail, subscribedCalendar } from './account-kinds.ts';
import {
  applePayload,
  certificate,
  customDeclaration,
  customProfile,
  identityFile,
  managedApp,
  provisioningProfile,
  scep,
  webClip,
} from './content-kinds.ts';
import type { FieldValue, ResourceDefinition } from './define-resource.ts';
import { cellular, globalHttpProxy, vpn, wifi } from './network-kinds.ts';

export const resourceCatalogue = {
  wifi,
  vpn,
  cellular,
  'global-http-proxy': globalHttpProxy,
  exchange,
  mail,
  caldav,
  carddav,
  ldap,
  'subscribed-calendar': subscribedCalendar,
  'web-clip': webClip,
  'managed-app': managedApp,
  scep,
  certificate,
  identity: identityFile,
  'provisioning-profile': provisioningProfile,
  'apple-payload': applePayload,
  'custom-profile': customProfile,
  'custom-declaration': customDeclaration,
} as const satisfies Record<string, ResourceDefinition>;

export type ResourceKind = keyof typeof resourceCatalogue;

export const resourceKinds = Object.keys(resourceCatalogue) as readonly ResourceKind[];

export function isResourceKind(value: unknown): value is ResourceKind {
  return typeof value === 'string' && Object.hasOwn(resourceCatalogue, value);
}

/** One kind, as the general type. */
export function resourceDefinition(kind: ResourceKind): ResourceDefinition {
  return resourceCatalogue[kind];
}

/** What an administrator stated, with what is secret taken out. */
export type ResourceFields = Readonly<Record<string, FieldValue>>;
export type ResourceSecrets = Readonly<Record<string, string>>;
