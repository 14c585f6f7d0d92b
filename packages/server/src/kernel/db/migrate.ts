// Brings the schema up to date, one server at a time, and refuses to run against a newer one.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { connectAs, type DatabaseAddress } from './address.ts';
import { ensureRoles } from './roles.ts';
import { applyTenancyTemplate, liftTenancy, templateName } from './tenancy.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly text: string;
}

const folder = new URL('./migrations/', import.meta.url);

export function loadMigrations(): Migration[] {
  return readdirSync(fileURLToPath(folder))
    .filter((file) => /^\d{4}-[a-z0-9-]+\.sql$/.test(file))
    .sort()
    .map((file) => ({
      version: Number(file.slice(0, 4)),
      name: file.slice(5, -4),
      text: readFileSync(new URL(file, folder), 'utf8'),
    }));
}

/** Names the schema that these migrations make; test databases are cloned from a template of this name. */
export function schemaFingerprint(migrations: readonly Migration[] = loadMigrations()): string {
  const hash = createHash('sha256');
  for (const migration of migrations) hash.update(`${migration.version}\0${migration.text}\0`);
  hash.update(templateName());
  return hash.digest('hex').slice(0, 16);
}

/** Held while a schema changes; a server that starts meanwhile waits. */
export const migrationLock = 7023117;

export interface MigrationReport {
  readonly from: number;
  readonly to: number;
  readonly applied: readonly string[];
}

/** A release may give a role another right without any migration: the template is laid anew when it is not the one the database carries. */
async function renewTemplate(client: pg.Client): Promise<void> {
  const found = await client.query<{ comment: string | null }>(
    `select obj_description('gh'::regnamespace, 'pg_namespace') as comment`,
  );
  if (found.rows[0]?.comment === templateName()) return;
  await client.query('begin');
  await applyTenancyTemplate(client);
  await client.query('commit');
}

/** Whether a statement of its own changes rows, or may (`do`); what functions would do one day is not looked into. */
export function changesRows(text: string): boolean {
  return text
    .replace(/--.*$/gm, '')
    .replace(/\$(\w*)\$.*?\$\1\$/gs, '')
    .split(';')
    .some((statement) => /^\s*(?:update|insert|delete|merge|with|do)\b/i.test(statement));
}

/**
 * One migration, inside the caller's transaction as gh_owner with the search path gh.
 * @param template what of the tenancy template it ends with: of many in a row only the last needs the whole
 */
export async function applyMigration(
  client: pg.Client,
  migration: Migration,
  template: 'all' | 'unbound' = 'all',
): Promise<void> {
  // Row-level security binds the owner too: what a migration says of existing rows would reach none of them.
  if (changesRows(migration.text)) await liftTenancy(client);
  await client.query(migration.text);
  await applyTenancyTemplate(client, template);
  await client.query('insert into gh.schema_migrations (version, name) values ($1, $2)', [
    migration.version,
    migration.name,
  ]);
}

/**
 * Applies what is missing, each migration in its own transaction, under a lock that a second server waits for.
 * Throws when the database is newer than this program: an old server must not write to a new schema.
 */
export async function migrate(
  address: DatabaseAddress,
  migrations: readonly Migration[] = loadMigrations(),
): Promise<MigrationReport> {
  const client = new pg.Client(connectAs(address, 'login'));
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(${migrationLock})`);
    await ensureRoles(client);
    await client.query('set role gh_owner');
    await client.query('set search_path to gh');
    await client.query(`create table if not exists gh.schema_migrations (
      version integer primary key, name text not null, applied_at timestamptz not null default now())`);
    const rows = await client.query<{ version: number }>(
      'select version from gh.schema_migrations order by version',
    );
    const present = new Set(rows.rows.map((row) => row.version));
    const from = Math.max(0, ...present);
    const newest = Math.max(0, ...migrations.map((migration) => migration.version));
    if (from > newest) {
      throw new Error(
        `The database has schema version ${from}, this Gatehouse knows ${newest}. Start the newer Gatehouse, or restore ` +
          'a backup made by this one.',
      );
    }
    const applied: string[] = [];
    const missing = migrations.filter(({ version }) => !present.has(version));
    for (const migration of missing) {
      await client.query('begin');
      try {
        await applyMigration(client, migration, migration === missing.at(-1) ? 'all' : 'unbound');
        await client.query('commit');
      } catch (error) {
        await client.query('rollback');
        throw new Error(`Migration ${migration.version} (${migration.name}) failed and was rolled back`, {
          cause: error,
        });
      }
      applied.push(migration.name);
    }
    await renewTemplate(client);
    await client.query('grant select on gh.schema_migrations to gh_app, gh_system, gh_backup');
    return { from, to: newest, applied };
  } finally {
    await client.end();
  }
}
