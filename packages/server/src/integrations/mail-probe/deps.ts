import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import type { Log } from '../../kernel/log.ts';
import type { FindServices } from '../../kernel/outbound/find-services.ts';
import type { Outbound } from '../../kernel/outbound/outbound.ts';

export interface MailProbeDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly events: Events;
  readonly publicUrl: URL;
}

export interface MailProberDeps extends MailProbeDeps {
  readonly log: Log;
  readonly outbound: Pick<Outbound, 'converse'>;
  /** One of this machine’s addresses that no mail server lets in; undefined: it is looked from the one that is let in. */
  readonly probeFrom: string | undefined;
  /** Where the DNS says that a domain’s Autodiscover is (RFC 2782). */
  readonly findServices: FindServices;
}

export const probeLimits = {
  /** Looks at different mail servers at a time. */
  atOnce: 4,
  /** How long one server of ours has a look in hand before another may take it. */
  leaseMs: 900_000,
  everyMinutes: 720,
  keptDays: 180,
} as const;

/** The name under which it looks by itself. */
export const proberActor = { kind: 'system', id: 'mail-probes' } as const;
