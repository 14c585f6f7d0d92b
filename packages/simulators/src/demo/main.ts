/**
 * The demonstration: `main.ts --data-dir DIR [--apns-port PORT]` beside a running server. Makes the organization `demo` through the
 * admin API on the local socket, then plays its computers over the agent protocol, and with a port for a simulated APNs its phones
 * and Macs over Apple's, until it is told to stop. Everything is kept in DIR/demo.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '../agent/index.ts';
import type { SimulatedApns } from '../apns/index.ts';
import { ApiRefusal, type LocalApi } from '../operator/local-api.ts';
import { openAppleSide, renewPushCertificate } from './apple-side.ts';
import { employees } from './company.ts';
import { liveDaily } from './daily-life.ts';
import { openDesk } from './desk.ts';
import { furnish } from './furnish.ts';
import { createNarrator } from './narrator.ts';
import { type MailSide, openMailSide } from './mail-side.ts';
import { openPocket, type Pocket } from './pocket.ts';
import { bringUnknownPhone } from './unknown-phone.ts';

const { values } = parseArgs({
  options: { 'data-dir': { type: 'string' }, 'apns-port': { type: 'string' } },
});
const dataDirectory = values['data-dir'];
if (dataDirectory === undefined) {
  process.stderr.write('usage: main.ts --data-dir DIR [--apns-port PORT]\n');
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

const apnsPort = values['apns-port'];
// Before the server starts: it reads then whom to trust.
const apns = apnsPort === undefined ? undefined : await openAppleSide(dataDirectory, Number(apnsPort));

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
  await using mail = await openMailSide(api, narrator.announce);
  lives.push(mail.live(stop.signal));
  if (apns !== undefined) {
    await renewPushCertificate(api, apns);
    const pockets = openPockets(api, apns, mail);
    narrator.announce(`${pockets.length} phones, tablets and Macs are taken along`);
    for (const pocket of pockets) {
      lives.push(pocket.live(stop.signal));
      await sleep(500, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }
  lives.push(bringUnknownPhone({ mail, anchor: serverAnchor(), narrator }, stop.signal));
  const random = seededRandom(`demo ${Date.now()}`);
  await liveDaily({ desks, narrator, random, signal: stop.signal });
  await Promise.all(lives);
  await api.close();
}
await apns?.close();

function openPockets(to: LocalApi, by: SimulatedApns, mail: MailSide): Pocket[] {
  const folder = join(dataDirectory ?? '', 'demo', 'pockets');
  const anchor = serverAnchor();
  return employees.flatMap((employee) =>
    (employee.pockets ?? []).map(({ family, ownership }) =>
      openPocket({ folder, employee, family, ownership, api: to, apns: by, anchor, narrator, mail }),
    ),
  );
}

function serverAnchor(): string {
  return certificateIn(readFileSync(join(dataDirectory ?? '', 'tls', 'root.pem'), 'utf8'));
}

/** The file holds the key of the server's own authority as well. */
function certificateIn(pem: string): string {
  return /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(pem)?.[0] ?? '';
}
