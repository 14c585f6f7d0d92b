/** What a report changed, for the history of facts. */
import { isFactName, type FactName } from './catalogue.ts';
import { sameValue } from './select.ts';
import type { FactValue } from './types.ts';

export interface FactChange {
  readonly fact: FactName;
  /** undefined: was not known. */
  readonly before: FactValue | undefined;
  /** undefined: is no longer reported. */
  readonly after: FactValue | undefined;
}

export function factChanges(
  before: Readonly<Record<string, FactValue>>,
  after: Readonly<Record<string, FactValue>>,
): readonly FactChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter(isFactName).flatMap((fact) => {
    const change = { fact, before: before[fact], after: after[fact] };
    const same =
      change.before === undefined || change.after === undefined
        ? change.before === change.after
        : sameValue(change.before, change.after);
    return same ? [] : [change];
  });
}
