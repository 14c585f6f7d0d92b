// Whom assignments reach, in numbers, and of what devices the fleet consists: for people who decide what to set.
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import type { PolicyDeps } from './policy-deps.ts';
import { countDevicesReached, selectFleetShape } from './reach-queries.ts';

type Reading = Pick<PolicyDeps, 'database'>;

/** An item without assignments reaches nobody, as does one that does not exist. */
export async function getAssignmentReach(deps: Reading, principal: TenantPrincipal, itemId: string) {
  requirePermission(principal, 'policies.read');
  const counts = await deps.database.withTenant(
    principal.organizationId,
    (tx) => countDevicesReached(tx, itemId),
    { readOnly: true },
  );
  return {
    devices: counts.get(null) ?? 0,
    assignments: [...counts].flatMap(([assignmentId, devices]) =>
      assignmentId === null ? [] : [{ assignmentId, devices }],
    ),
  };
}

export async function getFleetShape(deps: Reading, principal: TenantPrincipal) {
  requirePermission(principal, 'policies.read');
  const rows = await deps.database.withTenant(principal.organizationId, selectFleetShape, { readOnly: true });
  return {
    groups: rows.map(({ platform, os_version, supervised, devices }) => ({
      platform,
      osVersion: os_version,
      supervised,
      devices,
    })),
  };
}
