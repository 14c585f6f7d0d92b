/** What a decoder declares to be fuzzed. */
import { deepStrictEqual } from 'node:assert/strict';

export interface FuzzTarget {
  readonly name: string;
  /** Valid inputs to start from. */
  readonly seeds: readonly Uint8Array[];
  /** Pieces that mean something in the format. */
  readonly dictionary: readonly Uint8Array[];
  /** Wraps the input in this many more levels of the format's nesting. */
  readonly inflate?: (bytes: Uint8Array, depth: number) => Uint8Array;
  /** Runs the decoder and checks its properties. Only a DecodeError may come out. */
  run(bytes: Uint8Array): void;
}

export function texts(...list: readonly string[]): Uint8Array[] {
  return list.map((text) => Buffer.from(text, 'utf8'));
}

/** The property every codec with two directions has: what was read can be written, and reads the same again. */
export function checkRoundTrip<T>(
  bytes: Uint8Array,
  decode: (bytes: Uint8Array) => T,
  encode: (value: T) => Uint8Array,
): T {
  const value = decode(bytes);
  deepStrictEqual(decode(encode(value)), value, 'encode and decode disagree');
  return value;
}

export function inflateText(open: string, close: string): (bytes: Uint8Array, depth: number) => Uint8Array {
  return (bytes, depth) =>
    Buffer.concat([...texts(open.repeat(depth)), bytes, ...texts(close.repeat(depth))]);
}
