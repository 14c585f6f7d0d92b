import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isDomainError } from '../errors.ts';
import {
  type ConnectionSchedule,
  defaultSchedule,
  dueScans,
  nextAttempt,
  validateSchedule,
} from './schedule.ts';

const minute = 60_000;
const enrolledAt = 1_000 * minute;

test('OTA-10: the first session comes 3 minutes after enrolment', () => {
  const at = nextAttempt(defaultSchedule, {
    enrolledAt,
    lastSuccessAt: null,
    lastAttemptAt: null,
    failures: 0,
  });
  assert.equal(at, enrolledAt + 3 * minute);
});

test('OTA-10: failed first sessions are repeated at minute 15 and then every 15 minutes, 192 times, for 48 hours', () => {
  let lastAttemptAt = enrolledAt + 3 * minute;
  for (let failures = 1; failures <= 192; failures += 1) {
    const at = nextAttempt(defaultSchedule, { enrolledAt, lastSuccessAt: null, lastAttemptAt, failures });
    assert.equal(at, enrolledAt + failures * 15 * minute);
    lastAttemptAt = at;
  }
  assert.equal(lastAttemptAt - enrolledAt, 48 * 60 * minute);
  const then = nextAttempt(defaultSchedule, {
    enrolledAt,
    lastSuccessAt: null,
    lastAttemptAt,
    failures: 193,
  });
  assert.equal(then - lastAttemptAt, 1_440 * minute);
});

test('POL-02: after a success the next check-in follows the schedule, and failures are retried from there', () => {
  const lastSuccessAt = enrolledAt + 3 * minute;
  const due = lastSuccessAt + 240 * minute;
  const history = { enrolledAt, lastSuccessAt, lastAttemptAt: lastSuccessAt };
  assert.equal(nextAttempt(defaultSchedule, { ...history, failures: 0 }), due);
  assert.equal(
    nextAttempt(defaultSchedule, { ...history, lastAttemptAt: due, failures: 1 }),
    due + 15 * minute,
  );
});

const schedule: fc.Arbitrary<ConnectionSchedule> = fc
  .record({
    checkInMinutes: fc.integer({ min: 1, max: 5_000 }),
    firstSessionMinutes: fc.integer({ min: 0, max: 60 }),
    retryMinutes: fc.integer({ min: 1, max: 1_440 }),
    retryCount: fc.integer({ min: 0, max: 500 }),
    thenMinutes: fc.integer({ min: 1, max: 5_000 }),
  })
  .map((bounds) => ({ ...defaultSchedule, ...bounds }));

test('a machine that slept through its attempts does not make up for them in a burst', () => {
  fc.assert(
    fc.property(
      schedule,
      fc.integer({ min: 2, max: 1_000 }),
      fc.nat(1_000_000),
      (plan, failures, minutesLate) => {
        const lastAttemptAt = enrolledAt + minutesLate * minute;
        const at = nextAttempt(plan, { enrolledAt, lastSuccessAt: null, lastAttemptAt, failures });
        assert.ok(at - lastAttemptAt >= Math.min(plan.retryMinutes, plan.thenMinutes) * minute);
      },
    ),
  );
});

test('more failures never bring the next attempt nearer', () => {
  fc.assert(
    fc.property(schedule, fc.nat(600), (plan, failures) => {
      const history = { enrolledAt, lastSuccessAt: enrolledAt, lastAttemptAt: null };
      const [sooner, later] = [failures, failures + 1].map((count) =>
        nextAttempt(plan, { ...history, failures: count }),
      );
      assert.ok(sooner !== undefined && later !== undefined && sooner < later);
    }),
  );
});

test('SCN-06: each scan is due at its own interval, and at once when it has never run', () => {
  const now = enrolledAt;
  assert.deepEqual(dueScans(defaultSchedule, {}, now), [
    'device-information',
    'security',
    'profiles',
    'apps',
    'certificates',
  ]);
  const fourHoursAgo = now - 240 * minute;
  const ran = {
    'device-information': fourHoursAgo,
    security: fourHoursAgo,
    profiles: fourHoursAgo,
    apps: now - 1_440 * minute,
    certificates: fourHoursAgo,
  };
  assert.deepEqual(dueScans(defaultSchedule, ran, now), ['security', 'apps']);
  assert.deepEqual(dueScans(defaultSchedule, ran, now - 1), []);
});

test('the default schedule is valid, and reading it changes nothing', () => {
  assert.deepEqual(validateSchedule(defaultSchedule), defaultSchedule);
});

test('every problem of a schedule is named', () => {
  const wrong = {
    ...defaultSchedule,
    checkInMinutes: 0,
    retryCount: 1.5,
    scans: { ...defaultSchedule.scans, apps: '60', photos: 5 },
    colour: 'red',
  };
  assert.throws(
    () => validateSchedule(wrong),
    (error) => {
      assert.ok(isDomainError(error, 'invalid-input'));
      const problems = error.detail?.problems as string[];
      assert.deepEqual(
        problems.map((problem) => problem.split(' ')[0]),
        ['"colour"', '"photos"', 'checkInMinutes', 'apps', 'retryCount'],
      );
      return true;
    },
  );
});

test('any input gives a schedule or an invalid-input error', () => {
  fc.assert(
    fc.property(fc.anything(), (input) => {
      try {
        validateSchedule(input);
      } catch (error) {
        assert.ok(isDomainError(error, 'invalid-input'));
      }
    }),
  );
});
