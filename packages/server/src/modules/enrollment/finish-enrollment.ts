// M5: the first answered check-in under the new certificate makes the device registered (ENR-19) and ends the handshake; what
// could prove knowledge of the code is erased.
import type { TenantTx } from '../../kernel/db/database.ts';
import { recordAudit } from '../audit/index.ts';
import { registerDevice } from '../devices/index.ts';
import type { EnrollmentDeps } from './enrollment-deps.ts';
import { completeOfDevice } from './queries.ts';

/** Part of the check-in's transaction, before the evaluation that opens the gates. @returns false when it was registered before. */
export async function finishEnrollment(
  tx: TenantTx,
  deps: Pick<EnrollmentDeps, 'events'>,
  deviceId: string,
): Promise<boolean> {
  if (!(await registerDevice(tx, deviceId))) return false;
  const enrollments = await completeOfDevice(tx, deviceId);
  await recordAudit(tx, {
    actor: { kind: 'device', id: deviceId },
    action: 'devices.register',
    target: { kind: 'device', id: deviceId },
    outcome: 'done',
    show: { enrollmentId: enrollments[0] ?? null },
  });
  await deps.events.emit(tx, { name: 'device.registered', subjectId: deviceId, payload: { deviceId } });
  return true;
}
