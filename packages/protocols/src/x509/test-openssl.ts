/** For tests: the OpenSSL command line as the second implementation that must agree with ours. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `openssl` in a directory holding these files; returns its standard output. */
export function openssl(
  files: Readonly<Record<string, Uint8Array | string>>,
  ...args: readonly string[]
): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-openssl-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
    return execFileSync('openssl', args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  } finally {
    rmSync(directory, { recursive: true });
  }
}
