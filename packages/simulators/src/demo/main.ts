/**
 * The demonstration: `main.ts --data-dir DIR` beside a running server. Makes the organization `demo` through the admin API on the
 * local socket, then plays its computers over the agent protocol until it is told to stop. Everything is kept in DIR/demo.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '../agent/index.ts';
import { ApiRefusal } from '../operator/local-api.ts';
import { employees } from './company.ts';
import { liveDaily } from './daily-life.ts';
import { openDesk } from './desk.ts';
import { furnish } from './furnish.ts';
import { createNarrator } from './narrator.ts';

const { values } = parseArgs({ options: { 'data-dir': { type: 'string' } } });
const dataDirectory = values['data-dir'];
if (dataDirectory === undefined) {
  process.stderr.write('usage: main.ts --data-dir DIR\n');
  process.exit(2);
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
const narrator = createNarrator({ write: (text) => process.stderr.write(text), now: Date.now });

/** A server that is still starting is waited for; one that says no is not. */
async function whenReady<T>(work: () => Promise<T>): Promise<T | undefined> {
  for (let attempt = 0; !stop.signal.aborted; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ApiRefusal && error.status < 500) throw error;
      if (attempt === 10) narrator.announce(`waiting for the server: ${(error as Error).message}`);
      await sleep(1_000, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }
  return undefined;
}

const api = await whenReady(() => furnish(dataDirectory, narrator.announce));
if (api !== undefined) {
  const folder = join(dataDirectory, 'demo', 'computers');
  const desks = employees.flatMap((employee) =>
    employee.computers.map((_, index) => openDesk({ folder, employee, index, api, narrator })),
  );
  narrator.announce(`${desks.length} computers of ${employees.length} people come to work`);
  const lives: Promise<void>[] = [];
  for (const desk of desks) {
    lives.push(desk.live(stop.signal));
    // One after the other, as people arrive; together they would only show how fast an empty office fills.
    await sleep(250, undefined, { signal: stop.signal }).catch(() => undefined);
  }
  const random = seededRandom(`demo ${Date.now()}`);
  await liveDaily({ desks, narrator, random, signal: stop.signal });
  await Promise.all(lives);
  await api.close();
}
