import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notice, Topic } from '../../kernel/notifications.ts';
import { createHeldRequests } from './held-requests.ts';

function news() {
  const listeners = new Map<Topic, Set<(notice: Notice) => void>>();
  return {
    subscribe(topic: Topic, listener: (notice: Notice) => void) {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(listener));
      return () => void set.delete(listener);
    },
    publish(topic: Topic, organizationId: string, id: string) {
      for (const listener of listeners.get(topic) ?? []) listener({ organizationId, id });
    },
    get listening() {
      return [...listeners.values()].reduce((sum, set) => sum + set.size, 0);
    },
  };
}

test('ten thousand held requests cost memory only, and each is woken by its own news alone', async () => {
  const notifications = news();
  const held = createHeldRequests(notifications, { perDevice: 3 });
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  const all = Array.from({ length: 10_000 }, (_, index) =>
    held.hold({ organizationId: 'acme', deviceId: `device-${index}` }, 60_000, held.mark()),
  );
  const perRequest = (process.memoryUsage().heapUsed - before) / all.length;
  assert.ok(perRequest < 4_096, `${perRequest} bytes`);
  assert.equal(held.count, 10_000);
  notifications.publish('command-queued', 'globex', 'device-7');
  assert.equal(held.count, 10_000);
  notifications.publish('command-queued', 'acme', 'device-7');
  assert.equal(await all[7]?.outcome, 'news');
  notifications.publish('device-refused', 'acme', 'device-8');
  assert.equal(await all[8]?.outcome, 'news');
  assert.equal(held.count, 9_998);
  held.close();
  assert.equal(held.count, 0);
  assert.equal(await all[9]?.outcome, 'over');
  assert.equal(notifications.listening, 0);
});

test('time, release and displacement each end one request once', async () => {
  const held = createHeldRequests(news(), { perDevice: 2 });
  const device = { organizationId: 'acme', deviceId: 'one' };
  const first = held.hold(device, 60_000, held.mark());
  const second = held.hold(device, 60_000, held.mark());
  const third = held.hold(device, 5, held.mark());
  assert.equal(await first.outcome, 'displaced');
  assert.equal(await third.outcome, 'over');
  second.release();
  second.release();
  assert.equal(await second.outcome, 'over');
  first.release();
  assert.equal(held.count, 0);
});

test('news between the look and the wait is not lost, nor when very much happened in between', async () => {
  const notifications = news();
  const held = createHeldRequests(notifications, { perDevice: 3 });
  const device = { organizationId: 'acme', deviceId: 'one' };
  const before = held.mark();
  notifications.publish('command-queued', 'acme', 'two');
  const waiting = held.hold(device, 60_000, before);
  assert.equal(held.count, 1);
  waiting.release();
  notifications.publish('command-queued', 'acme', 'one');
  assert.equal(await held.hold(device, 60_000, before).outcome, 'news');
  assert.equal(held.count, 0);
  const after = held.mark();
  held.hold(device, 60_000, after).release();
  // At least ten thousand are remembered, and at most twice as many.
  for (let index = 0; index < 20_001; index += 1)
    notifications.publish('command-queued', 'acme', `other-${index}`);
  assert.equal(await held.hold(device, 60_000, after).outcome, 'news');
  held.hold(device, 60_000, held.mark()).release();
  held.close();
});
