import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import type { Log } from '../../kernel/log.ts';
import type { Outbound } from '../../kernel/outbound/outbound.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';

export interface WebhookDeps {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly events: Events;
}

export interface WebhookSenderDeps extends WebhookDeps {
  readonly log: Log;
  readonly outbound: Pick<Outbound, 'request'>;
  readonly slugOf: (organizationId: string) => Promise<string>;
}

export const webhookLimits = {
  webhooks: 32,
  /** Deliveries that wait for one receiver; what happens meanwhile waits as events, which are kept for thirty days. */
  waiting: 1_000,
  readAtOnce: 500,
  sendAtOnce: 32,
  inFlight: 4,
  attempts: 12,
  /** How long the secret before still signs beside a new one. */
  overlapMs: 24 * 3_600_000,
  /** Messages replayed by one request. */
  replay: 5_000,
  deliveredDays: 7,
  failedDays: 30,
} as const;
