/**
 * Which user PostgreSQL runs as. It refuses to run as root, so a gatehouse that runs as root starts it as an
 * unprivileged user; a gatehouse that runs as an ordinary user starts it as itself.
 *
 * Everything is started through `setpriv --pdeathsig`, so that the kernel ends PostgreSQL when gatehouse dies, however
 * it dies. The signal is bound to the *thread* that spawned the child: start the database from the main thread.
 */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { PostgresError } from './postgres-error.ts';

export interface Account {
  readonly uid: number;
  readonly gid: number;
  /** true when the account is another than our own, which only root can do */
  readonly switched: boolean;
}

/** "nobody", which every Linux has; nothing else is stored under this id by us. */
const unprivileged = 65534;

/** @param clusterDirectory a cluster that exists keeps its owner, so that a change of user does not lock us out */
export function chooseAccount(clusterDirectory: string): Account {
  const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const owner = statSync(clusterDirectory, { throwIfNoEntry: false });
  if (own.uid !== 0) {
    if (owner === undefined || owner.uid === own.uid) return { ...own, switched: false };
    throw new PostgresError(
      'wrong-owner',
      `The database in ${clusterDirectory} belongs to user ${owner.uid}, and this is user ${own.uid}: start gatehouse as the user who made it, or change the owner of the files.`,
    );
  }
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid, switched: true };
  return { uid: unprivileged, gid: unprivileged, switched: true };
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** how `spawn` itself switches the user where there is no `setpriv` */
  readonly options: { uid?: number; gid?: number };
}

/** Wraps a command so that it runs as the account and gets `deathSignal` when our thread dies. */
export function runAs(
  account: Account,
  deathSignal: 'INT' | 'KILL',
  program: string,
  args: readonly string[],
): Command {
  const setpriv = findProgram('setpriv');
  if (setpriv === undefined) {
    return { program, args, options: account.switched ? { uid: account.uid, gid: account.gid } : {} };
  }
  const change = account.switched
    ? [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups', '--no-new-privs']
    : [];
  return {
    program: setpriv,
    args: [...change, '--pdeathsig', deathSignal, '--', program, ...args],
    options: {},
  };
}

export function findProgram(name: string): string | undefined {
  const directories = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/bin',
    '/bin',
    '/usr/sbin',
    '/sbin',
  ];
  return directories
    .filter((directory) => directory.startsWith('/'))
    .map((directory) => join(directory, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/**
 * The first directory on the way to `path` that the account may not pass, by permission bits, or undefined.
 * A directory that is missing will be made by us and so is no obstacle; nor is one that we ourselves can pass.
 */
export function firstObstacle(path: string, account: Account): string | undefined {
  if (!account.switched) return undefined;
  const way: string[] = [];
  for (let at = resolve(path); ; at = dirname(at)) {
    way.unshift(at);
    if (at === dirname(at)) break;
  }
  return way.find((directory) => {
    const stats = statSync(directory, { throwIfNoEntry: false });
    if (stats === undefined || !stats.isDirectory()) return false;
    const shift = stats.uid === account.uid ? 6 : stats.gid === account.gid ? 3 : 0;
    return ((stats.mode >> shift) & 1) === 0;
  });
}
