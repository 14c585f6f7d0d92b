// What the parts of network access are given.
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import type { AddressList } from '../../kernel/http/address-list.ts';
import type { Log } from '../../kernel/log.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';

export interface GateDeps {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Events;
  /** What is not public and may be reached all the same. */
  readonly reachable: AddressList;
}
