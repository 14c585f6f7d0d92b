/** One run of the `postgres` program: from spawn until it accepts connections, and its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { type Account, runAs } from './account.ts';
import type { PostgresBinaries } from './binaries.ts';
import { cleanEnvironment } from './cluster.ts';
import { PostgresError } from './postgres-error.ts';
import { port } from './socket-directory.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Postmaster {
  readonly pid: number;
  /** settles when the process has ended, never rejects */
  readonly ended: Promise<Exit>;
  stop(): Promise<void>;
}

export interface PostmasterOptions {
  readonly binaries: PostgresBinaries;
  readonly account: Account;
  readonly cluster: string;
  readonly settings: readonly string[];
  readonly log: (line: string) => void;
}

/** Recovery after a crash with much WAL takes minutes; only a process that has ended has failed. */
const startPatienceMs = 10 * 60_000;

/** While children of a killed postmaster hold its shared memory a new one refuses to start. */
const sharedMemoryPatienceMs = 10_000;
const stillHeld = /shared memory block .* is still in use|lock file .* already exists/;

/** fast shutdown, then immediate shutdown (recovers at the next start), then none */
const stopSteps = [
  { signal: 'SIGINT', patienceMs: 30_000 },
  { signal: 'SIGQUIT', patienceMs: 5_000 },
  { signal: 'SIGKILL', patienceMs: 5_000 },
] as const;

/** @throws PostgresError 'start-failed' with the last lines PostgreSQL wrote */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const deadline = Date.now() + sharedMemoryPatienceMs;
  for (;;) {
    const lines: string[] = [];
    const child = spawnPostgres(options, lines);
    const ended = endOf(child);
    if (await untilReady(child, options.cluster)) {
      child.unref();
      (child.stderr as unknown as { unref(): void } | null)?.unref();
      return { pid: child.pid ?? 0, ended, stop: () => stop(child, ended) };
    }
    const { code, signal } = await ended;
    const said = lines.join('\n');
    if (!stillHeld.test(said) || Date.now() > deadline) {
      throw new PostgresError('start-failed', `PostgreSQL ended with ${signal ?? `status ${code}`}: ${said}`);
    }
    await wait(200);
  }
}

function spawnPostgres(options: PostmasterOptions, lines: string[]): ChildProcess {
  const args = ['-D', options.cluster, '-p', String(port), ...options.settings];
  const command = runAs(options.account, 'INT', options.binaries.postgres, args);
  const child = spawn(command.program, command.args, {
    ...command.options,
    cwd: '/',
    env: cleanEnvironment,
    stdio: ['ignore', 'ignore', 'pipe'],
    // In a session of its own, or Ctrl-C would end the database before the server has finished its requests.
    detached: true,
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (lines.length > 20) lines.shift();
    options.log(line);
  });
  return child;
}

function endOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    // 'close' and not 'exit': by then its last words have been read
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/** The eighth line of postmaster.pid is its state, as pg_ctl reads it. */
async function untilReady(child: ChildProcess, cluster: string): Promise<boolean> {
  const deadline = Date.now() + startPatienceMs;
  const file = join(cluster, 'postmaster.pid');
  while (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    try {
      const lines = readFileSync(file, 'latin1').split('\n');
      if (lines[0] === String(child.pid) && lines[7]?.trim() === 'ready') return true;
    } catch {
      // not written yet
    }
    if (Date.now() > deadline) {
      child.kill('SIGQUIT');
      return false;
    }
    await wait(10);
  }
  return false;
}

async function stop(child: ChildProcess, ended: Promise<Exit>): Promise<void> {
  child.ref();
  for (const { signal, patienceMs } of stopSteps) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    try {
      process.kill(child.pid ?? 0, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    const timer = new AbortController();
    await Promise.race([ended, wait(patienceMs, undefined, { signal: timer.signal }).catch(() => {})]);
    timer.abort();
  }
  await ended;
}
