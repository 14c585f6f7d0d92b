// Property lists as people and programs write them in JSON, and back: bytes are `{"$data": base64}`, times `{"$date": ISO 8601}`,
// reals without a fraction `{"$real": number}`, integers beyond what a number holds `{"$integer": text}`.
import { DomainError } from '@gatehouse/core/errors.ts';
import {
  isDictionary,
  type PlistDictionary,
  PlistReal,
  type PlistValue,
} from '@gatehouse/protocols/plist/index.ts';

type Json = Readonly<Record<string, unknown>>;

/** @throws DomainError `unprocessable` naming the place of what a property list cannot hold. */
export function plistFromJson(value: unknown, path = '$'): PlistValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item, index) => plistFromJson(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) throw unfit(path);
  const entries = Object.entries(value as Json);
  const [first] = entries;
  if (entries.length === 1 && first?.[0].startsWith('$')) return special(first[0], first[1], path);
  const dictionary = Object.create(null) as Record<string, PlistValue>;
  for (const [name, inner] of entries) dictionary[name] = plistFromJson(inner, `${path}.${name}`);
  return dictionary;
}

export function dictionaryFromJson(value: Json): PlistDictionary {
  const made = plistFromJson(value);
  if (!isDictionary(made)) throw unfit('$');
  return made;
}

function special(name: string, value: unknown, path: string): PlistValue {
  if (name === '$data' && typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
    return Buffer.from(value, 'base64');
  }
  if (name === '$real' && typeof value === 'number' && Number.isFinite(value)) return new PlistReal(value);
  if (name === '$integer' && typeof value === 'string' && /^-?[0-9]{1,19}$/.test(value)) return BigInt(value);
  if (name === '$date' && typeof value === 'string') {
    const date = new Date(value);
    if (!Number.isNaN(date.getTime())) return date;
  }
  throw unfit(path);
}

const unfit = (path: string): DomainError =>
  new DomainError('unprocessable', `A property list cannot hold what is at ${path.slice(0, 200)}.`, {
    reason: 'payload-unfit',
  });

export function jsonFromPlist(value: PlistValue): unknown {
  if (value instanceof Uint8Array) return { $data: Buffer.from(value).toString('base64') };
  if (value instanceof Date) {
    return { $date: Number.isNaN(value.getTime()) ? null : value.toISOString() };
  }
  if (value instanceof PlistReal) return { $real: value.value };
  if (typeof value === 'bigint') return { $integer: value.toString() };
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return (value as readonly PlistValue[]).map(jsonFromPlist);
  if (isDictionary(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, jsonFromPlist(inner)]));
  }
  return value;
}
