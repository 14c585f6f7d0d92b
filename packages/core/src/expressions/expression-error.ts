import { DomainError } from '../errors.ts';

/** @param position of the first character that is wrong, counted from 0. */
export function expressionError(source: string, position: number, problem: string): DomainError {
  const before = source.slice(0, position).split('\n');
  const [line, column] = [before.length, (before.at(-1)?.length ?? 0) + 1];
  return new DomainError(
    'invalid-input',
    `The expression is wrong at line ${line}, column ${column}: ${problem}.`,
    {
      reason: 'expression',
      detail: { position, line, column, problem },
    },
  );
}
