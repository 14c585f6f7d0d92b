/** One file of Apple's schema becomes one type of the catalogue. What has no place there is listed, not dropped. */
import type { Family, SchemaKey, SchemaType } from '@gatehouse/protocols/apple-mdm/catalogue/schema.ts';
import {
  type Attribute,
  isWildcard,
  keyAttributes,
  leftOut,
  nestedSupport,
  payloadAttributes,
  supportAttributes,
} from './attributes.ts';
import { isMap, listOf, type RawMap, type SchemaFile } from './schema-files.ts';

export interface Converted {
  readonly type: SchemaType;
  /** Places and attributes that the catalogue cannot express. */
  readonly inexpressible: readonly string[];
}

interface Writing {
  readonly file: string;
  readonly inexpressible: string[];
}

export function convertFile({ path, document }: SchemaFile, release: string): Converted {
  const writing: Writing = { file: path, inexpressible: [] };
  const payload = isMap(document['payload']) ? document['payload'] : {};
  const told = writeAttributes(payload, payloadAttributes, ['supportedOS'], `${path} payload`, writing);
  const keys = writeKeys(document['payloadkeys'], [], [], writing);
  const type = typeof told['type'] === 'string' ? told['type'] : errorCode(keys, path);
  writeAttributes(document, {}, [...documentParts], path, writing);
  return {
    type: {
      name: `${type}${/\([^)]*\)(?=\.yaml$)/.exec(path)?.[0] ?? ''}`,
      ...told,
      type,
      family: familyOf(path, payload),
      file: path,
      release,
      ...present('os', writeSupport(payload['supportedOS'], `${path} payload`, writing)),
      keys,
      ...(document['responsekeys'] === undefined
        ? {}
        : { answer: writeKeys(document['responsekeys'], [], [], writing) }),
      ...writeReasons(document['reasons'], writing),
      ...writeRelated(document['related-status-items'], writing),
    } as SchemaType,
    inexpressible: writing.inexpressible,
  };
}

const documentParts = ['payload', 'payloadkeys', 'responsekeys', 'reasons', 'related-status-items'] as const;

export function familyOf(path: string, payload: RawMap): Family {
  if (payload['credentialtype'] !== undefined) return 'credentials';
  const folder = path.replace(/\/[^/]*$/, '');
  if (folder === 'mdm/profiles') return 'profiles';
  if (folder === 'mdm/commands') return 'commands';
  if (folder === 'mdm/checkin') return 'check-in';
  if (folder === 'mdm/errors') return 'errors';
  if (folder === 'declarative/protocol') return 'protocol';
  if (folder === 'declarative/status')
    return payload['statusitemtype'] === undefined ? 'protocol' : 'status-items';
  if (folder.startsWith('declarative/declarations')) return 'declarations';
  return 'other';
}

/** Errors have no type of their own: they are known by the one value of their key `code`. */
function errorCode(keys: readonly SchemaKey[], path: string): string {
  const code = keys.find(({ name }) => name === 'code')?.values?.[0];
  return typeof code === 'string' ? code : path.replace(/^.*\//, '').replace(/\.yaml$/, '');
}

/** @param above the lists of subkeys that contain this one, each with the path of its key */
function writeKeys(
  list: unknown,
  path: readonly string[],
  above: readonly { readonly list: unknown; readonly path: readonly string[] }[],
  writing: Writing,
  parent?: RawMap,
): SchemaKey[] {
  const raw = listOf(list, `${writing.file} ${path.join('/')}`);
  return raw.map((key) => {
    const name = String(key['key']);
    const own = [...path, name];
    const place = `${writing.file} ${own.join('/')}`;
    const told = writeAttributes(key, keyAttributes, ['range', 'subkeys', 'supportedOS'], place, writing);
    const range = isMap(key['range']) ? key['range'] : {};
    const inner = [...above, { list, path }];
    const recursive = inner.find((outer) => outer.list === key['subkeys']);
    return {
      ...told,
      ...(isWildcard(name, raw.length, parent?.['type'] === '<dictionary>') ? { wildcard: true } : {}),
      ...writeAttributes(range, { min: pass('min'), max: pass('max') }, [], `${place} range`, writing),
      ...(key['subkeys'] === undefined
        ? {}
        : recursive === undefined
          ? { keys: writeKeys(key['subkeys'], own, inner, writing, key) }
          : { like: recursive.path }),
      ...present('os', writeSupport(key['supportedOS'], place, writing)),
    } as SchemaKey;
  });
}

const pass = (ours: string): Attribute => ({ ours, write: (value) => value, read: (value) => value });

function writeSupport(raw: unknown, place: string, writing: Writing): object | undefined {
  if (!isMap(raw)) return undefined;
  const written = Object.entries(raw).map(([platform, support]) => {
    const where = `${place} supportedOS.${platform}`;
    const told = isMap(support) ? support : {};
    const nested = Object.entries(nestedSupport).flatMap(([name, { ours, attributes }]) =>
      isMap(told[name])
        ? [[ours, writeAttributes(told[name], attributes, [], `${where}.${name}`, writing)]]
        : [],
    );
    return [
      platform,
      {
        ...writeAttributes(told, supportAttributes, Object.keys(nestedSupport), where, writing),
        ...(Object.fromEntries(nested) as object),
      },
    ] as const;
  });
  return Object.fromEntries(written);
}

function writeReasons(raw: unknown, writing: Writing): object {
  if (raw === undefined) return {};
  const place = `${writing.file} reasons`;
  const reasons = listOf(raw, place).map((reason) => ({
    ...writeAttributes(reason, { value: pass('value') }, ['details'], place, writing),
    ...(reason['details'] === undefined
      ? {}
      : {
          details: listOf(reason['details'], place).map((detail) =>
            writeAttributes(
              detail,
              { key: keyAttributes['key'] as Attribute, type: keyAttributes['type'] as Attribute },
              [],
              place,
              writing,
            ),
          ),
        }),
  }));
  return { reasons };
}

function writeRelated(raw: unknown, writing: Writing): object {
  if (raw === undefined) return {};
  const place = `${writing.file} related-status-items`;
  const names = listOf(raw, place).flatMap((related) => {
    writeAttributes(related, {}, ['status-items'], place, writing);
    return Array.isArray(related['status-items']) ? (related['status-items'] as unknown[]) : [];
  });
  return { relatedStatusItems: names };
}

/** @param elsewhere attributes that somebody else writes */
function writeAttributes(
  raw: RawMap,
  attributes: Readonly<Record<string, Attribute>>,
  elsewhere: readonly string[],
  place: string,
  writing: Writing,
): Record<string, unknown> {
  const told: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw)) {
    const attribute = attributes[name];
    if (attribute !== undefined) {
      const written = attribute.write(value);
      if (written !== undefined) told[attribute.ours] = written;
    } else if (!elsewhere.includes(name) && leftOut[name] === undefined) {
      writing.inexpressible.push(`${place}: ${name} = ${JSON.stringify(value)}`);
    }
  }
  return told;
}

const present = (name: string, value: unknown): object => (value === undefined ? {} : { [name]: value });
