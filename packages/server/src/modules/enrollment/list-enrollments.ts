import type { Enrollment, EnrollmentFilter } from '@gatehouse/contracts/admin/enrollments.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { addressesOf } from '../users/index.ts';
import type { EnrollmentDeps } from './enrollment-deps.ts';
import { type EnrollmentRow, listRows, selectEnrollment } from './queries.ts';

type ListingDeps = Pick<EnrollmentDeps, 'database' | 'clock'>;

/** Newest first. */
export async function listEnrollments(
  deps: ListingDeps,
  actor: TenantPrincipal,
  filter: EnrollmentFilter,
  page: PageRequest,
): Promise<PageAnswer<Enrollment>> {
  requirePermission(actor, 'enrollments.read');
  const now = deps.clock.now();
  const [before] = page.after ?? [];
  const [rows, addresses] = await deps.database.withTenant(
    actor.organizationId,
    async (tx) => {
      const found = await listRows(tx, {
        now,
        userId: filter.userId ?? null,
        state: filter.state ?? null,
        before: typeof before === 'string' ? before : null,
        limit: page.limit + 1,
      });
      return [found, await addressesFor(tx, actor, found)] as const;
    },
    { readOnly: true },
  );
  return pageOfRows(
    rows,
    page.limit,
    (row) => present(row, now, addresses),
    (row) => [row.enrollment_id],
  );
}

/** @throws DomainError `not-found` */
export async function getEnrollment(
  deps: ListingDeps,
  actor: TenantPrincipal,
  enrollmentId: string,
): Promise<Enrollment> {
  requirePermission(actor, 'enrollments.read');
  const [row, addresses] = await deps.database.withTenant(
    actor.organizationId,
    async (tx) => {
      const found = await selectEnrollment(tx, enrollmentId);
      return [found, await addressesFor(tx, actor, found ? [found] : [])] as const;
    },
    { readOnly: true },
  );
  if (!row) throw new DomainError('not-found', 'There is no such enrolment.');
  return present(row, deps.clock.now(), addresses);
}

/** Whose they are, for those who may know. */
export async function addressesFor(
  tx: TenantTx,
  actor: TenantPrincipal,
  rows: readonly { readonly user_id: string | null }[],
): Promise<ReadonlyMap<string, string>> {
  return actor.permissions.has('users.read')
    ? addressesOf(
        tx,
        rows.map((row) => row.user_id),
      )
    : new Map();
}

function present(row: EnrollmentRow, now: number, addresses: ReadonlyMap<string, string>): Enrollment {
  return {
    id: row.enrollment_id,
    userId: row.user_id,
    email: addresses.get(row.user_id ?? '') ?? null,
    platform: row.platform,
    ownership: row.ownership,
    // Overdue codes count as expired before the sweep has come by.
    state: row.state === 'open' && row.expires_at.getTime() <= now ? 'expired' : row.state,
    deviceId: row.device_id,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    usedAt: row.used_at?.toISOString() ?? null,
  };
}
