/** Changes bytes at random, reproducibly: the same seed gives the same changes on every machine. */
import type { FuzzTarget } from './target.ts';

/** mulberry32: small, fast, and good enough to choose mutations. Not for secrets. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** From 0 up to but not including `limit`; 0 for a limit of 0. */
  below(limit: number): number {
    return limit <= 0 ? 0 : this.next() % limit;
  }

  pick<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)];
  }
}

const mostBytes = 300_000;
const telling = [
  0x00, 0x01, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xfe, 0xff, 0x20, 0x30, 0x22, 0x26, 0x2b, 0x3c, 0x5b, 0x7b,
];

type Mutation = (bytes: Uint8Array, random: Random, target: FuzzTarget) => Uint8Array;

const flipBit: Mutation = (bytes, random) => {
  const changed = Uint8Array.from(bytes);
  const at = random.below(changed.length);
  changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
  return changed;
};

const setByte: Mutation = (bytes, random) => {
  const changed = Uint8Array.from(bytes);
  changed[random.below(changed.length)] =
    random.below(2) === 0 ? random.below(256) : (random.pick(telling) ?? 0);
  return changed;
};

/** Takes a byte, or two, for a length field and moves it a little, or to an extreme. */
const lengthField: Mutation = (bytes, random) => {
  const changed = Uint8Array.from(bytes);
  const at = random.below(changed.length);
  const step = random.pick([-2, -1, 1, 2, 16]) ?? 1;
  if (random.below(2) === 0 || at + 1 >= changed.length) {
    changed[at] = (changed[at] ?? 0) + step;
  } else {
    const value = ((((changed[at] ?? 0) << 8) | (changed[at + 1] ?? 0)) + step) & 0xffff;
    changed[at] = value >> 8;
    changed[at + 1] = value & 0xff;
  }
  return changed;
};

const remove: Mutation = (bytes, random) => {
  const from = random.below(bytes.length);
  return replace(bytes, from, from + 1 + random.below(Math.min(64, bytes.length - from)), new Uint8Array());
};

const truncate: Mutation = (bytes, random) => bytes.subarray(0, random.below(bytes.length));

const duplicate: Mutation = (bytes, random) => {
  const from = random.below(bytes.length);
  const piece = bytes.subarray(from, from + 1 + random.below(64));
  return replace(bytes, from, from, repeat(piece, 1 + random.below(random.below(8) === 0 ? 2000 : 4)));
};

const splice: Mutation = (bytes, random, target) => {
  const other = random.pick(target.seeds) ?? bytes;
  const from = random.below(other.length);
  const at = random.below(bytes.length + 1);
  return replace(
    bytes,
    at,
    at + random.below(32),
    other.subarray(from, from + 1 + random.below(other.length - from)),
  );
};

const token: Mutation = (bytes, random, target) => {
  const piece = random.pick(target.dictionary) ?? Uint8Array.of(random.below(256));
  const at = random.below(bytes.length + 1);
  return replace(bytes, at, random.below(2) === 0 ? at : at + piece.length, piece);
};

const inflate: Mutation = (bytes, random, target) =>
  target.inflate === undefined
    ? token(bytes, random, target)
    : target.inflate(bytes, 1 + random.below(random.below(4) === 0 ? 20_000 : 40));

const mutations = [flipBit, setByte, lengthField, remove, truncate, duplicate, splice, token, token, inflate];

export function mutate(target: FuzzTarget, random: Random): Uint8Array {
  let bytes = random.pick(target.seeds) ?? new Uint8Array();
  const count = 1 + random.below(5);
  for (let step = 0; step < count; step++) {
    bytes = (random.pick(mutations) ?? flipBit)(bytes, random, target);
    if (bytes.length > mostBytes) bytes = bytes.subarray(0, mostBytes);
  }
  return bytes;
}

function replace(bytes: Uint8Array, from: number, to: number, piece: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([bytes.subarray(0, from), piece, bytes.subarray(to)]));
}

function repeat(piece: Uint8Array, count: number): Uint8Array {
  return Buffer.concat(Array.from({ length: count }, () => piece));
}
