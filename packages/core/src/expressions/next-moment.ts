/** When an expression may give another answer though nothing is reported: ages pass the spans that it names. */
import type { Compiled } from './compile.ts';
import type { ExpressionValues } from './types.ts';

/** @returns ms since the epoch, later than `now`; null: time alone changes nothing. */
export function nextMomentOf(
  { ages, spans }: Compiled,
  values: ExpressionValues,
  now: number,
): number | null {
  let next: number | null = null;
  for (const name of ages) {
    const age = values.ageMs?.(name);
    if (age === undefined) continue;
    for (const span of spans) {
      // One beyond: "older than seven days" holds a moment after seven days.
      const moment = now - age + span + 1;
      if (moment > now && (next === null || moment < next)) next = moment;
    }
  }
  return next;
}
