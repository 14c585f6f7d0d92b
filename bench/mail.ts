/**
 * `npm run bench -- mail`: what the mail gateway costs. Requests of phones are relayed to a mail server that answers at once, by the
 * gateway and by nginx as a plain reverse proxy with one worker: the same requests, TLS and kept connections in front of both, plain
 * HTTP behind, in turns; medians count. Then phones hold Pings, as many as this machine lets one process have connections for, up to
 * ten thousand; some are shut out; and attachments of 25 MB are fetched. Everything shares the machine.
 */
import { fileURLToPath } from 'node:url';
import type { Result } from '../tools/benchmark.ts';
import { measureAttachments } from './mail/attachments.ts';
import { carryOut, type Order } from './mail/parts.ts';
import { measureRelay, type RelayOptions } from './mail/relay.ts';
import { withStage } from './mail/stage.ts';
import { measureRevoking, measureWaiting } from './mail/waiting.ts';
import { servePart } from './nac/processes.ts';

export interface MailOptions extends Partial<RelayOptions> {
  /** Phones in the database. */
  readonly phones?: number;
  /** Pings to hold, if the machine has the connections. */
  readonly held?: number;
  /** Phones that are shut out in each way. */
  readonly revoked?: number;
}

export async function run({
  phones = 10_000,
  held = 10_000,
  revoked = 20,
  rounds = 5,
  seconds = 4,
  connections = 32,
  active = 1_000,
}: MailOptions = {}): Promise<Result[]> {
  const results: Result[] = [];
  const file = new URL(import.meta.url);
  await withStage({ file, phones, plain: false }, async (stage) => {
    console.error(`mail: requests of ${active.toLocaleString('en')} phones are relayed …`);
    results.push(...(await measureRelay(stage, { rounds, seconds, connections, active })));
    console.error('mail: attachments are fetched …');
    results.push(...(await measureAttachments(stage, rounds)));
    const direct = { how: 'over TLS of its own', wanted: held, counts: false };
    results.push(...(await measureWaiting(stage, direct)), ...(await measureRevoking(stage, revoked)));
  });
  await withStage({ file, phones, plain: true }, async (stage) => {
    const behind = { how: 'behind nginx that ends TLS', wanted: held, counts: true };
    results.push(...(await measureWaiting(stage, behind)));
  });
  return results;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) servePart((order: Order) => carryOut(order));
