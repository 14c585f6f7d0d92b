// What the use-cases of this module are handed by the composition.
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import type { Notifications } from '../../kernel/notifications.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';
import type { Refusals } from '../certificates/index.ts';
import type { EnrollmentWays } from './enrollment-ways.ts';

export interface EnrollmentDeps {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly events: Events;
  readonly notifications: Pick<Notifications, 'publish'>;
  readonly refusals: Refusals;
  /** What people and devices use: part of every code's scope. */
  readonly publicUrl: URL;
  /** The listener behind mutual TLS. */
  readonly deviceUrl: URL;
  readonly ways: EnrollmentWays;
  /** DER of what devices must trust to reach this server; asked for with every handshake, for it may change. */
  readonly tlsAnchors: () => readonly Uint8Array[];
}

export const enrollmentLimits = {
  /** Codes that one user may have open, and machines that one user may have. */
  openPerUser: 10,
  devicesPerUser: 25,
  hours: { minimum: 1, maximum: 336 },
  /** Handshakes of one code remembered between offer and proof; the oldest make room. */
  sessions: 32,
  /** For so long a lost answer is given again to the same request. */
  repeatAnswerMs: 600_000,
  /** How long somebody may take on the enrolment page. */
  visitMs: 2 * 3_600_000,
  /** A profile that was asked for may be fetched once, within this time (APL-03), and asked for so often. */
  offerMs: 600_000,
  offers: 10,
  /** A profile that was fetched and has not led to a certificate by then was never installed. */
  abandonedMs: 24 * 3_600_000,
} as const;
