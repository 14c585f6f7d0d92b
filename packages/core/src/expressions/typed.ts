/** What compiling makes of each part of an expression, and what the parts may ask of the compiler. */
import type { DomainError } from '../errors.ts';
import type { Run } from './run.ts';
import type { Node } from './syntax.ts';
import type { Environment, ExpressionType } from './types.ts';

export interface Typed {
  readonly type: ExpressionType;
  readonly run: Run;
  /** Steps over the longest lists. */
  readonly cost: number;
  /** Set where the value is written in the expression. */
  readonly literal?: boolean | number | string;
}

export interface Compiling {
  readonly environment: Environment;
  /** Names of the environment that are read. */
  readonly reads: Set<string>;
  /** Those whose age is asked for, and the spans in ms that are named. */
  readonly ages: Set<string>;
  readonly spans: Set<number>;
  compile(node: Node): Typed;
  /** The body of a macro, which sees one variable more. */
  within(name: string, type: ExpressionType, body: Node): { readonly slot: number; readonly body: Typed };
  error(node: { readonly at: number }, problem: string): DomainError;
}

export function isOfType(type: ExpressionType, value: unknown): boolean {
  switch (type.kind) {
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return Number.isSafeInteger(value);
    case 'double':
      return typeof value === 'number' && Number.isFinite(value);
    case 'string':
      return typeof value === 'string';
    case 'list':
    case 'version':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null;
    case 'duration':
      return typeof value === 'number';
    default:
      return type satisfies never;
  }
}
