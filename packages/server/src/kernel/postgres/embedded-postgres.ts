/**
 * The database that comes with Gatehouse: a real PostgreSQL, private to this process, reached through a unix socket.
 * Starts it, keeps it running and stops it; it never outlives us.
 */
import { chmodSync, mkdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findPostgresBinaries } from './binaries.ts';
import { initialiseCluster, superuser } from './cluster.ts';
import { lockDirectory } from './directory-lock.ts';
import { endLeftovers } from './leftovers.ts';
import { locateCluster, reachableBinaries } from './location.ts';
import { type Exit, type Postmaster, startPostmaster } from './postmaster.ts';
import { settingArguments } from './settings.ts';
import { makeSocketDirectory, port, removeSocketDirectory } from './socket-directory.ts';

export interface EmbeddedPostgresOptions {
  /** DATA_DIR/postgres; made if missing. As root, DATA_DIR should let others pass (mode 0711): see location.ts */
  readonly directory: string;
  /** gets what PostgreSQL writes to its log, line by line */
  readonly log?: (line: string) => void;
  /** server settings that win over ours */
  readonly settings?: Readonly<Record<string, string>>;
  /** where things go that the database's user could not reach otherwise */
  readonly outsideDirectory?: string;
}

export interface UnexpectedExit extends Exit {
  /** false after a restart that failed; another try follows then too */
  readonly restarted: boolean;
  readonly error?: unknown;
}

export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

export interface EmbeddedPostgres {
  readonly socketDirectory: string;
  readonly port: number;
  /** PGDATA, for diagnosis */
  readonly clusterDirectory: string;
  /** of the postmaster that runs now; another after a restart */
  readonly pid: number;
  /** what `pg` needs to connect; no password, see socket-directory.ts. The database exists only if you made it. */
  connection(user?: string, database?: string): Connection;
  /** Called after PostgreSQL ended by itself, once it runs again or a try to restart it failed. */
  onExit(listener: (exit: UnexpectedExit) => void): void;
  stop(): Promise<void>;
}

const defaultOutside = '/var/lib/gatehouse';

/**
 * Starts the cluster in the directory, making it the first time. Call it from the main thread (see account.ts).
 * @throws PostgresError, whose message says what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => {});
  const outside = options.outsideDirectory ?? defaultOutside;
  mkdirSync(options.directory, { recursive: true });
  const directory = realpathSync(resolve(options.directory));
  // Passable whatever the umask is; what lies inside is closed to all but the database's user.
  if (process.getuid?.() === 0) chmodSync(directory, 0o711);

  const lock = await lockDirectory(join(directory, 'lock'));
  try {
    const location = locateCluster(directory, outside);
    const { account, cluster } = location;
    const binaries = reachableBinaries(findPostgresBinaries(), account, outside);
    await endLeftovers(cluster, log);
    await initialiseCluster(cluster, binaries, account);
    location.markInitialised();
    const socketDirectory = makeSocketDirectory(location.socketDirectory, account);
    const settings = settingArguments(socketDirectory, options.settings ?? {});
    const start = (): Promise<Postmaster> => startPostmaster({ binaries, account, cluster, settings, log });
    const supervisor = new Supervisor(await start(), start);
    return {
      socketDirectory,
      port,
      clusterDirectory: cluster,
      get pid() {
        return supervisor.pid;
      },
      connection: (user = superuser, database = 'postgres') => ({
        host: socketDirectory,
        port,
        user,
        database,
      }),
      onExit: (listener) => supervisor.onExit(listener),
      stop: async () => {
        await supervisor.stop();
        removeSocketDirectory(socketDirectory, location.socketDirectory);
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Restarts the postmaster at once the first time, then ever later; a quiet minute forgives. */
const restartDelaysMs = [0, 500, 1_000, 2_000, 5_000, 10_000, 30_000];
const forgiveAfterMs = 60_000;

class Supervisor {
  #current: Postmaster;
  readonly #start: () => Promise<Postmaster>;
  readonly #listeners: ((exit: UnexpectedExit) => void)[] = [];
  readonly #stopping = new AbortController();
  #restarting: Promise<void> | undefined;
  #failures = 0;
  #startedAt = performance.now();

  constructor(first: Postmaster, start: () => Promise<Postmaster>) {
    this.#current = first;
    this.#start = start;
    this.#watch(first);
  }

  get pid(): number {
    return this.#current.pid;
  }

  onExit(listener: (exit: UnexpectedExit) => void): void {
    this.#listeners.push(listener);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#restarting;
    await this.#current.stop();
  }

  #watch(postmaster: Postmaster): void {
    void postmaster.ended.then((exit) => {
      if (this.#stopping.signal.aborted) return;
      this.#restarting = this.#restart(exit);
    });
  }

  async #restart(exit: Exit): Promise<void> {
    if (performance.now() - this.#startedAt > forgiveAfterMs) this.#failures = 0;
    while (!this.#stopping.signal.aborted) {
      await this.#delay(restartDelaysMs[Math.min(this.#failures, restartDelaysMs.length - 1)] ?? 0);
      if (this.#stopping.signal.aborted) return;
      this.#failures += 1;
      try {
        this.#current = await this.#start();
      } catch (error) {
        this.#report({ ...exit, restarted: false, error });
        continue;
      }
      this.#startedAt = performance.now();
      this.#watch(this.#current);
      this.#report({ ...exit, restarted: true });
      return;
    }
  }

  #report(exit: UnexpectedExit): void {
    for (const listener of this.#listeners) listener(exit);
  }

  #delay(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, ms);
      this.#stopping.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        done();
      });
    });
  }
}
