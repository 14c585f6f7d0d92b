// Block, unblock, wipe, end of management: every change of a device's state, with what must follow in the same transaction.
import { type Actor, systemActor } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { announce } from '../../kernel/notifications.ts';
import { recordAudit } from '../audit/index.ts';
import { type RevocationReason, revokeDeviceCertificates } from '../certificates/index.ts';
import type { DeviceDeps, StandingDeps } from './device-deps.ts';
import { applyDeviceEvent, type DeviceEvent } from './device-lifecycle.ts';
import { lockDevice } from './lock-device.ts';
import { deleteRow, writeState } from './queries.ts';

const eventNames = {
  register: 'device.registered',
  block: 'device.blocked',
  unblock: 'device.unblocked',
  'begin-wipe': 'device.wipe-begun',
  'end-wipe': 'device.wipe-ended',
  unmanage: 'device.unmanaged',
  'enrol-again': 'device.enrolled-again',
} as const satisfies Record<DeviceEvent, string>;

const refusals: Readonly<Record<string, string>> = {
  'device-not-registered': 'The device has not completed its enrolment.',
  'device-being-wiped': 'The device is being wiped.',
  'device-blocked': 'The device is blocked.',
  'device-unmanaged': 'The device is no longer managed.',
};

/**
 * Applies one event of the lifecycle: state, audit entry, event, decision at the gates. What a device holds open is closed
 * when it is shut out; its certificates end with its management.
 * @returns whether anything changed.
 * @throws DomainError `not-found`, `conflict` when the state does not allow it.
 */
export async function changeStanding(
  deps: StandingDeps,
  tx: TenantTx,
  change: {
    readonly deviceId: string;
    readonly event: DeviceEvent;
    readonly actor: Actor;
    /** Goes into the audit entry. */
    readonly reason?: string | undefined;
    /** For the certificates, when management ends. */
    readonly revocation?: RevocationReason;
  },
): Promise<boolean> {
  const { deviceId, event, actor, reason } = change;
  const device = await lockDevice(tx, deviceId);
  const transition = applyDeviceEvent(device.state, event);
  if (transition.kind === 'unchanged') return false;
  if (transition.kind === 'refused') {
    throw new DomainError('conflict', refusals[transition.reason] ?? 'The device does not allow this now.', {
      reason: transition.reason,
    });
  }
  const now = deps.clock.now();
  await writeState(tx, deviceId, transition.to, new Date(now));
  const entry = { actor, target: { kind: 'device', id: deviceId }, outcome: 'done' } as const;
  await Promise.all([
    recordAudit(tx, {
      ...entry,
      action: `devices.${event}`,
      show: { from: device.state, to: transition.to },
      ...(reason === undefined ? {} : { reason }),
    }),
    deps.events.emit(tx, {
      name: eventNames[event],
      subjectId: deviceId,
      payload: { deviceId, from: device.state, to: transition.to },
    }),
  ]);
  if (transition.to === 'blocked') {
    announce(tx, deps.notifications, 'device-refused', { organizationId: tx.organizationId, id: deviceId });
  }
  if (transition.to === 'unmanaged') {
    await revokeDeviceCertificates(tx, deps, {
      deviceId,
      reason: change.revocation ?? 'cessation-of-operation',
      actor,
    });
  }
  await deps.reevaluate(tx, deviceId, now);
  return true;
}

/**
 * Two machines speak with one key: both are shut out until an administrator has looked, because nobody can tell which of them is
 * the device (DEV-08). @returns whether it is shut out now.
 */
export async function shutOutClones(deps: StandingDeps, tx: TenantTx, deviceId: string): Promise<boolean> {
  const device = await lockDevice(tx, deviceId);
  if (applyDeviceEvent(device.state, 'block').kind !== 'moved') return device.state === 'blocked';
  await deps.events.emit(tx, { name: 'device.key-cloned', subjectId: deviceId, payload: { deviceId } });
  const actor = systemActor('cloned-key', tx.organizationId);
  return changeStanding(deps, tx, { deviceId, event: 'block', actor, reason: 'cloned-key' });
}

function byAdministrator(event: DeviceEvent) {
  return async (
    deps: DeviceDeps,
    principal: TenantPrincipal,
    deviceId: string,
    reason?: string,
  ): Promise<void> => {
    requirePermission(principal, 'devices.delete');
    await deps.database.withTenant(principal.organizationId, (tx) =>
      changeStanding(deps, tx, { deviceId, event, actor: principal, reason }),
    );
  };
}

/** Shuts every gate and closes the device's own connection; it may be let in again (GAP-09: one step, not three). */
export const blockDevice = byAdministrator('block');
export const unblockDevice = byAdministrator('unblock');
/** Ends management without asking the device: its certificates are revoked, its gates shut. */
export const unmanageDevice = byAdministrator('unmanage');

/** Forgets a device and everything known of it; the audit record stays. Its certificates are revoked first. */
export async function deleteDevice(
  deps: DeviceDeps,
  principal: TenantPrincipal,
  deviceId: string,
): Promise<void> {
  requirePermission(principal, 'devices.delete');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const device = await lockDevice(tx, deviceId);
    await revokeDeviceCertificates(tx, deps, {
      deviceId,
      reason: 'cessation-of-operation',
      actor: principal,
    });
    await deleteRow(tx, deviceId);
    await recordAudit(tx, {
      actor: principal,
      action: 'devices.delete',
      target: { kind: 'device', id: deviceId },
      outcome: 'done',
      show: { state: device.state, platform: device.platform, ownership: device.ownership },
    });
    announce(tx, deps.notifications, 'posture-changed', { organizationId: tx.organizationId, id: deviceId });
    await deps.events.emit(tx, { name: 'device.deleted', subjectId: deviceId, payload: { deviceId } });
  });
}
