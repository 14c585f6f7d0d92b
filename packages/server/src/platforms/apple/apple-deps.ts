// What the Apple platform is handed by the composition.
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import type { RateLimit } from '../../kernel/http/rate-limit.ts';
import type { Log } from '../../kernel/log.ts';
import type { Notifications } from '../../kernel/notifications.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';
import type { CertificateVerifier, Refusals } from '../../modules/certificates/index.ts';
import type { Reevaluate } from '../../modules/devices/index.ts';
import type { AskArrival, AskTurn } from './arrival-queries.ts';
import type { ChannelWrites } from './enrolment-queries.ts';
import type { DeclarationsPort } from './declarations-port.ts';
import type { ExpectedAnswers } from './expected-answers.ts';
import type { TokenServices } from './speaker.ts';

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
  /** The enrolment profile anew, for a device whose certificate ends; its secret lives a quarter of an hour. */
  readonly renewalProfile?: (tx: TenantTx, deviceId: string) => Promise<Uint8Array>;
  /** What is done for a device in the transaction that registers it. */
  readonly onRegistered?: (tx: TenantTx, deviceId: string, now: number) => Promise<void>;
  /** Facts of the passcode rules that the device holds and enforces, where that is known. */
  readonly enforcedPasscode?: (tx: TenantTx, deviceId: string) => Promise<Readonly<Record<string, unknown>>>;
  /** Who makes which token that a device may ask for, by Apple's name of the service. */
  readonly tokenServices?: TokenServices;
}

/** With what the platform keeps in memory for itself. */
export interface AppleDeps extends ApplePlatformOptions {
  readonly arrivals: AskArrival;
  readonly turns: AskTurn;
  readonly writes: ChannelWrites;
  readonly expected: ExpectedAnswers;
  /** Per device, by its id: neighbours behind one address do not share. */
  readonly requests: RateLimit;
}
