// Statements over clients that come with a certificate of ours. `$1` is always the organization.
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql, tenantStatement } from '../../kernel/db/sql.ts';

/** Whose the devices are, in one statement for all that ask in the same moment. */
export const selectOwners = tenantStatement(
  'mail-select-owners',
  `select asked.place::int, s.* from unnest((select $2::uuid[])) with ordinality as asked (device_id, place)
   cross join lateral (
     select d.barred_at is not null as barred, u.user_id, u.email, u.user_name
     from devices d left join users u on u.organization_id = t.org and u.user_id = d.user_id
     where d.organization_id = t.org and d.device_id = asked.device_id
     offset 0
   ) s`,
);

export interface OwnerRow {
  readonly place: number;
  readonly barred: boolean;
  readonly user_id: string | null;
  readonly email: string | null;
  readonly user_name: string | null;
}

/** A serial number counts as in the ids of the one maker that has it there: `ApplDNPXX123`. */
const otherClaimant = sql(
  'mail-link-other-claimant',
  `select 1 from device_identifiers i join devices d on d.organization_id = $1 and d.device_id = i.device_id
   where i.organization_id = $1 and i.device_id <> $3 and d.state in ('registered', 'blocked', 'wiping')
     and ((i.kind = 'mail-id' and i.value = $2) or (i.kind = 'serial' and i.value = substr($2, 5) and $2 like 'APPL%'))
   limit 1`,
);

/** Whether another enrolled device, whoever’s, is known to have this id. */
export async function isIdOfAnother(tx: TenantTx, deviceKey: string, deviceId: string): Promise<boolean> {
  return (
    (await tx.one(otherClaimant, [tx.organizationId, deviceKey.trim().toUpperCase(), deviceId])) !== undefined
  );
}

const noteCertificate = sql(
  'mail-devices-note-certificate',
  'update mail_devices set certificate_device_id = $3 where organization_id = $1 and mail_device_id = $2',
);

export function writeCertificateDevice(
  tx: TenantTx,
  mailDeviceId: string,
  deviceId: string,
): Promise<number> {
  return tx.run(noteCertificate, [tx.organizationId, mailDeviceId, deviceId]);
}
