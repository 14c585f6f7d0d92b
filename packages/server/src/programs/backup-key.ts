// `gatehouse backup-key FILE`: a key pair for backups. The server needs the public half only; the file with the other belongs
// where the server is not.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { newBackupIdentity } from '../kernel/backup/file-key.ts';
import { parseProgramOptions, runProgram } from './program-options.ts';

const usage = `usage: gatehouse backup-key FILE [--json]

Makes a key pair for backups. FILE gets the secret half, which restores: keep it away from the server.
Printed is the public half, for gatehouse backup --recipient.
`;

export function backupKey(args: readonly string[]): Promise<number> {
  return runProgram(usage, args, async () => {
    const { file, flags } = parseProgramOptions(args, { json: { type: 'boolean' } });
    const path = resolve(file);
    const { identity, recipient } = newBackupIdentity();
    try {
      writeFileSync(path, `${identity}\n`, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      throw new Error(`${path} cannot be made, or exists already`, { cause: error });
    }
    process.stdout.write(
      flags.has('json') ? `${JSON.stringify({ file: path, recipient })}\n` : `${recipient}\n`,
    );
  });
}
