// A device that enrols again under its old id: it starts over as pending, its report counter with it, because the agent that
// counted is gone. Its history stays.
import type { TenantTx } from '../../kernel/db/database.ts';
import { lockDevice } from './lock-device.ts';
import { writeReadmission } from './readmit-queries.ts';

/** The caller has decided that it may, has ended its former certificates, and evaluates next, which shuts its gates. */
export async function readmitDevice(tx: TenantTx, deviceId: string, enrollmentId: string): Promise<void> {
  await lockDevice(tx, deviceId);
  await writeReadmission(tx, deviceId, enrollmentId);
}
