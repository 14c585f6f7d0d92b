// What administrators see of the channels of an Apple device. `$1` is the organization.
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { EnrolmentKind } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';
import type { AppleEnrollmentKind } from './apple-target.ts';

// Whether a secret is there is asked of the database, so that not even what is sealed comes near an answer.
const selectChannelsStatement = sql(
  'apple-select-channels',
  `select c.channel_id, c.channel, c.kind, c.enrollment_kind, c.product, c.os_version, c.supervised, c.shared_ipad, c.enrolled_at,
     case when c.channel = '' then k.last_check_in_at else c.last_seen_at end as seen_at, c.topic,
     c.push_token is not null as has_push, c.push_token_at, c.push_dead_at, c.awaiting_configuration, c.declarative_at,
     c.unlock_token is not null as has_unlock, c.bootstrap_token is not null as has_bootstrap, d.platform
   from apple_channels c
   join devices d on d.organization_id = $1 and d.device_id = c.device_id
   join device_contacts k on k.organization_id = $1 and k.device_id = c.device_id
   where c.organization_id = $1 and c.device_id = $2 order by c.channel limit 501`,
);

export interface ShownChannelRow {
  readonly channel_id: string;
  readonly channel: string;
  readonly kind: EnrolmentKind;
  readonly enrollment_kind: AppleEnrollmentKind;
  readonly product: string | null;
  readonly os_version: string | null;
  readonly supervised: boolean;
  readonly shared_ipad: boolean;
  readonly enrolled_at: Date | null;
  readonly seen_at: Date | null;
  readonly topic: string | null;
  readonly has_push: boolean;
  readonly push_token_at: Date | null;
  readonly push_dead_at: Date | null;
  readonly awaiting_configuration: boolean;
  readonly declarative_at: Date | null;
  readonly has_unlock: boolean;
  readonly has_bootstrap: boolean;
  readonly platform: Platform;
}

/** The device's own first, then its users': as many as a device may have. */
export function selectChannels(tx: TenantTx, deviceId: string): Promise<ShownChannelRow[]> {
  return tx.query<ShownChannelRow>(selectChannelsStatement, [tx.organizationId, deviceId]);
}
