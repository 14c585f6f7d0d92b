/** An expression while it is typed: read by the same code as on save, with the place where it is wrong. */
import { isDomainError } from '@gatehouse/core/errors.ts';
import { compileExpression } from '@gatehouse/core/expressions/compile.ts';
import { deviceEnvironment } from '@gatehouse/core/expressions/device-environment.ts';
import { expressionProblem } from '@gatehouse/core/expressions/problem-words.ts';
import { currentLanguage } from '../../../language/texts.ts';

type ExpressionCheck =
  | { readonly state: 'empty' }
  | { readonly state: 'good'; readonly reads: readonly string[] }
  | {
      readonly state: 'wrong';
      readonly position: number;
      readonly line: number;
      readonly column: number;
      readonly problem: string;
      /** The line that is wrong, and what stands below it: blanks up to the place, then a mark. */
      readonly source: string;
      readonly pointer: string;
    };

export function checkExpression(source: string): ExpressionCheck {
  if (source.trim() === '') return { state: 'empty' };
  try {
    return { state: 'good', reads: compileExpression(source, deviceEnvironment).reads };
  } catch (error) {
    if (!isDomainError(error, 'invalid-input')) throw error;
    const {
      position = 0,
      line = 1,
      column = 1,
      problem,
    } = (error.detail ?? {}) as Partial<Record<'position' | 'line' | 'column', number> & { problem: string }>;
    return {
      state: 'wrong',
      position,
      line,
      column,
      problem: expressionProblem(problem ?? error.message, currentLanguage()),
      source: source.split('\n')[line - 1] ?? '',
      pointer: `${' '.repeat(Math.max(0, column - 1))}^`,
    };
  }
}

export interface Completion {
  readonly name: string;
  /** From where on the text is replaced. */
  readonly from: number;
}

/** Names that begin like what stands before the caret; after two characters. */
export function completionsAt(source: string, caret: number, most = 8): readonly Completion[] {
  const word = /[A-Za-z_][\w.]*$/.exec(source.slice(0, caret))?.[0] ?? '';
  if (word.length < 2) return [];
  const lower = word.toLowerCase();
  return [...deviceEnvironment.variables.keys()]
    .filter((name) => name.includes(lower) && name !== word)
    .toSorted((a, b) => Number(b.startsWith(lower)) - Number(a.startsWith(lower)) || a.localeCompare(b))
    .slice(0, most)
    .map((name) => ({ name, from: caret - word.length }));
}
