// The file by itself: who opens it, and that nothing in it can be changed, moved, left out or added.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { masterKeysOf } from '../sealed/master-key.ts';
import { type OpenBackup, openBackup } from './backup-reader.ts';
import { createBackupFile } from './backup-writer.ts';
import { BackupError } from './backup-error.ts';
import { type BackupLock, type BackupOpener, newBackupIdentity } from './file-key.ts';
import { magic, type Manifest } from './format.ts';

const acme = '01890000-0000-7000-8000-000000000001';
const manifest: Manifest = {
  scope: 'instance',
  organizations: [{ id: acme, slug: 'acme' }],
  tables: [
    { name: 'organizations', columns: ['organization_id', 'slug'] },
    { name: 'users', columns: ['organization_id', 'user_id', 'email'] },
  ],
};
const facts = { schemaVersion: 1, productVersion: '0.0.0', createdAt: '2026-11-21T12:00:00.000Z' };
const cheap = { memory: 64, passes: 1 };
const passphrase = 'six words are better than two';

describe('a backup file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-backup-file-'));
  const pair = newBackupIdentity();
  const toRecipient: BackupLock = { kind: 'recipient', recipient: pair.recipient };
  const byIdentity: BackupOpener = { kind: 'identity', identity: pair.identity };
  const keys = masterKeysOf([randomBytes(32)]);
  let count = 0;
  const newPath = () => join(folder, `${(count += 1)}.backup`);
  let good: Buffer;
  /** Where each chunk begins, and the end of the file. */
  let edges: number[];

  async function make(lock: BackupLock = toRecipient): Promise<string> {
    const path = newPath();
    const writer = await createBackupFile(path, lock, facts, manifest);
    await writer.rows(acme, 'organizations', [[acme, 'acme']]);
    for (let batch = 0; batch < 4; batch += 1) {
      const users = Array.from({ length: 50 }, (_, index) => [acme, `user ${batch} ${index}`, null]);
      await writer.rows(acme, 'users', users);
    }
    await writer.finish(keys.current);
    return path;
  }

  async function readAll(backup: OpenBackup): Promise<{ rows: number; origin: string }> {
    const rows = backup.rows();
    for (;;) {
      const { value, done } = await rows.next();
      if (done) return value;
    }
  }

  async function read(path: string, opener: BackupOpener = byIdentity, masterKeys = keys) {
    const backup = await openBackup(path, opener, masterKeys);
    try {
      return await readAll(backup);
    } finally {
      await backup.close();
    }
  }

  async function refused(bytes: Buffer, what: string): Promise<void> {
    const path = newPath();
    writeFileSync(path, bytes);
    await assert.rejects(read(path), BackupError, what);
  }

  before(async () => {
    good = readFileSync(await make());
    const head = magic.length + 5 + good.readUInt32BE(magic.length + 1);
    edges = [head];
    for (let at = head; at < good.length; ) {
      at += 4 + good.readUInt32BE(at);
      edges.push(at);
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('DAT-05 opens with its passphrase, in every way of typing it, and with no other', async () => {
    const path = await make({ kind: 'passphrase', passphrase: 'schlüssel für die sicherung', cost: cheap });
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const typed = (text: string): BackupOpener => ({ kind: 'passphrase', passphrase: text });
    assert.equal((await read(path, typed('schlüssel für die sicherung'))).rows, 201);
    await read(path, typed('schlüssel für die sicherung'.normalize('NFD')));
    await assert.rejects(read(path, typed('schlussel für die sicherung')), /passphrase is not the one/);
    await assert.rejects(read(path, byIdentity), /opens with a passphrase/);
    await assert.rejects(
      make({ kind: 'passphrase', passphrase: 'fourteen chars', cost: cheap }),
      /too short: 15 characters/,
    );
  });

  test('DAT-05 opens with the identity that it was made for, and with no other', async () => {
    const path = await make();
    assert.equal((await read(path)).rows, 201);
    const other: BackupOpener = { kind: 'identity', identity: newBackupIdentity().identity };
    await assert.rejects(read(path, other), /not the one that this backup was made for/);
    await assert.rejects(read(path, { kind: 'passphrase', passphrase }), /--identity FILE/);
    for (const wrong of ['', pair.identity, 'gatehouse-recipient-1:AAAA', `age1${'q'.repeat(58)}`])
      await assert.rejects(make({ kind: 'recipient', recipient: wrong }), /not the public key/);
    // A point of small order would make a key that everybody knows.
    const zero = `gatehouse-recipient-1:${Buffer.alloc(32).toString('base64url')}`;
    await assert.rejects(make({ kind: 'recipient', recipient: zero }), /not a good one/);
  });

  test('DAT-05 a head that asks for endless work is refused before any is done', async () => {
    const path = await make({ kind: 'passphrase', passphrase, cost: cheap });
    const bytes = readFileSync(path);
    const length = bytes.readUInt32BE(magic.length + 1);
    const start = magic.length + 5;
    const header = JSON.parse(bytes.subarray(start, start + length).toString()) as { key: object };
    for (const change of [
      { memory: 2 ** 30 },
      { passes: 1e9 },
      { memory: -1 },
      { salt: '' },
      { kind: 'none' },
    ]) {
      const text = Buffer.from(JSON.stringify({ ...header, key: { ...header.key, ...change } }));
      const size = Buffer.alloc(4);
      size.writeUInt32BE(text.length);
      const forged = newPath();
      writeFileSync(
        forged,
        Buffer.concat([bytes.subarray(0, magic.length + 1), size, text, bytes.subarray(start + length)]),
      );
      await assert.rejects(
        read(forged, { kind: 'passphrase', passphrase }),
        BackupError,
        JSON.stringify(change),
      );
    }
  });

  test('DAT-06 one flipped bit anywhere is found', async () => {
    const { length } = good;
    // Every byte of what is not encrypted and of the chunks' lengths, and a spread of the rest.
    const places = new Set<number>();
    for (let at = 0; at < (edges[0] ?? 0); at += 1) places.add(at);
    for (const edge of edges.slice(0, -1)) for (let at = edge; at < edge + 6; at += 1) places.add(at);
    for (const edge of edges.slice(1)) places.add(edge - 1);
    for (let index = 0; index < 100; index += 1) places.add(Math.floor((index * length) / 100));
    for (const at of places) {
      const bytes = Buffer.from(good);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      await refused(bytes, `bit in byte ${at} of ${length}`);
    }
  });

  test('DAT-06 a file that is cut off anywhere is refused, at the borders of its chunks too', async () => {
    const places = [0, 1, 10, magic.length, magic.length + 4, ...edges.slice(0, -1)];
    for (const edge of edges) places.push(edge - 1, edge - 20);
    for (const at of places) await refused(good.subarray(0, at), `cut at ${at}`);
    await refused(Buffer.concat([good, Buffer.alloc(1)]), 'a byte too many');
    await refused(Buffer.concat([good, good.subarray(edges.at(-2))]), 'the last chunk twice');
  });

  test('DAT-06 chunks that are swapped, dropped, doubled or taken from another backup are refused', async () => {
    const chunks = edges.slice(0, -1).map((from, index) => good.subarray(from, edges[index + 1]));
    const head = good.subarray(0, edges[0]);
    const file = (parts: readonly Buffer[]) => Buffer.concat([head, ...parts]);
    assert.ok(chunks.length >= 6);
    for (let index = 0; index + 1 < chunks.length; index += 1) {
      await refused(
        file([
          ...chunks.slice(0, index),
          chunks[index + 1] ?? head,
          chunks[index] ?? head,
          ...chunks.slice(index + 2),
        ]),
        `chunks ${index} and ${index + 1} swapped`,
      );
      await refused(file(chunks.toSpliced(index, 1)), `chunk ${index} dropped`);
      await refused(file(chunks.toSpliced(index, 0, chunks[index] ?? head)), `chunk ${index} doubled`);
    }
    const other = readFileSync(await make());
    const otherHead = magic.length + 5 + other.readUInt32BE(magic.length + 1);
    await refused(Buffer.concat([head, other.subarray(otherHead)]), 'the body of another');
    await refused(Buffer.concat([other.subarray(0, otherHead), ...chunks]), 'the head of another');
  });

  test('DAT-06 rows beyond the manifest, out of order or of another width are refused, although well sealed', async () => {
    const crafted: [
      string,
      (writer: Awaited<ReturnType<typeof createBackupFile>>) => Promise<void>,
      RegExp,
    ][] = [
      ['another organization', (w) => w.rows('0189', 'users', [['0189', 'x', null]]), /does not name/],
      ['too many columns', (w) => w.rows(acme, 'users', [[acme, 'x', null, 'y']]), /number of columns/],
      ['too few columns', (w) => w.rows(acme, 'users', [[acme]]), /number of columns/],
      [
        'back to an earlier table',
        async (w) => {
          await w.rows(acme, 'users', [[acme, 'x', null]]);
          await w.rows(acme, 'organizations', [[acme, 'acme']]);
        },
        /out of order/,
      ],
    ];
    for (const [what, fill, message] of crafted) {
      const path = newPath();
      const writer = await createBackupFile(path, toRecipient, facts, manifest);
      await fill(writer);
      await writer.finish(keys.current);
      await assert.rejects(read(path), message, what);
    }
    for (const twice of [
      { ...manifest, tables: [...manifest.tables, ...manifest.tables] },
      { ...manifest, organizations: [...manifest.organizations, ...manifest.organizations] },
      { ...manifest, functions: ['drop schema gh cascade'] },
    ]) {
      const path = newPath();
      await (await createBackupFile(path, toRecipient, facts, twice)).finish(keys.current);
      await assert.rejects(read(path), BackupError);
    }
  });

  test('DAT-06 says whose it is to those who have its master key, and to nobody else', async () => {
    const path = await make();
    assert.equal((await read(path)).origin, 'ours');
    const others = masterKeysOf([randomBytes(32)]);
    assert.equal((await read(path, byIdentity, others)).origin, 'unknown');
    // Anybody can lock a file to a public key; he cannot sign it.
    const forged = newPath();
    const writer = await createBackupFile(forged, toRecipient, facts, manifest);
    await writer.finish({ id: keys.current.id, bytes: randomBytes(32) });
    await assert.rejects(read(forged), /comes from this installation, and it does not/);
    const unsigned = newPath();
    await (await createBackupFile(unsigned, toRecipient, facts, manifest)).finish(undefined);
    assert.equal((await read(unsigned)).origin, 'unknown');
  });

  test('what is no backup is called so', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('PGDMP'), randomBytes(4096)]) {
      const path = newPath();
      writeFileSync(path, bytes);
      await assert.rejects(read(path), /not a backup of Gatehouse/);
    }
    const next = Buffer.from(good);
    next[magic.length] = 2;
    const path = newPath();
    writeFileSync(path, next);
    await assert.rejects(read(path), /newer one/);
    await assert.rejects(read(join(folder, 'nothing')), /cannot be read/);
  });
});
