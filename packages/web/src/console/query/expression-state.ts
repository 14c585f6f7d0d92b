/** Whether an expression can be saved, by the code that saves it. */
import { isDomainError } from '@gatehouse/core/errors.ts';
import { compileExpression } from '@gatehouse/core/expressions/compile.ts';
import { expressionProblem } from '@gatehouse/core/expressions/problem-words.ts';
import { groupEnvironment, searchEnvironment } from '@gatehouse/core/expressions/search-environment.ts';
import { currentLanguage } from '../../language/texts.ts';

export type SetKind = 'group' | 'watch-list';

export interface ExpressionState {
  readonly isGood: boolean;
  /** undefined: nothing is written yet, or nothing is wrong. */
  readonly problem: { readonly line: number; readonly column: number; readonly problem: string } | undefined;
}

export function checkFor(kind: SetKind, source: string): ExpressionState {
  if (source.trim() === '') return { isGood: false, problem: undefined };
  try {
    compileExpression(source, kind === 'group' ? groupEnvironment : searchEnvironment);
    return { isGood: true, problem: undefined };
  } catch (error) {
    if (!isDomainError(error, 'invalid-input')) throw error;
    const {
      line = 1,
      column = 1,
      problem = error.message,
    } = (error.detail ?? {}) as {
      line?: number;
      column?: number;
      problem?: string;
    };
    return {
      isGood: false,
      problem: { line, column, problem: expressionProblem(problem, currentLanguage()) },
    };
  }
}
