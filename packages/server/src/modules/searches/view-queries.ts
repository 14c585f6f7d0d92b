// Statements over saved views. `$1` is the organization, `$2` who asks.
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface ViewRow {
  readonly view_id: string;
  readonly owner: string;
  readonly owner_name: string;
  readonly name: string;
  readonly shared: boolean;
  readonly query: string;
  readonly columns: readonly string[];
  readonly sort: string;
  readonly created_at: Date;
}

const columns = 'view_id, owner, owner_name, name, shared, query, columns, sort, created_at';

const select = sql(
  'views-select',
  `select ${columns} from saved_views where organization_id = $1 and (owner = $2 or shared) order by name, view_id`,
);

/** There are few: each person may have so many, and shared ones are somebody's. */
export function selectViews(tx: TenantTx, owner: string): Promise<ViewRow[]> {
  return tx.query<ViewRow>(select, [tx.organizationId, owner]);
}

const insert = sql(
  'views-insert',
  `insert into saved_views (organization_id, owner, view_id, owner_name, name, shared, query, columns, sort, created_at)
   select $1, $2, $3, $4, $5, $6, $7, $8::text[], $9, $10
   where (select count(*) from saved_views where organization_id = $1 and owner = $2) < $11 returning ${columns}`,
);

export function insertView(tx: TenantTx, row: ViewRow, most: number): Promise<ViewRow | undefined> {
  return tx.one<ViewRow>(insert, [
    tx.organizationId,
    row.owner,
    row.view_id,
    row.owner_name,
    row.name,
    row.shared,
    row.query,
    row.columns,
    row.sort,
    row.created_at,
    most,
  ]);
}

const lock = sql(
  'views-lock',
  `select ${columns} from saved_views where organization_id = $1 and view_id = $3 and (owner = $2 or shared) for update`,
);

export function lockView(tx: TenantTx, owner: string, viewId: string): Promise<ViewRow | undefined> {
  return tx.one<ViewRow>(lock, [tx.organizationId, owner, viewId]);
}

const update = sql(
  'views-update',
  `update saved_views set name = $3, shared = $4, query = $5, columns = $6::text[], sort = $7
   where organization_id = $1 and view_id = $2 returning ${columns}`,
);

export function updateView(tx: TenantTx, row: ViewRow): Promise<ViewRow | undefined> {
  return tx.one<ViewRow>(update, [
    tx.organizationId,
    row.view_id,
    row.name,
    row.shared,
    row.query,
    row.columns,
    row.sort,
  ]);
}

const remove = sql('views-delete', 'delete from saved_views where organization_id = $1 and view_id = $2');

export function deleteView(tx: TenantTx, viewId: string): Promise<number> {
  return tx.run(remove, [tx.organizationId, viewId]);
}
