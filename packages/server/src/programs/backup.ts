// `gatehouse backup FILE`: everything in the database in one encrypted file, while the server runs. The master key is not in
// it: a thief of the file needs both (DAT-05).
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Actor } from '@gatehouse/core/actor.ts';
import { product } from '@gatehouse/core/product.ts';
import { type Config, readConfig } from '../config.ts';
import { type BackupWriter, createBackupFile } from '../kernel/backup/backup-writer.ts';
import type { BackupLock } from '../kernel/backup/file-key.ts';
import { openSnapshot, type Snapshot } from '../kernel/backup/snapshot.ts';
import type { DatabaseAddress } from '../kernel/db/address.ts';
import { openDatabase } from '../kernel/db/database.ts';
import { joinDatabaseServer } from '../kernel/join-database.ts';
import { loadMasterKeys, type MasterKey } from '../kernel/sealed/master-key.ts';
import { recordAudit } from '../modules/audit/index.ts';
import { parseProgramOptions, progressLine, readSecret, runProgram, UsageError } from './program-options.ts';

const usage = `usage: gatehouse backup FILE (--passphrase-stdin | --recipient PUBLICKEY) [options]

Writes everything in the database into one encrypted file; the server may run meanwhile.
The master key (DATA_DIR/master.key) and the server's certificates (DATA_DIR/tls) are not in it: keep copies of them elsewhere.

  --passphrase-stdin     encrypt under the passphrase on standard input
  --recipient PUBLICKEY  encrypt to a public key, or to the one in a file (@FILE); gatehouse backup-key makes one
  --org SLUG             one organization only
  --data-dir DIR         the server's data directory (GATEHOUSE_DATA_DIR, ./data)
  --json                 print { file, bytes, tables, rows }
`;

export interface BackupReport {
  readonly file: string;
  readonly bytes: number;
  readonly organizations: number;
  readonly tables: number;
  readonly rows: number;
}

export function backup(env: Readonly<Record<string, string | undefined>>, args: readonly string[]) {
  return runProgram(usage, args, async () => {
    const { file, flags, values } = parseProgramOptions(args, {
      'passphrase-stdin': { type: 'boolean' },
      recipient: { type: 'string' },
      org: { type: 'string' },
      'data-dir': { type: 'string' },
      json: { type: 'boolean' },
    });
    const recipient = values['recipient'];
    if (flags.has('passphrase-stdin') === (recipient !== undefined))
      throw new UsageError('either --passphrase-stdin or --recipient says who can open the backup');
    const lock: BackupLock =
      recipient === undefined
        ? { kind: 'passphrase', passphrase: await readSecret() }
        : {
            kind: 'recipient',
            recipient: recipient.startsWith('@') ? readFileSync(recipient.slice(1), 'utf8') : recipient,
          };
    const config = readConfig(
      values['data-dir'] === undefined ? env : { ...env, GATEHOUSE_DATA_DIR: values['data-dir'] },
    );
    const json = flags.has('json');
    const report = await makeBackup(config, resolve(file), lock, values['org'], progressLine(json));
    process.stdout.write(
      json
        ? `${JSON.stringify(report)}\n`
        : `${report.file}: ${report.rows} rows of ${report.organizations} organization(s), ${report.bytes} bytes\n`,
    );
  });
}

async function makeBackup(
  config: Config,
  file: string,
  lock: BackupLock,
  slug: string | undefined,
  progress: (line: string) => void,
): Promise<BackupReport> {
  const master = existsSync(config.masterKeyFile) ? loadMasterKeys(config.masterKeyFile).current : undefined;
  if (!master)
    process.stderr.write(`There is no master key in ${config.masterKeyFile}: the backup is not signed\n`);
  const server = await joinDatabaseServer(config);
  try {
    const snapshot = await openSnapshot(server.address, slug);
    try {
      return await writeBackup(server.address, snapshot, { file, lock, master, progress });
    } finally {
      await snapshot.close();
    }
  } finally {
    await server.stop();
  }
}

/** The snapshot as a file, and on record; without the record there is no file. */
export async function writeBackup(
  address: DatabaseAddress,
  snapshot: Snapshot,
  target: {
    readonly file: string;
    readonly lock: BackupLock;
    readonly master: MasterKey | undefined;
    readonly progress?: (line: string) => void;
  },
): Promise<BackupReport> {
  const { file, lock, master, progress } = target;
  const { schemaVersion, createdAt, manifest } = snapshot;
  const facts = { schemaVersion, productVersion: product.version, createdAt };
  const writer = await createBackupFile(file, lock, facts, manifest);
  const interrupted = stopOnSignals(writer);
  try {
    let rows = 0;
    for await (const part of snapshot.rows()) {
      await writer.rows(part.organization, part.table, part.rows);
      rows += part.rows.length;
      progress?.(`${rows} rows, now ${part.table}`);
    }
    const sums = await writer.finish(master);
    await recordBackup(address, snapshot, sums.rows);
    return { file, organizations: manifest.organizations.length, ...sums };
  } catch (error) {
    await writer.abandon();
    throw error;
  } finally {
    interrupted.ignore();
  }
}

/** An interrupted backup leaves no half of a file. */
function stopOnSignals(writer: BackupWriter): { ignore(): void } {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const stop = () => void writer.abandon().finally(() => process.exit(1));
  for (const signal of signals) process.once(signal, stop);
  return {
    ignore: () => {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}

async function recordBackup(
  address: DatabaseAddress,
  { manifest, createdAt }: Snapshot,
  rows: number,
): Promise<void> {
  const database = await openDatabase(address, { poolSize: 1 });
  try {
    for (const { id } of manifest.organizations) {
      await database.withTenant(id, (tx) =>
        recordAudit(tx, {
          actor: localOperator(),
          action: manifest.scope === 'instance' ? 'instance.backed-up' : 'organizations.backed-up',
          target: { kind: 'organization', id },
          outcome: 'done',
          show: { createdAt, organizations: manifest.organizations.length, rows },
        }),
      );
    }
  } finally {
    await database.close();
  }
}

/** Who runs this on the server's own machine. */
export function localOperator(): Actor {
  const uid = String(process.getuid?.() ?? 0);
  return { kind: 'local', id: uid, organizationId: null, label: `local user ${uid}` };
}
