import type { TenantTx } from '../../kernel/db/database.ts';
import { type LockedDevice, toLockedDevice } from './lock-device.ts';
import { selectManyRows, selectRows } from './queries.ts';

/** A device as it stands now, without locking it: for reading only. */
export type Device = LockedDevice;

export async function findDevice(tx: TenantTx, deviceId: string): Promise<Device | undefined> {
  const rows = await selectRows(tx, deviceId);
  return rows && toLockedDevice(rows.device, rows.contact);
}

/** Those of the devices that there are. */
export async function findDevices(tx: TenantTx, deviceIds: readonly string[]): Promise<Device[]> {
  const rows = await selectManyRows(tx, deviceIds);
  return rows.map(({ device, contact }) => toLockedDevice(device, contact));
}
