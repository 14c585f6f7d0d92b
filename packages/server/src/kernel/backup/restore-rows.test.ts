// What a restore refuses: everything that our own migrations did not make, and everything that is not whole (DAT-06).
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { connectAs } from '../db/address.ts';
import { loadMigrations, type Migration, migrate } from '../db/migrate.ts';
import { openTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { newId } from '../ids.ts';
import { masterKeysOf } from '../sealed/master-key.ts';
import { openBackup } from './backup-reader.ts';
import { type BackupWriter, createBackupFile } from './backup-writer.ts';
import { newBackupIdentity } from './file-key.ts';
import type { Manifest } from './format.ts';
import { restoreRows } from './restore-rows.ts';
import { openSnapshot } from './snapshot.ts';

describe('restoring rows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-restore-'));
  const pair = newBackupIdentity();
  const keys = masterKeysOf([randomBytes(32)]);
  const acme = newId();
  let db: TestDatabase;
  let whole: Manifest;
  let schemaVersion = 0;
  let count = 0;

  before(async () => {
    db = await openTestDatabase({ empty: true });
    await migrate(db.address);
    const snapshot = await openSnapshot(db.address);
    whole = { ...snapshot.manifest, organizations: [{ id: acme, slug: 'acme' }] };
    schemaVersion = snapshot.schemaVersion;
    await snapshot.close();
  });
  after(async () => {
    await db[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  async function craft(
    manifest: Manifest,
    fill: (writer: BackupWriter) => Promise<void> = async () => undefined,
    version = schemaVersion,
  ): Promise<string> {
    const path = join(folder, `${(count += 1)}.backup`);
    const facts = { schemaVersion: version, productVersion: '9.9.9', createdAt: new Date().toISOString() };
    const writer = await createBackupFile(
      path,
      { kind: 'recipient', recipient: pair.recipient },
      facts,
      manifest,
    );
    await fill(writer);
    await writer.finish(keys.current);
    return path;
  }

  async function restore(path: string, migrations?: readonly Migration[], address = db.address) {
    const backup = await openBackup(path, { kind: 'identity', identity: pair.identity }, keys);
    try {
      return await restoreRows(address, backup, {
        acceptUnknownOrigin: false,
        ...(migrations === undefined ? {} : { migrations }),
        finish: async () => undefined,
      });
    } finally {
      await backup.close();
    }
  }

  async function login(): Promise<pg.Client> {
    const client = new pg.Client(connectAs(db.address, 'login'));
    await client.connect();
    return client;
  }

  async function rowsIn(table: string): Promise<number> {
    const client = await login();
    try {
      return (await client.query(`select 1 from gh.${table}`)).rowCount ?? 0;
    } finally {
      await client.end();
    }
  }

  const changed = (name: string, change: (columns: readonly string[]) => readonly string[]): Manifest => ({
    ...whole,
    tables: whole.tables.map((table) =>
      table.name === name ? { name, columns: change(table.columns) } : table,
    ),
  });
  const without = (name: string): Manifest => ({
    ...whole,
    tables: whole.tables.filter((table) => table.name !== name),
  });
  /** Values by column, in the manifest's order. */
  const row = (table: string, values: Readonly<Record<string, string>>) =>
    whole.tables.find(({ name }) => name === table)?.columns.map((column) => values[column] ?? null) ?? [];
  const organization = () =>
    row('organizations', {
      organization_id: acme,
      slug: 'acme',
      name: 'Acme',
      settings: '{}',
      epoch: '1',
      created_at: '2026-11-21 12:00:00.123456+00',
    });

  test('DAT-06 a table or column that our migrations did not make is refused, and so is one that is missing', async () => {
    const crafted: [Manifest, RegExp][] = [
      [
        { ...whole, tables: [...whole.tables, { name: 'pg_authid', columns: ['rolname'] }] },
        /not know: pg_authid/,
      ],
      [
        {
          ...whole,
          tables: [...whole.tables, { name: 'sessions', columns: ['organization_id', 'session_id'] }],
        },
        /not know: sessions/,
      ],
      [
        { ...whole, tables: [...whole.tables, { name: 'schema_migrations', columns: ['version', 'name'] }] },
        /not know: schema_migrations/,
      ],
      [changed('users', (columns) => [...columns, 'is_god']), /not know: users\.is_god/],
      [changed('users', (columns) => [...columns, 'email_key']), /not know: users\.email_key/],
      [changed('users', (columns) => [...columns, 'email']), /not know: users\.email/],
      [
        changed('users', (columns) => [...columns, 'email) select 1; drop schema gh cascade; --']),
        /not know: users\./,
      ],
      [
        changed('users', (columns) => columns.filter((column) => column !== 'state')),
        /lacks the column users\.state/,
      ],
      [without('certificates'), /lacks the table certificates/],
    ];
    for (const [manifest, message] of crafted) await assert.rejects(restore(await craft(manifest)), message);
    assert.equal(await rowsIn('organizations'), 0);
  });

  test('DAT-06 a row that belongs to another organization than its place says is refused, and nothing stays', async () => {
    const foreign = row('users', {
      organization_id: newId(),
      user_id: newId(),
      user_no: '1',
      email: 'mallory@other.example',
      user_name: 'mallory',
      display_name: '',
      state: 'active',
      created_at: '2026-11-21 12:00:00+00',
    });
    const path = await craft(whole, async (writer) => {
      await writer.rows(acme, 'organizations', [organization()]);
      await writer.rows(acme, 'users', [foreign]);
    });
    await assert.rejects(restore(path), /belongs to another organization/);
    assert.equal(await rowsIn('organizations'), 0);
  });

  test('DAT-06 values are values: one that is no value of its column, or breaks a constraint, ends the restore', async () => {
    const user = {
      organization_id: acme,
      user_id: newId(),
      user_no: '1',
      email: 'ann@acme.example',
      user_name: 'ann',
      display_name: `'); drop schema gh cascade; --`,
      state: 'active',
      created_at: '2026-11-21 12:00:00+00',
    };
    for (const bad of [{ user_no: 'one' }, { state: 'god' }, { user_id: 'x' }, { created_at: 'never' }]) {
      const path = await craft(whole, async (writer) => {
        await writer.rows(acme, 'organizations', [organization()]);
        await writer.rows(acme, 'users', [row('users', { ...user, ...bad })]);
      });
      await assert.rejects(restore(path), JSON.stringify(bad));
      assert.equal(await rowsIn('organizations'), 0);
    }
  });

  test('a backup of a newer schema, and a database that is newer than the backup, are refused', async () => {
    await assert.rejects(
      restore(await craft(whole, undefined, schemaVersion + 1)),
      /made by a newer Gatehouse \(9\.9\.9/,
    );
    const next: Migration = { version: schemaVersion + 1, name: 'next', text: 'select 1' };
    const newer = await openTestDatabase({ empty: true });
    try {
      await migrate(newer.address, [...loadMigrations(), next]);
      await assert.rejects(
        restore(await craft(whole), [...loadMigrations(), next], newer.address),
        /has schema version .* already/,
      );
    } finally {
      await newer[Symbol.asyncDispose]();
    }
  });

  test('DAT-08 an external server whose login is no superuser and may not bypass row-level security: backup and restore alike', async () => {
    const database = await openTestDatabase({ empty: true });
    const admin = await database.superuser();
    const name = `gh_test_login_${randomBytes(4).toString('hex')}`;
    try {
      await migrate(database.address); // makes the roles of the cluster, should they be missing
      await admin.query('drop schema gh cascade');
      await admin.query(`create role ${name} login nosuperuser nobypassrls nocreaterole`);
      await admin.query(`grant gh_owner, gh_app, gh_system, gh_backup to ${name}`);
      await admin.query(
        `do $$ begin execute format('alter database %I owner to ${name}', current_database()); end $$`,
      );
      const address = { config: { ...database.address.config, user: name }, directRoles: false };
      const path = await craft(whole, (writer) => writer.rows(acme, 'organizations', [organization()]));
      assert.deepEqual(await restore(path, undefined, address), { rows: 1 });
      const snapshot = await openSnapshot(address);
      const rows: unknown[] = [];
      for await (const part of snapshot.rows()) if (part.table === 'organizations') rows.push(...part.rows);
      await snapshot.close();
      assert.deepEqual(
        rows.map((cells) => (cells as string[])[1]),
        ['acme'],
      );
    } finally {
      await admin.query(
        `do $$ begin execute format('alter database %I owner to current_user', current_database()); end $$`,
      );
      await admin.query(`reassign owned by ${name} to current_user`);
      await admin.query(`drop owned by ${name}`);
      await admin.query(`drop role ${name}`);
      await database[Symbol.asyncDispose]();
    }
  });

  test('a server at work on the database is noticed', async () => {
    const server = new pg.Client(connectAs(db.address, 'gh_app'));
    await server.connect();
    try {
      await assert.rejects(restore(await craft(whole)), /stop it first/);
    } finally {
      await server.end();
    }
  });

  test('a backup of an older schema is brought up to date with its rows, in the same transaction', async () => {
    const older = await openTestDatabase({ empty: true });
    const next: Migration = {
      version: schemaVersion + 1,
      name: 'next',
      text: `alter table organizations add column motto text; update organizations set motto = 'x';
        create table mottos (organization_id uuid not null, motto text, primary key (organization_id))`,
    };
    const path = await craft(whole, (writer) => writer.rows(acme, 'organizations', [organization()]));
    try {
      const broken = { ...next, text: 'select 1 / 0' };
      await assert.rejects(restore(path, [...loadMigrations(), broken], older.address), /division by zero/);
      assert.deepEqual(await restore(path, [...loadMigrations(), next], older.address), { rows: 1 });
      const client = await older.superuser();
      const found = await client.query('select slug, created_at::text as created from organizations');
      assert.equal(found.rows[0].slug, 'acme');
      assert.match(found.rows[0].created, /12:00:00\.123456/);
      const versions = await client.query('select max(version)::int as version from schema_migrations');
      assert.equal(versions.rows[0].version, schemaVersion + 1);
      const guarded = await client.query(
        `select relforcerowsecurity as forced from pg_class where relname = 'mottos'`,
      );
      assert.deepEqual(guarded.rows, [{ forced: true }]);
    } finally {
      await older[Symbol.asyncDispose]();
    }
  });
});
