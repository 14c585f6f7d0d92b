// The processes of a server on a data directory, and the ways in which they end without being asked.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** PGDATA of the embedded database, wherever it had to be put. */
export function clusterOf(dataDirectory: string): string {
  const postgres = join(dataDirectory, 'postgres');
  try {
    const { directory } = JSON.parse(readFileSync(join(postgres, 'location'), 'utf8')) as {
      directory: string;
    };
    return join(directory, 'cluster');
  } catch {
    return join(postgres, 'cluster');
  }
}

/** Where the socket of the database is: the fifth line of its postmaster.pid. */
export function databaseSocketOf(dataDirectory: string): string {
  const lines = readFileSync(join(clusterOf(dataDirectory), 'postmaster.pid'), 'latin1').split('\n');
  return lines[4]?.trim() ?? '';
}

export function postmasterOf(dataDirectory: string): number {
  return Number(readFileSync(join(clusterOf(dataDirectory), 'postmaster.pid'), 'latin1').split('\n')[0]);
}

export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  try {
    // pid (name) state parent …; the name may hold anything, so count from its closing bracket.
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

/** kill -9, and waits until they are gone. */
export async function strikeDown(pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  const deadline = Date.now() + 10_000;
  while (pids.some(isAlive)) {
    if (Date.now() > deadline) throw new Error(`processes ${pids.join(', ')} survive kill -9`);
    await wait(10);
  }
}

export function isAlive(pid: number): boolean {
  try {
    // A zombie has ended; its parent has only not asked yet.
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
