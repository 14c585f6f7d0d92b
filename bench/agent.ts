/**
 * `npm run bench -- agent`: what devices cost a server that has little to tell them, at 1,000 and at 100,000 of them, and how
 * fast commands go there and back. Two real servers, one with each fleet, and a bare Fastify route take turns, so that
 * whatever else the machine does hits all alike; CPU is counted for server and database together; medians count.
 */
import { fileURLToPath } from 'node:url';
import { connectAs } from '@gatehouse/server/kernel/db/address.ts';
import pg from 'pg';
import type { Result } from '../tools/benchmark.ts';
import { startBareServer } from './agent/bare-server.ts';
import { analyze, type Fleet, giveHistory, makeFleet, queueForTheOthers } from './agent/fleet.ts';
import { type Work, work } from './agent/load.ts';
import { microseconds, type ServerUnderLoad, startServerUnderLoad } from './agent/server-under-load.ts';
import { countReads, type TableReads } from './agent/table-reads.ts';
import { type Part, servePart, startPart } from './nac/processes.ts';

export interface AgentOptions {
  readonly fleets?: readonly [number, number];
  /** Computers with a certificate of their own; the others are rows only. */
  readonly speaking?: number;
  readonly rounds?: number;
  /** Requests per round and side. No computer may check in more than twenty times at once, warming up included. */
  readonly requests?: number;
  readonly concurrency?: number;
}

const parts = { bare: startBareServer, load: work } satisfies Record<
  string,
  (message: never) => Promise<unknown>
>;

type Idle = 'check-in' | 'poll';

interface Side {
  readonly name: string;
  readonly cpu: () => number;
  readonly costs: Record<Idle, number[]>;
}

const rates = { most: 450, flatness: 10, commands: 2_300 } as const;

export async function run({
  fleets = [1_000, 100_000],
  speaking = 1_000,
  rounds = 5,
  requests = 3_000,
  concurrency = 16,
}: AgentOptions = {}): Promise<Result[]> {
  const servers: ServerUnderLoad[] = [];
  const processes: Part[] = [];
  try {
    const load = startPart(new URL(import.meta.url), 'load');
    processes.push(load);
    const ask = (order: Work) => load.ask<{ seconds: number }>(order);
    const built: { server: ServerUnderLoad; fleet: Fleet; side: Side; devices: number }[] = [];
    for (const devices of fleets) {
      const name = `${devices.toLocaleString('en')} devices`;
      console.error(`agent: a fleet of ${name} …`);
      const server = await startServerUnderLoad(`agent-${devices}`);
      servers.push(server);
      const fleet = await makeFleet(server, devices, speaking);
      await ask({ kind: 'open', target: { name, port: server.devicePort, ca: fleet.anchors, ...fleet } });
      built.push({
        server,
        fleet,
        devices,
        side: { name, cpu: server.cpu, costs: { 'check-in': [], poll: [] } },
      });
    }
    const [small, large] = built;
    if (small === undefined || large === undefined) throw new Error('two fleets are compared');

    const bare = startPart(new URL(import.meta.url), 'bare');
    processes.push(bare);
    const barePort = await bare.ask<number>({
      address: large.server.address,
      dataDirectory: large.server.dataDirectory,
      organizationId: large.fleet.organizationId,
      deviceIds: large.fleet.speakers.map(({ deviceId }) => deviceId),
    });
    await ask({
      kind: 'open',
      target: { name: 'bare', port: barePort, ca: large.fleet.anchors, ...large.fleet },
    });
    const baseline: Side = {
      name: 'bare',
      cpu: () => microseconds([bare.pid]) + large.server.databaseCpu(),
      costs: { 'check-in': [], poll: [] },
    };

    const measure = async (side: Side, what: Idle, count = requests): Promise<number> => {
      await ask({ kind: 'get-ready', target: side.name });
      const before = side.cpu();
      await ask({ kind: 'requests', target: side.name, what, count, concurrency });
      return (side.cpu() - before) / count;
    };
    // Long enough for the compiler to have seen everything.
    for (const side of [small.side, large.side, baseline]) await measure(side, 'check-in');
    for (const side of [small.side, large.side]) await measure(side, 'poll');
    for (let round = 1; round <= rounds; round += 1) {
      for (const what of ['check-in', 'poll'] as const) {
        for (const side of what === 'poll' ? [small.side, large.side] : [baseline, small.side, large.side]) {
          const cost = await measure(side, what);
          side.costs[what].push(cost);
          console.error(`agent:   ${what}, ${side.name}: ${cost.toFixed(0)} µs`);
        }
      }
    }
    const reads: TableReads[] = [];
    for (const { server, side } of [small, large]) {
      const once = async () => {
        for (const what of ['check-in', 'poll'] as const) await measure(side, what, speaking);
      };
      reads.push(await countReads(server.address, once));
    }
    await giveHistory(large.server, large.fleet, finishedPerDevice);
    let sent = 0;
    const roundTrip = async (group: number, devices = speaking): Promise<RoundTrip> => {
      await ask({ kind: 'get-ready', target: large.side.name });
      const [before, databaseBefore] = [large.server.cpu(), large.server.databaseCpu()];
      const { seconds, driver } = await load.ask<{ seconds: number; driver: number }>({
        kind: 'commands',
        target: large.side.name,
        mainPort: large.server.mainPort,
        token: large.fleet.token,
        devices,
        perDevice,
        concurrency: 64,
        group,
      } satisfies Work);
      const count = devices * perDevice;
      sent += count;
      const trip = {
        rate: count / seconds,
        cpu: (large.server.cpu() - before) / count,
        database: (large.server.databaseCpu() - databaseBefore) / count,
        driver: driver / count,
      };
      console.error(
        `agent:   commands there and back, ${group === 1 ? 'one by one' : 'by groups'}: ${trip.rate.toFixed(0)}/s, ` +
          `${trip.cpu.toFixed(0)} µs, of which database ${trip.database.toFixed(0)}; driver ${trip.driver.toFixed(0)}`,
      );
      return trip;
    };
    await roundTrip(group);
    await analyze(large.server);
    await roundTrip(group);
    const trips: RoundTrip[] = [];
    for (let round = 0; round < Math.min(rounds, 3); round += 1) trips.push(await roundTrip(group));
    const single = await roundTrip(1, Math.min(speaking, 250));
    const acknowledged = await countAcknowledged(large.server);
    await queueForTheOthers(large.server, large.fleet, large.devices);
    const busy: number[] = [];
    const idle: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      idle.push(await measure(small.side, 'poll'));
      busy.push(await measure(large.side, 'poll'));
    }
    return [
      ...idleResults(small.side, large.side, baseline),
      {
        metric: 'idle poll while a command waits for every other device, large fleet',
        value: median(busy),
        unit: 'µs',
        target: `<= ${rates.most}`,
        ok: median(busy) <= rates.most,
        baseline: median(idle),
      },
      ...readResults(reads, speaking * 2),
      ...tripResults(trips, single),
      {
        metric: 'the same, commands missing in the end',
        value: sent - acknowledged,
        unit: '',
        target: '0',
        ok: sent === acknowledged,
      },
    ];
  } finally {
    for (const part of processes) part.stop();
    for (const server of servers) await server.stop();
  }
}

