import type { Config } from '../config.ts';
import { migrate } from '../kernel/db/migrate.ts';
import { openDatabaseServer } from '../kernel/kernel.ts';

/** Brings the schema up to date and ends: for operators who migrate before they start servers. */
export async function migrateOnly(config: Config, args: readonly string[]): Promise<number> {
  const server = await openDatabaseServer(config);
  try {
    const report = await migrate(server.address);
    const text =
      report.applied.length === 0
        ? `The schema is up to date (version ${report.to}).`
        : `The schema is now version ${report.to}: ${report.applied.join(', ')}.`;
    process.stdout.write(`${args.includes('--json') ? JSON.stringify(report) : text}\n`);
    return 0;
  } finally {
    await server.stop();
  }
}
