// Writes the frames of a backup into a new file that nobody else may read, and sums them up in the last one.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { purposeKey } from '../purpose-key.ts';
import type { MasterKey } from '../sealed/master-key.ts';
import { BackupError } from './backup-error.ts';
import { type BackupLock, wrapFileKey } from './file-key.ts';
import {
  type BackupHeader,
  type BackupRow,
  backupLimits,
  type Frame,
  formatVersion,
  magic,
  type Manifest,
  type TableSum,
} from './format.ts';
import { ChunkSealer, chunkKey } from './sealed-chunks.ts';

export interface BackupWriter {
  rows(organization: string, table: string, rows: readonly BackupRow[]): Promise<void>;
  /** Seals the file and brings it to the disk. @param master signs where the backup comes from */
  finish(master: MasterKey | undefined): Promise<{ bytes: number; tables: number; rows: number }>;
  /** Removes the unfinished file. */
  abandon(): Promise<void>;
}

/** @throws BackupError when the file exists already. */
export async function createBackupFile(
  path: string,
  lock: BackupLock,
  facts: Omit<BackupHeader, 'key'>,
  manifest: Manifest,
): Promise<BackupWriter> {
  const fileKey = randomBytes(32);
  const header: BackupHeader = { ...facts, key: await wrapFileKey(lock, fileKey) };
  const file = await openNew(path);
  try {
    const head = encodeHead(header);
    const writer = new FrameWriter(file, path, head, chunkKey(fileKey, head));
    await file.write(head);
    await writer.frame({ kind: 'manifest', ...manifest });
    return writer;
  } catch (error) {
    await file.close();
    await unlink(path);
    throw error;
  }
}

async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') throw new BackupError(`${path} exists already; a backup never overwrites a file`);
    throw new BackupError(`${path} cannot be written`, { cause: error });
  }
}

function encodeHead(header: BackupHeader): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(5);
  prefix[0] = formatVersion;
  prefix.writeUInt32BE(text.length, 1);
  return Buffer.concat([magic, prefix, text]);
}

/** A row as the sums count it: one line of JSON. */
export function rowLine(row: BackupRow): string {
  return `${JSON.stringify(row)}\n`;
}

/** Who has the master key of an installation can say that a backup is one of its own. */
export function originMac(master: Uint8Array, sum: string): string {
  return createHmac('sha256', purposeKey(master, 'backup-origin')).update(sum).digest('hex');
}

class FrameWriter implements BackupWriter {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #sealer: ChunkSealer;
  readonly #sum = createHash('sha256');
  readonly #tables = new Map<string, { rows: number; hash: ReturnType<typeof createHash> }>();

  constructor(file: FileHandle, path: string, head: Buffer, key: Buffer) {
    this.#file = file;
    this.#path = path;
    this.#sealer = new ChunkSealer(key);
    this.#sum.update(head);
  }

  async frame(frame: Frame, last = false): Promise<void> {
    const plaintext = Buffer.from(JSON.stringify(frame));
    if (!last) this.#sum.update(plaintext);
    if (frame.kind === 'manifest')
      for (const { name } of frame.tables) this.#tables.set(name, { rows: 0, hash: createHash('sha256') });
    await this.#file.write(this.#sealer.seal(plaintext, last));
  }

  async rows(organization: string, table: string, rows: readonly BackupRow[]): Promise<void> {
    const total = this.#tables.get(table);
    if (!total) throw new Error(`${table} is not in the manifest`);
    let part: BackupRow[] = [];
    let size = 0;
    for (const row of rows) {
      const line = rowLine(row);
      if (size > 0 && size + line.length > backupLimits.frame) {
        await this.frame({ kind: 'rows', organization, table, rows: part });
        part = [];
        size = 0;
      }
      total.rows += 1;
      total.hash.update(line);
      part.push(row);
      size += line.length;
    }
    if (part.length > 0) await this.frame({ kind: 'rows', organization, table, rows: part });
  }

  async finish(master: MasterKey | undefined): Promise<{ bytes: number; tables: number; rows: number }> {
    const sha256 = this.#sum.digest('hex');
    const tables: TableSum[] = [...this.#tables].map(([name, { rows, hash }]) => ({
      name,
      rows,
      sha256: hash.digest('hex'),
    }));
    const origin =
      master === undefined ? null : { masterKey: master.id, mac: originMac(master.bytes, sha256) };
    await this.frame({ kind: 'end', tables, sha256, origin }, true);
    await this.#file.sync();
    const { size } = await this.#file.stat();
    await this.#file.close();
    await syncDirectory(dirname(this.#path));
    return { bytes: size, tables: tables.length, rows: tables.reduce((sum, { rows }) => sum + rows, 0) };
  }

  async abandon(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await unlink(this.#path).catch(() => undefined);
  }
}

/** So that the file's name survives a power loss as well. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
