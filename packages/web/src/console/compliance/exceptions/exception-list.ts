/** Which exceptions are listed, and what a new one has to say. */

export const shownKinds = ['inForce', 'ending', 'ended'] as const;
export type Shown = (typeof shownKinds)[number];

export const day = 86_400_000;
/** So long before its end an exception is pointed out. */
export const soonMs = 7 * day;
const longestMs = 366 * day;

export function readExceptionsSearch(search: Readonly<Record<string, unknown>>): { readonly show: Shown } {
  return { show: shownKinds.find((each) => each === search['show']) ?? 'inForce' };
}

/** What is asked of the server. @param now rounded to a minute by whoever asks, so that the question stays the same */
export function exceptionsQuery(show: Shown, now: number) {
  if (show === 'ended') return { ended: true };
  return show === 'ending' ? { endsBefore: new Date(now + soonMs).toISOString() } : {};
}

export function endsSoon(expiresAt: string | null, now: number): boolean {
  if (expiresAt === null) return false;
  const left = Date.parse(expiresAt) - now;
  return left > 0 && left < soonMs;
}

/** The end of a day as somebody picked it, in the viewer’s zone. undefined: it is no day ahead within a year. */
export function endOfDay(date: string, now: number): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  const end = new Date(`${date}T23:59:59`);
  const left = end.getTime() - now;
  return Number.isNaN(left) || left <= 0 || left > longestMs ? undefined : end;
}

/** `2026-11-29`, as fields for dates take it. */
export function dateFieldValue(at: number): string {
  const date = new Date(at);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
