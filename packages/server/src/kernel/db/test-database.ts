// Real PostgreSQL for tests: one template database per schema, cloned for each test file in a fraction of a second.
// `npm test` starts one server for all files (GATEHOUSE_TEST_SERVER); a file run alone starts its own.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../postgres/embedded-postgres.ts';
import { connectAs, type DatabaseAddress, socketAddress, urlAddress } from './address.ts';
import { type Database, openDatabase } from './database.ts';
import { migrate, schemaFingerprint } from './migrate.ts';

export interface TestDatabase extends AsyncDisposable {
  readonly address: DatabaseAddress;
  readonly database: Database;
  /** A connection that row-level security does not bind, to look behind the curtain. */
  superuser(): Promise<pg.Client>;
}

interface TestServer {
  address(database: string): DatabaseAddress;
  stop(): Promise<void>;
}

async function testServer(): Promise<TestServer> {
  const shared = process.env['GATEHOUSE_TEST_SERVER'];
  if (shared !== undefined) {
    const { host, port } = JSON.parse(shared) as { host: string; port: number };
    return { address: (database) => socketAddress({ host, port, database }), stop: async () => undefined };
  }
  const external = process.env['GATEHOUSE_TEST_DATABASE_URL'];
  if (external !== undefined) {
    return {
      address: (database) =>
        urlAddress(external.replace('/postgres?', `/${database}?`), { allowPlaintext: true }),
      stop: async () => undefined,
    };
  }
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  // so that the database's unprivileged user can pass when the tests run as root
  chmodSync(directory, 0o711);
  const server = await startEmbeddedPostgres({
    directory: join(directory, 'postgres'),
    settings: { fsync: 'off' },
  });
  return {
    address: (database) => socketAddress({ ...server.connection('gatehouse', database), database }),
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function ensureTemplate(server: TestServer): Promise<string> {
  const template = `gh_template_${schemaFingerprint()}`;
  const client = new pg.Client(connectAs(server.address('postgres'), 'login'));
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(7023118)');
    const found = await client.query('select 1 from pg_database where datname = $1 and datistemplate', [
      template,
    ]);
    if (found.rowCount === 0) {
      await client.query(`drop database if exists ${template}`);
      await client.query(`create database ${template} template template0`);
      await migrate(server.address(template));
      await client.query(`alter database ${template} is_template true`);
    }
  } finally {
    await client.end();
  }
  return template;
}

/** Clones the template. Dispose at the end of the file: `after(() => test[Symbol.asyncDispose]())`. */
export async function openTestDatabase(
  options: { poolSize?: number; empty?: boolean } = {},
): Promise<TestDatabase> {
  const server = await testServer();
  const name = `gh_test_${randomBytes(6).toString('hex')}`;
  const template = options.empty === true ? 'template0' : await ensureTemplate(server);
  const admin = new pg.Client(connectAs(server.address('postgres'), 'login'));
  await admin.connect();
  await admin.query(`create database ${name} template ${template}`);
  await admin.end();
  const address = server.address(name);
  // Privileges on the database itself are not cloned; the migrator grants them, as it does at every start.
  if (options.empty !== true) await migrate(address);
  const clients: pg.Client[] = [];
  const database =
    options.empty === true ? undefined : await openDatabase(address, { poolSize: options.poolSize ?? 6 });
  return {
    address,
    get database() {
      if (!database) throw new Error('an empty test database has no schema to open');
      return database;
    },
    async superuser() {
      const client = new pg.Client(connectAs(address, 'login'));
      client.on('error', () => undefined);
      await client.connect();
      await client.query('set search_path to gh');
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
      await database?.close();
      const last = new pg.Client(connectAs(server.address('postgres'), 'login'));
      await last.connect();
      await last.query(`drop database if exists ${name} with (force)`);
      await last.end();
      await server.stop();
    },
  };
}
