// The statement that finds the resources assigned to devices: to themselves, their user, his groups, the organization.
import type { ResourceFields, ResourceKind } from '@gatehouse/core/resources/catalogue.ts';
import type { TargetKind } from '@gatehouse/core/settings/resolve.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface AssignedResourceRow {
  readonly device_id: string;
  readonly assignment_id: string;
  readonly resource_id: string;
  readonly kind: ResourceKind;
  readonly name: string;
  readonly version: number;
  readonly fields: ResourceFields;
  readonly target_kind: TargetKind;
  readonly target_id: string;
  readonly target_name: string;
  readonly priority: number;
}

/** Apart from policies: a check-in asks for those each time, for resources only who builds what a device gets. */
const selectAssigned = sql(
  'policies-select-assigned-resources',
  `select d.device_id, a.assignment_id, r.resource_id, r.kind, r.name, r.version, r.fields, a.target_kind, a.target_id,
     a.target_name, a.priority
   from devices d
   cross join lateral (
     select a.*, o.name as target_name from assignments a join organizations o on o.organization_id = $1
     where a.organization_id = $1 and a.item_kind = 'resource' and a.target_kind = 'organization' and a.target_id = $1
     union all
     select a.*, g.name from group_members m
       join groups g on g.organization_id = $1 and g.group_id = m.group_id
       join assignments a on a.organization_id = $1 and a.item_kind = 'resource' and a.target_kind = 'group'
         and a.target_id = m.group_id
     where m.organization_id = $1 and m.user_id = d.user_id
     union all
     select a.*, g.name from group_devices m
       join groups g on g.organization_id = $1 and g.group_id = m.group_id
       join assignments a on a.organization_id = $1 and a.item_kind = 'resource' and a.target_kind = 'group'
         and a.target_id = m.group_id
     where m.organization_id = $1 and m.device_id = d.device_id
     union all
     select a.*, u.user_name from users u
       join assignments a on a.organization_id = $1 and a.item_kind = 'resource' and a.target_kind = 'user'
         and a.target_id = u.user_id
     where u.organization_id = $1 and u.user_id = d.user_id
     union all
     select a.*, d.name from assignments a
     where a.organization_id = $1 and a.item_kind = 'resource' and a.target_kind = 'device' and a.target_id = d.device_id
   ) a
   join resources r on r.organization_id = $1 and r.resource_id = a.item_id
   where d.organization_id = $1 and d.device_id = any ($2) and (a.platform is null or a.platform = d.platform)`,
);

export function selectResourcesAssignedTo(
  tx: TenantTx,
  deviceIds: readonly string[],
): Promise<AssignedResourceRow[]> {
  return tx.query<AssignedResourceRow>(selectAssigned, [tx.organizationId, deviceIds]);
}
