/**
 * The directory of the database's socket. Whoever can open the socket is let in without a password, so the directory is
 * 0700 and belongs to the database's user (root can enter anyway).
 */
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Account } from './account.ts';

export const port = 5432;

/** `sun_path` of unix(7) has 108 bytes, the last of which is a zero. */
const longestSocketPath = 107;

const temporary = '/tmp';

/**
 * Makes the directory. When its path would be too long for a socket, a short one under /tmp is made instead, and
 * recorded beside the wanted one so that the next start finds it again.
 */
export function makeSocketDirectory(wanted: string, account: Account): string {
  if (Buffer.byteLength(join(wanted, `.s.PGSQL.${port}`)) <= longestSocketPath) {
    mkdirSync(wanted, { recursive: true, mode: 0o700 });
    makePrivate(wanted, account);
    return wanted;
  }
  const record = recordOf(wanted);
  const earlier = readRecord(record);
  if (earlier !== undefined && isPrivate(earlier, account)) return earlier;
  const directory = mkdtempSync(join(temporary, 'gatehouse-'));
  makePrivate(directory, account);
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(record, `${directory}\n`);
  return directory;
}

/** Removes a short directory again; does nothing to one in the data directory. */
export function removeSocketDirectory(directory: string, wanted: string): void {
  if (directory === wanted) return;
  rmSync(directory, { recursive: true, force: true });
  rmSync(recordOf(wanted), { force: true });
}

const recordOf = (wanted: string): string => `${wanted}-directory`;

function readRecord(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function makePrivate(directory: string, account: Account): void {
  chmodSync(directory, 0o700);
  if (account.switched) chownSync(directory, account.uid, account.gid);
}

/** /tmp is emptied by reboots, and then anybody may make a directory of the recorded name. */
function isPrivate(directory: string, account: Account): boolean {
  const stats = lstatSync(directory, { throwIfNoEntry: false });
  return (
    stats !== undefined && stats.isDirectory() && stats.uid === account.uid && (stats.mode & 0o777) === 0o700
  );
}
