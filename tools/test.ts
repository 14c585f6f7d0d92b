/**
 * `npm test [-- FILTER…] [-- --test-name-pattern=…]`: provides what the tests need, then runs them. A filter is part of
 * a test file's path; what begins with a dash goes to `node --test`.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { provideSystemPackages } from './system-packages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const patterns = ['packages/*/{src,test,fuzz}/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts'];

const args = process.argv.slice(2);
const options = args.filter((arg) => arg.startsWith('-'));
const filters = args.filter((arg) => !arg.startsWith('-')).map((arg) => arg.replace(/^\.\//, ''));
const files = patterns
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
  .sort();

if (files.length === 0) {
  console.error(`No test file has ${filters.join(' or ')} in its path.`);
  process.exit(2);
}
if (!provideSystemPackages()) process.exit(1);

// The settings of a server on this machine must not reach the tests; those made for tests may.
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !name.startsWith('GATEHOUSE_') || name.startsWith('GATEHOUSE_TEST_'),
  ),
);
const { status } = spawnSync(
  process.execPath,
  // two at once: most files start a database, and small machines have two cores
  [...process.execArgv, '--test', '--test-concurrency=2', ...options, ...files],
  { cwd: root, stdio: 'inherit', env },
);
process.exitCode = status ?? 1;
