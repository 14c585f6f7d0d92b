import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRateLimit } from './rate-limit.ts';

test('a burst passes, then one in each interval', () => {
  let now = 1_000_000;
  const limit = createRateLimit({ clock: { now: () => now }, burst: 3, perMinute: 6 });
  assert.deepEqual(
    Array.from({ length: 4 }, () => limit.spend('a')),
    [0, 0, 0, 10],
  );
  assert.equal(limit.spend('b'), 0);
  now += 10_000;
  assert.deepEqual([limit.spend('a'), limit.spend('a')], [0, 10]);
});

test('a clock that is set back makes nobody wait until it has caught up, and opens no second burst', () => {
  let now = 1_000_000_000;
  const limit = createRateLimit({ clock: { now: () => now }, burst: 3, perMinute: 6 });
  limit.spend('a');
  now -= 7_200_000;
  assert.deepEqual([limit.spend('a'), limit.spend('a')], [0, 10]);
  now += 10_000;
  assert.deepEqual([limit.spend('a'), limit.spend('a')], [0, 10]);
});
