// What each kind of resource becomes on an Apple device: one table, so that none is forgotten.
import type { ResourceKind } from '@gatehouse/core/resources/catalogue.ts';
import { fillResource } from '@gatehouse/core/resources/fill.ts';
import type { VariableValues } from '@gatehouse/core/resources/variables.ts';
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import { dictionaryFromJson } from '../commands/json-plist.ts';
import { declareAccount } from './account-declarations.ts';
import { caldav, carddav, exchange, ldap, mail, subscribedCalendar, webClip } from './account-payloads.ts';
import type { Builder, Payload } from './builder.ts';
import { certificatePayload } from './certificate-payloads.ts';
import type { ItemSource, OpenResource } from './desired.ts';
import { FilledResource } from './filled-resource.ts';
import { resourceIdentifier } from './identifiers.ts';
import { addManagedApp } from './managed-apps.ts';
import { cellular, globalHttpProxy, type UuidOfNamed, vpn, wifi } from './network-payloads.ts';
import { fillProfile, laidOver, provisioningUuid, readProfile } from './ready-made.ts';

interface AsPayload {
  readonly payloadType: string;
  readonly content: (resource: FilledResource, uuidOf: UuidOfNamed) => PlistDictionary;
}
type AsItems = (builder: Builder, resource: FilledResource, context: Context) => void;

interface Context {
  readonly identifier: string;
  readonly source: ItemSource;
  readonly named: ReadonlyMap<string, OpenResource>;
  readonly variables: VariableValues;
}

const payload = (payloadType: string, content: AsPayload['content']): AsPayload => ({ payloadType, content });

const kinds: { readonly [K in ResourceKind]: AsPayload | AsItems } = {
  wifi: payload('com.apple.wifi.managed', wifi),
  vpn: payload('com.apple.vpn.managed', vpn),
  cellular: payload('com.apple.cellular', cellular),
  'global-http-proxy': payload('com.apple.proxy.http.global', globalHttpProxy),
  exchange: payload('com.apple.eas.account', exchange),
  mail: payload('com.apple.mail.managed', mail),
  caldav: payload('com.apple.caldav.account', caldav),
  carddav: payload('com.apple.carddav.account', carddav),
  ldap: payload('com.apple.ldap.account', ldap),
  'subscribed-calendar': payload('com.apple.subscribedcalendar.account', subscribedCalendar),
  'web-clip': payload('com.apple.webClip.managed', webClip),
  'managed-app': addManagedApp,
  scep: addCertificate,
  certificate: addTrustedCertificate,
  identity: addCertificate,
  'provisioning-profile': addProvisioningProfile,
  'apple-payload': addApplePayload,
  'custom-profile': addCustomProfile,
  'custom-declaration': addCustomDeclaration,
};

export function addResource(
  builder: Builder,
  resource: OpenResource,
  named: ReadonlyMap<string, OpenResource>,
  variables: VariableValues,
): void {
  const { kind, resourceId, name, fields, secrets } = resource;
  const identifier = resourceIdentifier(resourceId);
  const source = { kind: 'resource', id: resourceId, name } as const;
  const filled = fillResource(kind, fields, secrets, variables);
  if ('problems' in filled) {
    builder.withhold('profile', identifier, source, filled.problems.join('; '));
    return;
  }
  const whole = new FilledResource(resource, filled);
  const context = { identifier, source, named, variables };
  const way = kinds[kind];
  if (typeof way === 'function') way(builder, whole, context);
  else addAccountOrNetwork(builder, whole, way, context);
}

