// Statements over what is shut out: devices that are barred or secured, and hardware. `$1` is always the organization.
import type { BarCause } from '@gatehouse/core/devices/device.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

/** No bar, or one that a new enrolment would lift: it gives way to one that only an administrator lifts. */
const yields = `(barred_at is null or barred_cause = 'certificate')`;

const bar = sql(
  'devices-bar',
  `update devices set barred_at = $3, barred_by = $4, barred_reason = $5, barred_cause = $6
   where organization_id = $1 and device_id = $2 and ${yields} and barred_cause is distinct from $6`,
);

/** @returns whether it was not barred before, or less firmly. */
export async function writeBar(
  tx: TenantTx,
  deviceId: string,
  {
    at,
    by,
    reason,
    cause,
  }: { readonly at: Date; readonly by: string; readonly reason: string; readonly cause: BarCause },
): Promise<boolean> {
  return (await tx.run(bar, [tx.organizationId, deviceId, at, by, reason, cause])) > 0;
}

const unbar = sql(
  'devices-unbar',
  `update devices set barred_at = null, barred_by = null, barred_reason = null, barred_cause = null
   where organization_id = $1 and device_id = $2 and barred_at is not null and ($3::text is null or barred_cause = $3)`,
);

/** @param cause only a bar that has it; null: any. */
export async function eraseBar(tx: TenantTx, deviceId: string, cause: BarCause | null): Promise<boolean> {
  return (await tx.run(unbar, [tx.organizationId, deviceId, cause])) > 0;
}

const secure = sql(
  'devices-secure',
  `update devices set secured_at = $3 where organization_id = $1 and device_id = $2
   and (secured_at is null) <> ($3::timestamptz is null)`,
);

/** @param at null: it leaves the secured group. @returns whether that is new. */
export async function writeSecured(tx: TenantTx, deviceId: string, at: Date | null): Promise<boolean> {
  return (await tx.run(secure, [tx.organizationId, deviceId, at])) > 0;
}

const blockIdentifiers = sql(
  'devices-block-hardware',
  `insert into hardware_blocks (organization_id, block_id, kind, value, device_id, reason, blocked_by, created_at)
   select $1, gen_random_uuid(), i.kind, i.value, $2, $3, $4, $5 from device_identifiers i
   where i.organization_id = $1 and i.device_id = $2 and i.kind in ('serial', 'udid', 'imei', 'meid', 'mac')
   on conflict do nothing`,
);

export function writeBlocksOf(
  tx: TenantTx,
  deviceId: string,
  block: { readonly reason: string; readonly by: string; readonly at: Date },
): Promise<number> {
  return tx.run(blockIdentifiers, [tx.organizationId, deviceId, block.reason, block.by, block.at]);
}

const unblockDevice = sql(
  'devices-unblock-hardware',
  `delete from hardware_blocks b where b.organization_id = $1 and (b.device_id = $2 or exists (
     select 1 from device_identifiers i
     where i.organization_id = $1 and i.device_id = $2 and i.kind = b.kind and i.value = b.value))`,
);

export function eraseBlocksOf(tx: TenantTx, deviceId: string): Promise<number> {
  return tx.run(unblockDevice, [tx.organizationId, deviceId]);
}

export interface BlockRow {
  readonly block_id: string;
  readonly block_no: string;
  readonly kind: 'serial' | 'udid' | 'imei' | 'meid' | 'mac';
  readonly value: string;
  readonly device_id: string | null;
  readonly reason: string;
  readonly blocked_by: string;
  readonly created_at: Date;
}

const blockColumns = 'block_id, block_no, kind, value, device_id, reason, blocked_by, created_at';

const insertOne = sql(
  'devices-insert-hardware-block',
  `insert into hardware_blocks (organization_id, block_id, kind, value, device_id, reason, blocked_by, created_at)
   values ($1, $2, $3, $4, null, $5, $6, $7) on conflict do nothing returning ${blockColumns}`,
);

/** @returns undefined when it is blocked already. */
export function insertBlock(
  tx: TenantTx,
  block: Pick<BlockRow, 'block_id' | 'kind' | 'value' | 'reason' | 'blocked_by' | 'created_at'>,
): Promise<BlockRow | undefined> {
  return tx.one<BlockRow>(insertOne, [
    tx.organizationId,
    block.block_id,
    block.kind,
    block.value,
    block.reason,
    block.blocked_by,
    block.created_at,
  ]);
}

const removeOne = sql(
  'devices-delete-hardware-block',
  `delete from hardware_blocks where organization_id = $1 and block_id = $2 returning ${blockColumns}`,
);

export function deleteBlock(tx: TenantTx, blockId: string): Promise<BlockRow | undefined> {
  return tx.one<BlockRow>(removeOne, [tx.organizationId, blockId]);
}

const list = sql(
  'devices-list-hardware-blocks',
  `select ${blockColumns} from hardware_blocks
   where organization_id = $1 and block_no < coalesce($2::bigint, 9223372036854775807) order by block_no desc limit $3`,
);

export function selectBlocks(tx: TenantTx, before: string | null, limit: number): Promise<BlockRow[]> {
  return tx.query<BlockRow>(list, [tx.organizationId, before, limit]);
}

/** Under a new name or an old one: what is blocked is barred before any gate is decided. */
const barIfBlocked = sql(
  'devices-bar-known-hardware',
  `update devices d set barred_at = now(), barred_by = 'system:hardware-block', barred_reason = 'The hardware is shut out.',
     barred_cause = 'order'
   where d.organization_id = $1 and d.device_id = $2 and ${yields} and exists (
     select 1 from unnest((select $3::text[]), (select $4::text[])) as n (kind, value)
     join hardware_blocks b on b.organization_id = $1 and b.kind = n.kind and b.value = n.value)`,
);

export async function barIfHardwareIsBlocked(
  tx: TenantTx,
  deviceId: string,
  identifiers: readonly { readonly kind: string; readonly value: string }[],
): Promise<boolean> {
  const values = [identifiers.map(({ kind }) => kind), identifiers.map(({ value }) => value)];
  return (await tx.run(barIfBlocked, [tx.organizationId, deviceId, ...values])) > 0;
}
