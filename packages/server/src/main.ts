// The server's process: reads the configuration, runs one of its programs, and ends in order.
import { readConfig } from './config.ts';

const [first, ...rest] = process.argv.slice(2);
const program = first === undefined || first.startsWith('-') ? 'serve' : first;
const args = program === first ? rest : process.argv.slice(2);

// Each loads what it needs: whoever makes a backup need not wait for everything that serves pages.
const programs: Readonly<Record<string, () => Promise<number>>> = {
  serve: async () => (await import('./programs/serve.ts')).serve(readConfig(process.env, args)),
  migrate: async () => (await import('./programs/migrate.ts')).migrateOnly(readConfig(process.env), args),
  doctor: async () => (await import('./programs/doctor.ts')).doctor(readConfig(process.env), args),
  keys: async () => (await import('./programs/keys.ts')).rotateKeys(readConfig(process.env), args),
  backup: async () => (await import('./programs/backup.ts')).backup(process.env, args),
  'backup-key': async () => (await import('./programs/backup-key.ts')).backupKey(args),
  restore: async () => (await import('./programs/restore.ts')).restore(process.env, args),
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
