// Statements over the device's own rows. `$1` is always the organization.
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface NewDeviceRow {
  readonly deviceId: string;
  readonly userId: string | null;
  readonly platform: string;
  readonly ownership: string;
  readonly enrollmentId: string | null;
  readonly name: string;
}

/**
 * A device and everything that must exist beside it, in one round trip. Its posture begins shut at every gate: whoever
 * asks before the first evaluation is told no (ENR-19, GAP-12).
 */
const insertPendingDevice = sql(
  'devices-insert-pending',
  `with device as (
     insert into devices (organization_id, device_id, user_id, platform, ownership, enrollment_id, name)
     values ($1, $2, $3, $4, $5, $6, $7) returning device_no
   ), contact as (
     insert into device_contacts (organization_id, device_id) values ($1, $2)
   ), guid as (
     insert into device_identifiers (organization_id, kind, value, device_id) values ($1, 'guid', $2::uuid::text, $2)
   )
   insert into device_posture (organization_id, device_id, device_no, registered, compliant, access_network, access_mail,
     access_vpn, failure_reason, remediation, evaluation, policy_version, evaluated_at, user_name, guid)
   select $1, $2, device.device_no, false, false, 'deny', 'deny', 'deny',
     'The device has not completed its enrolment.', 'Finish the enrolment on the device.',
     jsonb_build_object('verdicts', '[]'::jsonb, 'compliant', false, 'nextChangeAt', null,
       'evaluatedAt', (extract(epoch from now()) * 1000)::bigint),
     '', now(), users.user_name, $2::uuid::text
   from device left join users on users.organization_id = $1 and users.user_id = $3`,
);

export async function insertDevice(tx: TenantTx, row: NewDeviceRow): Promise<void> {
  await tx.run(insertPendingDevice, [
    tx.organizationId,
    row.deviceId,
    row.userId,
    row.platform,
    row.ownership,
    row.enrollmentId,
    row.name,
  ]);
}

const markRegistered = sql(
  'devices-mark-registered',
  `update devices set state = 'registered', registered_at = now()
   where organization_id = $1 and device_id = $2 and state = 'pending'`,
);

export async function registerPending(tx: TenantTx, deviceId: string): Promise<boolean> {
  return (await tx.run(markRegistered, [tx.organizationId, deviceId])) === 1;
}
