/** `npm run check [-- NAME…]`: everything that can be judged without running the program. Made to take under a minute. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { catalogueFaults } from './apple-catalogue/check.ts';
import { architectureFaults } from './architecture/check.ts';
import { featureFaults } from './features/check.ts';
import { type Lockfile, lockfileFaults } from './lockfile/lockfile.ts';
import { threatFaults } from './threats/check.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Check {
  readonly name: string;
  /** @returns what is wrong, or nothing */
  readonly run: () => Promise<string> | string;
}

/** Longest first, so that they do not end up alone at the end. */
const checks: readonly Check[] = [
  { name: 'lint', run: () => program('oxlint', ['--type-aware', '--deny-warnings', '--format=unix']) },
  { name: 'types', run: types },
  { name: 'unused', run: () => program('knip', ['--no-progress', '--no-config-hints']) },
  { name: 'format', run: () => program('biome', ['format', '--colors=off', '--max-diagnostics=20', '.']) },
  { name: 'architecture', run: () => architectureFaults(root).join('\n\n') },
  { name: 'features', run: () => featureFaults(root).join('\n') },
  { name: 'threats', run: () => threatFaults(root).join('\n') },
  { name: 'catalogue', run: () => catalogueFaults(root).join('\n') },
  { name: 'apple', run: appleTables },
  { name: 'lockfile', run: () => lockfileFaults(readLockfile()).join('\n') },
];

/** What runs in browsers knows other things than what runs in Node. */
async function types(): Promise<string> {
  const projects = ['tsconfig.json', 'packages/web/tsconfig.json', 'packages/web/test/tsconfig.json'];
  const wrong = await Promise.all(
    projects.map((project) => program('tsc', ['-p', project, '--noEmit', '--pretty', 'false'])),
  );
  return wrong.filter(Boolean).join('\n');
}

/** It loads the server's own tables: a server that cannot be loaded must not keep the other checks from being made. */
async function appleTables(): Promise<string> {
  try {
    const { appleSupportFaults } = await import('./apple-support/check.ts');
    return appleSupportFaults(root).join('\n');
  } catch (error) {
    return `the server's tables of Apple's commands cannot be loaded: ${String(error)}`;
  }
}

function readLockfile(): Lockfile {
  return JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8')) as Lockfile;
}

function program(name: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(`${root}/node_modules/.bin/${name}`, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0 ? '' : output || `${name} ended with status ${code}`));
  });
}

async function judge(check: Check): Promise<boolean> {
  const began = performance.now();
  const wrong = await check.run();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${wrong === '' ? '✔' : '✖'} ${check.name.padEnd(14)} ${seconds.padStart(5)} s`);
  if (wrong !== '') console.log(`\n${wrong.trimEnd()}\n`);
  return wrong === '';
}

const names = process.argv.slice(2);
const unknown = names.find((name) => !checks.some((check) => check.name === name));
if (unknown !== undefined) {
  console.error(`No check is called ${unknown}; there are ${checks.map((check) => check.name).join(', ')}.`);
  process.exit(2);
}
const queue = checks.filter((check) => names.length === 0 || names.includes(check.name));
let failed = 0;
const workers = Array.from({ length: Math.min(4, availableParallelism()) }, async () => {
  for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
    if (!(await judge(check))) failed += 1;
  }
});
await Promise.all(workers);
if (failed > 0) {
  console.log(`${failed} ${failed === 1 ? 'check' : 'checks'} failed.`);
  process.exitCode = 1;
}
