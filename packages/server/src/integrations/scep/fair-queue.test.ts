import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFairQueue } from './fair-queue.ts';

test('in a queue for strangers each source waits behind its own, and what is too much is turned away', async () => {
  const queue = createFairQueue({ atOnce: 1, perSource: 3, total: 5 });
  const order: string[] = [];
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const work = (name: string, source: string) =>
    queue.run(source, async () => void (await gate, order.push(name)));
  const flood = ['a1', 'a2', 'a3', 'a4'].map((name) => work(name, 'a'));
  await assert.rejects(work('a5', 'a'), /Too many/);
  const friend = work('b1', 'b');
  const other = work('c1', 'c');
  await assert.rejects(work('d1', 'd'), /Too many/, 'all together have a limit too');
  open();
  await Promise.all([...flood, friend, other]);
  assert.deepEqual(order, ['a1', 'a2', 'b1', 'c1', 'a3', 'a4']);
  await work('later', 'a');
  assert.equal(order.at(-1), 'later');
});
