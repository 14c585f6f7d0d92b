// Opens what everything stands on, in order, and closes it in reverse: data directory, log, master key, database,
// notifications.
import pg from 'pg';
import type { Config } from '../config.ts';
import { type Clock, systemClock } from './clock.ts';
import { type DataDirectory, openDataDirectory } from './data-directory.ts';
import { connectAs, type DatabaseAddress, socketAddress, urlAddress } from './db/address.ts';
import { type Database, openDatabase } from './db/database.ts';
import { migrate } from './db/migrate.ts';
import { resumeInOtherCluster } from './db/other-cluster.ts';
import { holdPresence, type Presence } from './db/presence.ts';
import { createMetrics, type Metrics } from './http/metrics.ts';
import { createLog, type Log } from './log.ts';
import { type Notifications, openNotifications } from './notifications.ts';
import { type EmbeddedPostgres, reserveLog, startEmbeddedPostgres } from './postgres/index.ts';
import { purposeKey } from './purpose-key.ts';
import { loadMasterKeys, type MasterKeys } from './sealed/master-key.ts';
import { createSealer, type Sealer } from './sealed/sealer.ts';

export interface Kernel {
  readonly config: Config;
  readonly directory: DataDirectory;
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly address: DatabaseAddress;
  readonly database: Database;
  readonly notifications: Notifications;
  readonly sealer: Sealer;
  /** See purpose-key.ts. Changes with the master key, so it is for what may then be made anew. */
  keyFor(purpose: string): Buffer;
  close(): Promise<void>;
}

export interface DatabaseServer {
  readonly directory: DataDirectory;
  readonly log: Log;
  readonly address: DatabaseAddress;
  stop(): Promise<void>;
}

export const databaseName = 'gatehouse';

/** The data directory, the log and a database server that answers; enough to migrate. */
export async function openDatabaseServer(config: Config): Promise<DatabaseServer> {
  const directory = openDataDirectory(config.dataDirectory);
  const log = createLog({ level: config.logLevel, directory: directory.logs });
  if (config.databaseUrl !== undefined) {
    const address = urlAddress(config.databaseUrl, { allowPlaintext: config.allowPlaintextDatabase });
    return { directory, log, address, stop: async () => undefined };
  }
  const postgres: EmbeddedPostgres = await startEmbeddedPostgres({
    directory: directory.postgres,
    log: (line) => log.debug({ postgres: line }, 'database'),
  });
  postgres.onExit((exit) => log.error({ exit }, 'the embedded database ended; it is started again'));
  const address = socketAddress({
    ...postgres.connection('gatehouse', databaseName),
    database: databaseName,
  });
  await ensureDatabase(
    socketAddress({ ...postgres.connection('gatehouse', 'postgres'), database: 'postgres' }),
  );
  return { directory, log, address, stop: () => postgres.stop() };
}

async function ensureDatabase(server: DatabaseAddress): Promise<void> {
  const client = new pg.Client(connectAs(server, 'login'));
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [databaseName]);
    if (found.rowCount !== 0) return;
    await reserveLog(client);
    await client.query(`create database ${databaseName}`);
  } finally {
    await client.end();
  }
}

/** @param presence `alone` for what no server may run beside. @throws PresenceRefused */
export async function openKernel(config: Config, presence: Presence = 'beside-others'): Promise<Kernel> {
  const server = await openDatabaseServer(config);
  const { directory, log, address } = server;
  let present: Awaited<ReturnType<typeof holdPresence>> | undefined;
  try {
    const report = await migrate(address);
    if (report.applied.length > 0) log.info({ applied: report.applied }, 'the database schema is up to date');
    present = await holdPresence(address, presence, (error) =>
      log.error({ err: error }, 'restart this server'),
    );
    const held = present;
    // Read only now: whoever was alone a moment ago may have changed it.
    const masterKeys: MasterKeys = loadMasterKeys(config.masterKeyFile);
    const database = await openDatabase(address, {
      onError: (error) => log.warn({ err: error }, 'a database connection was lost'),
    });
    await resumeInOtherCluster(database, log);
    const notifications = await openNotifications(address, (error) =>
      log.warn({ err: error }, 'notifications are interrupted'),
    );
    return {
      config,
      directory,
      log,
      clock: systemClock,
      metrics: createMetrics(),
      address,
      database,
      notifications,
      sealer: createSealer(() => masterKeys),
      keyFor: (purpose) => purposeKey(masterKeys.current.bytes, purpose),
      async close() {
        await notifications.close();
        await database.close();
        await held.release();
        await server.stop();
      },
    };
  } catch (error) {
    await present?.release();
    await server.stop();
    throw error;
  }
}