/** A few: a device that was away finds more than one. */
const perDevice = 4;
/** What an administrator orders is ordered of a group. */
const group = 250;
/** What a device that is used for a year or two has behind it. */
const finishedPerDevice = 1_000;

interface RoundTrip {
  readonly rate: number;
  /** Microseconds of server and database per command, of the database alone, and of the program that plays the devices. */
  readonly cpu: number;
  readonly database: number;
  readonly driver: number;
}

/** All on one machine: what the driver uses is missing to the server. */
function tripResults(trips: readonly RoundTrip[], single: RoundTrip): Result[] {
  const of = (pick: (trip: RoundTrip) => number) => median(trips.map(pick));
  const told = (metric: string, value: number, unit = 'µs'): Result => ({
    metric,
    value,
    unit,
    target: 'none',
    ok: true,
  });
  const rate = of((trip) => trip.rate);
  return [
    {
      metric: `commands ordered of groups of ${group}, fetched and answered one by one, in order, once each`,
      value: rate,
      unit: '1/s',
      target: `>= ${rates.commands}`,
      ok: rate >= rates.commands,
    },
    told(
      'the same, CPU of server and database',
      of((trip) => trip.cpu),
    ),
    told(
      'the same, CPU of the database alone',
      of((trip) => trip.database),
    ),
    told(
      'the same, CPU of the driver on the same machine',
      of((trip) => trip.driver),
    ),
    told('commands ordered one by one, the same otherwise', single.rate, '1/s'),
    told('the same, CPU of server and database', single.cpu),
  ];
}

function idleResults(small: Side, large: Side, baseline: Side): Result[] {
  const names = { 'check-in': 'idle check-in', poll: 'idle poll' } as const;
  const bare = median(baseline.costs['check-in']);
  return (['check-in', 'poll'] as const).flatMap((what) => {
    const costs = [small, large].map((side) => median(side.costs[what]));
    // By pairs: what else the machine does changes slowly, and hits both of a pair.
    const growth =
      100 * (median(large.costs[what].map((cost, round) => cost / (small.costs[what][round] ?? cost))) - 1);
    return [
      ...[small, large].map((side, index) => ({
        metric: `${names[what]}, CPU of server and database, ${side.name}`,
        value: costs[index] ?? Number.NaN,
        unit: 'µs',
        target: `<= ${rates.most}`,
        ok: (costs[index] ?? Number.POSITIVE_INFINITY) <= rates.most,
        baseline: bare,
      })),
      {
        metric: `${names[what]}, growth from ${small.name} to ${large.name}`,
        value: growth,
        unit: '%',
        target: `<= ${rates.flatness}`,
        ok: growth <= rates.flatness,
      },
    ];
  });
}

function readResults([small, large]: readonly TableReads[], requests: number): Result[] {
  for (const [table, count] of large?.scans ?? [])
    console.error(`agent: ${table} was read as a whole ${count} times`);
  const scans = [...(large?.scans.values() ?? [])].reduce((sum, count) => sum + count, 0);
  return [
    {
      // What runs by itself every few seconds may look through a table; what runs for each request may not.
      metric: 'whole-table scans per 1,000 requests, large fleet',
      value: (scans * 1_000) / requests,
      unit: '',
      target: '< 10',
      ok: (scans * 1_000) / requests < 10,
    },
    {
      metric: 'rows looked at per request, large fleet',
      value: (large?.rows ?? Number.NaN) / requests,
      unit: '',
      target: '<= 20',
      ok: (large?.rows ?? Number.POSITIVE_INFINITY) / requests <= 20,
      baseline: (small?.rows ?? Number.NaN) / requests,
    },
  ];
}

async function countAcknowledged(server: ServerUnderLoad): Promise<number> {
  const client = new pg.Client(connectAs(server.address, 'login'));
  await client.connect();
  const { rows } = await client.query<{ count: string }>(
    `select count(*) from gh.commands where state = 'acknowledged' and params <> '{}'`,
  );
  await client.end();
  return Number(rows[0]?.count);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  servePart(parts[process.argv[2] as keyof typeof parts]);
}
