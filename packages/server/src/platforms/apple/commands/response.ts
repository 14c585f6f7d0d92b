// Reading what a device answers. Whatever it says is hostile: a key of the wrong type is a key that is not there.
import { isDictionary, type PlistDictionary, type PlistValue } from '@gatehouse/protocols/plist/index.ts';

export function own(dictionary: PlistDictionary, key: string): PlistValue | undefined {
  return Object.hasOwn(dictionary, key) ? dictionary[key] : undefined;
}

/** Not empty, cut to `longest` characters. */
export function textOf(dictionary: PlistDictionary, key: string, longest = 256): string | undefined {
  const value = own(dictionary, key);
  return typeof value === 'string' && value.trim() !== '' ? value.slice(0, longest) : undefined;
}

export function booleanOf(dictionary: PlistDictionary, key: string): boolean | undefined {
  const value = own(dictionary, key);
  return typeof value === 'boolean' ? value : undefined;
}

/** Finite. */
export function numberOf(dictionary: PlistDictionary, key: string): number | undefined {
  const value = own(dictionary, key);
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

export function bytesOf(dictionary: PlistDictionary, key: string): Uint8Array | undefined {
  const value = own(dictionary, key);
  return value instanceof Uint8Array && value.length > 0 ? value : undefined;
}

export function dateOf(dictionary: PlistDictionary, key: string): Date | undefined {
  const value = own(dictionary, key);
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value : undefined;
}

export function dictionaryOf(dictionary: PlistDictionary, key: string): PlistDictionary | undefined {
  const value = own(dictionary, key);
  return value !== undefined && isDictionary(value) ? value : undefined;
}

/** The dictionaries of a list; whatever else is in it is passed over. */
export function dictionariesOf(dictionary: PlistDictionary, key: string): readonly PlistDictionary[] {
  const value = own(dictionary, key);
  if (!Array.isArray(value)) return [];
  return (value as readonly PlistValue[]).filter((item): item is PlistDictionary => isDictionary(item));
}
