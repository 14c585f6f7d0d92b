// Codes run out, and the keys of a handshake whose answer can no longer be repeated are erased. Nothing depends on this being
// prompt: an overdue code is refused by its date.
import { systemActor } from '@gatehouse/core/actor.ts';
import { recordAudit } from '../audit/index.ts';
import { type EnrollmentDeps, enrollmentLimits } from './enrollment-deps.ts';
import { expireOverdue, selectOverdueOrganizations } from './queries.ts';

/** One round over all organizations; call it every few minutes. @returns how many codes ran out. */
export async function expireEnrollments(deps: Pick<EnrollmentDeps, 'database' | 'clock'>): Promise<number> {
  const now = deps.clock.now();
  const overdue = await deps.database.withSystem('find-due-work', (tx) =>
    selectOverdueOrganizations(tx, now),
  );
  let count = 0;
  for (const organizationId of overdue) {
    count += await deps.database.withTenant(organizationId, async (tx) => {
      const expired = await expireOverdue(tx, now, now - enrollmentLimits.repeatAnswerMs);
      for (const enrollmentId of expired) {
        await recordAudit(tx, {
          actor: systemActor('expire-enrollments', organizationId),
          action: 'enrollments.expire',
          target: { kind: 'enrollment', id: enrollmentId },
          outcome: 'done',
        });
      }
      return expired.length;
    });
  }
  return count;
}
