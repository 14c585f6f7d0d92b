import type { TenantTx } from '../../kernel/db/database.ts';
import { type LockedDevice, toLockedDevice } from './lock-device.ts';
import { selectRows } from './queries.ts';

/** A device as it stands now, without locking it: for reading only. */
export type Device = LockedDevice;

export async function findDevice(tx: TenantTx, deviceId: string): Promise<Device | undefined> {
  const rows = await selectRows(tx, deviceId);
  return rows && toLockedDevice(rows.device, rows.contact);
}
