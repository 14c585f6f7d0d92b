// Requests that wait for a command. Each is a promise and a timer, nothing else: no database connection, no polling; ten
// thousand of them cost memory only. They end with news, with their time, with their client, or when their device is shut out.
import type { Notice, Notifications } from '../../kernel/notifications.ts';

/**
 * news: a command may be there, or the device may have been shut out; either way one must look again. displaced: the device
 * holds too many, and this was the oldest. over: the time has passed, the client has gone, or the server stops.
 */
export type HeldOutcome = 'news' | 'displaced' | 'over';

export interface Held {
  readonly outcome: Promise<HeldOutcome>;
  /** Forgets it; safe to call at any time. */
  release(): void;
}

export interface HeldRequests {
  /** A place in the stream of news: take it before looking into the database. */
  mark(): number;
  /** @param since ends at once when there was news of the device after this mark, so that none falls between look and wait. */
  hold(
    device: { readonly organizationId: string; readonly deviceId: string },
    milliseconds: number,
    since: number,
  ): Held;
  readonly count: number;
  close(): void;
}

interface Waiter {
  readonly resolve: (outcome: HeldOutcome) => void;
}

/** News of so many devices at least are remembered; whoever looked before all of them must look again. */
const remembered = 10_000;

export function createHeldRequests(
  notifications: Pick<Notifications, 'subscribe'>,
  limits: { readonly perDevice: number },
): HeldRequests {
  const waiting = new Map<string, Set<Waiter>>();
  /** The number of each device's last news, oldest first. */
  const recent = new Map<string, number>();
  let latest = 0;
  let forgotten = 0;
  let count = 0;
  const keyOf = (organizationId: string, deviceId: string) => `${organizationId}/${deviceId}`;

  function tell({ organizationId, id }: Notice): void {
    const key = keyOf(organizationId, id);
    latest += 1;
    recent.delete(key);
    recent.set(key, latest);
    if (recent.size > 2 * remembered) forgetOldest();
    for (const waiter of waiting.get(key) ?? []) waiter.resolve('news');
  }
  /** Many at once: a map passes over all that was deleted before it finds its first. */
  function forgetOldest(): void {
    for (const [key, number] of recent) {
      if (recent.size <= remembered) return;
      recent.delete(key);
      forgotten = number;
    }
  }
  const unsubscribe = [
    notifications.subscribe('command-queued', tell),
    notifications.subscribe('device-refused', tell),
    notifications.subscribe('policy-changed', tell),
  ];

  return {
    mark: () => latest,
    hold({ organizationId, deviceId }, milliseconds, since) {
      const key = keyOf(organizationId, deviceId);
      const { promise, resolve } = Promise.withResolvers<HeldOutcome>();
      if (since < forgotten || (recent.get(key) ?? 0) > since) {
        resolve('news');
        return { outcome: promise, release: () => undefined };
      }
      const ofDevice = waiting.get(key) ?? new Set<Waiter>();
      if (ofDevice.size >= limits.perDevice) ofDevice.values().next().value?.resolve('displaced');
      waiting.set(key, ofDevice);
      const timer = setTimeout(() => waiter.resolve('over'), milliseconds);
      timer.unref();
      const waiter: Waiter = {
        resolve(outcome) {
          clearTimeout(timer);
          if (!ofDevice.delete(waiter)) return;
          count -= 1;
          if (ofDevice.size === 0) waiting.delete(key);
          resolve(outcome);
        },
      };
      ofDevice.add(waiter);
      count += 1;
      return { outcome: promise, release: () => waiter.resolve('over') };
    },
    get count() {
      return count;
    },
    close() {
      for (const stop of unsubscribe) stop();
      for (const waiters of waiting.values()) for (const waiter of waiters) waiter.resolve('over');
    },
  };
}
