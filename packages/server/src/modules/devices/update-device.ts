// What people may change of a device: its name, asset number, user and, with a right of its own, its ownership.
import type { Ownership } from '@gatehouse/core/devices/device.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { factNames } from '@gatehouse/core/facts/catalogue.ts';
import { mayCollect } from '@gatehouse/core/facts/privacy.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { recordAudit } from '../audit/index.ts';
import { readCollectionPolicy } from './collection-policy.ts';
import type { DeviceDeps } from './device-deps.ts';
import { eraseFacts, selectCollection } from './facts-queries.ts';
import { type LockedDevice, lockDevice } from './lock-device.ts';
import { hasUser, writeDetails } from './queries.ts';

export interface DeviceChanges {
  readonly name?: string | undefined;
  readonly assetNumber?: string | null | undefined;
  readonly userId?: string | null | undefined;
  readonly ownership?: Ownership | undefined;
}

export async function updateDevice(
  deps: DeviceDeps,
  principal: TenantPrincipal,
  deviceId: string,
  changes: DeviceChanges,
): Promise<void> {
  requirePermission(principal, 'devices.update');
  if (changes.ownership !== undefined) requirePermission(principal, 'devices.ownership');
  await deps.database.withTenant(principal.organizationId, (tx) =>
    applyChanges(deps, tx, principal, deviceId, changes),
  );
}

/** @returns whether anything changed. The caller has checked permissions. */
export async function applyChanges(
  deps: DeviceDeps,
  tx: TenantTx,
  principal: TenantPrincipal,
  deviceId: string,
  changes: DeviceChanges,
): Promise<boolean> {
  const before = await lockDevice(tx, deviceId);
  const after = {
    name: changes.name ?? before.name,
    assetNumber: changes.assetNumber === undefined ? before.assetNumber : changes.assetNumber,
    userId: changes.userId === undefined ? before.userId : changes.userId,
    ownership: changes.ownership ?? before.ownership,
  };
  const changed = (Object.keys(after) as (keyof typeof after)[]).filter(
    (name) => after[name] !== before[name],
  );
  if (changed.length === 0) return false;
  if (after.userId !== before.userId && after.userId !== null && !(await hasUser(tx, after.userId))) {
    throw new DomainError('not-found', 'There is no such user.');
  }
  await writeDetails(tx, deviceId, after);
  const ownership = { from: before.ownership, to: after.ownership };
  await recordAudit(tx, {
    actor: principal,
    action: changed.includes('ownership') ? 'devices.change-ownership' : 'devices.update',
    target: { kind: 'device', id: deviceId },
    outcome: 'done',
    show: {
      changed,
      ...(changed.includes('ownership') ? { ownership } : {}),
      ...(changed.includes('userId') ? { userId: { from: before.userId, to: after.userId } } : {}),
      ...(changed.includes('assetNumber') ? { assetNumber: after.assetNumber } : {}),
    },
    personal: { name: changed.includes('name') ? after.name : null },
  });
  await deps.events.emit(tx, {
    name: 'device.changed',
    subjectId: deviceId,
    payload: { deviceId, changed, ...(changed.includes('ownership') ? { ownership } : {}) },
  });
  if (changed.includes('ownership')) await forgetUncollected(tx, before, after.ownership);
  // Another user brings other policies; the name of the user is part of what gates report.
  await deps.reevaluate(tx, deviceId, deps.clock.now());
  return true;
}

/** A device that became somebody's own: what may not be collected of it is not kept either (DLP-04). */
async function forgetUncollected(tx: TenantTx, device: LockedDevice, ownership: Ownership): Promise<void> {
  const policy = readCollectionPolicy(await selectCollection(tx));
  const uncollected = factNames.filter((fact) => !mayCollect(fact, ownership, policy));
  if (uncollected.length > 0) await eraseFacts(tx, device.deviceId, uncollected);
}
