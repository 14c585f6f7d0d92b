import type { Clock } from '../../../kernel/clock.ts';
import type { Database } from '../../../kernel/db/database.ts';
import type { Events } from '../../../kernel/events.ts';
import type { Log } from '../../../kernel/log.ts';
import type { Notifications } from '../../../kernel/notifications.ts';
import type { Sealer } from '../../../kernel/sealed/sealer.ts';

export interface PushDeps {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Events;
  readonly notifications: Pick<Notifications, 'publish' | 'spread'>;
}
