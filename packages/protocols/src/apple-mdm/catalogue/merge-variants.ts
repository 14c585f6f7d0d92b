/**
 * One payload type, several schemas: `com.apple.MCX` is six of them, and one payload may mix their keys;
 * `com.apple.extensiblesso` has a narrower one for Kerberos. Merged, a key is whatever any of the schemas lets it be.
 */
import type { SchemaKey, SchemaType, Support, SupportByPlatform } from './schema.ts';
import { platforms } from './schema.ts';

export function mergeVariants(type: string, variants: readonly SchemaType[]): SchemaType {
  const [first, ...others] = variants;
  if (first === undefined) throw new RangeError(`no schema of ${type}`);
  if (others.length === 0) return first;
  // the general schema first: it is the one whose file has no variant in its name
  const ordered = [...variants].sort((a, b) => Number(a.name !== type) - Number(b.name !== type));
  const [general = first] = ordered;
  return {
    ...general,
    name: type,
    ...widestSupport(ordered.map(({ os }) => os)),
    keys: mergeKeys(ordered.map(({ keys }) => keys)),
  };
}

function mergeKeys(lists: readonly (readonly SchemaKey[])[]): SchemaKey[] {
  const byName = Map.groupBy(lists.flat(), ({ name }) => name);
  return [...byName.values()].map((keys) => mergeKey(keys, lists.length));
}

function mergeKey(keys: readonly SchemaKey[], schemas: number): SchemaKey {
  const [general] = keys;
  if (general === undefined) throw new RangeError('a key without a schema');
  if (keys.length < schemas) return optional(general);
  // a value list binds only if every schema has one
  const lists = keys.map((key) => key.values);
  const values = lists.every((list) => list !== undefined) ? [...new Set(lists.flat())] : undefined;
  const below = keys.flatMap((key) => (key.keys === undefined ? [] : [key.keys]));
  return {
    ...without(general, ['required', 'values', 'keys']),
    ...(keys.every((key) => key.required) ? { required: true } : {}),
    ...(values === undefined ? {} : { values }),
    ...(below.length === 0 ? {} : { keys: mergeKeys(below) }),
  };
}

/** What another schema of the type does without cannot be demanded of a payload that may be of that one. */
const optional = (key: SchemaKey): SchemaKey => without(key, ['required']);

function without(key: SchemaKey, attributes: readonly (keyof SchemaKey)[]): SchemaKey {
  const kept = Object.entries(key).filter(([name]) => !(attributes as readonly string[]).includes(name));
  // name and type are never among the attributes
  return Object.fromEntries(kept) as unknown as SchemaKey;
}

/** The earliest release wins on each platform, with its conditions. */
function widestSupport(all: readonly (SupportByPlatform | undefined)[]): { os?: SupportByPlatform } {
  const os: Partial<Record<(typeof platforms)[number], Support>> = {};
  for (const platform of platforms) {
    const widest = all
      .flatMap((each) => each?.[platform] ?? [])
      .find(({ introduced }) => introduced !== 'n/a');
    const any = widest ?? all[0]?.[platform];
    if (any !== undefined) os[platform] = any;
  }
  return Object.keys(os).length === 0 ? {} : { os };
}
