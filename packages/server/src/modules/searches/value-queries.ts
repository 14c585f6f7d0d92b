// Statements that say which values there are, and how often, for whoever writes an expression. `$1` is the organization.
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface ValueRow {
  readonly value: unknown;
  readonly devices: number;
}

const ofFact = sql(
  'searches-values-of-fact',
  `select v.value, count(*)::int as devices, (sum(count(*)) over ())::int as known
   from (select f.facts -> $2 as value from device_facts f
     where f.organization_id = $1 and f.scan = $3 and f.facts ? $2) v
   where jsonb_typeof(v.value) in ('string', 'number', 'boolean') and length(v.value::text) < 300
   group by v.value order by count(*) desc, v.value limit $4`,
);

/** Of a fact with simple values; what several sources say is counted for each. */
export function selectFactValues(
  tx: TenantTx,
  fact: string,
  scan: string,
  limit: number,
): Promise<(ValueRow & { readonly known: number })[]> {
  return tx.query(ofFact, [tx.organizationId, fact, scan, limit]);
}

const recorded = {
  'device.platform': sql(
    'searches-values-platform',
    `select platform as value, count(*)::int as devices from devices where organization_id = $1 and state <> 'unmanaged'
     group by 1 order by 2 desc limit $2`,
  ),
  'device.ownership': sql(
    'searches-values-ownership',
    `select ownership as value, count(*)::int as devices from devices where organization_id = $1 and state <> 'unmanaged'
     group by 1 order by 2 desc limit $2`,
  ),
  'device.state': sql(
    'searches-values-state',
    `select state as value, count(*)::int as devices from devices where organization_id = $1 group by 1 order by 2 desc limit $2`,
  ),
  'user.name': sql(
    'searches-values-user',
    `select u.user_name as value, count(*)::int as devices from devices d
     join users u on u.organization_id = $1 and u.user_id = d.user_id
     where d.organization_id = $1 and d.state <> 'unmanaged' group by 1 order by 2 desc, 1 limit $2`,
  ),
  'device.groups': sql(
    'searches-values-group',
    `select g.name as value, (select count(*)::int from group_devices m where m.organization_id = $1 and m.group_id = g.group_id)
       + (select count(*)::int from group_members m join devices d on d.organization_id = $1 and d.user_id = m.user_id
          where m.organization_id = $1 and m.group_id = g.group_id) as devices
     from groups g where g.organization_id = $1 order by 2 desc, 1 limit $2`,
  ),
  'posture.standing': sql(
    'searches-values-standing',
    `select standing as value, count(*)::int as devices from device_posture where organization_id = $1 group by 1 order by 2 desc limit $2`,
  ),
  'posture.failing': sql(
    'searches-values-failing',
    `select f.rule as value, count(*)::int as devices from device_posture p, unnest(p.failing) as f (rule)
     where p.organization_id = $1 and cardinality(p.failing) > 0 group by 1 order by 2 desc limit $2`,
  ),
} as const;

export function isCounted(name: string): name is keyof typeof recorded {
  return Object.hasOwn(recorded, name);
}

export function selectRecordedValues(
  tx: TenantTx,
  name: keyof typeof recorded,
  limit: number,
): Promise<ValueRow[]> {
  return tx.query<ValueRow>(recorded[name], [tx.organizationId, limit]);
}
