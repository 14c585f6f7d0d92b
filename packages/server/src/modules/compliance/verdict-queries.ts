import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

const select = sql(
  'compliance-select-evaluation',
  `select evaluation from device_posture where organization_id = $1 and device_id = $2`,
);

export async function selectEvaluation(tx: TenantTx, deviceId: string): Promise<unknown> {
  const row = await tx.one<{ evaluation: unknown }>(select, [tx.organizationId, deviceId]);
  return row?.evaluation ?? undefined;
}
