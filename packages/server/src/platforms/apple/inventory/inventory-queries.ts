// Statements of the inventory: what may be asked of a device, when, and what it turned out to be. `$1` is always the organization.
import type { DeviceState, Ownership } from '@gatehouse/core/devices/device.ts';
import type { Scan } from '@gatehouse/core/facts/types.ts';
import type { SystemTx, TenantTx } from '../../../kernel/db/database.ts';
import { sql } from '../../../kernel/db/sql.ts';

export interface AskableRow {
  readonly ownership: Ownership;
  readonly collection: unknown;
  readonly access_rights: number | null;
}

const selectAskable = sql(
  'apple-inventory-askable',
  `select d.ownership, o.settings -> 'collection' as collection, e.access_rights
   from devices d join organizations o on o.organization_id = $1
   left join apple_enrollments e on e.organization_id = $1 and e.device_id = d.device_id
   where d.organization_id = $1 and d.device_id = $2`,
);

export function selectAskableRow(tx: TenantTx, deviceId: string): Promise<AskableRow | undefined> {
  return tx.one<AskableRow>(selectAskable, [tx.organizationId, deviceId]);
}

const updateChannel = sql(
  'apple-inventory-note-device',
  `with old as (
     select supervised from apple_channels
     where organization_id = $1 and device_id = $2 and channel = '' for update
   )
   update apple_channels c set os_version = coalesce($3, c.os_version), product = coalesce($4, c.product),
     supervised = coalesce($5, c.supervised), shared_ipad = coalesce($6, c.shared_ipad),
     awaiting_configuration = coalesce($7, c.awaiting_configuration)
   from old where c.organization_id = $1 and c.device_id = $2 and c.channel = ''
     and (c.os_version, c.product, c.supervised, c.shared_ipad, c.awaiting_configuration) is distinct from
       (coalesce($3, c.os_version), coalesce($4, c.product), coalesce($5, c.supervised), coalesce($6, c.shared_ipad),
        coalesce($7, c.awaiting_configuration))
   returning c.supervised and not old.supervised as supervised_now`,
);

export interface ToldOfDevice {
  readonly osVersion?: string | undefined;
  readonly product?: string | undefined;
  readonly supervised?: boolean | undefined;
  readonly sharedIpad?: boolean | undefined;
  readonly awaitingConfiguration?: boolean | undefined;
}

export interface DeviceNews {
  /** It is another device than before, as far as compiling for it goes. */
  readonly changed: boolean;
  /** It is supervised, and was not believed to be. */
  readonly supervisedNow: boolean;
}

export async function noteDevice(tx: TenantTx, deviceId: string, told: ToldOfDevice): Promise<DeviceNews> {
  const row = await tx.one<{ supervised_now: boolean }>(updateChannel, [
    tx.organizationId,
    deviceId,
    told.osVersion ?? null,
    told.product ?? null,
    told.supervised ?? null,
    told.sharedIpad ?? null,
    told.awaitingConfiguration ?? null,
  ]);
  return { changed: row !== undefined, supervisedNow: row?.supervised_now === true };
}

const putDue = sql(
  'apple-inventory-put-due',
  `insert into apple_inventory (organization_id, device_id, next_due_at)
   select $1, w.device_id, w.at from unnest($2::uuid[], $3::timestamptz[]) as w (device_id, at)
   on conflict (organization_id, device_id) do update set next_due_at = excluded.next_due_at`,
);

export async function writeDue(
  tx: TenantTx,
  due: readonly { readonly deviceId: string; readonly at: number }[],
): Promise<void> {
  if (due.length === 0) return;
  await tx.run(putDue, [
    tx.organizationId,
    due.map(({ deviceId }) => deviceId),
    due.map(({ at }) => new Date(at)),
  ]);
}

const deleteDue = sql(
  'apple-inventory-delete-due',
  'delete from apple_inventory where organization_id = $1 and device_id = any ($2)',
);

export async function forgetDue(tx: TenantTx, deviceIds: readonly string[]): Promise<void> {
  if (deviceIds.length > 0) await tx.run(deleteDue, [tx.organizationId, deviceIds]);
}

const findDue = sql(
  'apple-inventory-find-due',
  `select organization_id, device_id from apple_inventory where next_due_at <= $1 order by next_due_at limit $2`,
);

/** Across tenants; longest due first. */
export function findDueDevices(
  tx: SystemTx,
  now: Date,
  limit: number,
): Promise<{ readonly organization_id: string; readonly device_id: string }[]> {
  return tx.query(findDue, [now, limit]);
}

export interface ScanAgeRow {
  readonly device_id: string;
  readonly state: DeviceState;
  readonly scans: Readonly<Partial<Record<Scan, number>>> | null;
  /** Its users who were there lately: each has profiles of his own. */
  readonly users: readonly string[];
}

const selectScanAges = sql(
  'apple-inventory-scan-ages',
  `select d.device_id, d.state, f.scans,
     array(select u.channel from apple_channels u
       where u.organization_id = $1 and u.device_id = d.device_id and u.channel <> '' and u.enrolled_at is not null
         and u.last_seen_at > $3 order by u.channel limit 20) as users
   from devices d
   left join lateral (
     select jsonb_object_agg(f.scan, (extract(epoch from f.observed_at) * 1000)::bigint) as scans from device_facts f
     where f.organization_id = $1 and f.device_id = d.device_id and f.source = 'os-protocol'
   ) f on true
   where d.organization_id = $1 and d.device_id = any ($2)`,
);

/** When each scan was last answered by the device's own system, ms since the epoch. */
export function selectScanAgeRows(
  tx: TenantTx,
  deviceIds: readonly string[],
  usersSince: Date,
): Promise<ScanAgeRow[]> {
  return tx.query<ScanAgeRow>(selectScanAges, [tx.organizationId, deviceIds, usersSince]);
}
