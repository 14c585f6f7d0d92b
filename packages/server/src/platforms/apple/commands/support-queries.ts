// What is known of Apple devices without asking them, for whoever orders a command. `$1` is the organization.
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import { sql } from '../../../kernel/db/sql.ts';
import type { AppleEnrollmentKind } from '../apple-target.ts';

export interface SupportRow {
  readonly device_id: string;
  readonly platform: Platform;
  readonly product: string | null;
  readonly os_version: string | null;
  readonly supervised: boolean;
  readonly shared_ipad: boolean;
  readonly enrollment_kind: AppleEnrollmentKind;
  readonly udid: string | null;
  readonly declarative_at: Date | null;
  readonly awaiting_configuration: boolean;
  readonly access_rights: number | null;
  /** The channel that was asked for is there. */
  readonly reachable: boolean;
}

const selectSupport = sql(
  'apple-select-support',
  `select c.device_id, d.platform, c.product, c.os_version, c.supervised, c.shared_ipad, c.enrollment_kind, c.udid,
     c.declarative_at, c.awaiting_configuration, e.access_rights,
     $3 = '' or exists (select 1 from apple_channels u
       where u.organization_id = $1 and u.device_id = c.device_id and u.channel = $3) as reachable
   from apple_channels c
   join devices d on d.organization_id = $1 and d.device_id = c.device_id
   left join apple_enrollments e on e.organization_id = $1 and e.device_id = c.device_id
   where c.organization_id = $1 and c.device_id = any ($2) and c.channel = ''`,
);

/** Those that are managed by Apple's protocol. */
export function selectSupportRows(
  tx: TenantTx,
  deviceIds: readonly string[],
  channel: string,
): Promise<SupportRow[]> {
  return tx.query<SupportRow>(selectSupport, [tx.organizationId, deviceIds, channel]);
}
