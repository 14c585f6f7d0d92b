import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backOffMs, Pause } from './pause.ts';

test('the pause doubles up to its most, and half of it is chance', () => {
  const bounds = { firstMs: 1_000, mostMs: 300_000 };
  assert.deepEqual(
    [1, 2, 3, 9, 10, 1_000_000].map((failures) => backOffMs(failures, bounds, () => 1)),
    [1_000, 2_000, 4_000, 256_000, 300_000, 300_000],
  );
  assert.equal(
    backOffMs(10, bounds, () => 0),
    150_000,
  );
  const spread = new Set(Array.from({ length: 50 }, () => backOffMs(10, bounds)));
  assert.ok(spread.size > 40);
});

test('a call ends the wait, or the next one if nobody waits', async () => {
  const pause = new Pause();
  const { signal } = new AbortController();
  const started = performance.now();
  setTimeout(() => pause.wake(), 20);
  await pause.wait(60_000, signal);
  pause.wake();
  await pause.wait(60_000, signal);
  assert.ok(performance.now() - started < 5_000);
});

test('stopping ends the wait; a wait of a month does not overflow the timer', async () => {
  const stop = new AbortController();
  const started = performance.now();
  setTimeout(() => stop.abort(), 20);
  await new Pause().wait(31 * 86_400_000, stop.signal);
  const elapsed = performance.now() - started;
  assert.ok(elapsed >= 15 && elapsed < 5_000);
});
