import type { RuleStatus, RuleVerdict } from './verdict.ts';

/**
 * The one word for how a device stands with its rules, worst first. It follows from the verdicts: bad: a rule is broken and acts. stale: a fact is too old to tell. unknown: a fact was never told. grace: broken, and
 * time remains. exempt: broken, and excepted. unchecked: no rule reaches the device; never taken for compliant.
 */
export const standings = ['bad', 'stale', 'unknown', 'grace', 'exempt', 'unchecked', 'ok'] as const;
export type Standing = (typeof standings)[number];

/** Rules that only guard money do not count, and one that is excepted makes no device worse than exempt. */
export function standingOf(verdicts: readonly RuleVerdict[]): Standing {
  if (verdicts.length === 0) return 'unchecked';
  const broken = verdicts.filter(({ status }) => status !== 'compliant');
  const counting = broken.filter(({ exception, purpose }) => exception === null && purpose !== 'cost');
  const has = (status: RuleStatus) => counting.some((verdict) => verdict.status === status);
  if (has('not-compliant')) return 'bad';
  if (counting.some(({ status, evidence }) => status === 'unknown' && evidence.some(({ stale }) => stale)))
    return 'stale';
  if (has('unknown')) return 'unknown';
  if (has('in-grace')) return 'grace';
  return broken.some(({ exception }) => exception !== null) ? 'exempt' : 'ok';
}

/** The rules that a device does not meet now: ids of verdicts. */
export function failingOf(verdicts: readonly RuleVerdict[]): readonly string[] {
  return verdicts
    .filter(({ status, exception }) => status !== 'compliant' && exception === null)
    .map(({ id }) => id);
}
