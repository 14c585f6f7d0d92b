// What somebody decides on the enrolment page: which device it is, and whether they agree to the terms.
import { randomBytes } from 'node:crypto';
import type { Platform } from '@gatehouse/core/devices/device.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import { outstandingTerms, recordAcceptance } from './accept-terms.ts';
import { requireActiveUser } from './complete-enrollment.ts';
import { requireRoom } from './create-enrollment.ts';
import { type EnrollmentDeps, enrollmentLimits } from './enrollment-deps.ts';
import { cancelOpen, insertEnrollment } from './queries.ts';
import { deleteVisit, setVisitEnrollment } from './visit-queries.ts';
import type { Visit } from './visits.ts';

const actorOf = (visit: Visit, requestId: string) =>
  ({ kind: 'user', id: visit.userId ?? 'unknown', requestId }) as const;

/**
 * Somebody who signed in with a password enrols a device of their own; whose property it is, an administrator says.
 * @throws DomainError `unprocessable`, `conflict` at a cap or for want of what the platform needs, `forbidden`.
 */
export async function chooseDevice(
  deps: EnrollmentDeps,
  visit: Visit,
  platform: Platform,
  requestId: string,
): Promise<void> {
  const { userId } = visit;
  const profile = deps.ways[platform]?.profile;
  if (visit.step !== 'choose-device' || userId === null) throw notNow();
  if (!profile) {
    throw new DomainError('unprocessable', 'Such devices are not enrolled on this page', {
      reason: 'platform-not-supported',
    });
  }
  await deps.database.withTenant(visit.organizationId, async (tx) => {
    await profile.requireReady(tx);
    await requireActiveUser(tx, userId);
    const now = deps.clock.now();
    await requireRoom(tx, userId, now, 1);
    const enrollmentId = newId(now);
    const ownership = 'unspecified';
    await insertEnrollment(tx, {
      enrollmentId,
      userId,
      platform,
      ownership,
      // No code leads to it.
      locator: randomBytes(16),
      serverKey: null,
      deviceKey: null,
      replacesDeviceId: null,
      createdBy: `user:${userId}`,
      onBehalf: false,
      createdAt: now,
      expiresAt: now + enrollmentLimits.visitMs,
    });
    if (!(await setVisitEnrollment(tx, visit.id, enrollmentId))) throw notNow();
    await recordAudit(tx, {
      actor: actorOf(visit, requestId),
      via: 'enrollment',
      action: 'enrollments.create',
      target: { kind: 'enrollment', id: enrollmentId },
      outcome: 'done',
      show: { userId, platform, ownership },
    });
    await deps.events.emit(tx, {
      name: 'enrollment.created',
      subjectId: enrollmentId,
      payload: { enrollmentId, userId, platform, ownership },
    });
  });
}

/**
 * @param termsIds the very versions that were shown: if another one was published meanwhile, that one is shown next.
 */
export async function acceptTerms(
  deps: EnrollmentDeps,
  visit: Visit,
  termsIds: readonly string[],
  requestId: string,
): Promise<void> {
  const { userId, enrollment } = visit;
  if (visit.step !== 'terms' || userId === null || !enrollment) throw notNow();
  await deps.database.withTenant(visit.organizationId, async (tx) => {
    for (const row of await outstandingTerms(tx, enrollment.id, visit.language)) {
      if (!termsIds.includes(row.terms_id)) continue;
      const { kind, version, language } = row;
      await recordAcceptance(tx, row, { userId, enrollmentId: enrollment.id, now: deps.clock.now() });
      await recordAudit(tx, {
        actor: actorOf(visit, requestId),
        via: 'enrollment',
        action: 'terms.accept',
        target: { kind: 'terms', id: row.terms_id },
        outcome: 'done',
        show: { kind, version, language, enrollmentId: enrollment.id },
      });
      await deps.events.emit(tx, {
        name: 'terms.accepted',
        subjectId: row.terms_id,
        payload: { userId, enrollmentId: enrollment.id, kind, version, language },
      });
    }
  });
}

/** Refusing ends the visit; an enrolment that an administrator issued stays open for a second thought. */
export async function declineTerms(deps: EnrollmentDeps, visit: Visit, requestId: string): Promise<void> {
  const { enrollment } = visit;
  if (visit.step !== 'terms' || !enrollment) throw notNow();
  await deps.database.withTenant(visit.organizationId, async (tx) => {
    if (visit.signedInBy === 'password') await cancelOpen(tx, enrollment.id);
    await deleteVisit(tx, visit.id);
    await recordAudit(tx, {
      actor: actorOf(visit, requestId),
      via: 'enrollment',
      action: 'terms.decline',
      target: { kind: 'enrollment', id: enrollment.id },
      outcome: 'done',
      show: { terms: visit.terms.map(({ id }) => id) },
    });
    await deps.events.emit(tx, {
      name: 'terms.declined',
      subjectId: enrollment.id,
      payload: { userId: visit.userId, enrollmentId: enrollment.id },
    });
  });
}

export function notNow(): DomainError {
  return new DomainError('conflict', 'This step is not next', { reason: 'other-step' });
}
