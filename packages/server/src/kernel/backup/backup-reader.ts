// Reads a backup: head, key, manifest, then rows in the manifest's order, and at the end that everything was there. Every
// caller must read to the end before it believes anything.
import { createHash, timingSafeEqual } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { MasterKeys } from '../sealed/master-key.ts';
import { BackupError } from './backup-error.ts';
import { originMac, rowLine } from './backup-writer.ts';
import { type BackupOpener, unwrapFileKey } from './file-key.ts';
import {
  type BackupHeader,
  type BackupRow,
  backupLimits,
  type Frame,
  formatVersion,
  magic,
  type Manifest,
  parseFrame,
  parseHeader,
  type TableSum,
} from './format.ts';
import { chunkKey, openChunks, readExactly } from './sealed-chunks.ts';

export interface RowBatch {
  readonly organization: string;
  readonly table: string;
  readonly rows: readonly BackupRow[];
}

/** `ours`: made by the installation whose master key is at hand; `unknown`: that cannot be told. */
export type BackupOrigin = 'ours' | 'unknown';

export interface OpenBackup {
  readonly header: BackupHeader;
  readonly manifest: Manifest;
  /** All rows, once; returns where the backup comes from when it was whole, throws BackupError when it was not. */
  rows(): AsyncGenerator<RowBatch, { readonly origin: BackupOrigin; readonly rows: number }>;
  close(): Promise<void>;
}

/** The head alone, without a key. */
export async function readBackupHead(file: FileHandle): Promise<{ header: BackupHeader; head: Buffer }> {
  const prefix = await readExactly(file, 0, magic.length + 5).catch(() => Buffer.alloc(magic.length + 5));
  if (!prefix.subarray(0, magic.length).equals(magic))
    throw new BackupError('This is not a backup of Gatehouse');
  if (prefix[magic.length] !== formatVersion)
    throw new BackupError('The backup has a format that this Gatehouse does not know; use a newer one');
  const length = prefix.readUInt32BE(magic.length + 1);
  if (length > backupLimits.header) throw new BackupError('The head of the backup is damaged');
  const text = await readExactly(file, prefix.length, length);
  return { header: parseHeader(text), head: Buffer.concat([prefix, text]) };
}

/** @param masterKeys tell whether the backup is one of this installation. @throws BackupError */
export async function openBackup(
  path: string,
  opener: BackupOpener,
  masterKeys: MasterKeys | undefined,
): Promise<OpenBackup> {
  const file = await open(path, 'r').catch((error: Error) => {
    throw new BackupError(`${path} cannot be read`, { cause: error });
  });
  try {
    const { header, head } = await readBackupHead(file);
    const key = chunkKey(await unwrapFileKey(opener, header.key), head);
    const reader = new FrameReader(file, head, key, masterKeys);
    return {
      header,
      manifest: await reader.manifest(),
      rows: () => reader.rows(),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

class FrameReader {
  readonly #chunks: ReturnType<typeof openChunks>;
  readonly #masterKeys: MasterKeys | undefined;
  readonly #sum = createHash('sha256');
  readonly #tables = new Map<string, { rows: number; hash: ReturnType<typeof createHash> }>();
  #manifest: Manifest | undefined;
  /** Where we are: organizations one after the other, in each the tables one after the other. */
  #place = -1;

  constructor(file: FileHandle, head: Buffer, key: Buffer, masterKeys: MasterKeys | undefined) {
    this.#chunks = openChunks(file, head.length, key);
    this.#masterKeys = masterKeys;
    this.#sum.update(head);
  }

  async #next(): Promise<Frame> {
    const { value } = await this.#chunks.next();
    if (!value) throw new BackupError('The backup is cut off: its end is missing');
    const frame = parseFrame(value.plaintext);
    if ((frame.kind === 'end') !== value.last)
      throw new BackupError('The backup does not end where it says that it ends');
    if (frame.kind !== 'end') this.#sum.update(value.plaintext);
    return frame;
  }

  async manifest(): Promise<Manifest> {
    const frame = await this.#next();
    if (frame.kind !== 'manifest') throw new BackupError('The backup does not begin with its manifest');
    const { kind: _kind, ...manifest } = frame;
    for (const { name } of manifest.tables) this.#tables.set(name, { rows: 0, hash: createHash('sha256') });
    if (this.#tables.size !== manifest.tables.length)
      throw new BackupError('The manifest names a table twice');
    if (new Set(manifest.organizations.map(({ id }) => id)).size !== manifest.organizations.length)
      throw new BackupError('The manifest names an organization twice');
    this.#manifest = manifest;
    return manifest;
  }

  async *rows(): AsyncGenerator<RowBatch, { origin: BackupOrigin; rows: number }> {
    for (;;) {
      const frame = await this.#next();
      if (frame.kind === 'manifest') throw new BackupError('The backup holds a second manifest');
      if (frame.kind === 'end') return this.#finish(frame);
      this.#follow(frame);
      yield frame;
    }
  }

  #follow({ organization, table, rows }: RowBatch): void {
    const { organizations = [], tables = [] } = this.#manifest ?? {};
    const organizationAt = organizations.findIndex(({ id }) => id === organization);
    const tableAt = tables.findIndex(({ name }) => name === table);
    const shape = tables[tableAt];
    const total = this.#tables.get(table);
    if (organizationAt < 0 || !shape || !total)
      throw new BackupError(`The backup holds rows of ${table} that its manifest does not name`);
    const place = organizationAt * tables.length + tableAt;
    if (place < this.#place) throw new BackupError('The rows of the backup are out of order');
    this.#place = place;
    for (const row of rows) {
      if (row.length !== shape.columns.length)
        throw new BackupError(`A row of ${table} has another number of columns than the manifest says`);
      total.rows += 1;
      total.hash.update(rowLine(row));
    }
  }

  #finish(end: Extract<Frame, { kind: 'end' }>): { origin: BackupOrigin; rows: number } {
    const found: TableSum[] = [...this.#tables].map(([name, { rows, hash }]) => ({
      name,
      rows,
      sha256: hash.digest('hex'),
    }));
    const sha256 = this.#sum.digest('hex');
    if (
      JSON.stringify(found) !==
        JSON.stringify(end.tables.map(({ name, rows, sha256: sum }) => ({ name, rows, sha256: sum }))) ||
      sha256 !== end.sha256
    )
      throw new BackupError('The backup does not hold what its end says');
    return { origin: this.#origin(end, sha256), rows: found.reduce((sum, { rows }) => sum + rows, 0) };
  }

  #origin({ origin }: Extract<Frame, { kind: 'end' }>, sha256: string): BackupOrigin {
    const master = origin && this.#masterKeys?.find(origin.masterKey);
    if (!origin || !master) return 'unknown';
    const expected = Buffer.from(originMac(master.bytes, sha256), 'hex');
    if (!timingSafeEqual(expected, Buffer.from(origin.mac, 'hex')))
      throw new BackupError('The backup says that it comes from this installation, and it does not');
    return 'ours';
  }
}
