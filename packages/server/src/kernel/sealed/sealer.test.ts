import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sql } from '../db/sql.ts';
import { openTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { newId } from '../ids.ts';
import { sealedColumns } from './columns.ts';
import { decrypt, encrypt, SealError } from './envelope.ts';
import { addMasterKey, dropOldMasterKeys, loadMasterKeys, masterKeysOf } from './master-key.ts';
import { rotateDataKey } from './rotate.ts';
import { createSealer } from './sealer.ts';

const insertAdministrator = sql(
  'test-insert-administrator',
  `insert into administrators (organization_id, administrator_id, email, role, totp_secret) values ($1, $2::uuid, $2::text, 'auditor', $3)`,
);
const selectSecret = sql(
  'test-select-secret',
  'select totp_secret from administrators where organization_id = $1 and administrator_id = $2',
);
const countKeys = sql(
  'test-count-keys',
  'select version, master_key_id from data_keys where organization_id = $1 order by version',
);

describe('sealed values', () => {
  let test_: TestDatabase;
  before(async () => {
    test_ = await openTestDatabase();
  });
  after(() => test_[Symbol.asyncDispose]());

  test('DAT-02 a value opens only in its own tenant, table, column and row, and unaltered', async () => {
    const sealer = createSealer(() => masterKeys);
    const masterKeys = masterKeysOf([randomBytes(32)]);
    const [acme, other] = [newId(), newId()];
    const sealed = await test_.database.withTenant(acme, (tx) =>
      sealer.seal(tx, 'administrators.totp_secret', 'row-1', Buffer.from('secret')),
    );
    const open = (
      organization: string,
      column: Parameters<typeof sealer.open>[1],
      row: string,
      bytes: Buffer = sealed,
    ) =>
      test_.database.withTenant(organization, async (tx) =>
        (await sealer.open(tx, column, row, bytes)).toString(),
      );
    assert.equal(await open(acme, 'administrators.totp_secret', 'row-1'), 'secret');
    await assert.rejects(open(acme, 'administrators.totp_secret', 'row-2'), SealError);
    await assert.rejects(open(acme, 'commands.sealed_params', 'row-1'), SealError);
    await assert.rejects(open(other, 'administrators.totp_secret', 'row-1'), SealError);
    for (let at = 0; at < sealed.length; at += 1) {
      const flipped = Buffer.from(sealed);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      await assert.rejects(open(acme, 'administrators.totp_secret', 'row-1', flipped), SealError);
    }
  });

  test('DAT-02 the associated data cannot be shifted between its parts', () => {
    const key = randomBytes(32);
    const sealed = encrypt(key, 1, ['ab', 'c'], Buffer.from('x'));
    assert.equal(decrypt(key, ['ab', 'c'], sealed).toString(), 'x');
    assert.throws(() => decrypt(key, ['a', 'bc'], sealed), SealError);
  });

  test('data keys rotate: every value is sealed again and the old key destroyed', async () => {
    const keys = masterKeysOf([randomBytes(32)]);
    const sealer = createSealer(() => keys);
    const { database } = test_;
    const acme = newId();
    const rows = Array.from({ length: 7 }, () => newId());
    await database.withTenant(acme, async (tx) => {
      for (const row of rows) {
        const sealed = await sealer.seal(
          tx,
          'administrators.totp_secret',
          row,
          Buffer.from(`secret of ${row}`),
        );
        await tx.run(insertAdministrator, [acme, row, sealed]);
      }
    });
    assert.deepEqual(await rotateDataKey({ database, sealer }, acme, 'identity'), {
      version: 2,
      resealed: 7,
    });
    assert.deepEqual(await rotateDataKey({ database, sealer }, acme, 'identity'), {
      version: 3,
      resealed: 7,
    });
    const fresh = createSealer(() => keys);
    await database.withTenant(acme, async (tx) => {
      const versions = await tx.query<{ version: number }>(countKeys, [acme]);
      assert.deepEqual(
        versions.map(({ version }) => version),
        [3],
      );
      for (const row of rows) {
        const found = await tx.one<{ totp_secret: Buffer }>(selectSecret, [acme, row]);
        const opened = await fresh.open(
          tx,
          'administrators.totp_secret',
          row,
          found?.totp_secret ?? Buffer.alloc(0),
        );
        assert.equal(opened.toString(), `secret of ${row}`);
      }
    });
  });

  test('a server that runs while another rotates never seals under a key that is being destroyed', async () => {
    const keys = masterKeysOf([randomBytes(32)]);
    const [running, rotating] = [createSealer(() => keys), createSealer(() => keys)];
    const { database } = test_;
    const acme = newId();
    const seal = (row: string) =>
      database.withTenant(acme, async (tx) => {
        const sealed = await running.seal(tx, 'administrators.totp_secret', row, Buffer.from(row));
        await tx.run(insertAdministrator, [acme, row, sealed]);
      });
    const rows = Array.from({ length: 40 }, () => newId());
    await seal(rows[0] ?? '');
    await Promise.all([
      (async () => {
        for (const row of rows.slice(1, 20)) await seal(row);
      })(),
      rotateDataKey({ database, sealer: rotating }, acme, 'identity'),
    ]);
    for (const row of rows.slice(20)) await seal(row);
    const fresh = createSealer(() => keys);
    await database.withTenant(acme, async (tx) => {
      for (const row of rows) {
        const found = await tx.one<{ totp_secret: Buffer }>(selectSecret, [acme, row]);
        const opened = await fresh.open(
          tx,
          'administrators.totp_secret',
          row,
          found?.totp_secret ?? Buffer.alloc(0),
        );
        assert.equal(opened.toString(), row);
      }
    });
  });

  test('the master key rotates by wrapping data keys anew, and the old one can then be forgotten', async () => {
    await using own = await openTestDatabase();
    const path = join(mkdtempSync(join(tmpdir(), 'gatehouse-keys-')), 'master.key');
    let keys = loadMasterKeys(path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const sealer = createSealer(() => keys);
    const acme = newId();
    const sealed = await own.database.withTenant(acme, (tx) =>
      sealer.seal(tx, 'administrators.totp_secret', 'r', Buffer.from('secret')),
    );
    const first = keys.current.id;
    keys = addMasterKey(path);
    assert.notEqual(keys.current.id, first);
    assert.equal(await sealer.rewrap(own.database), 1);
    keys = dropOldMasterKeys(path);
    assert.equal(keys.find(first), undefined);
    const fresh = createSealer(() => loadMasterKeys(path));
    const opened = await own.database.withTenant(acme, (tx) =>
      fresh.open(tx, 'administrators.totp_secret', 'r', sealed),
    );
    assert.equal(opened.toString(), 'secret');
  });

  test('a master key file that others may read is refused', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'gatehouse-keys-')), 'master.key');
    loadMasterKeys(path);
    chmodSync(path, 0o640);
    assert.throws(() => loadMasterKeys(path), /may be read by others/);
  });

  test('DAT-03 every column of the table exists as bytes, and no sealed column is indexed', async () => {
    const admin = await test_.superuser();
    for (const { table, column } of Object.values(sealedColumns)) {
      const found = await admin.query(
        `select data_type from information_schema.columns where table_schema = 'gh' and table_name = $1 and column_name = $2`,
        [table, column],
      );
      assert.deepEqual(found.rows, [{ data_type: 'bytea' }], `${table}.${column}`);
      const indexed = await admin.query(
        `select indexdef from pg_indexes where schemaname = 'gh' and tablename = $1 and indexdef ~ $2`,
        [table, `\\y${column}\\y`],
      );
      assert.equal(indexed.rowCount, 0, `${table}.${column} is indexed`);
    }
  });
});
