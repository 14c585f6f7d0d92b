// Certificates and authorities as administrators see them. Private keys have no way out.
import { encodePem, parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import type { Authority, Certificate, CertificateFilter } from '@gatehouse/contracts/admin/certificates.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { type CertificateRow, listCertificateRows, selectAuthorities, selectCertificate } from './queries.ts';

export interface ListingDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly clock: Clock;
}

export async function listCertificates(
  deps: ListingDeps,
  actor: TenantPrincipal,
  filter: CertificateFilter,
  page: PageRequest,
): Promise<PageAnswer<Certificate>> {
  requirePermission(actor, 'certificates.read');
  const [place, serial] = page.after ?? [];
  const before = typeof place === 'string' && typeof serial === 'string' ? { place, serial } : null;
  const rows = await deps.database.withTenant(
    actor.organizationId,
    (tx) => listCertificateRows(tx, { deviceId: filter.deviceId ?? null, before }, page.limit + 1),
    { readOnly: true },
  );
  return pageOfRows(
    rows,
    page.limit,
    (row) => present(row, deps.clock.now()),
    (row) => [row.place, row.serial.toString('hex')],
  );
}

/** @throws DomainError `not-found` */
export async function getCertificate(
  deps: ListingDeps,
  actor: TenantPrincipal,
  serial: string,
): Promise<Certificate> {
  requirePermission(actor, 'certificates.read');
  const row = await deps.database.withTenant(actor.organizationId, (tx) => selectCertificate(tx, serial), {
    readOnly: true,
  });
  if (!row) throw new DomainError('not-found', 'There is no such certificate.');
  return present(row, deps.clock.now());
}

/** For those who must trust the organization's devices: a network access controller, a VPN gateway (CRT-06). */
export async function listAuthorities(
  deps: Pick<ListingDeps, 'database'>,
  actor: TenantPrincipal,
): Promise<readonly Authority[]> {
  requirePermission(actor, 'certificates.read');
  const rows = await deps.database.withTenant(actor.organizationId, (tx) => selectAuthorities(tx), {
    readOnly: true,
  });
  return rows.map((row) => {
    const certificate = parseCertificate(row.certificate);
    return {
      id: row.authority_id,
      kind: row.kind,
      state: row.state,
      subject: certificate.subject.text,
      fingerprint: certificate.fingerprint,
      notBefore: new Date(certificate.notBefore).toISOString(),
      notAfter: new Date(certificate.notAfter).toISOString(),
      pem: encodePem('CERTIFICATE', row.certificate),
    };
  });
}

function present(row: CertificateRow, now: number): Certificate {
  return {
    serial: row.serial.toString('hex'),
    deviceId: row.device_id,
    authorityId: row.authority_id,
    state: row.revoked_at !== null ? 'revoked' : row.not_after.getTime() < now ? 'expired' : 'valid',
    fingerprint: row.fingerprint.toString('hex'),
    notBefore: row.not_before.toISOString(),
    notAfter: row.not_after.toISOString(),
    firstUsedAt: row.first_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    revocationReason: row.revocation_reason,
    pem: encodePem('CERTIFICATE', row.certificate),
  };
}
