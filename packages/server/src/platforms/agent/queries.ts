import type { CheckInRequest } from '@gatehouse/contracts/agent.ts';
import type { Database } from '../../kernel/db/database.ts';
import { tenantStatement } from '../../kernel/db/sql.ts';

const quietContact = tenantStatement(
  'agent-quiet-contact',
  `select note_quiet_contact($2, $3, $4, $5, $6) as counted where t.org is not null`,
);

const mostSkew = 2_147_483_647;

/** Counts a check-in that brought nothing new, in one round trip. @returns false when another one came between. */
export async function recordQuietContact(
  database: Pick<Database, 'tenantQuery'>,
  device: { readonly organizationId: string; readonly deviceId: string },
  report: CheckInRequest,
  now: number,
): Promise<boolean> {
  const skew = Math.max(-mostSkew, Math.min(mostSkew, Math.round((report.sentAt - now) / 1_000)));
  const [row] = await database.tenantQuery<{ counted: boolean }>(device.organizationId, quietContact, [
    device.deviceId,
    new Date(now),
    report.counter,
    skew,
    report.acknowledgedPolicyVersion ?? null,
  ]);
  return row?.counted === true;
}
