// Key files: readable by their owner alone, replaced whole or not at all. One that others could read is refused, not mended:
// whoever could read it may have done so.
import {
  chmodSync,
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';

export function makePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
}

/** @returns undefined when there is no such file. */
export function readPrivateFile(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw new Error(
      `The key file ${path} may be read by others (mode ${mode.toString(8)}). If nobody did, run: chmod 600 ${path}`,
    );
  }
  return readFileSync(path, 'utf8');
}

export function replaceFile(path: string, text: string, mode = 0o600): void {
  const next = `${path}.${process.pid}.new`;
  const file = openSync(next, 'w', mode);
  try {
    fchmodSync(file, mode);
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(next, path);
}
