/** Makes the cluster (PGDATA) the first time, in one step that either happened or did not. */
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Account, runAs } from './account.ts';
import type { PostgresBinaries } from './binaries.ts';
import { PostgresError } from './postgres-error.ts';

export const superuser = 'gatehouse';

/** PostgreSQL needs nothing of our environment, and variables such as PGDATA would mislead it. */
export const cleanEnvironment = { PATH: '/usr/bin:/bin', LANG: 'C', LC_ALL: 'C' };

export async function initialiseCluster(
  cluster: string,
  binaries: PostgresBinaries,
  account: Account,
): Promise<void> {
  if (existsSync(join(cluster, 'PG_VERSION'))) {
    checkVersion(cluster, binaries);
    return;
  }
  // initdb that was interrupted leaves a directory nobody can use: work beside, then rename. The directory
  // around belongs to the server, so the rename is ours to do.
  const unfinished = `${cluster}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(dirname(cluster), { recursive: true });
  mkdirSync(unfinished, { mode: 0o700 });
  chmodSync(unfinished, 0o700);
  if (account.switched) chownSync(unfinished, account.uid, account.gid);
  const args = [
    `--pgdata=${unfinished}`,
    `--username=${superuser}`,
    // the socket's directory is the lock on the door
    '--auth-local=trust',
    '--auth-host=reject',
    '--encoding=UTF8',
    ...localeArguments(binaries.major),
    '--no-instructions',
  ];
  await run(runAs(account, 'KILL', binaries.initdb, args), unfinished);
  renameSync(unfinished, cluster);
}

/** The builtin provider sorts by code point and does not change with the system's libraries; 17 brought it. */
function localeArguments(major: number): string[] {
  if (major < 17) return ['--locale=C.UTF-8'];
  return ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
}

function checkVersion(cluster: string, binaries: PostgresBinaries): void {
  const major = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (major === String(binaries.major)) return;
  throw new PostgresError(
    'wrong-version',
    `The database in ${cluster} was made by PostgreSQL ${major}, this release brings ${binaries.major}: make a backup with the earlier release and restore it with this one.`,
  );
}

function run(command: ReturnType<typeof runAs>, directory: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command.program, command.args, {
      ...command.options,
      cwd: '/',
      env: cleanEnvironment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4_000);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else {
        const how = signal ?? `status ${code}`;
        reject(
          new PostgresError(
            'initialise-failed',
            `initdb in ${directory} ended with ${how}: ${errors.trim()}`,
          ),
        );
      }
    });
  });
}
