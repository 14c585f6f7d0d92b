// Who sends a request, by the certificate it came with. Revocation, the device's state and its last contact are read from
// their rows for every request, so nothing that was revoked works again, whatever connection it comes over (DEV-06).
import type { DeviceState } from '@gatehouse/core/devices/device.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Notifications } from '../../kernel/notifications.ts';
import { confirmFirstUse } from './confirm-first-use.ts';
import type { AskStanding, Standing } from './standing-queries.ts';
import {
  CertificateRefused,
  type CertificateVerifier,
  type VerifiedCertificate,
} from './verify-certificate.ts';

export interface AuthenticatedDevice
  extends VerifiedCertificate,
    Pick<Standing, 'contact' | 'posture' | 'openCommands'> {
  readonly state: DeviceState;
}

export interface AuthenticationDeps {
  readonly database: Database;
  readonly verifier: CertificateVerifier;
  readonly standings: AskStanding;
  readonly notifications: Pick<Notifications, 'publish'>;
  readonly clock: Clock;
}

/**
 * @param der the certificate that the peer proved to hold the key of (by TLS, here or at a trusted proxy).
 * @param purpose what it must have been issued for; absent: anything.
 * @throws CertificateRefused
 */
export async function authenticateCertificate(
  deps: AuthenticationDeps,
  der: Uint8Array,
  purpose?: VerifiedCertificate['purpose'],
): Promise<AuthenticatedDevice> {
  const verified = await deps.verifier.verify(der, purpose);
  const standing = await deps.standings(verified.organizationId, verified);
  if (standing === undefined) throw new CertificateRefused('not-on-record', verified);
  const { state } = standing;
  if (state === 'unmanaged') throw new CertificateRefused('device-unmanaged', verified, 'device-unmanaged');
  if (state === 'blocked') throw new CertificateRefused('device-blocked', verified, 'device-blocked');
  if (standing.revoked) {
    throw new CertificateRefused(`revoked: ${standing.revocationReason ?? 'no reason given'}`, verified);
  }
  if (!standing.used) await confirmFirstUse(deps, verified);
  const { contact, posture, openCommands } = standing;
  return { ...verified, state: state as DeviceState, contact, posture, openCommands };
}
