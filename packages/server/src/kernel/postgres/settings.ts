/** How the embedded PostgreSQL is configured. Given on its command line, so that a release can change them. */
import { totalmem } from 'node:os';

const settings = {
  // Reached through the socket alone: the build's OpenSSL is old (UPD-04), and nobody else needs the database.
  listen_addresses: '',
  ssl: 'off',
  unix_socket_permissions: '0700',
  password_encryption: 'scram-sha-256',

  // What was acknowledged survives a power failure.
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  // The only compression that these binaries know costs more of the processor than the rows that are written; the log may be larger
  // instead before a checkpoint makes it whole pages again.
  wal_compression: 'off',
  max_wal_senders: '0',

  // The server keeps few connections and pipelines over them.
  max_connections: '60',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  max_wal_size: '2GB',
  random_page_cost: '1.1',
  // Short statements only: compiling them costs more than it gains.
  jit: 'off',

  // DAT-03, LOG-T02: no statement, parameter or row value reaches the log. The "detail" of a constraint violation
  // shows the row, and terse leaves it out.
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_checkpoints: 'off',
  logging_collector: 'off',

  timezone: 'UTC',
  log_timezone: 'UTC',
} as const;

/**
 * A quarter of the machine's memory, up to 1 GiB: what is known of a hundred thousand devices fits, and is not asked of the file
 * system again and again. Taken only as it fills.
 */
function sharedBuffers(): string {
  const mebibytes = Math.floor(totalmem() / 4 / 1024 ** 2);
  return `${Math.min(Math.max(mebibytes, 128), 1_024)}MB`;
}

/** @param changes win over ours */
export function settingArguments(
  socketDirectory: string,
  changes: Readonly<Record<string, string>>,
): string[] {
  const all: Record<string, string> = {
    ...settings,
    shared_buffers: sharedBuffers(),
    unix_socket_directories: quoteListItem(socketDirectory),
    ...changes,
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The setting is a list of names, in which a comma or a space would separate. */
function quoteListItem(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
