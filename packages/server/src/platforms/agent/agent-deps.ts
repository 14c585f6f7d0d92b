// What the agent platform is handed by the composition.
import type { AskStanding, CertificateVerifier, Refusals } from '../../modules/certificates/index.ts';
import type { Reevaluate } from '../../modules/devices/index.ts';
import type { EnrollmentDeps } from '../../modules/enrollment/index.ts';
import type { FindOrganization } from '../../modules/organizations/index.ts';
import type { Notifications } from '../../kernel/notifications.ts';
import type { Ask } from '../../kernel/db/gather.ts';
import type { RateLimit } from '../../kernel/http/rate-limit.ts';
import type { AskedCheckIn, CheckInOutcome } from './asked-check-in.ts';
import type { KnownSchedules } from './known-schedules.ts';
import type { HeldRequests } from './held-requests.ts';
import type { PolicyHints } from './policy-hints.ts';
import type { QuietContact } from './queries.ts';

export interface AgentPlatformOptions extends Omit<EnrollmentDeps, 'notifications'> {
  readonly findOrganization: FindOrganization;
  readonly verifier: CertificateVerifier;
  readonly standings: AskStanding;
  readonly refusals: Refusals;
  readonly notifications: Notifications;
}

/** With what the platform keeps in memory for itself. */
export interface AgentDeps extends AgentPlatformOptions {
  readonly reevaluate: Reevaluate;
  readonly held: HeldRequests;
  readonly schedules: KnownSchedules;
  readonly countQuietContact: Ask<QuietContact, boolean>;
  /** Check-ins of one moment in one transaction. */
  readonly shareCheckIn: Ask<AskedCheckIn, CheckInOutcome>;
  readonly policyHints: PolicyHints;
  /** Per device, by its id: neighbours behind one address do not share (security rule 3 of the rate limits). */
  readonly checkIns: RateLimit;
  readonly requests: RateLimit;
}
