import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import type { Log } from '../../kernel/log.ts';
import type { Notifications } from '../../kernel/notifications.ts';
import type { Outbound } from '../../kernel/outbound/outbound.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';

export interface SignalDeps {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Events;
  readonly notifications: Pick<Notifications, 'publish' | 'spread' | 'subscribe'>;
  readonly outbound: Pick<Outbound, 'request'>;
  readonly publicUrl: URL;
  /** The organization's slug: part of its issuer, and it never changes. */
  readonly slugOf: (organizationId: string) => Promise<string>;
}

/** What a change of a stream needs: it tells, and listens to nobody. */
export interface ChangeDeps extends Pick<SignalDeps, 'clock' | 'events'> {
  readonly notifications: Pick<Notifications, 'publish' | 'spread'>;
}

export const signalLimits = {
  streams: 16,
  removedSubjects: 10_000,
  /** What waits for one receiver, by count and by age, before its stream is paused (SSF-06). */
  waiting: 100_000,
  waitingMs: 24 * 3_600_000,
  /** A stream whose receiver has not polled for so long is paused. */
  inactivitySeconds: 7 * 86_400,
  verificationSeconds: 30,
  /** Parked events are kept so long for those who look after them. */
  parkedDays: 30,
  pollEvents: 200,
  holdPollMs: 30_000,
} as const;

/** An organization is an issuer of its own. */
export function issuerOf(publicUrl: URL, slug: string): string {
  return new URL(`/ssf/${slug}`, publicUrl).href;
}
