// Codes run out, and the keys of a handshake whose answer can no longer be repeated are erased. Nothing depends on this being
// prompt: an overdue code is refused by its date.
import { systemActor } from '@gatehouse/core/actor.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { recordAudit } from '../audit/index.ts';
import { evaluateDevice } from '../compliance/index.ts';
import { changeStanding } from '../devices/index.ts';
import { type EnrollmentDeps, enrollmentLimits } from './enrollment-deps.ts';
import { expireAbandoned, expireOverdue, selectOverdueOrganizations } from './queries.ts';

/** One round over all organizations; call it every few minutes. @returns how many codes ran out. */
export async function expireEnrollments(
  deps: Pick<EnrollmentDeps, 'database' | 'clock' | 'events' | 'notifications'>,
): Promise<number> {
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
      return expired.length + (await releaseAbandoned(tx, deps, now));
    });
  }
  return count;
}

/** Devices that exist only because a profile was fetched make room for others again (ENR-T12). */
async function releaseAbandoned(
  tx: TenantTx,
  deps: Pick<EnrollmentDeps, 'clock' | 'events' | 'notifications'>,
  now: number,
): Promise<number> {
  const actor = systemActor('expire-enrollments', tx.organizationId);
  const abandoned = await expireAbandoned(tx, now - enrollmentLimits.abandonedMs);
  for (const { enrollment_id: enrollmentId, device_id: deviceId } of abandoned) {
    await recordAudit(tx, {
      actor,
      action: 'enrollments.expire',
      target: { kind: 'enrollment', id: enrollmentId },
      outcome: 'done',
      reason: 'profile-not-installed',
    });
    await changeStanding(
      { ...deps, reevaluate: (inner, id, at) => evaluateDevice(deps, inner, id, at) },
      tx,
      { deviceId, event: 'unmanage', actor, reason: 'The enrolment profile was never installed.' },
    );
  }
  return abandoned.length;
}
