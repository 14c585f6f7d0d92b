/** Reads Apple's schema as it is published: one YAML file per type. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export type RawMap = Readonly<Record<string, unknown>>;

export interface SchemaFile {
  /** In Apple's repository, with slashes: `mdm/commands/device.lock.yaml`. */
  readonly path: string;
  readonly document: RawMap;
}

/** Folders of the repository that hold schema; there are also documents and examples. */
const folders = ['mdm', 'declarative', 'other'];

export function readSchemaFiles(directory: string): SchemaFile[] {
  const paths = globSync(`{${folders.join(',')}}/**/*.yaml`, { cwd: directory })
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
  if (paths.length === 0) throw new Error(`${directory} holds no schema: ${folders.join(', ')} are missing`);
  return paths.map((path) => ({
    path,
    document: readYaml(readFileSync(join(directory, path), 'utf8'), path),
  }));
}

/** Aliases give the very same object: a key below itself is how the schema says that a structure is recursive. */
function readYaml(text: string, path: string): RawMap {
  const document: unknown = parse(text, { maxAliasCount: -1 });
  if (!isMap(document)) throw new Error(`${path} is no dictionary`);
  return document;
}

export function isMap(value: unknown): value is RawMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown, what: string): readonly RawMap[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every(isMap)) throw new Error(`${what} is no list of dictionaries`);
  return value;
}
