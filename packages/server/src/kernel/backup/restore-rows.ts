// Brings the rows of a backup into an empty database: one transaction, tenant by tenant under row-level security, tables and
// columns that our own migrations made and no others (DAT-06). Either everything is there afterwards, with what must be dead
// dead, or nothing is.
import pg from 'pg';
import { connectAs, type DatabaseAddress } from '../db/address.ts';
import { insideOpenTransaction, type TenantTx } from '../db/database.ts';
import { applyMigration, loadMigrations, type Migration, migrate, migrationLock } from '../db/migrate.ts';
import { BackupError } from './backup-error.ts';
import type { OpenBackup, RowBatch } from './backup-reader.ts';
import { type Invalidated, invalidate } from './invalidate.ts';
import { fixTextForms } from './snapshot.ts';
import { quoted, readTableShapes, type TableShape } from './table-shapes.ts';

export interface RestoreOptions {
  /** Take a backup of which nobody can say where it comes from. */
  readonly acceptUnknownOrigin: boolean;
  /** Migrations of this program; others only in tests. */
  readonly migrations?: readonly Migration[];
  /** Runs in each tenant at the end, in the same transaction. */
  finish(tx: TenantTx, ended: Invalidated): Promise<void>;
  progress?(line: string): void;
}

/** @throws BackupError; the database is as it was then, save for the migrations up to the backup's schema. */
export async function restoreRows(
  address: DatabaseAddress,
  backup: OpenBackup,
  options: RestoreOptions,
): Promise<{ readonly rows: number }> {
  const migrations = options.migrations ?? loadMigrations();
  const { schemaVersion } = backup.header;
  if (schemaVersion > Math.max(...migrations.map(({ version }) => version)))
    throw new BackupError(
      `The backup was made by a newer Gatehouse (${backup.header.productVersion}, schema ${schemaVersion}); restore it with that one`,
    );
  const client = new pg.Client(connectAs(address, 'login'));
  await client.connect();
  try {
    await requireEmpty(client, schemaVersion);
    await migrate(
      address,
      migrations.filter(({ version }) => version <= schemaVersion),
    );
    // A server that starts now waits until we are done.
    await client.query(`select pg_advisory_lock(${migrationLock})`);
    await requireAlone(client);
    await client.query('begin');
    await requireEmpty(client, schemaVersion);
    const rows = await fill(client, backup, options, migrations);
    await client.query('commit');
    return { rows };
  } finally {
    // Ends the transaction too, if it is still open.
    await client.end();
  }
}

async function requireEmpty(client: pg.Client, schemaVersion: number): Promise<void> {
  const found = await client.query<{ there: boolean }>(
    `select to_regclass('gh.schema_migrations') is not null as there`,
  );
  if (found.rows[0]?.there !== true) return;
  await client.query('set role gh_system');
  const state = await client.query<{ version: number | null; used: boolean }>(
    `select (select max(version)::int from gh.schema_migrations) as version,
       exists (select 1 from gh.organizations) or exists (select 1 from gh.data_keys) as used`,
  );
  await client.query('reset role');
  const { version = null, used = false } = state.rows[0] ?? {};
  if (used)
    throw new BackupError(
      'The database is not empty. A backup is restored into an empty one: another data directory, or another database',
    );
  if (version !== null && version > schemaVersion)
    throw new BackupError(
      `The database has schema version ${version} already, the backup ${schemaVersion}; restore it into a new database`,
    );
}

/** A running server has caches and jobs of a database that is not this one any more. */
async function requireAlone(client: pg.Client): Promise<void> {
  const others = await client.query(
    `select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
       and application_name like 'gatehouse gh\\_%'`,
  );
  if (others.rowCount !== 0)
    throw new BackupError('A Gatehouse server works on this database; stop it first');
}

async function fill(
  client: pg.Client,
  backup: OpenBackup,
  options: RestoreOptions,
  migrations: readonly Migration[],
): Promise<number> {
  await fixTextForms(client);
  const shapes = await readTableShapes(client);
  requireSameTables(backup, shapes);
  const order = new Map(backup.manifest.tables.map(({ name, columns }) => [name, columns]));
  const inserts = new Map(
    shapes.map((shape) => [shape.name, new TableInsert(shape, order.get(shape.name) ?? [])]),
  );
  await client.query('set local role gh_app');
  const batches = backup.rows();
  for (;;) {
    const { value, done } = await batches.next();
    if (done) {
      if (value.origin === 'unknown' && !options.acceptUnknownOrigin) throw unknownOrigin();
      await client.query('set local role gh_owner');
      for (const insert of inserts.values()) await insert.advanceSequences(client);
      for (const migration of migrations)
        if (migration.version > backup.header.schemaVersion) await applyMigration(client, migration);
      await client.query('set local role gh_app');
      await finishTenants(client, backup, options);
      return value.rows;
    }
    await setTenant(client, value.organization);
    await inserts.get(value.table)?.insert(client, value);
    options.progress?.(`${value.table}: ${inserts.get(value.table)?.count ?? 0} rows`);
  }
}

