// Requests that wait for a command. Each is a promise and a timer, nothing else: no database connection, no polling; ten
// thousand of them cost memory only. They end with news, with their time, with their client, or when their device is shut out.
import type { Notice, Notifications } from '../../kernel/notifications.ts';

/**
 * command: one may be there. standing: the device may have been shut out, so who it is must be asked again. displaced: the
 * device holds too many, and this was the oldest. over: the time has passed, the client has gone, or the server stops.
 */
export type HeldOutcome = 'command' | 'standing' | 'displaced' | 'over';

export interface Held {
  readonly outcome: Promise<HeldOutcome>;
  /** Forgets it; safe to call at any time. */
  release(): void;
}

export interface HeldRequests {
  /** Registered at once, so that news between this call and a look into the database is not lost. */
  hold(device: { readonly organizationId: string; readonly deviceId: string }, milliseconds: number): Held;
  readonly count: number;
  close(): void;
}

interface Waiter {
  readonly resolve: (outcome: HeldOutcome) => void;
}

export function createHeldRequests(
  notifications: Pick<Notifications, 'subscribe'>,
  limits: { readonly perDevice: number },
): HeldRequests {
  const waiting = new Map<string, Set<Waiter>>();
  let count = 0;
  const keyOf = (organizationId: string, deviceId: string) => `${organizationId}/${deviceId}`;

  function tell(outcome: HeldOutcome) {
    return ({ organizationId, id }: Notice) => {
      for (const waiter of waiting.get(keyOf(organizationId, id)) ?? []) waiter.resolve(outcome);
    };
  }
  const unsubscribe = [
    notifications.subscribe('command-queued', tell('command')),
    notifications.subscribe('device-refused', tell('standing')),
  ];

  return {
    hold({ organizationId, deviceId }, milliseconds) {
      const key = keyOf(organizationId, deviceId);
      const ofDevice = waiting.get(key) ?? new Set<Waiter>();
      if (ofDevice.size >= limits.perDevice) ofDevice.values().next().value?.resolve('displaced');
      waiting.set(key, ofDevice);
      const { promise, resolve } = Promise.withResolvers<HeldOutcome>();
      const timer = setTimeout(() => waiter.resolve('over'), milliseconds);
      timer.unref();
      const release = () => {
        clearTimeout(timer);
        if (!ofDevice.delete(waiter)) return;
        count -= 1;
        if (ofDevice.size === 0) waiting.delete(key);
      };
      const waiter: Waiter = {
        resolve(outcome) {
          release();
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
