/** Randomness that a seed decides: the same seed makes the same device, on every machine and in every run. */
import { createHash } from 'node:crypto';

export interface SeededRandom {
  /** 0 ≤ x < 1 */
  fraction(): number;
  /** Both ends included. */
  integer(from: number, to: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** True in this share of cases. */
  chance(share: number): boolean;
  hex(digits: number): string;
  /** Characters from an alphabet, for serial numbers. */
  text(length: number, alphabet: string): string;
}

/** SHA-256 in counter mode: slow enough to be dull, even enough to need no thought. */
export function seededRandom(seed: string): SeededRandom {
  let block = 0;
  let words: number[] = [];
  const next = (): number => {
    if (words.length === 0) {
      const digest = createHash('sha256').update(`${seed}\0${block}`).digest();
      block += 1;
      words = Array.from({ length: 8 }, (_, index) => digest.readUInt32BE(index * 4));
    }
    return words.pop() ?? 0;
  };
  const fraction = () => next() / 2 ** 32;
  const integer = (from: number, to: number) => from + Math.floor(fraction() * (to - from + 1));
  const text = (length: number, alphabet: string) =>
    Array.from({ length }, () => alphabet[integer(0, alphabet.length - 1)]).join('');
  return {
    fraction,
    integer,
    pick: <T>(from: readonly [T, ...T[]]): T => from[integer(0, from.length - 1)] ?? from[0],
    chance: (share) => fraction() < share,
    hex: (digits) => text(digits, '0123456789abcdef'),
    text,
  };
}
