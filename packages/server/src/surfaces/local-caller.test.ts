import assert from 'node:assert/strict';
import {
  chownSync,
  existsSync,
  linkSync,
  mkdtempSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { localCaller } from './local-caller.ts';

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-run-'));
let count = 0;
function callerFile(content = ''): string {
  count += 1;
  const name = `caller-${count.toString(16).padStart(32, '0')}`;
  writeFileSync(join(directory, name), content);
  return name;
}

test('ADM-24 the owner of the caller’s file is who acts, and the file serves once', () => {
  const name = callerFile();
  const principal = localCaller(directory, name, Date.now());
  assert.equal(principal.kind, 'local');
  assert.equal(principal.id, String(process.getuid?.()));
  assert.equal(existsSync(join(directory, name)), false);
  assert.throws(() => localCaller(directory, name, Date.now()), /not there/);
});

test('ADM-24 another user’s file, links, old files, filled files and paths are refused', () => {
  const now = Date.now();
  if (process.getuid?.() === 0) {
    const foreign = callerFile();
    chownSync(join(directory, foreign), 1000, 1000);
    assert.throws(() => localCaller(directory, foreign, now), /own user and root/);
  }
  const target = callerFile();
  const link = `caller-${'a'.repeat(32)}`;
  symlinkSync(join(directory, target), join(directory, link));
  assert.throws(() => localCaller(directory, link, now), /not there/);
  const hard = `caller-${'b'.repeat(32)}`;
  linkSync(join(directory, target), join(directory, hard));
  assert.throws(() => localCaller(directory, hard, now), /not there/);
  assert.throws(() => localCaller(directory, callerFile('x'), now), /not there/);
  const old = callerFile();
  utimesSync(join(directory, old), 0, 0);
  assert.throws(() => localCaller(directory, old, now + 120_000), /not there/);
  for (const name of [undefined, '', '../etc/passwd', 'caller-', `caller-${'A'.repeat(32)}`]) {
    assert.throws(() => localCaller(directory, name, now), /name a file/);
  }
});
