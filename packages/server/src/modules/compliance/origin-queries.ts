// Statements behind an explanation: since when gates answer as they do, through which groups something reaches a device, and who
// published the versions that demand it. `$1` is always the organization.
import type { Access, Gate } from '@gatehouse/core/compliance/gate.ts';
import { gates } from '@gatehouse/core/compliance/gate.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

type AccessRow = { readonly changed_at: Date } & { readonly [G in Gate as `access_${G}`]: Access };

const selectAccess = sql(
  'compliance-select-access-changes',
  `select changed_at, access_network, access_mail, access_vpn, access_apps, access_content
   from posture_changes where organization_id = $1 and device_id = $2 and changed_at <= $3
   order by changed_at desc, change_id desc limit 500`,
);

/** Since when each gate has answered what it answered at that moment; null when that is beyond what is kept or looked at. */
export async function findAccessSince(
  tx: TenantTx,
  deviceId: string,
  at: Date,
): Promise<Readonly<Record<Gate, number | null>>> {
  const rows = await tx.query<AccessRow>(selectAccess, [tx.organizationId, deviceId, at]);
  return Object.fromEntries(gates.map((gate) => [gate, sinceWhen(rows, gate)])) as Record<
    Gate,
    number | null
  >;
}

function sinceWhen(rows: readonly AccessRow[], gate: Gate): number | null {
  const column = `access_${gate}` as const;
  const held = rows[0]?.[column];
  const other = rows.findIndex((row) => row[column] !== held);
  return rows[(other === -1 ? rows.length : other) - 1]?.changed_at.getTime() ?? null;
}

export interface OriginGroup {
  readonly group_id: string;
  readonly name: string;
  readonly expression: string | null;
  readonly through: 'user' | 'device' | null;
}

const selectGroups = sql(
  'compliance-select-origin-groups',
  `select g.group_id, g.name, g.expression,
     case when exists (select 1 from devices d join group_members m on m.organization_id = $1 and m.user_id = d.user_id
       where d.organization_id = $1 and d.device_id = $2 and m.group_id = g.group_id) then 'user'
     when exists (select 1 from group_devices m
       where m.organization_id = $1 and m.device_id = $2 and m.group_id = g.group_id) then 'device' end as through
   from groups g where g.organization_id = $1 and g.group_id = any ($3::uuid[]) order by g.name`,
);

/** Whether the device or its user is in the groups now, and by which expression. */
export function findOriginGroups(
  tx: TenantTx,
  deviceId: string,
  groupIds: readonly string[],
): Promise<OriginGroup[]> {
  return tx.query(selectGroups, [tx.organizationId, deviceId, groupIds]);
}
