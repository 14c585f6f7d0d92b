// Apple's schema for editors: what payloads and configurations there are with the paths of all their keys, to search in; and the
// keys of one, opened when somebody looks at it.
import type {
  AppleKey,
  ApplePayload,
  ApplePayloads,
  ApplePlatformSupport,
} from '@gatehouse/contracts/admin/policy-catalogue.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import {
  findDeclaration,
  findPayloadType,
  listTypes,
  platforms,
  type SchemaKey,
  type SchemaType,
  type Support,
} from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import type { TenantPrincipal } from '../../../kernel/http/route.ts';
import { forbiddenPayloads } from '../desired-state/index.ts';
import { titleOf } from './payload-titles.ts';

/** Frames of profiles, not payloads. */
const frames = new Set(['TopLevel', 'CommonPayloadKeys']);

type Form = ApplePayload['form'];

function editable(form: Form, type: string): SchemaType | undefined {
  if (form === 'declaration')
    return type.startsWith('com.apple.configuration.') ? findDeclaration(type) : undefined;
  return frames.has(type) || forbiddenPayloads.has(type) ? undefined : findPayloadType(type);
}

function typesOf(form: Form): readonly SchemaType[] {
  const listed = listTypes(form === 'declaration' ? 'declarations' : 'profiles').map(({ type }) => type);
  return [...new Set(listed)].flatMap((type) => editable(form, type) ?? []);
}

let described: ApplePayloads | undefined;

/** The same for everybody, and made once. */
export function describePayloads(principal: TenantPrincipal): ApplePayloads {
  requirePermission(principal, 'resources.read');
  described ??= {
    payloads: (['payload', 'declaration'] as const).flatMap((form) =>
      typesOf(form).map((schema) => ({
        type: schema.type,
        form,
        title: titleOf(schema.type),
        support: supportOf(schema.os),
        keys: [...pathsOf(schema.keys)],
      })),
    ),
  };
  return described;
}

/** @throws DomainError `not-found` */
export function describePayload(principal: TenantPrincipal, type: string): ApplePayload {
  requirePermission(principal, 'resources.read');
  const form = type.startsWith('com.apple.configuration.') ? 'declaration' : 'payload';
  const schema = editable(form, type);
  if (schema === undefined) throw new DomainError('not-found', 'There is no such payload.');
  return {
    type,
    form,
    title: titleOf(type),
    support: supportOf(schema.os),
    several:
      Object.values(schema.os ?? {}).some(({ multiple }) => multiple === true) || schema.apply === 'multiple',
    keys: schema.keys.map((key) => describeKey(key, schema.os)),
  };
}

/** Items of arrays are named by the schema only for want of a word: they are no part of a path. */
function* pathsOf(keys: readonly SchemaKey[], above = ''): Iterable<string> {
  for (const key of keys) {
    const path = above === '' ? key.name : `${above}.${key.name}`;
    yield path;
    if (key.type === 'array') {
      for (const item of key.keys ?? []) yield* pathsOf(item.keys ?? [], path);
    } else if (key.type === 'dictionary') yield* pathsOf(key.keys ?? [], path);
  }
}

function describeKey(key: SchemaKey, around: SchemaType['os']): AppleKey {
  const os = key.os === undefined ? undefined : merged(around, key.os);
  const { name, type, required, wildcard, min, max, values, subtype, format, like } = key;
  return {
    name,
    type,
    ...(required ? { required } : {}),
    ...(isSecret(key) ? { secret: true as const } : {}),
    ...(wildcard ? { wildcard } : {}),
    ...(min === undefined ? {} : { minimum: min }),
    ...(max === undefined ? {} : { maximum: max }),
    ...(values === undefined ? {} : { values: [...values] }),
    ...(key.default === undefined ? {} : { default: key.default }),
    ...(format === undefined ? {} : { pattern: format }),
    ...(subtype === undefined ? {} : { subtype }),
    ...(os === undefined ? {} : { support: supportOf(os) }),
    ...(key.keys === undefined ? {} : { keys: key.keys.map((inner) => describeKey(inner, os ?? around)) }),
    ...(like === undefined ? {} : { like: [...like] }),
  };
}

const secretName = /(?:password|passphrase|sharedsecret|challenge|registrationtoken)$/i;

/** The schema does not say it; such names are the ones whose values nobody should read again. */
function isSecret({ name, type }: SchemaKey): boolean {
  return (type === 'string' || type === 'data') && secretName.test(name);
}

function merged(around: SchemaType['os'], own: NonNullable<SchemaType['os']>): NonNullable<SchemaType['os']> {
  return Object.fromEntries(
    platforms.flatMap((platform) => {
      const [outer, inner] = [around?.[platform], own[platform]];
      return outer === undefined && inner === undefined ? [] : [[platform, { ...outer, ...inner }]];
    }),
  );
}

/** Platforms that it is not for are missing. */
function supportOf(os: SchemaType['os']): ApplePlatformSupport[] {
  return platforms.flatMap((platform) => {
    const support: Support | undefined = os?.[platform];
    const { introduced, deprecated, removed, supervised, userEnrollment } = support ?? {};
    if (introduced === undefined || introduced === 'n/a') return [];
    return [
      {
        platform,
        since: introduced,
        ...(deprecated === undefined ? {} : { deprecated }),
        ...(removed === undefined || removed === '0' ? {} : { removed }),
        ...(supervised === true ? { supervised: true as const } : {}),
        ...(userEnrollment?.mode === 'forbidden' ? { noUserEnrolment: true as const } : {}),
      },
    ];
  });
}
