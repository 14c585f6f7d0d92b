/** The repository's TypeScript files, read and with their imports resolved to one another. */
import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Import, type Literal, scanSource } from './scan-source.ts';

export interface ResolvedImport extends Import {
  /** path in the repository of one of our files; undefined for packages of others and of Node */
  readonly target: string | undefined;
}

export interface SourceFile {
  /** relative to the repository, with slashes */
  readonly path: string;
  readonly isTest: boolean;
  readonly code: string;
  readonly literals: readonly Literal[];
  readonly imports: readonly ResolvedImport[];
}

const patterns = ['packages/*/{src,test,fuzz}/**/*.{ts,tsx}', 'tools/**/*.ts', 'bench/**/*.ts'];

/** Tests, what they share (`test-database.ts`), their data and their fuzz targets. */
const testPath = /\.test\.ts$|\/(?:test|testdata|fuzz)\/|\/test-[^/]*\.ts$|\.contract\.ts$/;

export function readSourceFiles(root: string): SourceFile[] {
  return patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .sort()
    .map((path) => readSourceFile(path, readFileSync(join(root, path), 'utf8')));
}

export function readSourceFile(path: string, text: string): SourceFile {
  const { code, literals, imports } = scanSource(text);
  return {
    path,
    isTest: isTestPath(path),
    code,
    literals,
    imports: imports.map((item) => ({ ...item, target: resolveImport(path, item.specifier) })),
  };
}

export const isTestPath = (path: string): boolean => testPath.test(path);

function resolveImport(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  const ours = /^@gatehouse\/([^/]+)(?:\/(.+))?$/.exec(specifier);
  return ours === null ? undefined : `packages/${ours[1]}/src/${ours[2] ?? 'index.ts'}`;
}

export function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(path)?.[1];
}
