import type { Enrollment, EnrollmentFilter } from '@gatehouse/contracts/admin/enrollments.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
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
  const rows = await deps.database.withTenant(
    actor.organizationId,
    (tx) =>
      listRows(tx, {
        now,
        userId: filter.userId ?? null,
        state: filter.state ?? null,
        before: typeof before === 'string' ? before : null,
        limit: page.limit + 1,
      }),
    { readOnly: true },
  );
  return pageOfRows(
    rows,
    page.limit,
    (row) => present(row, now),
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
  const row = await deps.database.withTenant(
    actor.organizationId,
    (tx) => selectEnrollment(tx, enrollmentId),
    {
      readOnly: true,
    },
  );
  if (!row) throw new DomainError('not-found', 'There is no such enrolment.');
  return present(row, deps.clock.now());
}

function present(row: EnrollmentRow, now: number): Enrollment {
  return {
    id: row.enrollment_id,
    userId: row.user_id,
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
