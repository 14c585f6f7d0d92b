// The server's process: reads the configuration, runs one of its programs, and ends in order.
import { readConfig } from './config.ts';
import { backup } from './programs/backup.ts';
import { backupKey } from './programs/backup-key.ts';
import { doctor } from './programs/doctor.ts';
import { rotateKeys } from './programs/keys.ts';
import { migrateOnly } from './programs/migrate.ts';
import { restore } from './programs/restore.ts';
import { serve } from './programs/serve.ts';

const [first, ...rest] = process.argv.slice(2);
const program = first === undefined || first.startsWith('-') ? 'serve' : first;
const args = program === first ? rest : process.argv.slice(2);

const programs: Readonly<Record<string, () => Promise<number>>> = {
  serve: () => serve(readConfig(process.env, args)),
  migrate: () => migrateOnly(readConfig(process.env), args),
  doctor: () => doctor(readConfig(process.env), args),
  keys: () => rotateKeys(readConfig(process.env), args),
  backup: () => backup(process.env, args),
  'backup-key': () => backupKey(args),
  restore: () => restore(process.env, args),
};

try {
  const run = programs[program];
  if (!run) {
    process.stderr.write(`There is no program ${program}; there are ${Object.keys(programs).join(', ')}\n`);
    process.exitCode = 2;
  } else {
    process.exitCode = await run();
  }
} catch (error) {
  // A sentence for the operator; the stack only when asked for.
  const verbose = process.env['GATEHOUSE_LOG_LEVEL'] === 'debug';
  process.stderr.write(`gatehouse: ${verbose ? (error as Error).stack : (error as Error).message}\n`);
  for (let cause = (error as Error).cause; cause instanceof Error; cause = cause.cause) {
    process.stderr.write(`  because: ${cause.message}\n`);
  }
  process.exitCode = 1;
}
