import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { startEmbeddedPostgres } from '../postgres/embedded-postgres.ts';
import { urlAddress } from './address.ts';
import { openDatabase } from './database.ts';
import { migrate } from './migrate.ts';

test('a login that may create roles, and is no superuser, sets an external server up and works on it', async () => {
  // A cluster of its own: roles belong to the cluster, and here they must not exist yet.
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-roles-'));
  chmodSync(directory, 0o711);
  const server = await startEmbeddedPostgres({
    directory: join(directory, 'postgres'),
    settings: { fsync: 'off' },
  });
  try {
    const admin = new pg.Client(server.connection());
    await admin.connect();
    await admin.query('create role operator login createrole');
    await admin.query('create database gatehouse owner operator');
    await admin.end();
    const address = urlAddress(
      `postgres://operator@/gatehouse?host=${encodeURIComponent(server.socketDirectory)}`,
    );
    assert.ok((await migrate(address)).applied.includes('foundation'));
    assert.deepEqual((await migrate(address)).applied, [], 'a second start finds everything made');
    const database = await openDatabase(address, { poolSize: 1 });
    await database.ping();
    await database.close();
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});
