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
  requireWithin(parsed, limits, []);
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

/** Steps from the root to the value being looked at; made into text only when something is wrong. */
type Steps = (string | number)[];

function requireWithin(value: JsonValue, limits: JsonLimits, steps: Steps): void {
  if (typeof value === 'string') return requireString(value, limits, steps);
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    if (value.length > limits.maxArray)
      throw refuse(`array of more than ${limits.maxArray}`, 'too-large', steps);
    for (let index = 0; index < value.length; index++) {
      steps.push(index);
      requireWithin(value[index] ?? null, limits, steps);
      steps.pop();
    }
    return;
  }
  const keys = Object.keys(value);
  const maxProperties = limits.maxProperties ?? 1000;
  if (keys.length > maxProperties)
    throw refuse(`object of more than ${maxProperties} properties`, 'too-large', steps);
  for (const key of keys) {
    requireString(key, limits, steps);
    const member = value[key] ?? null;
    if (key === '__proto__' || (key === 'constructor' && hasPrototype(member))) {
      throw refuse(`key ${key} is not allowed`, 'forbidden-key', steps);
    }
    steps.push(key);
    requireWithin(member, limits, steps);
    steps.pop();
  }
}

function requireString(text: string, limits: JsonLimits, steps: Steps): void {
  if (text.length > limits.maxString)
    throw refuse(`string longer than ${limits.maxString}`, 'too-large', steps);
}

function hasPrototype(value: JsonValue): boolean {
  return value !== null && typeof value === 'object' && Object.hasOwn(value, 'prototype');
}

function refuse(message: string, reason: string, steps: Steps): DecodeError {
  const path = steps
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step.slice(0, 64)}`))
    .join('');
  return new DecodeError(message, { path: `$${path}`, reason });
}
