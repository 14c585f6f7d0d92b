import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { firstObstacle } from './account.ts';
import { binariesIn, findPostgresBinaries, makeMissingLinks } from './binaries.ts';
import { reachableBinaries } from './location.ts';

/** somebody who owns none of the files here, whoever runs the tests */
const stranger = { uid: 54321, gid: 54321, switched: true };

test('the binaries of this machine are found', () => {
  const binaries = findPostgresBinaries();
  assert.equal(binaries.major, 18);
  for (const file of [binaries.postgres, binaries.initdb]) assert.ok(existsSync(file), file);
});

test('links that no install script made are made, relative to where they are', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  t.after(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'native/lib'), { recursive: true });
  writeFileSync(join(directory, 'native/lib/liba.so.1.2'), 'library');
  writeFileSync(
    join(directory, 'native/pg-symlinks.json'),
    JSON.stringify([{ source: 'native/lib/liba.so.1.2', target: 'native/lib/liba.so.1' }]),
  );
  makeMissingLinks(directory);
  makeMissingLinks(directory);
  assert.equal(readlinkSync(join(directory, 'native/lib/liba.so.1')), 'liba.so.1.2');
});

test('the first directory that the database user cannot pass is named', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  t.after(() => rmSync(directory, { recursive: true }));
  chmodSync(directory, 0o755);
  mkdirSync(join(directory, 'closed/inner'), { recursive: true });
  chmodSync(join(directory, 'closed'), 0o744);
  assert.equal(firstObstacle(join(directory, 'open/not-yet'), stranger), undefined);
  assert.equal(firstObstacle(join(directory, 'closed/inner'), stranger), join(directory, 'closed'));
});

test('a copy of binaries that were installed with a tight umask can be read by everybody', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const closed = join(directory, 'closed');
  mkdirSync(join(closed, 'bin'), { recursive: true });
  writeFileSync(join(closed, 'bin/postgres'), '', { mode: 0o700 });
  writeFileSync(join(closed, 'bin/settings'), '', { mode: 0o600 });
  cpSync(join(closed, 'bin'), join(closed, 'lib'), { recursive: true });
  chmodSync(closed, 0o700);
  chmodSync(directory, 0o755);

  const copy = reachableBinaries(binariesIn(closed, '18.0'), stranger, join(directory, 'outside'));
  assert.equal(copy.directory, join(directory, 'outside/postgres-18.0'));
  assert.equal(statSync(copy.postgres).mode & 0o777, 0o755);
  assert.equal(statSync(join(copy.directory, 'bin/settings')).mode & 0o777, 0o644);
  assert.equal(firstObstacle(copy.postgres, stranger), undefined);
});
