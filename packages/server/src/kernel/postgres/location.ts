/**
 * Where the cluster and the binaries are.
 *
 * Normally the cluster is DATA_DIR/postgres/cluster and the binaries are where npm put them. But root may keep both
 * where no other user can go (a clone under /root, a data directory of mode 0700), and PostgreSQL does not run as root.
 * Then the cluster lives in /var/lib/gatehouse/<hash of the data directory's path>-<random>/, which belongs to the
 * database's user alone, and DATA_DIR/postgres/location says so; a copy of the binaries, which that user can read and
 * not change, lives in /var/lib/gatehouse/postgres-<version>/. A deleted data directory is a new beginning: the
 * random part keeps it from finding the database of the old one.
 *
 * A cluster that has once been made is never silently replaced by an empty one: if it cannot be found or reached, the
 * start fails and says why.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Account, chooseAccount, firstObstacle } from './account.ts';
import { binariesIn, type PostgresBinaries } from './binaries.ts';
import { PostgresError } from './postgres-error.ts';

export interface Location {
  readonly account: Account;
  /** PGDATA */
  readonly cluster: string;
  /** where the socket goes, if its path is not too long */
  readonly socketDirectory: string;
  /** to be called once the cluster is complete: from then on a missing cluster is an error */
  markInitialised(): void;
}

interface Note {
  directory: string;
  initialised: boolean;
}

/** @param directory DATA_DIR/postgres, which exists */
export function locateCluster(directory: string, outside: string): Location {
  const noteFile = join(directory, 'location');
  const note = readNote(noteFile);
  const local = join(directory, 'cluster');
  if (note !== undefined) return elsewhere(note, noteFile, directory);

  const account = chooseAccount(local);
  const obstacle = firstObstacle(directory, account);
  if (obstacle === undefined) {
    return { account, cluster: local, socketDirectory: join(directory, 'socket'), markInitialised: () => {} };
  }
  if (existsSync(join(local, 'PG_VERSION'))) {
    throw new PostgresError(
      'not-reachable',
      `The database in ${local} belongs to user ${account.uid}, who cannot pass ${obstacle}: allow it with "chmod o+x ${obstacle}".`,
    );
  }
  const hash = createHash('sha256').update(directory).digest('hex').slice(0, 12);
  const chosen: Note = {
    directory: join(outside, `${hash}-${randomBytes(4).toString('hex')}`),
    initialised: false,
  };
  makeOutside(outside, account);
  writeNote(noteFile, chosen);
  return elsewhere(chosen, noteFile, directory);
}

function elsewhere(note: Note, noteFile: string, directory: string): Location {
  const cluster = join(note.directory, 'cluster');
  const account = chooseAccount(cluster);
  if (note.initialised && !existsSync(join(cluster, 'PG_VERSION'))) {
    throw new PostgresError(
      'lost-cluster',
      `${noteFile} says that the database is in ${cluster}, but it is not there. Restore it, or delete ${noteFile} to begin with an empty database.`,
    );
  }
  const obstacle = firstObstacle(dirname(note.directory), account);
  if (obstacle !== undefined) {
    throw new PostgresError(
      'not-reachable',
      `The database in ${cluster} belongs to user ${account.uid}, who cannot pass ${obstacle}: allow it with "chmod o+x ${obstacle}".`,
    );
  }
  mkdirSync(note.directory, { recursive: true });
  chmodSync(note.directory, 0o711);
  // For the operator who finds this directory and wonders whose it is.
  writeFileSync(join(note.directory, 'data-directory'), `${directory}\n`);
  return {
    account,
    cluster,
    socketDirectory: join(note.directory, 'socket'),
    markInitialised: () => writeNote(noteFile, { ...note, initialised: true }),
  };
}

/** The binaries themselves, or a copy of them where the account can read them. */
export function reachableBinaries(
  binaries: PostgresBinaries,
  account: Account,
  outside: string,
): PostgresBinaries {
  if (firstObstacle(dirname(binaries.postgres), account) === undefined) return binaries;
  makeOutside(outside, account);
  const copy = join(outside, `postgres-${binaries.version}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${randomBytes(4).toString('hex')}`;
    cpSync(binaries.directory, unfinished, {
      recursive: true,
      verbatimSymlinks: true,
      // static libraries are for compilers
      filter: (source) => !source.endsWith('.a'),
    });
    makeReadable(unfinished);
    try {
      renameSync(unfinished, copy);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return binariesIn(copy, binaries.version);
}

/** npm installs with our umask, under which the files may be ours alone. */
function makeReadable(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(path, 0o755);
    else if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

function makeOutside(outside: string, account: Account): void {
  if (mkdirSync(outside, { recursive: true }) !== undefined) chmodSync(outside, 0o755);
  const obstacle = firstObstacle(outside, account);
  if (obstacle !== undefined) {
    throw new PostgresError(
      'not-reachable',
      `User ${account.uid}, as whom the database runs, can neither reach the data directory nor pass ${obstacle}.`,
    );
  }
}

function readNote(file: string): Note | undefined {
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8')) as Note;
}

function writeNote(file: string, note: Note): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(note)}\n`);
  renameSync(`${file}.new`, file);
}
