/** What a property list can hold, as JavaScript values, and how much of it is read from a stranger. */
import { DecodeError } from '../decode-error.ts';

export type PlistValue =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | PlistReal
  | readonly PlistValue[]
  | PlistDictionary;

/** Without a prototype when read, so that a key `__proto__` is a key like any other. */
export interface PlistDictionary {
  readonly [key: string]: PlistValue;
}

/**
 * A real that must stay one although its value is whole: `new PlistReal(1)` is written `<real>1.0</real>`, the number 1
 * `<integer>1</integer>`. Readers never give it: they give numbers.
 */
export class PlistReal {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export interface PlistLimits {
  readonly maxBytes: number;
  /** Nesting of arrays and dictionaries; a bare value has depth 0. */
  readonly maxDepth: number;
  /** Values *visited*: in a binary list one that is referred to twice counts twice (security rule APL-04). */
  readonly maxNodes: number;
  /** Bytes of one `data`. */
  readonly maxData: number;
  /** UTF-16 units of one key of a dictionary. */
  readonly maxKey: number;
}

export const plistLimits: PlistLimits = {
  maxBytes: 4 * 1024 * 1024,
  maxDepth: 32,
  maxNodes: 200_000,
  maxData: 4 * 1024 * 1024,
  maxKey: 1024,
};

export function isDictionary(value: PlistValue | undefined): value is PlistDictionary {
  return (
    typeof value === 'object' &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array) &&
    !(value instanceof PlistReal)
  );
}

/** Integers are signed 64 bits, and unsigned ones where they do not fit: what Apple's own reader holds. */
export const smallestInteger = -(2n ** 63n);
export const largestInteger = 2n ** 64n - 1n;

/** A number where nothing is lost by it. */
export function toInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Counts what a reader visits, and knows where it is; one for each list read. */
export class Visit {
  readonly limits: PlistLimits;
  readonly #steps: (string | number)[] = [];
  #nodes = 0;

  constructor(limits: PlistLimits) {
    this.limits = limits;
  }

  node(offset: number): void {
    this.#nodes += 1;
    if (this.#nodes > this.limits.maxNodes) {
      throw this.refuse(`more than ${this.limits.maxNodes} values`, offset, 'too-large');
    }
  }

  enter(offset: number): void {
    this.#steps.push('');
    if (this.#steps.length > this.limits.maxDepth) {
      throw this.refuse(`nesting deeper than ${this.limits.maxDepth}`, offset, 'too-deep');
    }
  }

  at(step: string | number): void {
    this.#steps[this.#steps.length - 1] = step;
  }

  leave(): void {
    this.#steps.pop();
  }

  refuse(message: string, offset: number, reason = 'malformed'): DecodeError {
    const path = this.#steps
      .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step.slice(0, 64)}`))
      .join('');
    return new DecodeError(`plist: ${message}`, { offset, path: `$${path}`, reason });
  }
}
