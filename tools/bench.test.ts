import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const bench = (...args: string[]) =>
  spawnSync(process.execPath, [fileURLToPath(new URL('./bench.ts', import.meta.url)), ...args], {
    encoding: 'utf8',
  });

test('--help lists the benchmarks there are', () => {
  const { status, stdout } = bench('--help');
  assert.equal(status, 0);
  assert.match(stdout, /benchmarks: .*\bnac\b/);
});

test('an unknown benchmark and an unknown option are wrong usage', () => {
  for (const args of [['no-such-thing'], ['--fast']]) {
    const { status, stderr } = bench(...args);
    assert.equal(status, 2);
    assert.match(stderr, /usage: npm run bench/);
  }
});