function addAccountOrNetwork(
  builder: Builder,
  resource: FilledResource,
  way: AsPayload,
  context: Context,
): void {
  const { identifier, source } = context;
  const declared = declareAccount(resource);
  if (declared && builder.addDeclaration({ identifier, source, ...declared, otherwise: 'profile' })) return;
  const neighbours = new Map<string, Payload>();
  const problems: string[] = [];
  const uuidOf: UuidOfNamed = (id) => {
    const suffix = `with.${id}`;
    if (!neighbours.has(id)) {
      const found = neighbour(id, suffix, context);
      if ('problem' in found) problems.push(found.problem);
      else neighbours.set(id, found);
    }
    return builder.uuid(`${identifier}.${suffix}`);
  };
  const content = way.content(resource, uuidOf);
  if (problems.length > 0) {
    builder.withhold('profile', identifier, source, problems.join('; '));
    return;
  }
  const own = { type: way.payloadType, suffix: resource.resource.kind, content };
  builder.addProfile({ identifier, source, payloads: [...neighbours.values(), own] });
}

function neighbour(
  id: string,
  suffix: string,
  { named, variables }: Context,
): Payload | { readonly problem: string } {
  const resource = named.get(id);
  if (resource === undefined) return { problem: 'the certificate that it uses is gone' };
  const filled = fillResource(resource.kind, resource.fields, resource.secrets, variables);
  if ('problems' in filled) return { problem: `${resource.name}: ${filled.problems.join('; ')}` };
  return certificatePayload(new FilledResource(resource, filled), suffix);
}

function addCertificate(builder: Builder, resource: FilledResource, { identifier, source }: Context): void {
  builder.addProfile({
    identifier,
    source,
    payloads: [certificatePayload(resource, resource.resource.kind)],
  });
}

function addTrustedCertificate(builder: Builder, resource: FilledResource, context: Context): void {
  const { identifier, source } = context;
  const asset = `${identifier}.file`;
  const bytes = resource.bytes('certificate') ?? new Uint8Array();
  const declared = builder.addDeclaration({
    identifier,
    source,
    type: 'com.apple.configuration.security.certificate',
    payload: { CredentialAssetReference: asset },
    assets: [
      {
        identifier: asset,
        type: 'com.apple.asset.credential.certificate',
        body: { contentType: 'application/pkcs1', bytes },
      },
    ],
    otherwise: 'profile',
  });
  if (!declared) addCertificate(builder, resource, context);
}

function addProvisioningProfile(
  builder: Builder,
  resource: FilledResource,
  { identifier, source }: Context,
): void {
  const file = resource.bytes('file') ?? new Uint8Array();
  const uuid = provisioningUuid(file);
  if (uuid === undefined)
    builder.withhold('provisioning-profile', identifier, source, 'the file cannot be read');
  else if (builder.target.os === 'watchOS') {
    builder.withhold('provisioning-profile', identifier, source, 'is not available on watchOS');
  } else builder.addFile('provisioning-profile', uuid, source, file);
}

function addApplePayload(builder: Builder, resource: FilledResource, { identifier, source }: Context): void {
  const content = laidOver(resource.object('content'), resource.object('secretContent'));
  builder.addProfile({
    identifier,
    source,
    payloads: [{ type: resource.get('type'), suffix: 'settings', content: dictionaryFromJson(content) }],
  });
}

function addCustomProfile(
  builder: Builder,
  resource: FilledResource,
  { identifier, source, variables }: Context,
): void {
  const withVariables = resource.is('variables');
  const read = readProfile(resource.bytes('file') ?? new Uint8Array(), withVariables);
  if ('problem' in read) return builder.withhold('profile', identifier, source, `the file ${read.problem}`);
  const filled = withVariables ? fillProfile(read.profile, variables) : read;
  if ('missing' in filled) {
    const names = filled.missing.map((name) => `%${name}%`).join(', ');
    return builder.withhold('profile', identifier, source, `${names} has no value here`);
  }
  builder.addReadyProfile(identifier, source, filled.profile);
}

function addCustomDeclaration(
  builder: Builder,
  resource: FilledResource,
  { identifier, source }: Context,
): void {
  builder.addDeclaration({
    identifier,
    source,
    type: resource.get('type'),
    payload: resource.object('payload'),
  });
}
