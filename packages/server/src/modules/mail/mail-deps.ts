// What use-cases of mail need.
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import type { Notifications } from '../../kernel/notifications.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';
import type { Reevaluate } from '../devices/index.ts';

export interface MailDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly clock: Clock;
  readonly events: Events;
  readonly notifications: Pick<Notifications, 'publish' | 'spread'>;
  readonly reevaluate: Reevaluate;
  readonly sealer: Pick<Sealer, 'seal' | 'open'>;
}

/** For what runs inside somebody else's transaction. */
export type MailInside = Omit<MailDeps, 'database'>;

/** The name under which the gateway acts by itself. */
export const gatewayActor = 'mail-gateway';
