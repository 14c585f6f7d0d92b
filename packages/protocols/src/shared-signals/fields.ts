/** Reads members of JSON objects that strangers send; every failure says which member. */
import { DecodeError } from '../decode-error.ts';
import { type JsonLimits, type JsonObject, type JsonValue, readJson } from '../json/read-json.ts';

/** Of one request; section 5 of the input limits gives a SET as much. */
export const requestLimits: JsonLimits = {
  maxBytes: 64 * 1024,
  maxDepth: 8,
  maxArray: 1_000,
  maxString: 4_096,
  maxProperties: 1_000,
};

export function readObject(bytes: Uint8Array, limits: JsonLimits = requestLimits): JsonObject {
  return objectIn(readJson(bytes, limits), '');
}

export function objectIn(value: JsonValue | undefined, path: string): JsonObject {
  if (value === undefined || value === null || typeof value !== 'object' || Array.isArray(value))
    throw new DecodeError('an object is expected', { path });
  return value;
}

/** A member that may be absent or null: both mean that nothing was said. */
export function optional<T>(
  object: JsonObject,
  name: string,
  read: (value: JsonValue, path: string) => T,
): T | undefined {
  const value = member(object, name);
  return value === undefined || value === null ? undefined : read(value, name);
}

export function required<T>(
  object: JsonObject,
  name: string,
  read: (value: JsonValue, path: string) => T,
): T {
  const value = optional(object, name, read);
  if (value === undefined) throw new DecodeError('a required member is missing', { path: name });
  return value;
}

function member(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Text without control characters. */
export const textUpTo =
  (length: number) =>
  (value: JsonValue, path: string): string => {
    if (typeof value !== 'string' || value === '' || value.length > length || /\p{Cc}/u.test(value))
      throw new DecodeError(`text of 1 to ${length} characters is expected`, { path });
    return value;
  };

export function truth(value: JsonValue, path: string): boolean {
  if (typeof value !== 'boolean') throw new DecodeError('true or false is expected', { path });
  return value;
}

export function count(value: JsonValue, path: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 1_000_000)
    throw new DecodeError('a count is expected', { path });
  return value;
}

export const textsUpTo =
  (most: number, length: number) =>
  (value: JsonValue, path: string): string[] => {
    if (!Array.isArray(value) || value.length > most)
      throw new DecodeError(`at most ${most} texts are expected`, { path });
    return value.map((each, index) => textUpTo(length)(each, `${path}[${index}]`));
  };
