// The enrolment profile leaves the server: asked for in one step, fetched once in the next, within ten minutes, by the browser
// that asked (APL-03). With the first one the enrolment is used and the device exists, pending, its gates shut.
import type { Platform } from '@gatehouse/core/devices/device.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { recordAudit } from '../audit/index.ts';
import { createPendingDevice } from '../devices/index.ts';
import { requireActiveUser } from './complete-enrollment.ts';
import { type EnrollmentDeps, enrollmentLimits } from './enrollment-deps.ts';
import type { EnrollmentProfile } from './enrollment-ways.ts';
import { readmit } from './known-hardware.ts';
import { claimForProfile, type HandshakeRow, lockEnrollment, nameDevice } from './queries.ts';
import { claimOffer, makeOfferTo, setVisitDevice } from './visit-queries.ts';
import { notNow } from './visit-steps.ts';
import type { Visit } from './visits.ts';

/** @throws DomainError `conflict` (`push-certificate-missing` and the like); `too-many-requests` after too many. */
export async function offerProfile(deps: EnrollmentDeps, visit: Visit): Promise<void> {
  if ((visit.step !== 'profile' && visit.step !== 'install') || !visit.enrollment) throw notNow();
  const profile = deps.ways[visit.enrollment.platform]?.profile;
  if (!profile) throw notNow();
  await deps.database.withTenant(visit.organizationId, async (tx) => {
    await profile.requireReady(tx);
    const until = new Date(deps.clock.now() + enrollmentLimits.offerMs);
    if (!(await makeOfferTo(tx, visit.id, until, enrollmentLimits.offers))) {
      throw new DomainError(
        'too-many-requests',
        'The profile was downloaded too often; ask for a new one-time password',
        {
          reason: 'too-many-offers',
        },
      );
    }
  });
}

/** @throws DomainError `gone` (`profile-gone`) unless an offer is open; `conflict` (`enrollment-used`); `forbidden`. */
export async function fetchProfile(
  deps: EnrollmentDeps,
  visit: Visit,
  requestId: string,
): Promise<EnrollmentProfile> {
  const { enrollment } = visit;
  const maker = enrollment && deps.ways[enrollment.platform]?.profile;
  if (!enrollment || !maker) throw gone();
  const draft = await maker.prepare(visit.organizationId);
  const content = await deps.database.withTenant(visit.organizationId, async (tx) => {
    if (!(await claimOffer(tx, visit.id, new Date(deps.clock.now())))) throw gone();
    const row = await lockEnrollment(tx, enrollment.id);
    if (!row) throw gone();
    await requireActiveUser(tx, row.user_id);
    const again = row.state === 'used' && visit.deviceId !== null && row.device_id === visit.deviceId;
    const deviceId = again ? visit.deviceId : await admit(tx, deps, visit, row);
    const written = await draft.write(tx, {
      deviceId,
      enrollmentId: row.enrollment_id,
      ownership: row.ownership,
    });
    await recordAudit(tx, {
      actor: { kind: 'user', id: visit.userId ?? 'unknown', requestId },
      via: 'enrollment',
      action: 'enrollments.hand-out-profile',
      target: { kind: 'enrollment', id: row.enrollment_id },
      outcome: 'done',
      show: { deviceId, platform: row.platform, ownership: row.ownership, again },
    });
    return written;
  });
  return draft.finish(content);
}

/** Uses the enrolment and makes the device, once. */
async function admit(tx: TenantTx, deps: EnrollmentDeps, visit: Visit, row: HandshakeRow): Promise<string> {
  if (!(await claimForProfile(tx, row.enrollment_id, deps.clock.now()))) {
    throw new DomainError(
      'conflict',
      'The enrolment was used or has ended; ask for a new one-time password',
      {
        reason: 'enrollment-used',
      },
    );
  }
  const deviceId =
    row.device_id === null
      ? (
          await createPendingDevice(tx, {
            userId: row.user_id,
            platform: row.platform as Platform,
            ownership: row.ownership,
            enrollmentId: row.enrollment_id,
            name: '',
          })
        ).deviceId
      : await readmit(tx, deps, row, row.device_id, {});
  await nameDevice(tx, row.enrollment_id, deviceId);
  await setVisitDevice(tx, visit.id, deviceId);
  await deps.events.emit(tx, {
    name: 'device.enrolled',
    subjectId: deviceId,
    payload: {
      deviceId,
      userId: row.user_id,
      platform: row.platform,
      ownership: row.ownership,
      enrollmentId: row.enrollment_id,
    },
  });
  return deviceId;
}

function gone(): DomainError {
  return new DomainError('gone', 'The download is no longer available; ask for it again on the page', {
    reason: 'profile-gone',
  });
}
