// Statements over kept lists of devices, and over what devices are known by. `$1` is the organization.
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface SelectionRow {
  readonly selection_id: string;
  readonly created_by: string;
  readonly device_ids: readonly string[];
  readonly hash: string;
  readonly not_found: readonly string[];
  readonly created_at: Date;
  readonly expires_at: Date;
}

const insert = sql(
  'selections-insert',
  `insert into device_selections (organization_id, selection_id, created_by, device_ids, hash, not_found, created_at, expires_at)
   values ($1, $2, $3, $4::uuid[], $5, $6, $7, $8)`,
);

export function insertSelection(tx: TenantTx, row: SelectionRow): Promise<number> {
  return tx.run(insert, [
    tx.organizationId,
    row.selection_id,
    row.created_by,
    row.device_ids,
    row.hash,
    row.not_found,
    row.created_at,
    row.expires_at,
  ]);
}

const select = sql(
  'selections-select',
  `select selection_id, created_by, device_ids, hash, not_found, created_at, expires_at
   from device_selections where organization_id = $1 and selection_id = $2 and expires_at > $3`,
);

export function findSelection(
  tx: TenantTx,
  selectionId: string,
  now: Date,
): Promise<SelectionRow | undefined> {
  return tx.one<SelectionRow>(select, [tx.organizationId, selectionId, now]);
}

const resolve = sql(
  'selections-resolve',
  `with asked as materialized (select * from jsonb_to_recordset($2::jsonb) as a (line int, kind text, value text))
   select a.line, i.device_id from asked a
     join device_identifiers i on i.organization_id = $1 and i.kind = a.kind and i.value = a.value
   union
   select a.line, d.device_id from asked a
     join devices d on d.organization_id = $1 and d.asset_number = a.value where a.kind = 'asset'
   union
   select a.line, d.device_id from asked a
     join users u on u.organization_id = $1 and u.email_key = a.value
     join devices d on d.organization_id = $1 and d.user_id = u.user_id where a.kind = 'email'`,
);

/** Which devices each line means, whatever kind of identifier it is. */
export function resolveLines(
  tx: TenantTx,
  lines: readonly { readonly line: number; readonly kind: string; readonly value: string }[],
): Promise<{ readonly line: number; readonly device_id: string }[]> {
  return tx.query(resolve, [tx.organizationId, JSON.stringify(lines)]);
}

const existing = sql(
  'selections-existing',
  'select device_id from devices where organization_id = $1 and device_id = any ($2::uuid[]) order by device_no',
);

export async function selectExisting(tx: TenantTx, deviceIds: readonly string[]): Promise<readonly string[]> {
  const rows = await tx.query<{ device_id: string }>(existing, [tx.organizationId, deviceIds]);
  return rows.map(({ device_id }) => device_id);
}

const purge = sql(
  'selections-purge',
  'delete from device_selections where organization_id = $1 and expires_at < $2',
);

export function deleteOldSelections(tx: TenantTx, now: Date): Promise<number> {
  return tx.run(purge, [tx.organizationId, now]);
}
