/**
 * A throw-away cluster of the PostgreSQL that Debian packages: tests use it to see that Gatehouse also works on a server
 * that is not the embedded one and of an older version.
 */
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseAccount } from '@gatehouse/server/kernel/postgres/account.ts';
import { type PostgresBinaries, binariesIn } from '@gatehouse/server/kernel/postgres/binaries.ts';
import { initialiseCluster, superuser } from '@gatehouse/server/kernel/postgres/cluster.ts';
import { startPostmaster } from '@gatehouse/server/kernel/postgres/postmaster.ts';
import { settingArguments } from '@gatehouse/server/kernel/postgres/settings.ts';
import { makeSocketDirectory } from '@gatehouse/server/kernel/postgres/socket-directory.ts';

export interface ExternalPostgres {
  /** as for GATEHOUSE_DATABASE_URL; the login is a superuser, the database `postgres` is empty */
  readonly url: string;
  readonly major: number;
  stop(): Promise<void>;
}

const installed = '/usr/lib/postgresql';

/** The oldest one we support that is installed, since the embedded one is the newest. */
export function findExternalPostgres(): PostgresBinaries | undefined {
  if (!existsSync(installed)) return undefined;
  const [major] = readdirSync(installed)
    .map(Number)
    .filter((version) => version >= 15 && existsSync(join(installed, String(version), 'bin/initdb')))
    .sort((a, b) => a - b);
  return major === undefined ? undefined : binariesIn(join(installed, String(major)), `${major}.0`);
}

export async function startExternalPostgres(binaries: PostgresBinaries): Promise<ExternalPostgres> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-external-'));
  chmodSync(directory, 0o711);
  const cluster = join(directory, 'cluster');
  const account = chooseAccount(cluster);
  try {
    await initialiseCluster(cluster, binaries, account);
    const socketDirectory = makeSocketDirectory(join(directory, 'socket'), account);
    // nothing here outlives the test, so it need not survive a power failure
    const settings = settingArguments(socketDirectory, { fsync: 'off', full_page_writes: 'off' });
    const postmaster = await startPostmaster({ binaries, account, cluster, settings, log: () => {} });
    return {
      url: `postgresql://${superuser}@/postgres?host=${encodeURIComponent(socketDirectory)}`,
      major: binaries.major,
      stop: async () => {
        await postmaster.stop();
        rmSync(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}
