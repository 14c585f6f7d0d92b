// The same change for many devices: a person they belong to, or whose property they are. What would come of it can be read before.
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import type { DeviceDeps } from './device-deps.ts';
import { type DeviceOutcome, inBatches, missing } from './device-batches.ts';
import { lockDevices } from './lock-device.ts';
import { hasUser, selectManyRows } from './queries.ts';
import { applyChanges, type DeviceChanges } from './update-device.ts';

export interface ChangeOfMany {
  readonly deviceIds: readonly string[];
  readonly changes: Pick<DeviceChanges, 'userId' | 'ownership'>;
}

/** @throws DomainError `not-found` for a user that is none */
export async function changeDevices(deps: DeviceDeps, principal: TenantPrincipal, wanted: ChangeOfMany) {
  const { deviceIds, changes } = wanted;
  requireRights(principal, changes);
  return inBatches(deviceIds, (some) =>
    deps.database.withTenant(principal.organizationId, async (tx) => {
      await requireUser(tx, changes);
      const found = await lockDevices(tx, some);
      const outcomes: DeviceOutcome[] = [];
      for (const deviceId of some) {
        if (!found.has(deviceId)) outcomes.push(missing(deviceId));
        else
          outcomes.push({
            deviceId,
            outcome: (await applyChanges(deps, tx, principal, deviceId, changes)) ? 'changed' : 'unchanged',
          });
      }
      return outcomes;
    }),
  );
}

/** What `changeDevices` would do now. */
export async function previewDeviceChanges(
  deps: Pick<DeviceDeps, 'database'>,
  principal: TenantPrincipal,
  { deviceIds, changes }: ChangeOfMany,
) {
  requireRights(principal, changes);
  return inBatches(deviceIds, (some) =>
    deps.database.withTenant(principal.organizationId, async (tx) => {
      await requireUser(tx, changes);
      const rows = await selectManyRows(tx, some);
      const found = new Map(rows.map(({ device }) => [device.device_id, device]));
      return some.map((deviceId): DeviceOutcome => {
        const device = found.get(deviceId);
        if (device === undefined) return missing(deviceId);
        const same =
          (changes.userId === undefined || changes.userId === device.user_id) &&
          (changes.ownership === undefined || changes.ownership === device.ownership);
        return { deviceId, outcome: same ? 'unchanged' : 'changed' };
      });
    }),
  );
}

function requireRights(principal: TenantPrincipal, { ownership }: ChangeOfMany['changes']): void {
  requirePermission(principal, 'devices.update');
  if (ownership !== undefined) requirePermission(principal, 'devices.ownership');
}

/** Said once for the whole request, not for each device. */
async function requireUser(tx: TenantTx, { userId }: ChangeOfMany['changes']): Promise<void> {
  if (typeof userId === 'string' && !(await hasUser(tx, userId)))
    throw new DomainError('not-found', 'There is no such user.');
}
