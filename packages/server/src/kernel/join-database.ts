// The database as it is, for programs that work beside a server: through the running server's socket, or else by starting it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Config } from '../config.ts';
import { connectAs, type DatabaseAddress, socketAddress, urlAddress } from './db/address.ts';
import { databaseName, openDatabaseServer } from './kernel.ts';
import { findRunningPostgres } from './postgres/index.ts';

export interface JoinedDatabase {
  readonly address: DatabaseAddress;
  stop(): Promise<void>;
}

export async function joinDatabaseServer(config: Config): Promise<JoinedDatabase> {
  if (config.databaseUrl !== undefined) {
    const address = urlAddress(config.databaseUrl, { allowPlaintext: config.allowPlaintextDatabase });
    return { address, stop: async () => undefined };
  }
  const directory = join(config.dataDirectory, 'postgres');
  if (!existsSync(directory)) throw new Error(`There is no Gatehouse database in ${config.dataDirectory}`);
  const running = findRunningPostgres(directory, databaseName);
  if (running !== undefined) {
    const address = socketAddress(running);
    if (await answers(address)) return { address, stop: async () => undefined };
  }
  const server = await openDatabaseServer(config);
  return { address: server.address, stop: () => server.stop() };
}

async function answers(address: DatabaseAddress): Promise<boolean> {
  const client = new pg.Client(connectAs(address, 'login'));
  try {
    await client.connect();
    return true;
  } catch (error) {
    // Nobody listens on what a killed server left behind; anything else is for the operator to see.
    if (['ECONNREFUSED', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
