import type { CheckInRequest } from '@gatehouse/contracts/agent.ts';
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

const quietContact = sql(
  'agent-quiet-contact',
  `update device_contacts set last_check_in_at = greatest(last_check_in_at, $3), report_counter = $4, boot_id = $5,
     clock_skew_seconds = $6, acknowledged_policy_version = $7
   where organization_id = $1 and device_id = $2 and report_counter < $4`,
);

const mostSkew = 2_147_483_647;

/** Counts a check-in that brought nothing new. @returns false when another one came between. */
export async function recordQuietContact(
  database: Database,
  device: { readonly organizationId: string; readonly deviceId: string },
  report: CheckInRequest,
  now: number,
): Promise<boolean> {
  const skew = Math.max(-mostSkew, Math.min(mostSkew, Math.round((report.sentAt - now) / 1_000)));
  const changed = await database.withTenant(device.organizationId, (tx) =>
    tx.run(quietContact, [
      device.organizationId,
      device.deviceId,
      new Date(now),
      report.counter,
      report.bootId,
      skew,
      report.acknowledgedPolicyVersion ?? null,
    ]),
  );
  return changed === 1;
}
