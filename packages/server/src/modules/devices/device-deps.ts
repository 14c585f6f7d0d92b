// What use-cases of devices need, and the port through which compliance, which stands to the right, is handed in.
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import type { Notifications } from '../../kernel/notifications.ts';

/**
 * Writes the decision that follows from what the device is now, in the same transaction: between a block and the shut gate
 * there is no moment at which somebody could read otherwise. The composition hands in compliance's evaluateDevice.
 */
export type Reevaluate = (tx: TenantTx, deviceId: string, now: number) => Promise<unknown>;

export interface DeviceDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly clock: Clock;
  readonly events: Events;
  readonly notifications: Pick<Notifications, 'publish'>;
  readonly reevaluate: Reevaluate;
}

/** For use-cases that run inside somebody else's transaction. */
export type StandingDeps = Omit<DeviceDeps, 'database'>;
