/** Where an embedded database that another process runs can be reached; for programs that work beside a server. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { superuser } from './cluster.ts';
import type { Connection } from './embedded-postgres.ts';
import { port } from './socket-directory.ts';

/**
 * Only reads what the server left in its directory. A socket may also be the remains of a killed server: connect to know.
 * @param directory DATA_DIR/postgres
 */
export function findRunningPostgres(directory: string, database: string): Connection | undefined {
  const note = readText(join(directory, 'location'));
  const base = note === undefined ? directory : (JSON.parse(note) as { directory: string }).directory;
  const wanted = join(base, 'socket');
  // A path too long for a socket is replaced by a short one, which is recorded beside it.
  const host = readText(`${wanted}-directory`)?.trim() ?? wanted;
  if (!existsSync(join(host, `.s.PGSQL.${port}`))) return undefined;
  return { host, port, user: superuser, database };
}

function readText(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
