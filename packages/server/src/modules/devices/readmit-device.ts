// A device that enrols again under its old id: it starts over as pending, its report counter with it, because the agent that
// counted is gone. Its history stays, and so does a bar, unless it was for want of a certificate.
import type { Actor } from '@gatehouse/core/actor.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { revokeDeviceCertificates } from '../certificates/index.ts';
import { liftBarOfRevocation } from './bar-device.ts';
import { changeStanding } from './change-standing.ts';
import type { StandingDeps } from './device-deps.ts';
import { writeReadmission } from './readmit-queries.ts';

/**
 * The caller has decided that it may. Former certificates end, gates shut.
 * @throws DomainError `conflict` for a blocked device.
 */
export async function readmitDevice(
  deps: StandingDeps,
  tx: TenantTx,
  { deviceId, enrollmentId, actor }: { deviceId: string; enrollmentId: string; actor: Actor },
): Promise<void> {
  await changeStanding(deps, tx, { deviceId, event: 'enrol-again', actor });
  await revokeDeviceCertificates(tx, deps, { deviceId, reason: 'unspecified', actor });
  await writeReadmission(tx, deviceId, enrollmentId);
  await liftBarOfRevocation(deps, tx, { deviceId, actor });
}
