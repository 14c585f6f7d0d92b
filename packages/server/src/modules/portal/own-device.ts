// The one door to a device at the portal: it is the person's own, or there is no such device (POR-01).
import type { TenantTx } from '../../kernel/db/database.ts';
import { lockDevice, type LockedDevice, noSuchDevice } from '../devices/index.ts';
import type { Person } from './portal-deps.ts';
import { type OwnDeviceRow, selectOwnDevices } from './queries.ts';

/** @throws DomainError `not-found`, for another person's device as for none. */
export async function findOwnDevice(
  tx: TenantTx,
  { principal }: Person,
  deviceId: string,
): Promise<OwnDeviceRow> {
  const [row] = await selectOwnDevices(tx, principal.id, deviceId);
  if (row === undefined) throw noSuchDevice();
  return row;
}

/** The same, locked before it is looked at: whoever had it until a moment ago has it no more. */
export async function lockOwnDevice(tx: TenantTx, person: Person, deviceId: string): Promise<LockedDevice> {
  await findOwnDevice(tx, person, deviceId);
  const device = await lockDevice(tx, deviceId);
  if (device.userId !== person.principal.id) throw noSuchDevice();
  return device;
}
