// An administrator issues a one-time code for a user's device (ENR-12, OTA-01, OTA-02). The code is shown once; what is kept
// are the locator that names it and the two proof keys derived from it, sealed.
import { randomBytes } from 'node:crypto';
import {
  deriveEnrollmentKeys,
  enrollmentUrl,
  formatEnrollmentCode,
  newEnrollmentCode,
  publicHostOf,
} from '@gatehouse/protocols/agent-enrollment/index.ts';
import type { IssuedEnrollment, NewEnrollment } from '@gatehouse/contracts/admin/enrollments.ts';
import { actorReference } from '@gatehouse/core/actor.ts';
import type { Platform } from '@gatehouse/core/devices/device.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { isUuid, newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import { findDevice, noSuchDevice } from '../devices/index.ts';
import { readSettings } from '../organizations/index.ts';
import { type EnrollmentDeps, enrollmentLimits } from './enrollment-deps.ts';
import { countOfUser, insertEnrollment, lockUser, selectSlug } from './queries.ts';

/** Platforms whose agent speaks the handshake. Phones enrol through a browser, which is another way in. */
const supportedPlatforms: ReadonlySet<Platform> = new Set(['linux', 'macos']);

/**
 * @throws DomainError `forbidden`; `not-found` for user or device; `conflict` at a cap (`too-many-codes`, `too-many-devices`)
 * or for a device that cannot be replaced; `unprocessable` for a platform without an agent.
 */
export async function createEnrollment(
  deps: Pick<EnrollmentDeps, 'database' | 'sealer' | 'clock' | 'events' | 'publicUrl'>,
  actor: TenantPrincipal,
  input: NewEnrollment,
): Promise<IssuedEnrollment> {
  requirePermission(actor, 'enrollments.create');
  const ownership = input.ownership ?? 'unspecified';
  // Who may call a private phone corporate could reset it next (TEN-14).
  if (ownership === 'corporate') requirePermission(actor, 'devices.ownership');
  if (!supportedPlatforms.has(input.platform)) {
    throw new DomainError('unprocessable', `Enrolment of ${input.platform} devices is not available yet`, {
      reason: 'platform-not-supported',
    });
  }
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const now = deps.clock.now();
    const userId = await requireUser(tx, input.user);
    const replaced = input.replacesDeviceId ?? null;
    await requireRoom(tx, userId, now, replaced === null ? 1 : 0);
    if (replaced !== null) await requireReplaceable(tx, replaced, userId, input.platform);
    const slug = await selectSlug(tx);
    if (slug === undefined) throw new DomainError('not-found', 'There is no such organization.');
    const hours = input.expiresInHours ?? (await readSettings(tx)).enrollmentCodeHours;
    const expiresAt = now + hours * 3_600_000;

    const code = newEnrollmentCode(randomBytes);
    const scope = { organizationSlug: slug, publicHost: publicHostOf(deps.publicUrl.href) };
    const keys = deriveEnrollmentKeys(code, scope);
    const oneTimePassword = formatEnrollmentCode(code);
    code.bytes.fill(0);
    const enrollmentId = newId(now);
    const seal = (column: 'server_key' | 'device_key', key: Uint8Array) =>
      deps.sealer.seal(tx, `enrollments.${column}`, enrollmentId, key);
    await insertEnrollment(tx, {
      enrollmentId,
      userId,
      platform: input.platform,
      ownership,
      locator: keys.locator,
      serverKey: await seal('server_key', keys.serverKey),
      deviceKey: await seal('device_key', keys.deviceKey),
      replacesDeviceId: replaced,
      createdBy: actorReference(actor),
      onBehalf: true,
      createdAt: now,
      expiresAt,
    });
    keys.serverKey.fill(0);
    keys.deviceKey.fill(0);
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
    return {
      id: enrollmentId,
      url: enrollmentUrl(deps.publicUrl.href, slug),
      oneTimePassword,
      expiresAt: expires,
    };
  });
}

async function requireUser(tx: TenantTx, user: string): Promise<string> {
  const row = await lockUser(tx, isUuid(user) ? { id: user, email: null } : { id: null, email: user });
  if (!row) throw new DomainError('not-found', 'There is no such user.');
  if (row.state !== 'active') {
    throw new DomainError('conflict', 'The user is disabled.', { reason: 'user-disabled' });
  }
  return row.user_id;
}

async function requireRoom(tx: TenantTx, userId: string, now: number, more: number): Promise<void> {
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
  userId: string,
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
