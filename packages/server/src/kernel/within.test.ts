import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { within } from './within.ts';

const never = new Promise<string>(() => undefined);

test('what comes in time is the answer, a failure too, and nothing waits on', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  const otherwise = () => assert.fail('it came in time');
  assert.equal(await within(60_000, Promise.resolve('here'), otherwise), 'here');
  await assert.rejects(within(60_000, Promise.reject(new Error('failed')), otherwise), /failed/);
  assert.equal(timers(), before);
});

test('what does not is left to itself: something else is answered or thrown, and nobody hears of its end', async () => {
  assert.equal(await within(1, never, () => 'late'), 'late');
  const throwing = () => {
    throw new Error('late');
  };
  await assert.rejects(within(1, never, throwing), /late/);
  const failing = wait(20).then(() => Promise.reject(new Error('too late')));
  assert.equal(await within(1, failing as Promise<string>, () => 'late'), 'late');
  await wait(40);
});
