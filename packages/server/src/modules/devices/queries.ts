// Statements over the device's own rows. `$1` is always the organization.
import type { DeviceState, Ownership, Platform } from '@gatehouse/core/devices/device.ts';
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
     '{"verdicts":[],"compliant":false,"nextChangeAt":null,"evaluatedAt":0}', '', 'epoch', users.user_name, $2::uuid::text
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

export interface DeviceRow {
  readonly device_id: string;
  readonly device_no: string;
  readonly user_id: string | null;
  readonly platform: Platform;
  readonly ownership: Ownership;
  readonly state: DeviceState;
  readonly name: string;
  readonly asset_number: string | null;
  readonly created_at: Date;
}

export interface ContactRow {
  readonly last_check_in_at: Date | null;
  readonly boot_id: string | null;
  readonly previous_boot_id: string | null;
  readonly report_counter: string;
  readonly acknowledged_policy_version: string | null;
}

/** Whoever changes anything of a device takes this lock first; what it reads afterwards is then the newest truth. */
const lockContact = sql(
  'devices-lock-contact',
  `select last_check_in_at, boot_id, previous_boot_id, report_counter, acknowledged_policy_version
   from device_contacts where organization_id = $1 and device_id = $2 for update`,
);
const selectDevice = sql(
  'devices-select',
  `select device_id, device_no, user_id, platform, ownership, state, name, asset_number, created_at
   from devices where organization_id = $1 and device_id = $2`,
);

/**
 * Two statements sent together: the second begins when the lock is held, so it sees what the former holder committed; one
 * statement with a join would show the device as it was before the wait.
 */
export async function lockRows(
  tx: TenantTx,
  deviceId: string,
): Promise<{ device: DeviceRow; contact: ContactRow } | undefined> {
  const key = [tx.organizationId, deviceId];
  const [contact, device] = await Promise.all([
    tx.one<ContactRow>(lockContact, key),
    tx.one<DeviceRow>(selectDevice, key),
  ]);
  return contact && device && { device, contact };
}

const selectContacts = sql(
  'devices-select-contacts',
  `select device_id, last_check_in_at, boot_id, previous_boot_id, report_counter, acknowledged_policy_version
   from device_contacts where organization_id = $1 and device_id = any ($2)`,
);

/** Many, for reading only. */
export function selectManyRows(
  tx: TenantTx,
  deviceIds: readonly string[],
): Promise<{ device: DeviceRow; contact: ContactRow }[]> {
  return readManyRows(tx, deviceIds, selectContacts);
}

/** In one order, so that two who lock many do not lock each other out. */
const lockContacts = sql(
  'devices-lock-contacts',
  `select device_id, last_check_in_at, boot_id, previous_boot_id, report_counter, acknowledged_policy_version
   from device_contacts where organization_id = $1 and device_id = any ($2) order by device_id for update`,
);
const selectDevices = sql(
  'devices-select-many',
  `select device_id, device_no, user_id, platform, ownership, state, name, asset_number, created_at
   from devices where organization_id = $1 and device_id = any ($2)`,
);

/** The same for many: two statements, see {@link lockRows}. */
export function lockManyRows(
  tx: TenantTx,
  deviceIds: readonly string[],
): Promise<{ device: DeviceRow; contact: ContactRow }[]> {
  return readManyRows(tx, deviceIds, lockContacts);
}

async function readManyRows(
  tx: TenantTx,
  deviceIds: readonly string[],
  contactsStatement: typeof lockContacts,
): Promise<{ device: DeviceRow; contact: ContactRow }[]> {
  const values = [tx.organizationId, deviceIds];
  const [contacts, devices] = await Promise.all([
    tx.query<ContactRow & { readonly device_id: string }>(contactsStatement, values),
    tx.query<DeviceRow>(selectDevices, values),
  ]);
  const byId = new Map(contacts.map((contact) => [contact.device_id, contact]));
  return devices.flatMap((device) => {
    const contact = byId.get(device.device_id);
    return contact === undefined ? [] : [{ device, contact }];
  });
}

const selectContact = sql(
  'devices-select-contact',
  `select last_check_in_at, boot_id, previous_boot_id, report_counter, acknowledged_policy_version
   from device_contacts where organization_id = $1 and device_id = $2`,
);

