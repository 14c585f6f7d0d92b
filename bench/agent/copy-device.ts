// Many devices out of one: each table's rows of the pattern once more for every new device, but for what must differ.
import type pg from 'pg';

export interface Copies {
  readonly organizationId: string;
  /** The device to copy. */
  readonly pattern: string;
  readonly count: number;
  /** SQL for the id of the n-th copy, given the SQL for n. */
  readonly idOf: (n: string) => string;
  /** Tables in the order of their foreign keys, each with SQL for the columns that differ; `p` is the pattern's row, `n` the copy. */
  readonly tables: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** @param client with the schema in its search path. */
export async function copyDevice(
  client: pg.Client,
  { organizationId, pattern, count, idOf, tables }: Copies,
): Promise<void> {
  for (const [table, differing] of Object.entries(tables)) {
    const { rows } = await client.query<{ name: string }>(
      `select attname as name from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = ''`,
      [`gh.${table}`],
    );
    const columns = rows.map(({ name }) => name);
    const sources = columns.map((name) =>
      name === 'device_id' ? idOf('n') : (differing[name] ?? `p.${name}`),
    );
    await client.query(
      `insert into ${table} (${columns.join(', ')}) select ${sources.join(', ')}
       from generate_series(1, $3::int) n, ${table} p where p.organization_id = $1 and p.device_id = $2`,
      [organizationId, pattern, count],
    );
  }
}
