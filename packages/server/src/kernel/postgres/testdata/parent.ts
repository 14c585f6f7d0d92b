/** A process that starts the database in the directory it is told and then waits to be killed; run by the tests. */
import { startEmbeddedPostgres } from '../embedded-postgres.ts';

const [directory, outsideDirectory] = process.argv.slice(2);
if (directory === undefined) throw new Error('usage: parent.ts DIRECTORY [OUTSIDE-DIRECTORY]');
try {
  const postgres = await startEmbeddedPostgres({
    directory,
    ...(outsideDirectory === undefined ? {} : { outsideDirectory }),
  });
  console.log(JSON.stringify({ pid: postgres.pid, connection: postgres.connection() }));
  setInterval(() => {}, 60_000);
} catch (error) {
  console.log(JSON.stringify({ error: (error as Error).message }));
  process.exitCode = 1;
}