export async function selectRows(
  tx: TenantTx,
  deviceId: string,
): Promise<{ device: DeviceRow; contact: ContactRow } | undefined> {
  const key = [tx.organizationId, deviceId];
  const [contact, device] = await Promise.all([
    tx.one<ContactRow>(selectContact, key),
    tx.one<DeviceRow>(selectDevice, key),
  ]);
  return contact && device && { device, contact };
}

const updateContacts = sql(
  'devices-update-contacts',
  `update device_contacts c set last_check_in_at = greatest(c.last_check_in_at, r.at),
     boot_id = coalesce(r.boot_id, c.boot_id),
     previous_boot_id = case when r.boot_id <> c.boot_id then c.boot_id else c.previous_boot_id end,
     report_counter = greatest(c.report_counter, coalesce(r.counter, c.report_counter)),
     clock_skew_seconds = coalesce(r.skew, c.clock_skew_seconds),
     acknowledged_policy_version = coalesce(r.policy_version, c.acknowledged_policy_version)
   from unnest((select $2::uuid[]), (select $3::timestamptz[]), (select $4::text[]), (select $5::bigint[]),
     (select $6::integer[]), (select $7::text[])) as r (device_id, at, boot_id, counter, skew, policy_version)
   where c.organization_id = $1 and c.device_id = r.device_id`,
);

export interface ContactUpdate {
  readonly deviceId: string;
  readonly at: Date;
  readonly bootId?: string | undefined;
  readonly counter?: number | undefined;
  readonly clockSkewSeconds?: number | undefined;
  readonly acknowledgedPolicyVersion?: string | undefined;
}

/** Of devices that the caller has locked, each once. */
export function writeContacts(tx: TenantTx, contacts: readonly ContactUpdate[]): Promise<number> {
  return tx.run(updateContacts, [
    tx.organizationId,
    contacts.map(({ deviceId }) => deviceId),
    contacts.map(({ at }) => at),
    contacts.map(({ bootId }) => bootId ?? null),
    contacts.map(({ counter }) => counter ?? null),
    contacts.map(({ clockSkewSeconds }) => clockSkewSeconds ?? null),
    contacts.map(({ acknowledgedPolicyVersion }) => acknowledgedPolicyVersion ?? null),
  ]);
}

const updateState = sql(
  'devices-update-state',
  `update devices set state = $3, unmanaged_at = case when $3 = 'unmanaged' then $4::timestamptz else unmanaged_at end
   where organization_id = $1 and device_id = $2`,
);

export function writeState(tx: TenantTx, deviceId: string, state: DeviceState, at: Date): Promise<number> {
  return tx.run(updateState, [tx.organizationId, deviceId, state, at]);
}

const updateDetails = sql(
  'devices-update-details',
  `update devices set name = $3, asset_number = $4, user_id = $5, ownership = $6
   where organization_id = $1 and device_id = $2`,
);

export interface DeviceDetails {
  readonly name: string;
  readonly assetNumber: string | null;
  readonly userId: string | null;
  readonly ownership: Ownership;
}

export function writeDetails(tx: TenantTx, deviceId: string, details: DeviceDetails): Promise<number> {
  return tx.run(updateDetails, [
    tx.organizationId,
    deviceId,
    details.name,
    details.assetNumber,
    details.userId,
    details.ownership,
  ]);
}

const nameUnnamed = sql(
  'devices-name-unnamed',
  `update devices set name = $3 where organization_id = $1 and device_id = $2 and name = ''`,
);

export function nameIfUnnamed(tx: TenantTx, deviceId: string, name: string): Promise<number> {
  return tx.run(nameUnnamed, [tx.organizationId, deviceId, name]);
}

const deleteDeviceStatement = sql(
  'devices-delete',
  'delete from devices where organization_id = $1 and device_id = $2',
);

export async function deleteRow(tx: TenantTx, deviceId: string): Promise<boolean> {
  return (await tx.run(deleteDeviceStatement, [tx.organizationId, deviceId])) === 1;
}

const userExists = sql(
  'devices-user-exists',
  'select 1 from users where organization_id = $1 and user_id = $2 for key share',
);

export async function hasUser(tx: TenantTx, userId: string): Promise<boolean> {
  return (await tx.one(userExists, [tx.organizationId, userId])) !== undefined;
}
