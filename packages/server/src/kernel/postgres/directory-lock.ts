/**
 * One gatehouse per data directory. A small child process (`flock … cat`) holds a kernel lock on a file and lives
 * exactly as long as we do, since it ends at the end of its standard input. Unlike a file with a process id in it,
 * such a lock cannot go stale, cannot be fooled by a reused id and is seen from other containers.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { findProgram } from './account.ts';
import { PostgresError } from './postgres-error.ts';

export interface DirectoryLock {
  release(): Promise<void>;
}

/** exit status we ask of flock when another holds the lock */
const heldByAnother = 75;

/** A server that was just killed needs a moment until its lock holder is gone too. */
const patienceMs = 1_000;

/**
 * @param file is made if missing, and never deleted: a deleted lock file can be locked twice
 * @throws PostgresError 'in-use' that names the holder
 */
export async function lockDirectory(file: string): Promise<DirectoryLock> {
  const flock = findProgram('flock');
  const cat = findProgram('cat');
  if (flock === undefined || cat === undefined) {
    throw new PostgresError(
      'start-failed',
      'The program "flock" is missing: install util-linux (apt-get install util-linux).',
    );
  }
  closeSync(openSync(file, 'a'));
  chmodSync(file, 0o600);
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const holder = await tryLock(flock, cat, file);
    if (holder !== undefined) {
      writeFileSync(file, `${process.pid}\n`);
      return { release: () => release(holder) };
    }
    if (Date.now() >= deadline) {
      const other = readFileSync(file, 'utf8').trim();
      throw new PostgresError(
        'in-use',
        `Another gatehouse server${other === '' ? '' : ` (process ${other})`} is running on this data directory (lock ${file}).`,
      );
    }
    await wait(50);
  }
}

async function tryLock(flock: string, cat: string, file: string): Promise<ChildProcess | undefined> {
  const args = [
    '--exclusive',
    '--nonblock',
    '--conflict-exit-code',
    String(heldByAnother),
    '--no-fork',
    file,
    cat,
  ];
  // In a session of its own: Ctrl-C in a terminal must not take the lock away from a server that is shutting down.
  const child = spawn(flock, args, { stdio: ['pipe', 'pipe', 'ignore'], detached: true, env: {} });
  const locked = await new Promise<boolean>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === heldByAnother) resolve(false);
      else reject(new PostgresError('start-failed', `flock on ${file} ended with status ${code}`));
    });
    // cat runs, and echoes, only once flock has the lock
    child.stdout.once('data', () => resolve(true));
    child.stdin.on('error', () => {});
    child.stdin.write('\n');
  });
  if (!locked) return undefined;
  // Its pipes must not keep the process alive.
  child.unref();
  for (const pipe of [child.stdin, child.stdout]) (pipe as unknown as { unref(): void }).unref();
  return child;
}

async function release(holder: ChildProcess): Promise<void> {
  if (holder.exitCode !== null || holder.signalCode !== null) return;
  holder.ref();
  const ended = new Promise<void>((resolve) => holder.once('exit', () => resolve()));
  holder.stdin?.end();
  await ended;
}
