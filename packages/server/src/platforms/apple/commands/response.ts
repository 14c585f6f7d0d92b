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

/** Why a device did not take one of several settings, in its words. */
export function settingRefusal(answer: PlistDictionary): string | undefined {
  const [first] = dictionariesOf(answer, 'ErrorChain');
  return first && (textOf(first, 'USEnglishDescription') ?? textOf(first, 'LocalizedDescription'));
}

/** @returns what speaks against the setting at this place of the answer; undefined when the device took it. */
export function refusedSetting(response: PlistDictionary, index: number): string | undefined {
  const answer = dictionariesOf(response, 'Settings')[index];
  // A device that says nothing of it has acknowledged the command as a whole.
  const status = answer && textOf(answer, 'Status', 32);
  if (answer === undefined || status === undefined || status === 'Acknowledged') return undefined;
  return `The device does not take the setting: ${settingRefusal(answer) ?? status}.`;
}
