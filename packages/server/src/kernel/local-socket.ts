// Where the local socket is. A socket's path may have 107 bytes only; from a deeper data directory a private directory for
// temporary files is used, and `run/local.address` says which.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const longestPath = 100;

/** @returns a path to listen on; removes what a killed server left behind. */
export function prepareLocalSocket(runDirectory: string): string {
  const path = join(runDirectory, 'local.sock');
  const pointer = join(runDirectory, 'local.address');
  rmSync(path, { force: true });
  rmSync(pointer, { force: true });
  if (Buffer.byteLength(path) <= longestPath) return path;
  const elsewhere = join(mkdtempSync(join(tmpdir(), 'gatehouse-')), 'local.sock');
  writeFileSync(pointer, elsewhere, { mode: 0o600 });
  return elsewhere;
}
