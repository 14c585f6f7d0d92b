import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findExternalPostgres, startExternalPostgres } from '../../../tools/external-postgres.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What leans most on the database: tenancy, migrations, jobs, outbox, audit chain, and the widest queries. */
const files = globSync(
  ['src/kernel/{db,jobs,events,backup}*/**/*.test.ts', 'src/modules/{audit,devices}/*.test.ts'],
  {
    cwd: root,
  },
);

test('schema, tenant isolation and queries work on an older PostgreSQL that is not ours', async (t) => {
  const binaries = findExternalPostgres();
  assert.ok(binaries, 'npm test installs the package postgresql');
  const external = await startExternalPostgres(binaries);
  t.after(() => external.stop());
  t.diagnostic(`PostgreSQL ${external.major}, ${files.length} test files`);

  const { GATEHOUSE_TEST_SERVER: _shared, NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const child = spawn(process.execPath, [...process.execArgv, '--test', '--test-reporter=dot', ...files], {
    cwd: root,
    env: { ...env, GATEHOUSE_TEST_DATABASE_URL: external.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [status] = (await once(child, 'close')) as [number | null];
  assert.equal(status, 0, output);
  assert.ok(files.length > 3, 'the list of files is not empty by mistake');
});
