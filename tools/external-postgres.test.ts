import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { findExternalPostgres, startExternalPostgres } from './external-postgres.ts';

test('a throw-away PostgreSQL of another version starts, says where it is, and leaves nothing', async () => {
  const binaries = findExternalPostgres();
  assert.ok(binaries, 'npm test installs the package postgresql');
  const external = await startExternalPostgres(binaries);
  const socketDirectory = new URL(external.url.replace('@/', '@socket/')).searchParams.get('host') ?? '';
  assert.ok(external.major >= 15);
  assert.ok(existsSync(`${socketDirectory}/.s.PGSQL.5432`));
  await external.stop();
  assert.ok(!existsSync(socketDirectory));
});
