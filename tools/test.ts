/**
 * `npm test [-- FILTER…] [-- --test-name-pattern=…]`: provides what the tests need, then runs them. A filter is part of
 * a test file's path; what begins with a dash goes to `node --test`.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, globSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '@gatehouse/server/kernel/postgres/index.ts';
import { provideSystemPackages } from './system-packages.ts';
import { buildWeb } from './web-build.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const timeout = 300_000;
const patterns = ['packages/*/{src,test,fuzz}/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts'];

const args = process.argv.slice(2);
const options = args.filter((arg) => arg.startsWith('-') && arg !== '--');
const filters = args.filter((arg) => !arg.startsWith('-')).map((arg) => arg.replace(/^\.\//, ''));
const files = inOrder(
  patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort(),
);

if (files.length === 0) {
  console.error(`No test file has ${filters.join(' or ')} in its path.`);
  process.exit(2);
}
if (!provideSystemPackages()) process.exit(1);
buildWeb();

// The settings of a server on this machine must not reach the tests; those made for tests may.
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !name.startsWith('GATEHOUSE_') || name.startsWith('GATEHOUSE_TEST_'),
  ),
);
// What was begun is ended, so that nothing goes on, and nothing stays in memory.
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
const room = makeRoom();
process.once('exit', () => rmSync(room, { recursive: true, force: true }));
env['TMPDIR'] = room;
const postgres = await startSharedPostgres();
// Every file is a process of its own that loads much of the same: what one has made of the sources, the next ones take over.
env['NODE_COMPILE_CACHE'] ??= join(root, 'node_modules/.cache/compiled');
if (postgres !== undefined) env['GATEHOUSE_TEST_SERVER'] = JSON.stringify(postgres.server);
// Not by `node --test`, which would sort the files.
const results = run({
  files: [...files],
  cwd: root,
  env,
  // Two at once, because small machines have two cores: with three, what waits less is slower than it is meant to be.
  concurrency: 2,
  // A test that waits for ever is a failure after five minutes, not a run without end.
  timeout,
  execArgv: [`--test-timeout=${timeout}`, ...options],
  signal: interrupted.signal,
});
results.on('test:fail', ({ todo }) => {
  if (todo === undefined || todo === false) process.exitCode = 1;
});
await pipeline(results, new spec(), process.stdout, { end: false });
await postgres?.stop();

/**
 * The long ones first, so that no core is left with one of them at the end: journeys, and spread evenly between them those
 * with a browser, which need most of the machine.
 */
function inOrder(all: readonly string[]): readonly string[] {
  const browsing = all.filter((file) => file.startsWith('packages/web/test/'));
  const journeys = all.filter((file) => file.startsWith('packages/server/test/'));
  const place = new Map<string, number>();
  for (const each of [browsing, journeys])
    for (const [index, file] of each.entries()) place.set(file, (index + 0.5) / each.length);
  // Whatever else there is is short, and fills up the rest.
  const placeOf = (file: string) => place.get(file) ?? 1;
  return all.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/** One embedded database server for all test files; each file clones a database of its own in it. */
async function startSharedPostgres() {
  if (!files.some((file) => /^packages\/(?:server|cli|agent|simulators|web)\//.test(file))) return undefined;
  if (env['GATEHOUSE_TEST_SERVER'] ?? env['GATEHOUSE_TEST_DATABASE_URL']) return undefined;
  const server = await startEmbeddedPostgres({
    directory: join(room, 'postgres'),
    // nothing here outlives the tests, so it need not survive a power failure
    settings: { fsync: 'off', full_page_writes: 'off', max_connections: '300', max_wal_size: '256MB' },
  });
  return { server: server.connection(), stop: () => server.stop() };
}

/**
 * Where the tests put whatever they make, and nothing stays. In memory, where there is plenty of it: many tests make databases of a
 * thousand files and delete them, and after that ext4 looks at length for a place for each new file.
 */
function makeRoom(): string {
  const directory = mkdtempSync(join(hasRoom('/dev/shm') ? '/dev/shm' : tmpdir(), 'gatehouse-test-'));
  // Programs of other users are among those that are tested with.
  chmodSync(directory, 0o1777);
  return directory;
}

/** For everything that is there at a time, and programs may be run from there, which in containers is often forbidden. */
function hasRoom(memory: string): boolean {
  const gibibyte = 1024 ** 3;
  try {
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize < 4 * gibibyte || process.availableMemory() < 8 * gibibyte) return false;
    const directory = mkdtempSync(join(memory, 'gatehouse-test-'));
    const program = join(directory, 'program');
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
    const { status } = spawnSync(program);
    rmSync(directory, { recursive: true });
    return status === 0;
  } catch {
    return false;
  }
}
