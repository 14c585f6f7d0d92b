import type { CheckInRequest } from '@gatehouse/contracts/agent.ts';
import type { Database } from '../../kernel/db/database.ts';
import { type Ask, gatherQuestions } from '../../kernel/db/gather.ts';
import { tenantStatement } from '../../kernel/db/sql.ts';

const quietContacts = tenantStatement(
  'agent-quiet-contacts',
  `select n.device_id from note_quiet_contacts($2, $3, $4, $5, $6) as n (device_id) where t.org is not null`,
);

/** A check-in that brought nothing new. */
export interface QuietContact {
  readonly deviceId: string;
  readonly report: Pick<CheckInRequest, 'counter' | 'sentAt' | 'acknowledgedPolicyVersion'>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const mostSkew = 2_147_483_647;

/**
 * Counts check-ins that brought nothing new; those of one moment share a statement and a commit. Answers false when another
 * check-in of the device came between or is under way: whoever is told so looks closely.
 */
export function createQuietContacts(database: Pick<Database, 'tenantQuery'>): Ask<QuietContact, boolean> {
  return gatherQuestions(async (organizationId, contacts) => {
    // Of two at once by one device the second is looked at closely.
    const first = new Map<string, QuietContact>();
    for (const contact of contacts) {
      if (!first.has(contact.deviceId)) first.set(contact.deviceId, contact);
    }
    const each = [...first.values()];
    const rows = await database.tenantQuery<{ device_id: string }>(organizationId, quietContacts, [
      [...first.keys()],
      each.map(({ now }) => now),
      each.map(({ report }) => report.counter),
      each.map(({ report, now }) => skewOf(report, now)),
      each.map(({ report }) => report.acknowledgedPolicyVersion ?? null),
    ]);
    const counted = new Set(rows.map(({ device_id }) => device_id));
    return contacts.map(
      (contact) => first.get(contact.deviceId) === contact && counted.has(contact.deviceId),
    );
  });
}

/** How far the device's clock is ahead of ours, in seconds. */
function skewOf({ sentAt }: Pick<CheckInRequest, 'sentAt'>, now: number): number {
  return Math.max(-mostSkew, Math.min(mostSkew, Math.round((sentAt - now) / 1_000)));
}
