/** Spans of time as expressions write them: 90s, 15m, 36h, 7d, 1d12h. */

const units: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
};

/** @returns ms; undefined for what is no span. */
export function parseSpan(text: string): number | undefined {
  if (!/^(?:\d{1,9}(?:ms|[dhms]))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[dhms])/g)) {
    total += Number(count) * (units[unit ?? ''] ?? 0);
  }
  return Number.isSafeInteger(total) ? total : undefined;
}
