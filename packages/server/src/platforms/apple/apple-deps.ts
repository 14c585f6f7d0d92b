// What the Apple platform is handed by the composition.
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import type { Log } from '../../kernel/log.ts';
import type { Notifications } from '../../kernel/notifications.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';
import type { CertificateVerifier, Refusals } from '../../modules/certificates/index.ts';
import type { Reevaluate } from '../../modules/devices/index.ts';
import type { DeclarationsPort } from './declarations-port.ts';

export interface ApplePlatformOptions {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Events;
  readonly notifications: Notifications;
  readonly verifier: CertificateVerifier;
  readonly refusals: Refusals;
  readonly reevaluate: Reevaluate;
  /** What the check-in message DeclarativeManagement asks. */
  readonly declarations: DeclarationsPort;
}

export type AppleDeps = ApplePlatformOptions;
