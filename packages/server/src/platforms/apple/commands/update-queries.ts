// Updates that were ordered for single devices. `$1` is the organization.
import type { TenantTx } from '../../../kernel/db/database.ts';
import { sql } from '../../../kernel/db/sql.ts';

const put = sql(
  'apple-update-orders-put',
  `insert into apple_update_orders (organization_id, device_id, version, update_by, command_id, created_at)
   values ($1, $2, $3, $4, $5, $6)
   on conflict (organization_id, device_id) do update set version = excluded.version, update_by = excluded.update_by,
     command_id = excluded.command_id, created_at = excluded.created_at
   where apple_update_orders.command_id is distinct from excluded.command_id`,
);

export interface UpdateOrder {
  readonly version: string;
  /** ms since the epoch */
  readonly by: number;
  readonly commandId: string;
}

/** The last order counts; the same one again changes nothing. */
export async function putUpdateOrder(
  tx: TenantTx,
  deviceId: string,
  { version, by, commandId }: UpdateOrder,
  now: number,
): Promise<boolean> {
  const values = [tx.organizationId, deviceId, version, new Date(by), commandId, new Date(now)];
  return (await tx.run(put, values)) === 1;
}
