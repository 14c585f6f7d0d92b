import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkState, isOver } from './check.ts';
import { stepTexts } from './step-texts.ts';
import { stepsFor } from './steps.ts';

const before = '2026-03-01T09:00:00.000Z';
const after = '2026-03-01T09:01:00.000Z';
const check = { askedAt: 0, reportBefore: before, orderId: 'x' };
const done = { state: 'acknowledged', finishedAt: after } as const;
const queued = { state: 'queued', finishedAt: null } as const;
const device = (problems: number, lastReportAt: string) =>
  ({ problems: Array.from({ length: problems }), details: { lastReportAt } }) as never;

test('a check asks until the device has answered, and says what came of it', () => {
  assert.equal(checkState(check, queued, device(1, before), 1_000), 'asking');
  assert.equal(checkState(check, queued, device(1, before), 10_000), 'asking-long');
  assert.equal(checkState(check, queued, device(1, before), 130_000), 'offline');
  assert.equal(checkState(check, done, device(1, before), 1_000), 'asking', 'its report may be on the way');
  assert.equal(checkState(check, done, device(1, after), 1_000), 'still');
  assert.equal(checkState(check, done, device(1, before), 9_000), 'still');
  assert.equal(
    checkState(check, queued, device(0, after), 500),
    'good',
    'the report may be faster than the answer',
  );
  assert.equal(checkState(check, { state: 'expired', finishedAt: after }, device(1, before), 500), 'offline');
  assert.ok(isOver('good') && !isOver('asking-long'));
});

test('steps fit the kind of device; a device that is not heard of is told to come on line', () => {
  assert.deepEqual(
    stepsFor({ kind: 'passcode', stale: false }, 'ios').map((key) => stepTexts.say(key)).length,
    3,
  );
  assert.equal(stepsFor({ kind: 'passcode', stale: true }, 'ios')[0], 'connect');
  assert.deepEqual(stepsFor({ kind: 'geofence', stale: false }, 'ios'), []);
  assert.deepEqual(stepsFor({ kind: null, stale: false }, 'linux'), []);
});
