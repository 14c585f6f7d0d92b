// Reads everything that a backup holds in one snapshot, tenant by tenant under row-level security, as gh_backup, which may only read. The
// same on every server: nothing here needs a superuser or BYPASSRLS (docs/adr/0006).
import pg from 'pg';
import { connectAs, type DatabaseAddress } from '../db/address.ts';
import { BackupError } from './backup-error.ts';
import type { BackupRow, Manifest } from './format.ts';
import { quoted, readTableShapes, type TableShape } from './table-shapes.ts';

export interface Snapshot {
  readonly schemaVersion: number;
  readonly createdAt: string;
  readonly manifest: Manifest;
  /** Row batches in the manifest's order. */
  rows(): AsyncGenerator<{ organization: string; table: string; rows: readonly BackupRow[] }>;
  close(): Promise<void>;
}

const batch = 500;

/** @param slug one organization; undefined: all. */
export async function openSnapshot(address: DatabaseAddress, slug?: string): Promise<Snapshot> {
  const client = new pg.Client(connectAs(address, 'login'));
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    await fixTextForms(client);
    await client.query('set local role gh_system');
    const organizations = await client.query<{ id: string; slug: string }>(
      `select organization_id::text as id, slug from gh.organizations
       where $1::text is null or slug = $1 order by organization_id`,
      [slug ?? null],
    );
    if (slug !== undefined && organizations.rows.length === 0)
      throw new BackupError(`There is no organization ${slug}`);
    const state = await client.query<{ version: number; now: Date }>(
      'select max(version)::int as version, now() as now from gh.schema_migrations',
    );
    await client.query('set local role gh_backup');
    const shapes = await readTableShapes(client);
    return {
      schemaVersion: state.rows[0]?.version ?? 0,
      createdAt: (state.rows[0]?.now ?? new Date()).toISOString(),
      manifest: {
        scope: slug === undefined ? 'instance' : 'organization',
        organizations: organizations.rows,
        tables: shapes.map(({ name, columns }) => ({
          name,
          columns: columns.map((column) => column.name),
        })),
      },
      rows: () => readRows(client, organizations.rows, shapes),
      close: () => client.end(),
    };
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** Text that reads back as the same value, whatever the server's settings are. */
export async function fixTextForms(client: pg.ClientBase): Promise<void> {
  await client.query(`set local search_path to gh; set local datestyle to 'ISO, YMD'; set local timezone to 'UTC';
    set local bytea_output to 'hex'; set local intervalstyle to 'postgres'; set local extra_float_digits to 1;
    set local statement_timeout to 0; set local idle_in_transaction_session_timeout to 0`);
}

/** Numbers of transactions mean nothing in another database: there all rows are of a time before the first. */
function readColumn({ name }: TableShape['columns'][number]): string {
  return name === 'transaction' ? `'0'` : `${quoted(name)}::text`;
}

async function* readRows(
  client: pg.Client,
  organizations: readonly { id: string }[],
  shapes: readonly TableShape[],
): AsyncGenerator<{ organization: string; table: string; rows: readonly BackupRow[] }> {
  for (const { id } of organizations) {
    await client.query(`select set_config('gh.org', $1, true)`, [id]);
    for (const { name, columns } of shapes) {
      const list = columns.map(readColumn).join(', ');
      await client.query(`declare backup_rows no scroll cursor for select ${list} from gh.${quoted(name)}`);
      for (;;) {
        const { rows } = await client.query<(string | null)[]>({
          text: `fetch forward ${batch} from backup_rows`,
          rowMode: 'array',
        });
        if (rows.length > 0) yield { organization: id, table: name, rows };
        if (rows.length < batch) break;
      }
      await client.query('close backup_rows');
    }
  }
}
