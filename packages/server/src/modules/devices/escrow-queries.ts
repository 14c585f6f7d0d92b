// Statements over what devices have in escrow. `$1` is always the organization.
import type { EscrowKind } from '@gatehouse/core/devices/escrow.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface EscrowRow {
  readonly escrow_id: string;
  readonly kind: EscrowKind;
  readonly sealed: Buffer;
  readonly from_command: string | null;
  readonly created_at: Date;
  readonly confirmed_at: Date | null;
}

const insertStatement = sql(
  'escrow-insert',
  `insert into device_escrow (organization_id, escrow_id, device_id, kind, sealed, from_command, created_at, confirmed_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (organization_id, from_command, kind) where from_command is not null do nothing`,
);

/** @returns false when the command has put one in already. */
export async function insertEscrow(tx: TenantTx, deviceId: string, row: EscrowRow): Promise<boolean> {
  const written = await tx.run(insertStatement, [
    tx.organizationId,
    row.escrow_id,
    deviceId,
    row.kind,
    row.sealed,
    row.from_command,
    row.created_at,
    row.confirmed_at,
  ]);
  return written === 1;
}

const columns = 'escrow_id, kind, sealed, from_command, created_at, confirmed_at';

const ofCommand = sql(
  'escrow-of-command',
  `select ${columns} from device_escrow where organization_id = $1 and from_command = $2 and kind = $3`,
);

export function selectEscrowOfCommand(
  tx: TenantTx,
  commandId: string,
  kind: EscrowKind,
): Promise<EscrowRow | undefined> {
  return tx.one<EscrowRow>(ofCommand, [tx.organizationId, commandId, kind]);
}

const newest = sql(
  'escrow-newest',
  `select ${columns} from device_escrow where organization_id = $1 and device_id = $2 and kind = $3
   order by escrow_id desc limit 1`,
);

export function selectNewestEscrow(
  tx: TenantTx,
  deviceId: string,
  kind: EscrowKind,
): Promise<EscrowRow | undefined> {
  return tx.one<EscrowRow>(newest, [tx.organizationId, deviceId, kind]);
}

const sinceConfirmed = sql(
  'escrow-since-confirmed',
  `with confirmed as (
     select ${columns} from device_escrow
     where organization_id = $1 and device_id = $2 and kind = $3 and confirmed_at is not null
     order by escrow_id desc limit 1
   ), newer as (
     select ${columns} from device_escrow e
     where e.organization_id = $1 and e.device_id = $2 and e.kind = $3
       and not exists (select 1 from confirmed where confirmed.escrow_id >= e.escrow_id)
     order by e.escrow_id desc limit $4
   )
   select * from newer union all select * from confirmed order by escrow_id desc`,
);

/** Newest first: the last one that was confirmed, and at most `limit` that came after it. */
export function selectEscrowSinceConfirmed(
  tx: TenantTx,
  deviceId: string,
  kind: EscrowKind,
  limit: number,
): Promise<EscrowRow[]> {
  return tx.query<EscrowRow>(sinceConfirmed, [tx.organizationId, deviceId, kind, limit]);
}

const summary = sql(
  'escrow-summary',
  `select kind, count(*)::integer as count, max(created_at) as newest_at, max(confirmed_at) as confirmed_at
   from device_escrow where organization_id = $1 and device_id = $2 group by kind order by kind`,
);

export function selectEscrowSummary(
  tx: TenantTx,
  deviceId: string,
): Promise<
  {
    readonly kind: EscrowKind;
    readonly count: number;
    readonly newest_at: Date;
    readonly confirmed_at: Date | null;
  }[]
> {
  return tx.query(summary, [tx.organizationId, deviceId]);
}

const confirm = sql(
  'escrow-confirm',
  `update device_escrow set confirmed_at = $4
   where organization_id = $1 and from_command = $2 and kind = $3 and confirmed_at is null`,
);

export async function markConfirmed(
  tx: TenantTx,
  commandId: string,
  kind: EscrowKind,
  at: Date,
): Promise<boolean> {
  return (await tx.run(confirm, [tx.organizationId, commandId, kind, at])) === 1;
}
