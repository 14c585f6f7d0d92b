// Phones that wait for mail: what each costs in memory, and how soon one that is shut out is.
import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { connectLocalApi } from '@gatehouse/simulators/operator/local-api.ts';
import type { Result } from '../../tools/benchmark.ts';
import { enrolledDeviceId, mailDeviceId } from './fleet.ts';
import { type Ended, now } from './holders.ts';
import { requestOf } from './requests.ts';
import type { Stage } from './stage.ts';
import { Wire, type WireOptions } from './wire.ts';

const mostKibibytes = 20;
const mostMs = 1_000;

/** Each held request takes the gateway two connections; some are for everything else. */
export function holdable(wanted: number): number {
  const limit = Number(execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim());
  return Number.isNaN(limit) ? wanted : Math.min(wanted, Math.floor((limit - 2_000) / 2));
}

export interface HeldMemory {
  readonly count: number;
  readonly kibibytes: number;
}

/** Holds them through this door, and looks at what the gateway has taken for it. They stay. */
async function hold(stage: Stage, door: WireOptions, from: number, count: number): Promise<HeldMemory> {
  const { holders, backend, server, fleet } = stage;
  // What was taken for something else before is not theirs.
  const before = await settledMemory(stage);
  const held = await backend.ask<number>({ ask: 'held' });
  const requests = Array.from({ length: count }, (_, index) =>
    requestOf('Ping', from + index, fleet.policyKey),
  );
  await holders.ask({ ask: 'hold', holding: { door, requests } });
  for (let patience = 600; ; patience -= 1) {
    const there = (await backend.ask<number>({ ask: 'held' })) - held;
    if (there >= count) break;
    const ended = await holders.ask<number>({ ask: 'ended-count' });
    if (ended > 0 || patience === 0)
      throw new Error(
        `${there} of ${count} Pings are held, ${ended} have ended: ${JSON.stringify(await holders.ask({ ask: 'ended', index: 0 }))}`,
      );
    await wait(100);
  }
  const after = await settledMemory(stage);
  console.error(
    `mail:   ${count.toLocaleString('en')} held: ${before.toFixed(0)} MiB before, ${after.toFixed(0)} MiB now, ${server.memory().toFixed(0)} at this moment`,
  );
  return { count, kibibytes: ((after - before) * 1_024) / count };
}

/** The least of some seconds: what is let go of goes by and by. */
async function settledMemory({ server }: Stage): Promise<number> {
  let least = Infinity;
  for (let look = 0; look < 40; look += 1) {
    await wait(150);
    least = Math.min(least, server.memory());
  }
  return least;
}

/** @param counts whether the target is meant for this way of reaching the gateway */
export async function measureWaiting(
  stage: Stage,
  { how, wanted, counts }: { readonly how: string; readonly wanted: number; readonly counts: boolean },
): Promise<Result[]> {
  const count = holdable(wanted);
  console.error(`mail: ${count.toLocaleString('en')} phones wait, ${how} …`);
  return [memoryRow(how, await hold(stage, stage.doors.gateway, 1, count), counts)];
}

/** While they wait, some are shut out, and what is held then goes. */
export async function measureRevoking(stage: Stage, revoked: number): Promise<Result[]> {
  const api = connectLocalApi(stage.server.dataDirectory, 'bench');
  try {
    return [
      ...(await shutOut(stage, 'its mail is blocked', 0, revoked, (n) =>
        api.request('POST', `/mail-devices/${mailDeviceId(n)}/block`, { reason: 'bench' }),
      )),
      ...(await shutOut(stage, 'its device is blocked', revoked, revoked, (n) =>
        api.request('POST', `/devices/${enrolledDeviceId(n)}/block`, { reason: 'bench' }),
      )),
    ];
  } finally {
    await api.close();
    await stage.holders.ask({ ask: 'release' });
  }
}

function memoryRow(how: string, { count, kibibytes }: HeldMemory, counts: boolean): Result {
  return {
    metric: `memory for each held Ping, ${count.toLocaleString('en')} held, ${how}`,
    value: kibibytes,
    unit: 'KiB',
    target: counts ? `<= ${mostKibibytes}` : 'none',
    ok: !counts || kibibytes <= mostKibibytes,
  };
}

/** One after the other: from the moment of the order until the held Ping has ended, and until a new request is refused. */
async function shutOut(
  stage: Stage,
  how: string,
  skip: number,
  count: number,
  revoke: (n: number) => Promise<unknown>,
): Promise<Result[]> {
  const { holders, doors, fleet } = stage;
  const heldTimes: number[] = [];
  const newTimes: number[] = [];
  for (let index = skip; index < skip + count; index += 1) {
    const n = index + 1;
    const wire = new Wire(doors.gateway);
    await wire.open();
    const request = Buffer.from(requestOf('Sync', n, fleet.policyKey), 'base64');
    const first = await wire.send(request);
    if (first.status !== 200) throw new Error(`refused before: ${first.head}`);
    const began = now();
    await revoke(n);
    for (;;) {
      const answer = await wire.send(request).catch(() => undefined);
      // 16.1 says it inside: what comes then is a few bytes and no mail.
      if (answer === undefined || answer.status !== 200 || answer.bytes < 100) break;
      if (now() - began > 10_000) break;
      await wait(2);
    }
    newTimes.push(now() - began);
    wire.close();
    let ended: Ended | undefined;
    while (ended === undefined && now() - began < 10_000) {
      ended = await holders.ask<Ended | undefined>({ ask: 'ended', index });
      if (ended === undefined) await wait(5);
    }
    heldTimes.push(ended === undefined ? Infinity : ended.at - began);
  }
  return [row(`held Ping ended once ${how}`, heldTimes), row(`new requests refused once ${how}`, newTimes)];
}

function row(metric: string, times: readonly number[]): Result {
  const most = Math.max(...times);
  return {
    metric: `${metric}, slowest of ${times.length}`,
    value: most,
    unit: 'ms',
    target: `< ${mostMs}`,
    ok: most < mostMs,
  };
}
