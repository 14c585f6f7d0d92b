/**
 * Facts that flap: a device that breaks a rule and mends it again and again within minutes would open and shut gates as
 * often. Breaking always counts at once. Mending, after the fourth break in ten minutes, counts only when five minutes have
 * passed since the last one.
 */
import type { RuleVerdict } from './verdict.ts';

const minute = 60_000;
const tooMany = 4;
const withinMs = 10 * minute;
const settleMs = 5 * minute;

/** When the rule was last broken after having been met, this evaluation included. */
export function breaksAfter(
  previous: RuleVerdict | undefined,
  isBroken: boolean,
  now: number,
): readonly number[] {
  const known = previous?.brokenAt ?? [];
  const wasMet = previous === undefined || previous.failingSince === null || previous.settlesAt !== null;
  return isBroken && wasMet ? [...known, now].slice(-tooMany) : known;
}

/** Until when a rule that is met now still counts as broken; null: it does not. */
export function settlesAt(previous: RuleVerdict, brokenAt: readonly number[], now: number): number | null {
  const [first, last] = [brokenAt[0], brokenAt.at(-1)];
  if (previous.failingSince === null || brokenAt.length < tooMany) return null;
  if (first === undefined || last === undefined || last - first > withinMs) return null;
  return now < last + settleMs ? last + settleMs : null;
}
