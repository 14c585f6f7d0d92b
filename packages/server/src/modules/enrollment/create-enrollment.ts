// An administrator issues a one-time code for a user's device (ENR-12, OTA-01, OTA-02). The code is shown once; what is kept
// are the locator that names it and the two proof keys derived from it, sealed.
import { enrollmentUrl } from '@gatehouse/protocols/agent-enrollment/index.ts';
import type { IssuedEnrollment, NewEnrollment } from '@gatehouse/contracts/admin/enrollments.ts';
import { actorReference } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { isUuid, newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import { findDevice, noSuchDevice } from '../devices/index.ts';
import { readSettings } from '../organizations/index.ts';
import { type EnrollmentDeps, enrollmentLimits } from './enrollment-deps.ts';
import { enrollmentPage, newCode } from './new-code.ts';
import { countOfUser, insertEnrollment, lockUser } from './queries.ts';

export type IssuingDeps = Pick<
  EnrollmentDeps,
  'database' | 'sealer' | 'clock' | 'events' | 'publicUrl' | 'ways'
>;

/**
 * @throws DomainError `forbidden`; `not-found` for user or device; `conflict` at a cap (`too-many-codes`, `too-many-devices`),
 * for a device that cannot be replaced, or for want of what the platform needs (`push-certificate-missing`); `unprocessable`
 * for a platform without a way in.
 */
export async function createEnrollment(
  deps: IssuingDeps,
  actor: TenantPrincipal,
  input: NewEnrollment,
): Promise<IssuedEnrollment> {
  requirePermission(actor, 'enrollments.create');
  const { userId: _, ...issued } = await deps.database.withTenant(actor.organizationId, (tx) =>
    issueEnrollment(tx, deps, actor, input),
  );
  return issued;
}

/** Part of the caller's transaction; throws as {@link createEnrollment}. */
export async function issueEnrollment(
  tx: TenantTx,
  deps: IssuingDeps,
  actor: TenantPrincipal,
  input: NewEnrollment,
): Promise<IssuedEnrollment & { readonly userId: string | null }> {
  requirePermission(actor, 'enrollments.create');
  const ownership = input.ownership ?? 'unspecified';
  // Who may call a private phone corporate could reset it next (TEN-14).
  if (ownership === 'corporate') requirePermission(actor, 'devices.ownership');
  const way = deps.ways[input.platform];
  if (!way) {
    throw new DomainError('unprocessable', `Enrolment of ${input.platform} devices is not available yet`, {
      reason: 'platform-not-supported',
    });
  }
  if (!way.agent) await way.profile?.requireReady(tx);
  const now = deps.clock.now();
  const userId = input.user === undefined ? null : await requireUser(tx, input.user);
  if (userId === null && ownership !== 'corporate') {
    throw new DomainError(
      'invalid-input',
      'Name the user; only a corporate device is enrolled without one.',
      {
        reason: 'user-missing',
      },
    );
  }
  const replaced = input.replacesDeviceId ?? null;
  if (userId !== null) await requireRoom(tx, userId, now, replaced === null ? 1 : 0);
  if (replaced !== null) await requireReplaceable(tx, replaced, userId, input.platform);
  const hours = input.expiresInHours ?? (await readSettings(tx)).enrollmentCodeHours;
  const expiresAt = now + hours * 3_600_000;

  const enrollmentId = newId(now);
  const code = await newCode(tx, deps, enrollmentId);
  await insertEnrollment(tx, {
    enrollmentId,
    userId,
    platform: input.platform,
    ownership,
    locator: code.locator,
    serverKey: code.serverKey,
    deviceKey: code.deviceKey,
    replacesDeviceId: replaced,
    createdBy: actorReference(actor),
    onBehalf: true,
    createdAt: now,
    expiresAt,
  });
  const expires = new Date(expiresAt).toISOString();
  await recordAudit(tx, {
    actor,
    action: 'enrollments.create',
    target: { kind: 'enrollment', id: enrollmentId },
    outcome: 'done',
    show: { userId, platform: input.platform, ownership, expiresAt: expires, replacesDeviceId: replaced },
  });
  await deps.events.emit(tx, {
    name: 'enrollment.created',
    subjectId: enrollmentId,
    payload: { enrollmentId, userId, platform: input.platform, ownership },
  });
  const page = enrollmentPage(deps.publicUrl, code.slug);
  return {
    id: enrollmentId,
    userId,
    url: way.agent ? enrollmentUrl(deps.publicUrl.href, code.slug) : page,
    page,
    oneTimePassword: code.oneTimePassword,
    expiresAt: expires,
  };
}

async function requireUser(tx: TenantTx, user: string): Promise<string> {
  const row = await lockUser(tx, isUuid(user) ? { id: user, email: null } : { id: null, email: user });
  if (!row) throw new DomainError('not-found', 'There is no such user.');
  if (row.state !== 'active') {
    throw new DomainError('conflict', 'The user is disabled.', { reason: 'user-disabled' });
  }
  return row.user_id;
}

export async function requireRoom(tx: TenantTx, userId: string, now: number, more: number): Promise<void> {
  const { open, devices } = await countOfUser(tx, userId, now);
  if (open >= enrollmentLimits.openPerUser) {
    throw new DomainError(
      'conflict',
      `The user has ${open} open enrolment codes; cancel one or wait until one is used`,
      { reason: 'too-many-codes', detail: { limit: enrollmentLimits.openPerUser } },
    );
  }
  if (open + devices + more > enrollmentLimits.devicesPerUser) {
    throw new DomainError(
      'conflict',
      `The user has ${devices} devices and ${open} open enrolment codes; ${enrollmentLimits.devicesPerUser} is the most`,
      { reason: 'too-many-devices', detail: { limit: enrollmentLimits.devicesPerUser } },
    );
  }
}

/**
 * A machine keeps its id over a new enrolment only when an administrator says so, for the same user. What the machine
 * claims of its hardware never decides that: serial numbers are known to many and prove nothing.
 */
async function requireReplaceable(
  tx: TenantTx,
  deviceId: string,
  userId: string | null,
  platform: string,
): Promise<void> {
  const device = await findDevice(tx, deviceId);
  if (!device) throw noSuchDevice();
  const problem =
    device.userId !== userId
      ? 'The device is another user’s.'
      : device.platform !== platform
        ? 'The device is of another platform.'
        : device.state === 'blocked'
          ? 'The device is blocked; unblock it first.'
          : undefined;
  if (problem !== undefined) throw new DomainError('conflict', problem, { reason: 'not-replaceable' });
}
