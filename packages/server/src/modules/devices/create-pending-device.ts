// A device as it stands right after its certificate was signed: known, named, and shut out of everything.
import type { Ownership, Platform } from '@gatehouse/core/devices/device.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { newId } from '../../kernel/ids.ts';
import { insertDevice } from './queries.ts';

export interface PendingDevice {
  readonly userId: string | null;
  readonly platform: Platform;
  readonly ownership: Ownership;
  readonly enrollmentId: string | null;
  readonly name: string;
}

/** The new device's id is also its GUID, the identifier that its certificate carries. */
export async function createPendingDevice(
  tx: TenantTx,
  device: PendingDevice,
): Promise<{ deviceId: string }> {
  const deviceId = newId();
  await insertDevice(tx, { ...device, deviceId });
  return { deviceId };
}
