// A device asks for its next certificate with a new key. The present one keeps working until the new one is used, so a lost
// answer or a crash between the two shuts nobody out.
import { parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import { recordAudit } from '../audit/index.ts';
import type { AuthorityDeps } from './authorities.ts';
import {
  agentCertificateLifeMs,
  describeIssued,
  type IssuedCertificate,
  issueAgentCertificate,
  keyOfRequest,
  renewAfterMs,
} from './issue-certificate.ts';
import { type CertificateRow, revokeOne, selectAuthorities, selectUnused } from './queries.ts';
import type { VerifiedCertificate } from './verify-certificate.ts';

export interface RenewalDeps extends AuthorityDeps {
  readonly database: Pick<Database, 'withTenant'>;
}

/** Daily retries may come a little early by the device's clock. */
const toleranceMs = 3_600_000;

/**
 * @param presented the certificate under which the device asks.
 * @throws DomainError `conflict` (`renewal-too-early`) in the first two thirds of its life; `unprocessable` (`key-not-accepted`).
 */
export async function renewAgentCertificate(
  deps: RenewalDeps,
  presented: VerifiedCertificate,
  csr: Uint8Array,
): Promise<IssuedCertificate> {
  const renewAfter = presented.notAfter - agentCertificateLifeMs + renewAfterMs;
  if (deps.clock.now() < renewAfter - toleranceMs) {
    throw new DomainError('conflict', 'The certificate is not yet due for renewal', {
      reason: 'renewal-too-early',
      detail: { renewAfter },
    });
  }
  const key = keyOfRequest(csr);
  const { deviceId, organizationId, serial } = presented;
  const actor = { kind: 'device', id: deviceId, organizationId, label: deviceId } as const;
  return deps.database.withTenant(organizationId, async (tx) => {
    const unused = await selectUnused(tx, deviceId, serial);
    const same = unused.find((row) => row.public_key_fingerprint.toString('hex') === key.fingerprint);
    if (same) return repeatAnswer(tx, same);
    // The device has lost the answer and the key: what was issued then must not lie about.
    for (const row of unused) {
      const lost = row.serial.toString('hex');
      await revokeOne(tx, lost, deps.clock.now(), 'superseded');
      await recordAudit(tx, {
        actor,
        action: 'certificates.revoke',
        target: { kind: 'certificate', id: lost },
        outcome: 'done',
        reason: 'superseded',
        show: { deviceId },
      });
    }
    return issueAgentCertificate(tx, deps, { deviceId, key, actor });
  });
}

/** The same request again gets the same certificate. */
async function repeatAnswer(tx: TenantTx, row: CertificateRow): Promise<IssuedCertificate> {
  const authorities = await selectAuthorities(tx);
  const issuer = authorities.find((candidate) => candidate.authority_id === row.authority_id);
  if (!issuer) throw new DomainError('internal', 'The issuer of a certificate is missing');
  return describeIssued(parseCertificate(row.certificate), issuer.certificate);
}
