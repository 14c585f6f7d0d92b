import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDataDirectory } from './data-directory.ts';

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('ADM-24 nobody else can list or read the data directory, whatever the umask; its parts are closed', (t) => {
  const parent = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  t.after(() => rmSync(parent, { recursive: true }));
  const before = process.umask(0);
  t.after(() => process.umask(before));
  const directory = openDataDirectory(join(parent, 'data'));
  assert.equal(modeOf(directory.path) & 0o066, 0);
  for (const part of [directory.tls, directory.logs, directory.run]) assert.equal(modeOf(part), 0o700, part);
});

test('a data directory that others may read is refused, with the command that mends it', (t) => {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  t.after(() => rmSync(path, { recursive: true }));
  for (const mode of [0o755, 0o750, 0o701 | 0o004, 0o770]) {
    chmodSync(path, mode);
    assert.throws(() => openDataDirectory(path), /may be entered by others.*Run: chmod 7/);
  }
  chmodSync(path, 0o700);
  assert.equal(openDataDirectory(path).path, path);
});
