/**
 * The one word for how a device stands with its rules, worst first. It follows from the verdicts (`gh.standing_of` in the
 * database): bad: a rule is broken and acts. stale: a fact is too old to tell. unknown: a fact was never told. grace: broken, and
 * time remains. exempt: broken, and excepted. unchecked: no rule reaches the device; never taken for compliant.
 */
export const standings = ['bad', 'stale', 'unknown', 'grace', 'exempt', 'unchecked', 'ok'] as const;
export type Standing = (typeof standings)[number];
