// Statements that find the Apple devices a change concerns, and what must be known of them to build what they get.
import type { TargetKind } from '@gatehouse/core/settings/resolve.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import { sql } from '../../../kernel/db/sql.ts';
import type { AppleEnrollmentKind } from '../apple-target.ts';

export interface DeviceRow {
  readonly device_id: string;
  readonly platform: string;
  readonly product: string | null;
  readonly os_version: string | null;
  readonly supervised: boolean;
  readonly shared_ipad: boolean;
  readonly enrollment_kind: AppleEnrollmentKind;
  readonly udid: string | null;
  readonly device_name: string;
  readonly asset_number: string | null;
  readonly serial_number: string | null;
  readonly user_name: string | null;
  readonly email: string | null;
  readonly display_name: string | null;
  readonly employee_id: string | null;
  readonly organization: string;
  /** A verdict that takes away what the organization gave (PWD-04, CMA-06): its kind, and the rule's name if it has one. */
  readonly removal: { readonly rule: string; readonly name: string | null } | null;
  /** In the secured group: the same, and the device stays under management (LST-03). */
  readonly secured: boolean;
  readonly users: readonly { readonly channel: string; readonly name: string | null }[];
  /** The update that somebody has ordered for this one; `by` in ms since the epoch. */
  readonly ordered_update?: { readonly version: string; readonly by: number } | null;
}

const selectDevicesStatement = sql(
  'apple-desired-select-devices',
  `select c.device_id, d.platform, c.product, c.os_version, c.supervised, c.shared_ipad, c.enrollment_kind, c.udid,
     d.name as device_name, d.asset_number, u.user_name, u.email, u.display_name, u.employee_id, o.name as organization,
     (select jsonb_build_object('rule', v ->> 'rule', 'name', v ->> 'name')
      from device_posture p, jsonb_array_elements(p.evaluation -> 'verdicts') v
      where p.organization_id = $1 and p.device_id = c.device_id and coalesce(v -> 'exception', 'null') = 'null'
        and ((v ->> 'removesProfiles')::boolean or (v ->> 'rule' = 'passcode' and v ->> 'status' = 'not-compliant'))
      limit 1) as removal,
     d.secured_at is not null as secured,
     (select i.value from device_identifiers i
      where i.organization_id = $1 and i.device_id = c.device_id and i.kind = 'serial' limit 1) as serial_number,
     coalesce((select jsonb_agg(jsonb_build_object('channel', s.channel, 'name', s.user_short_name) order by s.channel)
       from apple_channels s where s.organization_id = $1 and s.device_id = c.device_id and s.channel <> ''
         and s.enrolled_at is not null), '[]') as users,
     (select jsonb_build_object('version', w.version, 'by', (extract(epoch from w.update_by) * 1000)::bigint)
      from apple_update_orders w where w.organization_id = $1 and w.device_id = c.device_id) as ordered_update
   from apple_channels c
   join devices d on d.organization_id = $1 and d.device_id = c.device_id
   join organizations o on o.organization_id = $1
   left join users u on u.organization_id = $1 and u.user_id = d.user_id
   where c.organization_id = $1 and c.device_id = any ($2) and c.channel = '' and c.enrolled_at is not null
     and d.state = 'registered'`,
);

/** Those under management that have an open channel; the others are not in it. */
export function selectDevices(tx: TenantTx, deviceIds: readonly string[]): Promise<DeviceRow[]> {
  return tx.query<DeviceRow>(selectDevicesStatement, [tx.organizationId, deviceIds]);
}

const reached = {
  organization: sql(
    'apple-desired-reached-organization',
    `select d.device_id, d.device_no from devices d
     join apple_channels c on c.organization_id = $1 and c.device_id = d.device_id and c.channel = ''
     where d.organization_id = $1 and $2::uuid = $1 and d.device_no > $3 and ($4::text is null or d.platform = $4)
       and d.state = 'registered'
     order by d.device_no limit $5`,
  ),
  group: sql(
    'apple-desired-reached-group',
    `(select d.device_id, d.device_no from group_members m
      join devices d on d.organization_id = $1 and d.user_id = m.user_id
      join apple_channels c on c.organization_id = $1 and c.device_id = d.device_id and c.channel = ''
      where m.organization_id = $1 and m.group_id = $2 and d.device_no > $3 and ($4::text is null or d.platform = $4)
        and d.state = 'registered'
      order by d.device_no limit $5)
     union all
     (select d.device_id, d.device_no from group_devices m
      join devices d on d.organization_id = $1 and d.device_id = m.device_id
      join apple_channels c on c.organization_id = $1 and c.device_id = d.device_id and c.channel = ''
      where m.organization_id = $1 and m.group_id = $2 and d.device_no > $3 and ($4::text is null or d.platform = $4)
        and d.state = 'registered'
      order by d.device_no limit $5)
     order by device_no limit $5`,
  ),
  user: sql(
    'apple-desired-reached-user',
    `select d.device_id, d.device_no from devices d
     join apple_channels c on c.organization_id = $1 and c.device_id = d.device_id and c.channel = ''
     where d.organization_id = $1 and d.user_id = $2 and d.device_no > $3 and ($4::text is null or d.platform = $4)
       and d.state = 'registered'
     order by d.device_no limit $5`,
  ),
  device: sql(
    'apple-desired-reached-device',
    `select d.device_id, d.device_no from devices d
     join apple_channels c on c.organization_id = $1 and c.device_id = d.device_id and c.channel = ''
     where d.organization_id = $1 and d.device_id = $2 and d.device_no > $3 and ($4::text is null or d.platform = $4)
       and d.state = 'registered'
     order by d.device_no limit $5`,
  ),
} as const satisfies Record<TargetKind, unknown>;

export interface ReachedRow {
  readonly device_id: string;
  readonly device_no: string;
}

/** The next Apple devices, in order of their number, that a target reaches. */
export function findReachedDevices(
  tx: TenantTx,
  target: { readonly targetKind: TargetKind; readonly targetId: string; readonly platform: string | null },
  after: string,
  limit: number,
): Promise<ReachedRow[]> {
  const { targetKind, targetId, platform } = target;
  return tx.query<ReachedRow>(reached[targetKind], [tx.organizationId, targetId, after, platform, limit]);
}
