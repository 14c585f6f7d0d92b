// The backup file. `magic | version u8 | header length u32 | header (JSON) | chunk …`, where a chunk is `length u32 |
// ciphertext`. The chunks hold frames: one manifest, rows, one end. Everything after the header is encrypted, and the header
// is bound to it (sealed-chunks.ts). Nothing in a backup is ever executed: a reader takes rows of tables that it knows (DAT-06).
import { BackupError } from './backup-error.ts';
import type { KeyWrap } from './file-key.ts';

export const magic = Buffer.from('gatehouse-backup');
export const formatVersion = 1;

/** Bytes. A frame aims at `frame`; one row that is larger gets a frame of its own. */
export const backupLimits = {
  header: 64 * 1024,
  frame: 1024 * 1024,
  plaintext: 128 * 1024 * 1024,
  chunk: 129 * 1024 * 1024,
} as const;

/** Readable without a key: what decides whether this program can do anything with the file. */
export interface BackupHeader {
  readonly schemaVersion: number;
  readonly productVersion: string;
  readonly createdAt: string;
  readonly key: KeyWrap;
}

export interface ManifestTable {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface Manifest {
  /** One organization by its slug, or the whole instance. */
  readonly scope: 'instance' | 'organization';
  readonly organizations: readonly { readonly id: string; readonly slug: string }[];
  /** In an order in which foreign keys find what they point to. */
  readonly tables: readonly ManifestTable[];
}

/** PostgreSQL's text form of each value, null for null. */
export type BackupRow = readonly (string | null)[];

export interface TableSum {
  readonly name: string;
  readonly rows: number;
  /** SHA-256 over the rows, each as a line of JSON; hex. */
  readonly sha256: string;
}

export type Frame =
  | ({ readonly kind: 'manifest' } & Manifest)
  | {
      readonly kind: 'rows';
      readonly organization: string;
      readonly table: string;
      readonly rows: readonly BackupRow[];
    }
  | {
      readonly kind: 'end';
      readonly tables: readonly TableSum[];
      /** SHA-256 over header and all frames before this one; hex. */
      readonly sha256: string;
      /** Says which installation made it, to whoever has its master key; null when the backup was made without it. */
      readonly origin: { readonly masterKey: string; readonly mac: string } | null;
    };

const isText = (value: unknown): value is string => typeof value === 'string';
const isList = <T>(value: unknown, of: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.every(of);
const has = (value: unknown, fields: Readonly<Record<string, (field: unknown) => boolean>>): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).every((name) => Object.hasOwn(fields, name)) &&
  Object.entries(fields).every(([name, check]) => check((value as Record<string, unknown>)[name]));
const each =
  (fields: Readonly<Record<string, (field: unknown) => boolean>>) =>
  (value: unknown): value is object =>
    has(value, fields);
const isHash = (value: unknown) => isText(value) && /^[0-9a-f]{64}$/.test(value);
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isRow = (value: unknown): value is BackupRow =>
  isList(value, (cell): cell is string | null => cell === null || isText(cell));

const frameChecks: Readonly<Record<string, (value: unknown) => boolean>> = {
  manifest: (value) =>
    has(value, {
      kind: isText,
      scope: (scope) => scope === 'instance' || scope === 'organization',
      organizations: (list) => isList(list, each({ id: isText, slug: isText })),
      tables: (list) =>
        isList(list, each({ name: isText, columns: (columns) => isList<string>(columns, isText) })),
    }),
  rows: (value) =>
    has(value, {
      kind: isText,
      organization: isText,
      table: isText,
      rows: (rows) => isList<BackupRow>(rows, isRow),
    }),
  end: (value) =>
    has(value, {
      kind: isText,
      tables: (list) => isList(list, each({ name: isText, rows: isCount, sha256: isHash })),
      sha256: isHash,
      origin: (origin) => origin === null || has(origin, { masterKey: isText, mac: isHash }),
    }),
};

/** @throws BackupError when the bytes are not exactly one frame. */
export function parseFrame(bytes: Buffer): Frame {
  const value = parseJson(bytes) as { kind?: unknown } | null;
  const kind = value?.kind;
  if (!isText(kind) || !Object.hasOwn(frameChecks, kind) || frameChecks[kind]?.(value) !== true) {
    throw new BackupError('The backup holds something that is not part of its format');
  }
  return value as Frame;
}

/** @throws BackupError */
export function parseHeader(bytes: Buffer): BackupHeader {
  const value = parseJson(bytes);
  const good = has(value, {
    schemaVersion: isCount,
    productVersion: isText,
    createdAt: (time) => isText(time) && Number.isFinite(Date.parse(time)),
    key: (key) => typeof key === 'object' && key !== null,
  });
  if (!good) throw new BackupError('The head of the backup is damaged');
  return value as BackupHeader;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (error) {
    throw new BackupError('The backup is damaged: a part of it cannot be read', { cause: error });
  }
}
