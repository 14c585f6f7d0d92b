// Which resources devices should have now, and which not because another is nearer (RES-16, RES-17, POL-09).
import { type ResolvedResources, resolveResources as resolve } from '@gatehouse/core/resources/resolve.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { type AssignedResourceRow, selectResourcesAssignedTo } from './resource-queries.ts';

const nothing: ResolvedResources = { resources: [], outdone: [] };

export async function resolveResources(tx: TenantTx, deviceId: string): Promise<ResolvedResources> {
  return (await resolveResourcesOf(tx, [deviceId])).get(deviceId) ?? nothing;
}

/** One query. Devices that are reached by the same assignments share one result; one without any is not in it. */
export async function resolveResourcesOf(
  tx: TenantTx,
  deviceIds: readonly string[],
): Promise<ReadonlyMap<string, ResolvedResources>> {
  const byDevice = Map.groupBy(await selectResourcesAssignedTo(tx, deviceIds), (row) => row.device_id);
  const known = new Map<string, ResolvedResources>();
  return new Map(
    [...byDevice].map(([deviceId, rows]) => {
      const key = rows
        .map((row) => row.assignment_id)
        .sort()
        .join();
      const resolved = known.get(key) ?? resolve(rows.map(toAssigned));
      known.set(key, resolved);
      return [deviceId, resolved];
    }),
  );
}

function toAssigned(row: AssignedResourceRow) {
  return {
    resourceId: row.resource_id,
    kind: row.kind,
    name: row.name,
    version: row.version,
    fields: row.fields,
    path: { targetKind: row.target_kind, targetId: row.target_id, targetName: row.target_name },
    priority: row.priority,
  };
}
