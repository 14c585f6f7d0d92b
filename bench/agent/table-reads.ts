// How the database found its rows while the load ran, from PostgreSQL's own counters: they tell of every statement that was
// really sent, and a scan of a table that grows with the fleet cannot hide from them.
import { connectAs, type DatabaseAddress } from '@gatehouse/server/kernel/db/address.ts';
import pg from 'pg';

export interface TableReads {
  /** Whole-table scans of tables with more than 1,000 rows, by table. */
  readonly scans: ReadonlyMap<string, number>;
  /** Rows that were looked at in all tables, by scan or index. */
  readonly rows: number;
}

export async function countReads(address: DatabaseAddress, during: () => Promise<void>): Promise<TableReads> {
  const client = new pg.Client(connectAs(address, 'login'));
  await client.connect();
  const read = async () => {
    await client.query('select pg_stat_clear_snapshot()');
    const { rows } = await client.query<{ name: string; scans: string; read: string; size: string }>(
      `select relname as name, seq_scan as scans, seq_tup_read + coalesce(idx_tup_fetch, 0) as read, n_live_tup as size
       from pg_stat_user_tables where schemaname = 'gh'`,
    );
    return new Map(rows.map((row) => [row.name, row]));
  };
  // Backends hand in their counts at most once a second.
  const settle = () => new Promise((resolve) => setTimeout(resolve, 1_500));
  await settle();
  const before = await read();
  await during();
  await settle();
  const after = await read();
  await client.end();
  const scans = new Map<string, number>();
  let rows = 0;
  for (const [name, row] of after) {
    const earlier = before.get(name);
    const more = Number(row.scans) - Number(earlier?.scans ?? 0);
    if (more > 0 && Number(row.size) > 1_000) scans.set(name, more);
    rows += Number(row.read) - Number(earlier?.read ?? 0);
  }
  return { scans, rows };
}
