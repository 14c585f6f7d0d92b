// Revocation: from the commit on, the certificate is refused with its next request, and what the device holds open is closed. A
// device whose last valid certificate it was is heard no more, so its gates shut in the same transaction.
import type { Actor } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { announce, type Notifications } from '../../kernel/notifications.ts';
import { recordAudit } from '../audit/index.ts';
import { revokeOfDevice, revokeOne, selectCertificate, wouldSilence } from './queries.ts';

/** Those of RFC 5280 section 5.3.1 that people choose from; `superseded` is the system's own. */
export const revocationReasons = [
  'unspecified',
  'key-compromise',
  'affiliation-changed',
  'cessation-of-operation',
  'privilege-withdrawn',
] as const;
export type RevocationReason = (typeof revocationReasons)[number];

export interface RevocationDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly notifications: Pick<Notifications, 'publish'>;
  readonly clock: Clock;
}

/** A port: devices stand to the right. */
export interface CertificateHolders {
  /** Before any of its certificates changes: two that are revoked at once must not take each other for what remains. */
  lock(tx: TenantTx, deviceId: string): Promise<unknown>;
  /** The device has no certificate left to speak by. */
  silenced(
    tx: TenantTx,
    loss: { readonly deviceId: string; readonly actor: Actor; readonly reason: string },
  ): Promise<unknown>;
}

/** @throws DomainError `not-found`; `conflict` when it is revoked already. */
export async function revokeCertificate(
  deps: RevocationDeps & { readonly events: Events; readonly certificateHolders: CertificateHolders },
  actor: TenantPrincipal,
  serial: string,
  reason: RevocationReason,
): Promise<void> {
  requirePermission(actor, 'certificates.revoke');
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await selectCertificate(tx, serial);
    if (!row) throw new DomainError('not-found', 'There is no such certificate.');
    if (row.device_id !== null) await deps.certificateHolders.lock(tx, row.device_id);
    const now = deps.clock.now();
    const silences = await wouldSilence(tx, serial, now);
    const revoked = await revokeOne(tx, serial, now, reason);
    if (!revoked) throw new DomainError('conflict', 'The certificate is revoked already.');
    await recordAudit(tx, {
      actor,
      action: 'certificates.revoke',
      target: { kind: 'certificate', id: serial },
      outcome: 'done',
      reason,
      show: { deviceId: revoked.device_id },
    });
    await deps.events.emit(tx, {
      name: 'certificate.revoked',
      subjectId: revoked.device_id,
      payload: { deviceId: revoked.device_id, serial, reason },
    });
    if (revoked.device_id === null) return;
    refuseDevice(tx, deps.notifications, revoked.device_id);
    if (!silences) return;
    await deps.certificateHolders.silenced(tx, {
      deviceId: revoked.device_id,
      actor,
      reason: `Its certificate was revoked (${reason}).`,
    });
  });
}

/** Ends all certificates of a device, as part of what ends its management. */
export async function revokeDeviceCertificates(
  tx: TenantTx,
  deps: Pick<RevocationDeps, 'notifications' | 'clock'>,
  request: { readonly deviceId: string; readonly reason: RevocationReason; readonly actor: Actor },
): Promise<void> {
  const serials = await revokeOfDevice(tx, request.deviceId, deps.clock.now(), request.reason, null);
  refuseDevice(tx, deps.notifications, request.deviceId);
  for (const serial of serials) {
    await recordAudit(tx, {
      actor: request.actor,
      action: 'certificates.revoke',
      target: { kind: 'certificate', id: serial },
      outcome: 'done',
      reason: request.reason,
      show: { deviceId: request.deviceId },
    });
  }
}

/** Tells every server to look again at what this device holds open. */
function refuseDevice(tx: TenantTx, notifications: Pick<Notifications, 'publish'>, deviceId: string): void {
  announce(tx, notifications, 'device-refused', { organizationId: tx.organizationId, id: deviceId });
}