function unknownOrigin(): BackupError {
  return new BackupError(
    'It cannot be told that this backup comes from your installation, because its master key is not here. ' +
      'Put the copy of master.key in place (GATEHOUSE_MASTER_KEY_FILE); without it nothing that is sealed can be opened. ' +
      'If it is lost, --accept-unknown-origin restores the rest',
  );
}

function setTenant(client: pg.Client, organizationId: string): Promise<unknown> {
  return client.query(`select set_config('gh.org', $1, true)`, [organizationId]);
}

async function finishTenants(client: pg.Client, backup: OpenBackup, options: RestoreOptions): Promise<void> {
  for (const { id } of backup.manifest.organizations) {
    await setTenant(client, id);
    await insideOpenTransaction(client, id, async (tx) => options.finish(tx, await invalidate(tx)));
  }
}

/** Exactly our tables with exactly our columns: neither more nor fewer. */
function requireSameTables({ manifest }: OpenBackup, shapes: readonly TableShape[]): void {
  const ours = new Map(
    shapes.map(({ name, columns }) => [name, new Set(columns.map((column) => column.name))]),
  );
  for (const { name, columns } of manifest.tables) {
    const known = ours.get(name);
    if (!known) throw new BackupError(`The backup holds a table that this Gatehouse does not know: ${name}`);
    const extra = columns.find((column, index) => !known.has(column) || columns.indexOf(column) !== index);
    if (extra !== undefined)
      throw new BackupError(`The backup holds a column that this Gatehouse does not know: ${name}.${extra}`);
    const missing = [...known].find((column) => !columns.includes(column));
    if (missing !== undefined) throw new BackupError(`The backup lacks the column ${name}.${missing}`);
    ours.delete(name);
  }
  for (const name of ours.keys()) throw new BackupError(`The backup lacks the table ${name}`);
}

/** Inserts into one table and remembers how far its numbered columns have come. */
class TableInsert {
  readonly #shape: TableShape;
  /** The order of the values in the file's rows. */
  readonly #order: readonly string[];
  readonly #highest = new Map<string, bigint>();
  count = 0;

  constructor(shape: TableShape, order: readonly string[]) {
    this.#shape = shape;
    this.#order = order;
  }

  async insert(client: pg.Client, { organization, rows, table }: RowBatch): Promise<void> {
    const columns = this.#shape.columns.map(({ name }) => {
      const at = this.#order.indexOf(name);
      return rows.map((row) => row[at] ?? null);
    });
    const owner = this.#shape.columns.findIndex(({ name }) => name === 'organization_id');
    if (columns[owner]?.some((id) => id !== organization))
      throw new BackupError(`The backup holds a row of ${table} that belongs to another organization`);
    await client.query(this.#statement(), columns);
    this.count += rows.length;
    for (const [index, { name, identity }] of this.#shape.columns.entries()) {
      if (!identity) continue;
      for (const value of columns[index] ?? []) {
        const number = BigInt(value ?? 0);
        if (number > (this.#highest.get(name) ?? 0n)) this.#highest.set(name, number);
      }
    }
  }

  /** By the names that the catalog gave, never by those of the file. */
  #statement(): string {
    const names = this.#shape.columns.map(({ name }) => quoted(name));
    const values = this.#shape.columns.map(({ name, type }) => `r.${quoted(name)}::${type}`);
    const lists = names.map((_, index) => `$${index + 1}::text[]`);
    return `insert into gh.${quoted(this.#shape.name)} (${names.join(', ')}) overriding system value
      select ${values.join(', ')} from unnest(${lists.join(', ')}) as r (${names.join(', ')})`;
  }

  async advanceSequences(client: pg.Client): Promise<void> {
    for (const [column, highest] of this.#highest) {
      await client.query('select setval(pg_get_serial_sequence($1, $2), $3)', [
        `gh.${quoted(this.#shape.name)}`,
        column,
        String(highest),
      ]);
    }
  }
}
