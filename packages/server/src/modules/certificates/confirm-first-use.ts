// The first request under a new certificate ends the overlap: whatever the device had before is superseded.
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import { announce, type Notifications } from '../../kernel/notifications.ts';
import { recordAudit } from '../audit/index.ts';
import { confirmUse, revokeOfDevice } from './queries.ts';
import type { VerifiedCertificate } from './verify-certificate.ts';

export async function confirmFirstUse(
  deps: {
    readonly database: Database;
    readonly notifications: Pick<Notifications, 'publish'>;
    readonly clock: Clock;
  },
  { organizationId, deviceId, serial }: VerifiedCertificate,
): Promise<void> {
  await deps.database.withTenant(organizationId, async (tx) => {
    const now = deps.clock.now();
    if (!(await confirmUse(tx, serial, now))) return;
    const superseded = await revokeOfDevice(tx, deviceId, now, 'superseded', serial);
    if (superseded.length > 0) {
      announce(tx, deps.notifications, 'device-refused', { organizationId, id: deviceId });
    }
    await recordAudit(tx, {
      actor: { kind: 'device', id: deviceId },
      action: 'certificates.first-use',
      target: { kind: 'certificate', id: serial },
      outcome: 'done',
      show: { deviceId, superseded },
    });
  });
}
