// A device's status report, read and merged into what it said before (section 9.7 of the protocol). Pure; a report may leave out,
// add and take away, and may be anything at all.
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { readJson } from '@gatehouse/protocols/json/read-json.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

export interface StatusReport {
  readonly full: boolean;
  readonly items: JsonObject;
  readonly errors: readonly Json[];
}

export const statusLimits = {
  read: { maxBytes: 2 * 1024 * 1024, maxDepth: 24, maxArray: 20_000, maxString: 64 * 1024 },
  /** Bytes of JSON that are kept of one channel. */
  merged: 1024 * 1024,
} as const;

/** @throws DecodeError */
export function readStatusReport(data: Uint8Array): StatusReport {
  const value = storable(readJson(data, statusLimits.read));
  if (!isObject(value)) throw new DecodeError('a status report is an object', { path: '$' });
  const { StatusItems: items, Errors: errors, FullReport: full } = value;
  if (items !== undefined && !isObject(items))
    throw new DecodeError('items are an object', { path: '$.StatusItems' });
  return {
    full: full === true,
    items: items ?? {},
    errors: Array.isArray(errors) ? (errors as readonly Json[]) : [],
  };
}

/** Only text that the database holds. */
function storable(value: Json): Json {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(storable);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [cleanText(name), storable(inner)]));
}

const cleanText = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A full report takes the place of everything; another one adds to it. */
export function mergeStatus(before: JsonObject, report: StatusReport): JsonObject {
  return report.full ? (withoutRemoved(report.items) as JsonObject) : mergeObjects(before, report.items);
}

function mergeObjects(before: JsonObject, after: JsonObject): JsonObject {
  const merged: Record<string, Json> = Object.fromEntries(Object.entries(before));
  for (const [name, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    if (isObject(value) && isObject(old)) merged[name] = mergeObjects(old, value);
    else if (isIdentified(value) && isIdentified(old)) merged[name] = mergeLists(old, value);
    else merged[name] = withoutRemoved(value);
  }
  return merged;
}

type Identified = readonly (JsonObject & { readonly identifier: string })[];

/** Lists of things that have names are merged by name. */
function isIdentified(value: Json | undefined): value is Identified {
  return (
    Array.isArray(value) &&
    (value as readonly Json[]).every((item) => isObject(item) && typeof item['identifier'] === 'string')
  );
}

function mergeLists(before: Identified, after: Identified): readonly Json[] {
  const byName = new Map(before.map((item) => [item.identifier, item as Json]));
  for (const item of after) {
    if (item['_removed'] === true) byName.delete(item.identifier);
    else byName.set(item.identifier, item);
  }
  return [...byName.values()];
}

function withoutRemoved(value: Json): Json {
  if (Array.isArray(value)) {
    return (value as readonly Json[])
      .filter((item) => !(isObject(item) && item['_removed'] === true))
      .map((item) => withoutRemoved(item));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutRemoved(inner)]));
}

/** `device.operating-system.version`: names of items are parted by dots into nested dictionaries. */
export function statusItem(status: JsonObject, name: string): Json | undefined {
  let value: Json | undefined = status;
  for (const part of name.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}
