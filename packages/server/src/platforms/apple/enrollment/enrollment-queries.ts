// Statements over the profiles that were handed out. `$1` is always the organization, save where tenants are listed.
import type { SystemTx, TenantTx } from '../../../kernel/db/database.ts';
import { sql } from '../../../kernel/db/sql.ts';

export interface AppleEnrollmentRow {
  readonly topic: string;
  readonly server_url: string;
  readonly sign_message: boolean;
  readonly access_rights: number;
  readonly capabilities: string[];
}

const put = sql(
  'apple-enrollments-put',
  `insert into apple_enrollments (organization_id, device_id, topic, server_url, sign_message, access_rights, capabilities, handed_out_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (organization_id, device_id) do update set topic = excluded.topic, server_url = excluded.server_url,
     sign_message = excluded.sign_message, access_rights = excluded.access_rights, capabilities = excluded.capabilities,
     handed_out_at = excluded.handed_out_at, renewal_asked_at = null`,
);

export async function putAppleEnrollment(
  tx: TenantTx,
  deviceId: string,
  row: AppleEnrollmentRow,
  now: Date,
): Promise<void> {
  await tx.run(put, [
    tx.organizationId,
    deviceId,
    row.topic,
    row.server_url,
    row.sign_message,
    row.access_rights,
    row.capabilities,
    now,
  ]);
}

const select = sql(
  'apple-enrollments-select',
  `select topic, server_url, sign_message, access_rights, capabilities from apple_enrollments
   where organization_id = $1 and device_id = $2`,
);

export function selectAppleEnrollment(
  tx: TenantTx,
  deviceId: string,
): Promise<AppleEnrollmentRow | undefined> {
  return tx.one(select, [tx.organizationId, deviceId]);
}

const currentSerial = sql(
  'apple-enrollments-current-serial',
  `select encode(serial, 'hex') as serial from certificates
   where organization_id = $1 and device_id = $2 and purpose = 'mdm' and revoked_at is null
   order by not_after desc, serial limit 1`,
);

export async function selectCurrentSerial(tx: TenantTx, deviceId: string): Promise<string | undefined> {
  return (await tx.one<{ serial: string }>(currentSerial, [tx.organizationId, deviceId]))?.serial;
}

const organizations = sql('apple-enrollments-organizations', 'select organization_id from organizations');

export async function selectOrganizations(tx: SystemTx): Promise<string[]> {
  const rows = await tx.query<{ organization_id: string }>(organizations);
  return rows.map((row) => row.organization_id);
}

/**
 * Devices whose last certificate ends within the time given, less up to sixty days that depend on the device: a fleet that
 * enrolled on one day does not renew on one day.
 */
const due = sql(
  'apple-enrollments-due',
  `select e.device_id from apple_enrollments e
   join devices d on d.organization_id = e.organization_id and d.device_id = e.device_id and d.state = 'registered'
   join lateral (select max(c.not_after) as ends from certificates c
     where c.organization_id = e.organization_id and c.device_id = e.device_id and c.purpose = 'mdm' and c.revoked_at is null) c
     on c.ends < $2::timestamptz - ((hashtext(e.device_id::text) & 2147483647) % 60) * interval '1 day'
   where e.organization_id = $1 and (e.renewal_asked_at is null or e.renewal_asked_at < $3)
   order by c.ends limit $4`,
);

export async function selectDueDevices(
  tx: TenantTx,
  query: { endsBefore: Date; notAskedSince: Date; limit: number },
): Promise<string[]> {
  const rows = await tx.query<{ device_id: string }>(due, [
    tx.organizationId,
    query.endsBefore,
    query.notAskedSince,
    query.limit,
  ]);
  return rows.map((row) => row.device_id);
}

const markAsked = sql(
  'apple-enrollments-mark-asked',
  `update apple_enrollments set renewal_asked_at = $3 where organization_id = $1 and device_id = any ($2::uuid[])`,
);

export async function markRenewalAsked(tx: TenantTx, deviceIds: readonly string[], now: Date): Promise<void> {
  await tx.run(markAsked, [tx.organizationId, deviceIds, now]);
}
