// The master key (key-encryption key): a file that its owner alone may read, made at the first start. The file holds one
// key per line, `id:base64`; the first wraps, the others still unwrap until every data key is wrapped anew.
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';

export interface MasterKeys {
  readonly current: MasterKey;
  find(id: string): MasterKey | undefined;
}

export interface MasterKey {
  readonly id: string;
  readonly bytes: Buffer;
}

function keyId(bytes: Buffer): string {
  return createHash('sha256').update('gh-master-key-id').update(bytes).digest('hex').slice(0, 12);
}

export function masterKeysOf(keys: readonly Buffer[]): MasterKeys {
  const all = keys.map((bytes) => ({ id: keyId(bytes), bytes }));
  const current = all[0];
  if (!current) throw new Error('There is no master key');
  return { current, find: (id) => all.find((key) => key.id === id) };
}

function write(path: string, keys: readonly Buffer[]): void {
  const next = `${path}.${process.pid}.new`;
  const file = openSync(next, 'wx', 0o600);
  try {
    fchmodSync(file, 0o600);
    writeSync(file, keys.map((bytes) => `${keyId(bytes)}:${bytes.toString('base64')}\n`).join(''));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(next, path);
}

/** Reads the master key file, or makes it. Refuses a file that others may read. */
export function loadMasterKeys(path: string): MasterKeys {
  if (!existsSync(path)) write(path, [randomBytes(32)]);
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw new Error(
      `The master key file ${path} may be read by others (mode ${mode.toString(8)}). Run: chmod 600 ${path}`,
    );
  }
  return masterKeysOf(parse(path));
}

function parse(path: string): Buffer[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [id, text] = line.trim().split(':');
      const bytes = Buffer.from(text ?? '', 'base64');
      if (bytes.length !== 32 || keyId(bytes) !== id)
        throw new Error(`The master key file ${path} is damaged`);
      return bytes;
    });
}

/** Puts a new key first. The old ones stay readable until {@link dropOldMasterKeys}. */
export function addMasterKey(path: string): MasterKeys {
  const keys = [randomBytes(32), ...parse(path)];
  write(path, keys);
  return masterKeysOf(keys);
}

/** Forgets all but the first key; call only when no data key is wrapped under another. */
export function dropOldMasterKeys(path: string): MasterKeys {
  const keys = parse(path).slice(0, 1);
  write(path, keys);
  return masterKeysOf(keys);
}
