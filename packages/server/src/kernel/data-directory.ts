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

/**
 * When we are root, the database runs as an unprivileged user who has to pass through to its part: others may then pass,
 * and still neither list nor read anything. Otherwise the directory is closed.
 */
export const dataDirectoryMode = process.getuid?.() === 0 ? 0o711 : 0o700;

export function openDataDirectory(path: string): DataDirectory {
  if (!existsSync(path)) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, dataDirectoryMode);
  }
  const mode = statSync(path).mode & 0o777;
  if ((mode & ~dataDirectoryMode) !== 0) {
    throw new Error(
      `The data directory ${path} may be entered by others (mode ${mode.toString(8)}). Run: chmod ${dataDirectoryMode.toString(8)} ${path}`,
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
