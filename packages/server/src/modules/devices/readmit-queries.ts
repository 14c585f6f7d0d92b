import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

const readmitStatement = sql(
  'devices-readmit',
  `with contact as (
     update device_contacts set report_counter = 0, boot_id = null, previous_boot_id = null,
       acknowledged_policy_version = null
     where organization_id = $1 and device_id = $2
   ), facts as (
     -- What the former agent said of the machine says nothing of the machine as it comes back (GAP-08).
     delete from device_facts where organization_id = $1 and device_id = $2 and source = 'agent'
   )
   update devices set registered_at = null, unmanaged_at = null, enrollment_id = $3
   where organization_id = $1 and device_id = $2`,
);

export async function writeReadmission(tx: TenantTx, deviceId: string, enrollmentId: string): Promise<void> {
  await tx.run(readmitStatement, [tx.organizationId, deviceId, enrollmentId]);
}
