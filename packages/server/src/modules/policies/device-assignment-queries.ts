import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

const select = sql(
  'policies-assignment-of-device',
  `select assignment_id from assignments
   where organization_id = $1 and item_kind = 'policy' and target_kind = 'device' and target_id = $3 and item_id = $2`,
);

export async function findAssignmentOfDevice(
  tx: TenantTx,
  policyId: string,
  deviceId: string,
): Promise<string | undefined> {
  return (await tx.one<{ assignment_id: string }>(select, [tx.organizationId, policyId, deviceId]))
    ?.assignment_id;
}
