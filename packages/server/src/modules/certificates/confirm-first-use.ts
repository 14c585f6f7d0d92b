// The first request under a new certificate ends the overlap: whatever the device had before is superseded.
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
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
  verified: VerifiedCertificate,
): Promise<void> {
  await deps.database.withTenant(verified.organizationId, (tx) => confirmUseInside(tx, deps, verified));
}

/** The same in a transaction that the caller has opened, for platforms on which a request alone proves less. */
export async function confirmUseInside(
  tx: TenantTx,
  deps: { readonly notifications: Pick<Notifications, 'publish'>; readonly clock: Clock },
  { organizationId, deviceId, serial }: VerifiedCertificate,
): Promise<void> {
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
}
