/** A week as a schedule makes it: when a device that is awake reports, and what it looks at each time. */
import type { Schedule } from '@gatehouse/contracts/admin/schedules.ts';

export type Pace = Schedule['schedule'];

const minutesOfDay = 24 * 60;
export const minutesOfWeek = 7 * minutesOfDay;

/** Minutes since the beginning of the week; a pace above a week leaves one. At most as many as a picture can hold. */
export function reportsInWeek(everyMinutes: number, most = 2_000): readonly number[] {
  if (!Number.isFinite(everyMinutes) || everyMinutes < 1) return [];
  const count = Math.min(most, Math.ceil(minutesOfWeek / everyMinutes));
  return Array.from({ length: count }, (_each, index) => index * everyMinutes);
}

/** By day, 0 to 6: minutes of that day. */
export function reportsByDay(everyMinutes: number): readonly (readonly number[])[] {
  const days: number[][] = Array.from({ length: 7 }, () => []);
  for (const minute of reportsInWeek(everyMinutes)) {
    days[Math.floor(minute / minutesOfDay)]?.push(minute % minutesOfDay);
  }
  return days;
}

export interface WeekSummary {
  /** Reports of one device in a week. */
  readonly reports: number;
  /** Of one that cannot get through: how long it tries at the fast pace, minutes. */
  readonly triesFor: number;
  /** A change reaches a device that cannot be called after at most so many minutes. */
  readonly reachedWithin: number;
}

export function summarizeWeek({ checkInMinutes, retryMinutes, retryCount }: Pace): WeekSummary {
  return {
    reports: Math.max(1, Math.floor(minutesOfWeek / Math.max(1, checkInMinutes))),
    triesFor: retryMinutes * retryCount,
    reachedWithin: checkInMinutes,
  };
}

const bounds = {
  checkInMinutes: [1, 43_200],
  firstSessionMinutes: [0, 1_440],
  retryMinutes: [1, 1_440],
  retryCount: [0, 10_000],
  thenMinutes: [1, 43_200],
} as const;
const scanBounds = [1, 43_200] as const;

export type PaceField = keyof typeof bounds;
export const paceFields = Object.keys(bounds) as readonly PaceField[];

export function boundsOf(field: string): readonly [number, number] {
  return Object.hasOwn(bounds, field) ? bounds[field as PaceField] : scanBounds;
}

/** Names of the fields that are not within their bounds; scans as `scans.security`. */
export function wrongFields(pace: Pace): readonly string[] {
  const isWrong = (value: unknown, [from, to]: readonly [number, number]) =>
    typeof value !== 'number' || !Number.isInteger(value) || value < from || value > to;
  return [
    ...paceFields.filter((field) => isWrong(pace[field], boundsOf(field))),
    ...Object.entries(pace.scans).flatMap(([scan, value]) =>
      isWrong(value, scanBounds) ? [`scans.${scan}`] : [],
    ),
  ];
}
