// The lock that orders everything that happens to one device: reports, commands' effects, evaluations, changes by people.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { DeviceState, Ownership, Platform } from '@gatehouse/core/devices/device.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { type ContactRow, type DeviceRow, lockManyRows, lockRows } from './queries.ts';

export interface LockedDevice {
  readonly deviceId: string;
  readonly deviceNo: string;
  readonly userId: string | null;
  readonly platform: Platform;
  readonly ownership: Ownership;
  readonly state: DeviceState;
  readonly name: string;
  readonly assetNumber: string | null;
  readonly lastCheckInAt: number | null;
  readonly bootId: string | null;
  readonly previousBootId: string | null;
  readonly reportCounter: number;
  readonly acknowledgedPolicyVersion: string | null;
}

export function noSuchDevice(): DomainError {
  return new DomainError('not-found', 'There is no such device.');
}

/**
 * Locks the device until the transaction ends; taken before anything else is read or written, by everybody, so that two
 * changes never deadlock over one device. Locking it again in the same transaction costs a look-up.
 * @throws DomainError `not-found`
 */
export async function lockDevice(tx: TenantTx, deviceId: string): Promise<LockedDevice> {
  const rows = await lockRows(tx, deviceId);
  if (!rows) throw noSuchDevice();
  return toLockedDevice(rows.device, rows.contact);
}

/** Those of the devices that exist, by id. For whoever holds no device's lock yet: all are taken in one order. */
export async function lockDevices(
  tx: TenantTx,
  deviceIds: readonly string[],
): Promise<ReadonlyMap<string, LockedDevice>> {
  const rows = await lockManyRows(tx, deviceIds);
  return new Map(rows.map(({ device, contact }) => [device.device_id, toLockedDevice(device, contact)]));
}

export function toLockedDevice(device: DeviceRow, contact: ContactRow): LockedDevice {
  return {
    deviceId: device.device_id,
    deviceNo: device.device_no,
    userId: device.user_id,
    platform: device.platform,
    ownership: device.ownership,
    state: device.state,
    name: device.name,
    assetNumber: device.asset_number,
    lastCheckInAt: contact.last_check_in_at?.getTime() ?? null,
    bootId: contact.boot_id,
    previousBootId: contact.previous_boot_id,
    reportCounter: Number(contact.report_counter),
    acknowledgedPolicyVersion: contact.acknowledged_policy_version,
  };
}
