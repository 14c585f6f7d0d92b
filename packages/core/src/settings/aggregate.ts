/** How several values of one setting become one (POL-09), and which of two values is the stricter. */
import { compareVersions, parseVersion } from '../version.ts';
import type { Aggregation, SettingValue } from './catalogue.ts';

/**
 * Negative when `a` is less strict than `b`, positive when it is stricter, 0 when they demand the same. Settings that take
 * the first value have no strictness: any two are equal.
 */
export function compareStrictness(aggregation: Aggregation, a: SettingValue, b: SettingValue): number {
  switch (aggregation) {
    case 'or':
    case 'maximum':
      return Number(a) - Number(b);
    case 'minimum':
      return Number(b) - Number(a);
    case 'maximum-version':
      return compareVersions(parseVersion(String(a)) ?? [], parseVersion(String(b)) ?? []);
    case 'first':
      return 0;
    default:
      return aggregation satisfies never;
  }
}

/** The first of the strictest, so that among equals the one of higher rank is named as the source. */
export function strictest<C extends { readonly value: SettingValue }>(
  aggregation: Aggregation,
  ranked: readonly [C, ...C[]],
): C {
  return ranked.reduce((best, candidate) =>
    compareStrictness(aggregation, candidate.value, best.value) > 0 ? candidate : best,
  );
}
