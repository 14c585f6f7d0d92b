// Commands of the server itself. The server is its own program; this one only starts it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { product, serverNodeOptions } from '@gatehouse/core/product.ts';
import type { CliCommand } from '../command.ts';

const serverProgram = fileURLToPath(new URL('../../../server/src/main.ts', import.meta.url));
const agentProgram = fileURLToPath(new URL('../../../agent/src/main.ts', import.meta.url));

/** Runs another of our programs in our place: same terminal, signals handed on, its exit status. */
async function become(
  program: string,
  args: readonly string[],
  nodeOptions: readonly string[] = [],
): Promise<number> {
  const child = spawn(process.execPath, [...nodeOptions, program, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const [status] = (await once(child, 'exit')) as [number | null];
  process.exitCode = status ?? 1;
  return process.exitCode;
}

const server = (word: string, summary: string): CliCommand => ({
  words: [word],
  summary,
  passThrough: true,
  run: ({ positionals }) => become(serverProgram, [word, ...positionals], serverNodeOptions),
});

export const serverCommands: readonly CliCommand[] = [
  server('serve', 'Start the server.'),
  server('migrate', 'Bring the database schema up to date, then end.'),
  server('doctor', 'Check the installation and say what to mend.'),
  server('keys', 'Rotate keys: `keys rotate-master`, `keys rotate-data`.'),
  server('backup', 'Write everything into one encrypted file, while the server runs.'),
  server('backup-key', 'Make a key pair for backups.'),
  server('restore', 'Restore a backup into an empty database.'),
  {
    words: ['version'],
    summary: 'Print the version.',
    run: async () => ({ version: product.version, node: process.version }),
  },
  {
    words: ['agent'],
    summary: 'The device agent of this computer: enroll, run, refresh, status, scan, unenroll, install.',
    passThrough: true,
    run: ({ positionals }) => become(agentProgram, positionals),
  },
];
