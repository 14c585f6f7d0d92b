/**
 * JSON (RFC 8259) from a stranger: bounded before and after parsing, and free of the keys with which a later merge could reach
 * an object's prototype (security rule HTTP-06).
 */
import { DecodeError, requireAtMost } from '../decode-error.ts';

export interface JsonLimits {
  readonly maxBytes: number;
  /** Nesting of arrays and objects; a bare value has depth 0. */
  readonly maxDepth: number;
  /** Members of one array. */
  readonly maxArray: number;
  /** UTF-16 units of one string, keys included. */
  readonly maxString: number;
  /** Properties of one object; 1,000 when not given. */
  readonly maxProperties?: number;
}

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `reason` of the DecodeError: `too-large`, `too-deep`, `forbidden-key` or `malformed`. */
export function readJson(bytes: Uint8Array, limits: JsonLimits): JsonValue {
  requireAtMost(bytes, limits.maxBytes, 'JSON');
  requireDepth(bytes, limits.maxDepth);
  let parsed: JsonValue;
  try {
    parsed = JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    // The engine's message quotes the input, which may hold a secret, so only the fact goes on.
    throw new DecodeError('not valid JSON', { reason: 'malformed', cause });
  }
  requireWithin(parsed, limits, '$');
  return parsed;
}

const character = {
  quote: 0x22,
  backslash: 0x5c,
  openArray: 0x5b,
  openObject: 0x7b,
  closeArray: 0x5d,
  closeObject: 0x7d,
};

/** Before parsing, so that no parser, ours or the engine's, recurses deeper than agreed. */
function requireDepth(bytes: Uint8Array, maxDepth: number): void {
  let depth = 0;
  let inString = false;
  for (let offset = 0; offset < bytes.length; offset++) {
    const byte = bytes[offset];
    if (inString) {
      if (byte === character.backslash) offset += 1;
      else if (byte === character.quote) inString = false;
    } else if (byte === character.quote) {
      inString = true;
    } else if (byte === character.openArray || byte === character.openObject) {
      depth += 1;
      if (depth > maxDepth) {
        throw new DecodeError(`JSON nested deeper than ${maxDepth}`, { offset, reason: 'too-deep' });
      }
    } else if (byte === character.closeArray || byte === character.closeObject) {
      depth -= 1;
    }
  }
}

function requireWithin(value: JsonValue, limits: JsonLimits, path: string): void {
  if (typeof value === 'string') return requireString(value, limits, path);
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    if (value.length > limits.maxArray) {
      throw new DecodeError(`array of more than ${limits.maxArray}`, { path, reason: 'too-large' });
    }
    for (const [index, member] of value.entries()) requireWithin(member, limits, `${path}[${index}]`);
    return;
  }
  const entries = Object.entries(value);
  const maxProperties = limits.maxProperties ?? 1000;
  if (entries.length > maxProperties) {
    throw new DecodeError(`object of more than ${maxProperties} properties`, { path, reason: 'too-large' });
  }
  for (const [key, member] of entries) {
    requireString(key, limits, path);
    if (key === '__proto__' || (key === 'constructor' && hasPrototype(member))) {
      throw new DecodeError(`key ${key} is not allowed`, { path, reason: 'forbidden-key' });
    }
    requireWithin(member, limits, `${path}.${key}`);
  }
}

function requireString(text: string, limits: JsonLimits, path: string): void {
  if (text.length > limits.maxString) {
    throw new DecodeError(`string longer than ${limits.maxString}`, { path, reason: 'too-large' });
  }
}

function hasPrototype(value: JsonValue): boolean {
  return value !== null && typeof value === 'object' && Object.hasOwn(value, 'prototype');
}
