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
  const object = value as { readonly [name: string]: Json | undefined };
  let members = '';
  for (const name of inOrder(Object.keys(object))) {
    const member = object[name];
    // A member that is undefined is absent, as in JSON.stringify.
    if (member === undefined) continue;
    members += `${members === '' ? '' : ','}${canonicalString(name)}:${canonicalJson(member, depth + 1)}`;
  }
  return `{${members}}`;
}

/** Up to so many names are put in order by moving each to its place, which for the few of an entry costs a fraction of a sort. */
const few = 16;

/** By UTF-16 code units, as strings compare and as sort goes without a comparison of its own. */
function inOrder(names: string[]): string[] {
  if (names.length > few) return names.sort();
  for (let at = 1; at < names.length; at += 1) {
    const name = names[at] as string;
    let place = at;
    for (; place > 0 && (names[place - 1] as string) > name; place -= 1)
      names[place] = names[place - 1] as string;
    names[place] = name;
  }
  return names;
}

/** Printable ASCII but for quote and backslash: nothing of it is written otherwise than it is. */
const plain = /^[ !#-[\]-~]*$/;

function canonicalString(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('lone surrogate');
  return JSON.stringify(text);
}

export function canonicalBytes(value: Json): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(canonicalJson(value));
}
