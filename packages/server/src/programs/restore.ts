// `gatehouse restore FILE`: a backup into an empty database, with the server stopped. What could let somebody in is dead
// afterwards: sessions, codes, links and tokens (DAT-07).
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Config, readConfig } from '../config.ts';
import { type OpenBackup, openBackup } from '../kernel/backup/backup-reader.ts';
import type { BackupOpener } from '../kernel/backup/file-key.ts';
import { type KeptOut, keepOut } from '../kernel/backup/keep-out.ts';
import type { Invalidated } from '../kernel/backup/invalidate.ts';
import { restoreRows } from '../kernel/backup/restore-rows.ts';
import type { DatabaseAddress } from '../kernel/db/address.ts';
import type { TenantTx } from '../kernel/db/database.ts';
import type { Migration } from '../kernel/db/migrate.ts';
import { createEvents } from '../kernel/events.ts';
import { openDatabaseServer } from '../kernel/kernel.ts';
import { loadMasterKeys } from '../kernel/sealed/master-key.ts';
import { recordAudit } from '../modules/audit/index.ts';
import { reachChanged } from '../modules/policies/index.ts';
import { subscriptions } from '../subscriptions.ts';
import { localOperator } from './backup.ts';
import { readKeptOut } from './read-kept-out.ts';
import { parseProgramOptions, progressLine, readSecret, runProgram, UsageError } from './program-options.ts';

const usage = `usage: gatehouse restore FILE (--passphrase-stdin | --identity FILE) [options]

Restores a backup into an empty database: a new data directory, or a new external one. Put the copies of master.key and tls/
into the data directory first. The server must not run.

  --passphrase-stdin       the passphrase is on standard input
  --identity FILE          the secret half of the key pair that the backup was made for
  --revocations EXPORT     an audit export of the old server, whole: whom it shut out after the backup stays out (repeatable)
  --accept-unknown-origin  also when the master key of the backup is lost: sealed values then stay closed for ever
  --data-dir DIR           the new data directory (GATEHOUSE_DATA_DIR, ./data)
  --json                   print { file, organizations, tables, rows, createdAt, replayed }
`;

export interface RestoreReport {
  readonly organizations: number;
  readonly tables: number;
  readonly rows: number;
  /** When the backup was made: what happened since is lost. */
  readonly createdAt: string;
  /** Certificates, devices and accounts that an audit export shut out again. */
  readonly replayed: number;
}

export function restore(env: Readonly<Record<string, string | undefined>>, args: readonly string[]) {
  return runProgram(usage, args, async () => {
    const { file, flags, values, lists } = parseProgramOptions(args, {
      'passphrase-stdin': { type: 'boolean' },
      identity: { type: 'string' },
      revocations: { type: 'string', multiple: true },
      'accept-unknown-origin': { type: 'boolean' },
      'data-dir': { type: 'string' },
      json: { type: 'boolean' },
    });
    const identity = values['identity'];
    if (flags.has('passphrase-stdin') === (identity !== undefined))
      throw new UsageError('either --passphrase-stdin or --identity opens the backup');
    const opener: BackupOpener =
      identity === undefined
        ? { kind: 'passphrase', passphrase: await readSecret() }
        : { kind: 'identity', identity: readFileSync(identity, 'utf8') };
    const keptOut = new Map<string, KeptOut>();
    for (const name of lists['revocations'] ?? []) {
      const { organizationId, list } = await readKeptOut(name);
      keptOut.set(organizationId, list);
    }
    const config = readConfig(
      values['data-dir'] === undefined ? env : { ...env, GATEHOUSE_DATA_DIR: values['data-dir'] },
    );
    const path = resolve(file);
    const json = flags.has('json');
    const report = await restoreFile(config, path, opener, {
      acceptUnknownOrigin: flags.has('accept-unknown-origin'),
      keptOut,
      progress: progressLine(json),
    });
    process.stdout.write(json ? `${JSON.stringify({ file: path, ...report })}\n` : `${describe(report)}\n`);
  });
}

function describe({ rows, organizations, createdAt, replayed }: RestoreReport): string {
  return [
    `${rows} rows of ${organizations} organization(s) are back, as they were at ${createdAt}.`,
    'Everybody signs in anew; open enrolment codes, links and all API tokens are void: issue new ones.',
    replayed > 0
      ? `${replayed} certificates, devices and accounts were shut out again, as the audit export says.`
      : 'Whoever was shut out after the backup is in again, unless --revocations named an audit export that says so.',
  ].join('\n');
}

interface RestoreFlags {
  readonly acceptUnknownOrigin: boolean;
  /** By organization. */
  readonly keptOut?: ReadonlyMap<string, KeptOut>;
  readonly migrations?: readonly Migration[];
  readonly progress?: (line: string) => void;
}

async function restoreFile(
  config: Config,
  path: string,
  opener: BackupOpener,
  flags: RestoreFlags,
): Promise<RestoreReport> {
  // Not made here: a new master key would open nothing of what is restored.
  const masterKeys = existsSync(config.masterKeyFile) ? loadMasterKeys(config.masterKeyFile) : undefined;
  const backup = await openBackup(path, opener, masterKeys);
  try {
    const server = await openDatabaseServer(config);
    try {
      return await restoreBackup(server.address, backup, flags);
    } finally {
      await server.stop();
    }
  } finally {
    await backup.close();
  }
}

export async function restoreBackup(
  address: DatabaseAddress,
  backup: OpenBackup,
  flags: RestoreFlags,
): Promise<RestoreReport> {
  const events = createEvents(subscriptions, () => undefined);
  const { manifest, header } = backup;
  for (const id of flags.keptOut?.keys() ?? []) {
    if (!manifest.organizations.some((organization) => organization.id === id))
      throw new Error(`An audit export is of organization ${id}, which is not in the backup`);
  }
  let replayed = 0;
  const { rows } = await restoreRows(address, backup, {
    ...flags,
    async finish(tx, ended) {
      const list = flags.keptOut?.get(tx.organizationId);
      const kept = list === undefined ? 0 : await keepOut(tx, list);
      replayed += kept;
      await recordRestore(tx, header.createdAt, { ...ended, replayed: kept });
      // The gates are asked again: time has passed, and what devices said since is not known.
      const reach = { targetKind: 'organization', targetId: tx.organizationId, platform: null };
      await events.emit(tx, { name: reachChanged, subjectId: tx.organizationId, payload: reach });
    },
  });
  return {
    organizations: manifest.organizations.length,
    tables: manifest.tables.length,
    rows,
    createdAt: header.createdAt,
    replayed,
  };
}

function recordRestore(
  tx: TenantTx,
  createdAt: string,
  ended: Invalidated & { readonly replayed: number },
): Promise<void> {
  return recordAudit(tx, {
    actor: localOperator(),
    action: 'instance.restored',
    target: { kind: 'organization', id: tx.organizationId },
    outcome: 'done',
    show: { backupCreatedAt: createdAt, ...ended },
  });
}
