// What decides about a station, in one statement.
import type { NetworkSubject } from '@gatehouse/core/network-access/reply-rules.ts';
import type { Ownership, Platform } from '@gatehouse/core/devices/device.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import { sql } from '../../../kernel/db/sql.ts';

const findStatement = sql(
  'nac-find-devices',
  `select p.registered, p.access_network, d.ownership, d.platform,
     array(select m.group_id from group_members m where m.organization_id = $1 and m.user_id = d.user_id
       union all select g.group_id from group_devices g where g.organization_id = $1 and g.device_id = d.device_id) as groups
   from device_identifiers i
   join device_posture p on p.organization_id = $1 and p.device_id = i.device_id
   join devices d on d.organization_id = $1 and d.device_id = i.device_id
   where i.organization_id = $1 and i.kind = $2 and i.value = $3 limit 50`,
);

interface Row {
  readonly registered: boolean;
  readonly access_network: 'allow' | 'quarantine' | 'deny';
  readonly ownership: Ownership;
  readonly platform: Platform;
  readonly groups: string[];
}

export async function findSubjects(
  tx: TenantTx,
  kind: 'guid' | 'mac',
  value: string,
): Promise<NetworkSubject[]> {
  const rows = await tx.query<Row>(findStatement, [tx.organizationId, kind, value]);
  return rows.map(({ registered, access_network: access, ownership, platform, groups }) => ({
    decision: registered ? access : 'unknown',
    ownership,
    platform,
    groupIds: groups,
  }));
}

const settingsStatement = sql(
  'nac-settings',
  `select replies, quiet_seconds, version from network_access_settings where organization_id = $1`,
);
export interface SettingsRow {
  readonly replies: unknown;
  readonly quiet_seconds: number;
  readonly version: number;
}
export function selectSettings(tx: TenantTx): Promise<SettingsRow | undefined> {
  return tx.one(settingsStatement, [tx.organizationId]);
}

const lockStatement = sql(
  'nac-lock-settings',
  `select pg_advisory_xact_lock(hashtextextended('network-access/' || $1::text, 0))`,
);
const writeStatement = sql(
  'nac-write-settings',
  `insert into network_access_settings (organization_id, replies, quiet_seconds, version) values ($1, $2, $3, $4)
   on conflict (organization_id) do update set replies = excluded.replies, quiet_seconds = excluded.quiet_seconds,
     version = excluded.version`,
);
export async function lockSettings(tx: TenantTx): Promise<void> {
  await tx.run(lockStatement, [tx.organizationId]);
}
export async function writeSettings(tx: TenantTx, row: SettingsRow): Promise<void> {
  await tx.run(writeStatement, [
    tx.organizationId,
    JSON.stringify(row.replies),
    row.quiet_seconds,
    row.version,
  ]);
}
