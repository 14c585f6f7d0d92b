// A code that must not be used any more: withdrawn by an administrator, or because its user's address changed (ENR-T08).
import type { Actor } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { recordAudit } from '../audit/index.ts';
import type { EnrollmentDeps } from './enrollment-deps.ts';
import { cancelOpen, cancelOpenOfUser, selectEnrollment } from './queries.ts';

/** @throws DomainError `not-found`; `conflict` when the code is not open any more. */
export async function cancelEnrollment(
  deps: Pick<EnrollmentDeps, 'database'>,
  actor: TenantPrincipal,
  enrollmentId: string,
): Promise<void> {
  requirePermission(actor, 'enrollments.create');
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    if (!(await cancelOpen(tx, enrollmentId))) {
      const row = await selectEnrollment(tx, enrollmentId);
      if (!row) throw new DomainError('not-found', 'There is no such enrolment.');
      throw new DomainError('conflict', `The enrolment is ${row.state}; only an open one can be cancelled.`, {
        reason: 'not-open',
      });
    }
    await auditCancelled(tx, actor, enrollmentId);
  });
}

/** Withdraws every open code of a user. */
export async function cancelEnrollmentsOfUser(tx: TenantTx, actor: Actor, userId: string): Promise<void> {
  for (const enrollmentId of await cancelOpenOfUser(tx, userId))
    await auditCancelled(tx, actor, enrollmentId);
}

async function auditCancelled(tx: TenantTx, actor: Actor, enrollmentId: string): Promise<void> {
  await recordAudit(tx, {
    actor,
    action: 'enrollments.cancel',
    target: { kind: 'enrollment', id: enrollmentId },
    outcome: 'done',
  });
}
