// The data directory: everything that must survive, readable by its owner alone. The server refuses to start on one that
// others may enter.
import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface DataDirectory {
  readonly path: string;
  readonly postgres: string;
  readonly tls: string;
  readonly logs: string;
  /** Sockets and what exists only while the server runs. */
  readonly run: string;
}

export function openDataDirectory(path: string): DataDirectory {
  if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o700 });
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw new Error(
      `The data directory ${path} may be entered by others (mode ${mode.toString(8)}). Run: chmod 700 ${path}`,
    );
  }
  const directory = {
    path,
    postgres: join(path, 'postgres'),
    tls: join(path, 'tls'),
    logs: join(path, 'logs'),
    run: join(path, 'run'),
  };
  for (const part of [directory.tls, directory.logs, directory.run]) {
    mkdirSync(part, { recursive: true, mode: 0o700 });
    chmodSync(part, 0o700);
  }
  return directory;
}
