// What happened after a backup and keeps somebody out, done again in the transaction of the restore: certificates revoked,
// devices blocked or let go, administrators disabled (DAT-07). Only ever takes away: a list that lies lets nobody in.
import type { TenantTx } from '../db/database.ts';
import { sql } from '../db/sql.ts';

export interface KeptOut {
  /** Hex. */
  readonly revokedSerials: ReadonlySet<string>;
  readonly blockedDevices: ReadonlySet<string>;
  readonly unmanagedDevices: ReadonlySet<string>;
  readonly disabledAdministrators: ReadonlySet<string>;
}

const revoke = sql(
  'restore-replay-revocations',
  `update certificates set revoked_at = now(), revocation_reason = 'unspecified'
   where organization_id = $1 and revoked_at is null
     and (encode(serial, 'hex') = any ($2::text[]) or device_id::text = any ($3::text[]))`,
);
const block = sql(
  'restore-replay-blocked',
  `update devices set state = 'blocked' where organization_id = $1 and state <> 'unmanaged' and device_id::text = any ($2::text[])`,
);
const unmanage = sql(
  'restore-replay-unmanaged',
  `update devices set state = 'unmanaged', unmanaged_at = now()
   where organization_id = $1 and state <> 'unmanaged' and device_id::text = any ($2::text[])`,
);
const disable = sql(
  'restore-replay-disabled',
  `update administrators set state = 'disabled'
   where organization_id = $1 and state <> 'disabled' and administrator_id::text = any ($2::text[])`,
);

/** @returns how many certificates, devices and accounts it concerned. */
export async function keepOut(tx: TenantTx, list: KeptOut): Promise<number> {
  const unmanaged = [...list.unmanagedDevices];
  let changed = await tx.run(revoke, [tx.organizationId, [...list.revokedSerials], unmanaged]);
  changed += await tx.run(block, [tx.organizationId, [...list.blockedDevices]]);
  changed += await tx.run(unmanage, [tx.organizationId, unmanaged]);
  changed += await tx.run(disable, [tx.organizationId, [...list.disabledAdministrators]]);
  return changed;
}
