/** One value against one key of the schema: its type, and what the schema says of values of that type. */
import {
  isDictionary as isPlistDictionary,
  type PlistDictionary,
  PlistReal,
  type PlistValue,
} from '../../plist/index.ts';
import type { Complaint } from './problem.ts';
import type { KeyType, SchemaKey } from './schema.ts';

const words: Record<KeyType, string> = {
  string: 'a string',
  boolean: 'a boolean',
  integer: 'a whole number',
  real: 'a number',
  date: 'a date',
  data: 'data',
  array: 'an array',
  dictionary: 'a dictionary',
  any: 'anything',
};

/** Also of values that no plist can hold: nothing is demanded of the caller. */
export function isDictionary(value: PlistValue | null | undefined): value is PlistDictionary {
  return value !== null && isPlistDictionary(value);
}

/** @param json the message is JSON, which writes dates and data as strings */
export function typeComplaint(type: KeyType, value: PlistValue, json: boolean): Complaint | undefined {
  if (isOfType(type, value, json)) return undefined;
  return { kind: 'type', problem: `must be ${words[type]}` };
}

function isOfType(type: KeyType, value: PlistValue, json: boolean): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return typeof value === 'bigint' || Number.isInteger(value);
    case 'real':
      return typeof value === 'number' || typeof value === 'bigint' || value instanceof PlistReal;
    case 'date':
      return value instanceof Date || (json && typeof value === 'string');
    case 'data':
      return value instanceof Uint8Array || (json && typeof value === 'string');
    case 'array':
      return Array.isArray(value);
    case 'dictionary':
      return isDictionary(value);
    case 'any':
      return true;
  }
}

/** @param value of the right type */
export function valueComplaints(key: SchemaKey, value: PlistValue): Complaint[] {
  const complaints: Complaint[] = [];
  const plain = value instanceof PlistReal ? value.value : typeof value === 'bigint' ? Number(value) : value;
  if (typeof plain === 'number') {
    const { min = -Infinity, max = Infinity } = key;
    // not a number fails either way
    if (!(plain >= min && plain <= max)) complaints.push({ kind: 'range', problem: rangeInWords(key) });
  }
  if (key.values !== undefined && !key.values.some((allowed) => allowed === plain)) {
    complaints.push({ kind: 'value', problem: `must be ${oneOf(key.values)}` });
  }
  if (key.format !== undefined && typeof plain === 'string' && !matches(key.format, plain)) {
    complaints.push({ kind: 'format', problem: `must have the form ${key.format}` });
  }
  if (key.subtype !== undefined && typeof plain === 'string' && !subtypes[key.subtype].fits(plain)) {
    complaints.push({ kind: 'format', problem: `must be ${subtypes[key.subtype].words}` });
  }
  return complaints;
}

const hostname = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})\.?){1,127}$/;

/** The schema names the kind of text and leaves its form to the standards. */
const subtypes: Record<
  NonNullable<SchemaKey['subtype']>,
  { readonly words: string; readonly fits: (value: string) => boolean }
> = {
  url: { words: 'a URL', fits: (value) => URL.canParse(value) },
  hostname: {
    words: 'the name or address of a host',
    fits: (value) => value.length <= 253 && (isHostAddress(value) || hostname.test(value)),
  },
  email: {
    words: 'an e-mail address',
    fits: (value) => value.length <= 320 && /^[^@\s]+@[^@\s]+$/.test(value),
  },
};

/** IPv6, which a name cannot look like; IPv4 looks like a name. */
const isHostAddress = (value: string): boolean => URL.canParse(`https://[${value}]/`);

function rangeInWords({ min, max }: SchemaKey): string {
  if (min === undefined && max === undefined) return 'must be a number';
  if (max === undefined) return `must be at least ${min}`;
  return min === undefined ? `must be at most ${max}` : `must be between ${min} and ${max}`;
}

export function oneOf(values: readonly (string | number | boolean)[]): string {
  const shown = values.slice(0, 12).map((value) => (value === '' ? 'empty' : String(value)));
  const list = shown.length < values.length ? [...shown, `or ${values.length - shown.length} others`] : shown;
  return list.length === 1 ? `${list[0]}` : `one of ${list.join(', ')}`;
}

const patterns = new Map<string, RegExp>();
/** No format of Apple's is meant for more, and none gets to search through it. */
const longestFormatted = 4096;

function matches(format: string, value: string): boolean {
  let pattern = patterns.get(format);
  if (pattern === undefined) {
    pattern = new RegExp(format);
    patterns.set(format, pattern);
  }
  return value.length <= longestFormatted && pattern.test(value);
}
