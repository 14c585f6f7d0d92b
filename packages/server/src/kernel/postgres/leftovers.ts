/**
 * Ends PostgreSQL processes that an earlier server left on our cluster. Whoever calls this holds the directory's lock,
 * so nobody else needs them. They are ended rather than adopted: our own child dies with us and is supervised.
 *
 * A process counts only if it *is* `postgres` and works in our cluster (its working directory is the cluster's), so a
 * process id that was reused by something else is never signalled.
 */
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PostgresError } from './postgres-error.ts';

/** How long a polite request and then an immediate one may take. SIGQUIT costs a recovery, no data. */
const steps = [
  { signal: 'SIGINT', patienceMs: 8_000 },
  { signal: 'SIGQUIT', patienceMs: 4_000 },
] as const;

/** @returns how many processes it found */
export async function endLeftovers(cluster: string, log: (line: string) => void): Promise<number> {
  if (!existsSync(cluster)) return 0;
  const directory = realpathSync(cluster);
  const found = processesIn(directory);
  if (found.length > 0) log(`ending ${found.length} leftover database processes on ${directory}`);
  for (const { signal, patienceMs } of steps) {
    const deadline = Date.now() + patienceMs;
    let signalled = false;
    while (processesIn(directory).length > 0 && Date.now() < deadline) {
      // The postmaster tells its children; children without one end by themselves, or at SIGQUIT.
      if (!signalled) signalAll(directory, signal);
      signalled = true;
      await wait(20);
    }
  }
  const still = processesIn(directory);
  if (still.length > 0) {
    throw new PostgresError('leftover', `Database processes ${still.join(', ')} on ${directory} do not end.`);
  }
  removeStalePidFile(directory);
  return found.length;
}

function signalAll(directory: string, signal: 'SIGINT' | 'SIGQUIT'): void {
  const postmaster = pidInFile(directory);
  const all = processesIn(directory);
  for (const pid of postmaster !== undefined && all.includes(postmaster) ? [postmaster] : all) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** @param directory real path of a cluster */
export function processesIn(directory: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => worksIn(pid, directory));
}

function worksIn(pid: number, directory: string): boolean {
  try {
    return (
      readFileSync(`/proc/${pid}/comm`, 'latin1').trim() === 'postgres' &&
      readlinkSync(`/proc/${pid}/cwd`) === directory
    );
  } catch {
    // gone meanwhile, or another user's, which cannot be ours
    return false;
  }
}

export function pidInFile(directory: string): number | undefined {
  try {
    const first = readFileSync(join(directory, 'postmaster.pid'), 'latin1').split('\n')[0];
    return first !== undefined && /^\d+$/.test(first) ? Number(first) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * PostgreSQL refuses to start while the process id in its file is alive, which after a restart of a container is often
 * some unrelated process. The file also guards against children that outlive their postmaster; there are none, as
 * was just seen.
 */
function removeStalePidFile(directory: string): void {
  rmSync(join(directory, 'postmaster.pid'), { force: true });
}
