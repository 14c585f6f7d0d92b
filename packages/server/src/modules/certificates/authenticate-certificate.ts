// Who sends a request, by the certificate it came with. Revocation, the device's state and its last contact are read from
// their rows for every request, so nothing that was revoked works again, whatever connection it comes over (DEV-06).
import type { DeviceState } from '@gatehouse/core/devices/device.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Notifications } from '../../kernel/notifications.ts';
import { confirmFirstUse } from './confirm-first-use.ts';
import { selectStanding, type StandingRow } from './queries.ts';
import {
  CertificateRefused,
  type CertificateVerifier,
  type VerifiedCertificate,
} from './verify-certificate.ts';

export interface AuthenticatedDevice extends VerifiedCertificate {
  readonly state: DeviceState;
  readonly contact: {
    /** Milliseconds since the epoch; null before the first check-in. */
    readonly lastCheckInAt: number | null;
    readonly bootId: string | null;
    readonly reportCounter: number;
    readonly acknowledgedPolicyVersion: string | null;
  };
  /** As last evaluated. */
  readonly posture: {
    readonly policyVersion: string;
    readonly compliant: boolean;
    readonly network: 'allow' | 'quarantine' | 'deny';
    readonly reason: string | null;
    readonly remedy: string | null;
  };
  /** queued: one is new. delivered: all that are open were handed over and are not answered yet. */
  readonly openCommands: 'none' | 'queued' | 'delivered';
}

export interface AuthenticationDeps {
  readonly database: Database;
  readonly verifier: CertificateVerifier;
  readonly notifications: Pick<Notifications, 'publish'>;
  readonly clock: Clock;
}

/**
 * @param der the certificate that the peer proved to hold the key of (by TLS, here or at a trusted proxy).
 * @throws CertificateRefused
 */
export async function authenticateCertificate(
  deps: AuthenticationDeps,
  der: Uint8Array,
): Promise<AuthenticatedDevice> {
  const verified = await deps.verifier.verify(der);
  const [row] = await deps.database.tenantQuery<StandingRow>(verified.organizationId, selectStanding, [
    Buffer.from(verified.serial, 'hex'),
    verified.deviceId,
  ]);
  if (!row || row.fingerprint.toString('hex') !== verified.fingerprint) {
    throw new CertificateRefused('not-on-record', verified);
  }
  if (row.state === 'unmanaged')
    throw new CertificateRefused('device-unmanaged', verified, 'device-unmanaged');
  if (row.state === 'blocked') throw new CertificateRefused('device-blocked', verified, 'device-blocked');
  if (row.revoked_at !== null) {
    throw new CertificateRefused(`revoked: ${row.revocation_reason ?? 'no reason given'}`, verified);
  }
  if (row.first_used_at === null) await confirmFirstUse(deps, verified);
  return {
    ...verified,
    state: row.state as DeviceState,
    contact: {
      lastCheckInAt: row.last_check_in_at?.getTime() ?? null,
      bootId: row.boot_id,
      reportCounter: Number(row.report_counter),
      acknowledgedPolicyVersion: row.acknowledged_policy_version,
    },
    posture: {
      policyVersion: row.policy_version,
      compliant: row.compliant,
      network: row.access_network,
      reason: row.failure_reason,
      remedy: row.remediation,
    },
    openCommands: row.commands ?? 'none',
  };
}
