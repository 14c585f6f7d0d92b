/**
 * Expressions over what is known of a device, in the Common Expression Language (CEL): the types that values have, and the
 * limits that keep an expression from holding up the process. What is left out of CEL, and why, is in ADR 11.
 */

export type ExpressionType =
  | { readonly kind: 'bool' | 'int' | 'double' | 'string' | 'version' | 'duration' }
  | { readonly kind: 'list'; readonly item: ExpressionType; readonly maximumCount: number }
  /** Only as an item of a list. */
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, ExpressionType> };

export const bool: ExpressionType = { kind: 'bool' };
export const int: ExpressionType = { kind: 'int' };
export const double: ExpressionType = { kind: 'double' };
export const string: ExpressionType = { kind: 'string' };
export const version: ExpressionType = { kind: 'version' };
export const duration: ExpressionType = { kind: 'duration' };

/** What an expression may name, by its full name: `storage.encrypted`. */
export interface Environment {
  readonly variables: ReadonlyMap<string, ExpressionType>;
}

/** What is known, by the same names. Values are plain JSON; what is not of its type counts as not known (CEL-02, CEL-04). */
export interface ExpressionValues {
  get(name: string): unknown;
  /** How long ago the value was observed, in ms; absent: nobody knows. */
  ageMs?(name: string): number | undefined;
  /**
   * How long this thread has worked, in ms, from any beginning; absent: only steps are counted. Not the time of the day: an
   * expression is not to blame for what others of the machine take.
   */
  workedMs?(): number;
}

export const expressionLimits = {
  maximumLength: 4_096,
  maximumDepth: 32,
  /** Iterations, operators and calls of one evaluation. */
  maximumSteps: 100_000,
  maximumMs: 20,
  /** The most steps that an expression may need over the longest lists; a device's lists are mostly far shorter. */
  maximumEstimate: 1_000_000,
} as const;

export function typeName(type: ExpressionType): string {
  return type.kind === 'list' ? `list of ${typeName(type.item)}` : type.kind;
}
