/**
 * The JSON Canonicalization Scheme, RFC 8785: one byte sequence per JSON value, so that a hash of it is a hash of the
 * value. Members are sorted by UTF-16 code units (3.2.3); numbers and strings are written as ECMAScript writes them
 * (3.2.2), which is what JSON.stringify does.
 */

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

const deepest = 64;

/** @throws TypeError for what has no canonical form: NaN, infinities, lone surrogates, other objects, nesting over 64. */
export function canonicalJson(value: Json, depth = 0): string {
  if (depth > deepest) throw new TypeError('nested too deeply');
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('not a finite number');
    return JSON.stringify(value);
  }
  if (typeof value === 'string') return canonicalString(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item, depth + 1)).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`${typeof value} is not JSON`);
  const members = Object.entries(value)
    // A member that is undefined is absent, as in JSON.stringify.
    .filter((member): member is [string, Json] => member[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${canonicalString(name)}:${canonicalJson(member, depth + 1)}`);
  return `{${members.join(',')}}`;
}

function canonicalString(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('lone surrogate');
  return JSON.stringify(text);
}

export function canonicalBytes(value: Json): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(canonicalJson(value));
}
