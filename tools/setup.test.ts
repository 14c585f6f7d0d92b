import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

/** A clone with our set-up in it, a stand-in for npm that installs this Node, and a command that tells what it got. */
function makeClone(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'tools'));
  copyFileSync(new URL('./setup.mjs', import.meta.url), join(root, 'tools/setup.mjs'));
  writeFileSync(join(root, 'package-lock.json'), '{}');
  writeFileSync(join(root, '.npmrc'), '');
  writeFileSync(
    join(root, 'npm.js'),
    `const fs = require('node:fs');
     fs.appendFileSync('npm.log', process.argv.slice(2).join(' ') + '\\n');
     if (fs.existsSync('no-network')) process.exit(1);
     fs.mkdirSync('node_modules/.bin', { recursive: true });
     try { fs.symlinkSync(process.execPath, 'node_modules/.bin/node'); } catch {}`,
  );
  writeFileSync(
    join(root, 'tools/check.ts'),
    `const [first = '', ...rest]: string[] = process.argv.slice(2);
     process.on('SIGTERM', () => process.exit(7));
     console.log(JSON.stringify({ node: process.argv0, flags: process.execArgv, args: [first, ...rest] }));
     if (first === 'wait') setInterval(() => {}, 1000); else process.exit(Number(first));`,
  );
  const env = { ...process.env, npm_execpath: join(root, 'npm.js') };
  const args = (command: string[]): string[] => [join(root, 'tools/setup.mjs'), ...command];
  return {
    root,
    run: (...command: string[]) =>
      spawnSync(process.execPath, args(command), { env, encoding: 'utf8', cwd: tmpdir() }),
    start: (...command: string[]) =>
      spawn(process.execPath, args(command), { env, stdio: ['ignore', 'pipe', 'ignore'] }),
    installations: () => readFileSync(join(root, 'npm.log'), 'utf8').trim().split('\n').length,
  };
}

test('installs what package-lock.json says, once, and hands over with arguments and exit status', (t) => {
  const clone = makeClone(t);
  const first = clone.run('check', '3', '--demo');
  assert.equal(first.status, 3);
  assert.match(first.stderr, /Installing packages/);
  const told = JSON.parse(first.stdout) as { node: string; flags: string[]; args: string[] };
  assert.deepEqual(told.args, ['3', '--demo']);
  assert.equal(told.node, join(clone.root, 'node_modules/.bin/node'));
  assert.ok(told.flags.includes('--disable-proto=delete'));
  assert.match(readFileSync(join(clone.root, 'npm.log'), 'utf8'), /^ci .*--include=optional/);

  const second = clone.run('check', '0');
  assert.equal(second.status, 0);
  assert.equal(second.stderr, '');
  assert.equal(clone.installations(), 1);

  appendFileSync(join(clone.root, 'package-lock.json'), '\n');
  clone.run('check', '0');
  assert.equal(clone.installations(), 2, 'a changed lockfile is installed');
});

test('an installation that failed is said, and tried again', (t) => {
  const clone = makeClone(t);
  writeFileSync(join(clone.root, 'no-network'), '');
  const failed = clone.run('check', '0');
  assert.equal(failed.status, 1);
  assert.match(failed.stderr, /npm could not install/);
  rmSync(join(clone.root, 'no-network'));
  assert.equal(clone.run('check', '0').status, 0);
});

test('a request to end reaches the program, and its exit status comes back', async (t) => {
  const clone = makeClone(t);
  const child = clone.start('check', 'wait');
  await once(child.stdout, 'data', { signal: AbortSignal.timeout(10_000) });
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [7, null]);
});

test('an unknown command is wrong usage', (t) => {
  const { status, stderr } = makeClone(t).run('toString');
  assert.equal(status, 2);
  assert.match(stderr, /usage: .*start\|test\|check\|bench/);
});
