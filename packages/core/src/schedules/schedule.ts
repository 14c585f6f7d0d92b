/**
 * Connection schedules (POL-02): how often a device reports, how often each scan runs (SCN-06), and how it tries to get
 * through when it cannot: the first session 3 minutes after enrolment, then every 15 minutes, 192 times, which covers
 * 48 hours (OTA-10), then at a pace that costs nobody anything.
 */
import { DomainError } from '../errors.ts';
import { type Scan, scans } from '../facts/types.ts';

export interface ConnectionSchedule {
  readonly checkInMinutes: number;
  /** How old each scan may grow before it is run again, in minutes. */
  readonly scans: Readonly<Record<Scan, number>>;
  /** From enrolment to the first session. */
  readonly firstSessionMinutes: number;
  readonly retryMinutes: number;
  readonly retryCount: number;
  /** The pace after `retryCount` failures in a row. */
  readonly thenMinutes: number;
}

export const defaultSchedule: ConnectionSchedule = {
  checkInMinutes: 240,
  scans: {
    'device-information': 1_440,
    security: 240,
    profiles: 1_440,
    apps: 1_440,
    certificates: 1_440,
  },
  firstSessionMinutes: 3,
  retryMinutes: 15,
  retryCount: 192,
  thenMinutes: 1_440,
};

const month = 30 * 24 * 60;
const bounds = {
  checkInMinutes: [1, month],
  firstSessionMinutes: [0, 1_440],
  retryMinutes: [1, 1_440],
  retryCount: [0, 10_000],
  thenMinutes: [1, month],
} as const satisfies Record<Exclude<keyof ConnectionSchedule, 'scans'>, readonly [number, number]>;
const scanBounds = [1, month] as const;

function isWithin(value: unknown, [from, to]: readonly [number, number]): value is number {
  return Number.isInteger(value) && (value as number) >= from && (value as number) <= to;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** @throws DomainError `invalid-input` with every problem in `detail.problems`. */
export function validateSchedule(input: unknown): ConnectionSchedule {
  const problems: string[] = [];
  const read = (
    of: Readonly<Record<string, unknown>>,
    name: string,
    range: readonly [number, number],
  ): number => {
    const value = of[name];
    if (isWithin(value, range)) return value;
    problems.push(`${name} must be a whole number from ${range[0]} to ${range[1]}`);
    return 0;
  };
  const given = asRecord(input) ?? {};
  const givenScans = asRecord(given.scans) ?? {};
  const unknown = [
    ...Object.keys(given).filter((name) => name !== 'scans' && !Object.hasOwn(bounds, name)),
    ...Object.keys(givenScans).filter((name) => !(scans as readonly string[]).includes(name)),
  ];
  for (const name of unknown) problems.push(`${JSON.stringify(name.slice(0, 64))} is not part of a schedule`);
  const schedule: ConnectionSchedule = {
    checkInMinutes: read(given, 'checkInMinutes', bounds.checkInMinutes),
    scans: {
      'device-information': read(givenScans, 'device-information', scanBounds),
      security: read(givenScans, 'security', scanBounds),
      profiles: read(givenScans, 'profiles', scanBounds),
      apps: read(givenScans, 'apps', scanBounds),
      certificates: read(givenScans, 'certificates', scanBounds),
    },
    firstSessionMinutes: read(given, 'firstSessionMinutes', bounds.firstSessionMinutes),
    retryMinutes: read(given, 'retryMinutes', bounds.retryMinutes),
    retryCount: read(given, 'retryCount', bounds.retryCount),
    thenMinutes: read(given, 'thenMinutes', bounds.thenMinutes),
  };
  if (problems.length > 0) {
    throw new DomainError('invalid-input', `The schedule is wrong: ${problems.join('; ')}.`, {
      detail: { problems },
    });
  }
  return schedule;
}

/** All times are ms since the epoch. */
export interface ContactHistory {
  readonly enrolledAt: number;
  /** Last session that succeeded; null before the first. */
  readonly lastSuccessAt: number | null;
  readonly lastAttemptAt: number | null;
  /** Attempts that failed since the last success (since enrolment, before the first). */
  readonly failures: number;
}

const minute = 60_000;

/**
 * When the device should try next, ms since the epoch; a time in the past means now. A machine that slept through its
 * attempts does not make up for them in a burst: a retry is never sooner than one retry interval after the last attempt.
 */
export function nextAttempt(schedule: ConnectionSchedule, history: ContactHistory): number {
  const { enrolledAt, lastSuccessAt, lastAttemptAt, failures } = history;
  const first = lastSuccessAt === null;
  const origin = first ? enrolledAt : lastSuccessAt + schedule.checkInMinutes * minute;
  if (failures === 0) return first ? origin + schedule.firstSessionMinutes * minute : origin;
  const retries = Math.min(failures, schedule.retryCount);
  const slow = failures - retries;
  const planned = origin + (retries * schedule.retryMinutes + slow * schedule.thenMinutes) * minute;
  if (lastAttemptAt === null) return planned;
  // The first interval after enrolment is the shorter one: from minute 3 to minute 15.
  const head = first && failures === 1 ? schedule.firstSessionMinutes : 0;
  const pause = Math.max(0, (slow > 0 ? schedule.thenMinutes : schedule.retryMinutes) - head) * minute;
  return Math.max(planned, lastAttemptAt + pause);
}

/** The scans that are due: never run, or run longer ago than the schedule allows. */
export function dueScans(
  schedule: ConnectionSchedule,
  lastRunAt: Readonly<Partial<Record<Scan, number>>>,
  now: number,
): readonly Scan[] {
  return scans.filter((scan) => {
    const last = lastRunAt[scan];
    return last === undefined || now - last >= schedule.scans[scan] * minute;
  });
}
