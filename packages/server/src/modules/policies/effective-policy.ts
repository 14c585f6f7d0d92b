// What applies to one device and why, for people who ask (POL-09).
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { findDevice, noSuchDevice } from '../devices/index.ts';
import type { PolicyDeps } from './policy-deps.ts';
import { resolveForDevice } from './resolve-for-device.ts';

export async function getEffectivePolicy(
  deps: Pick<PolicyDeps, 'database'>,
  principal: TenantPrincipal,
  deviceId: string,
) {
  requirePermission(principal, 'policies.read');
  return deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      const [device, policy] = await Promise.all([findDevice(tx, deviceId), resolveForDevice(tx, deviceId)]);
      if (!device) throw noSuchDevice();
      return {
        version: policy.version,
        acknowledgedVersion: device.acknowledgedPolicyVersion,
        settings: { ...policy.resolved.values },
        origins: { ...policy.resolved.origins },
        schedule: policy.schedule,
        scheduleOrigin: policy.scheduleOrigin,
      };
    },
    { readOnly: true },
  );
}
