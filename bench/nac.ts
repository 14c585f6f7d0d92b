/**
 * `npm run bench -- nac`: the network's question "may this device in?", asked by hardware address, against a bare Fastify
 * route that does one primary-key lookup, in the same run and the same process layout. The two take turns; medians count.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectAs, type DatabaseAddress, socketAddress } from '@gatehouse/server/kernel/db/address.ts';
import { migrate } from '@gatehouse/server/kernel/db/migrate.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@gatehouse/server/kernel/postgres/index.ts';
import { createPasswords } from '@gatehouse/server/modules/administrators/index.ts';
import pg from 'pg';
import type { Result } from '../tools/benchmark.ts';
import { account, deviceId, macOf, seedFleet } from './nac/fleet.ts';
import { type Load, type Measured, runLoad } from './nac/load.ts';
import { findTableScans } from './nac/plans.ts';
import { cpuTicks, type Part, servePart, startPart } from './nac/processes.ts';
import { startBare, startOurs } from './nac/servers.ts';

export interface NacOptions {
  readonly fleets?: readonly number[];
  readonly rounds?: number;
  readonly seconds?: number;
  readonly connections?: number;
}

/** What a part is asked; each part knows one kind of message. */
type Socket = { readonly host: string; readonly port: number; readonly database: string };
const parts = {
  ours: (socket: Socket) => startOurs(socketAddress(socket)),
  bare: (socket: Socket) => startBare(socketAddress(socket)),
  load: (load: Load) => runLoad(load),
} satisfies Record<string, (message: never) => Promise<unknown>>;

export async function run(options: NacOptions = {}): Promise<Result[]> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-nac-'));
  // so that the database's unprivileged user can pass when we are root
  chmodSync(directory, 0o711);
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres') });
  try {
    const results: Result[] = [];
    for (const devices of options.fleets ?? [1_000, 100_000]) {
      results.push(...(await measureFleet(postgres, devices, options)));
    }
    return results;
  } finally {
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measureFleet(
  postgres: EmbeddedPostgres,
  devices: number,
  { rounds = 5, seconds = 3, connections = 32 }: NacOptions,
): Promise<Result[]> {
  const { host, port } = postgres.connection();
  const socket = { host, port, database: `nac_${devices}` };
  console.error(`nac: a fleet of ${devices.toLocaleString('en')} …`);
  const scans = await prepare(postgres, socketAddress(socket), socket.database, devices);
  const started: Part[] = [];
  const part = (role: keyof typeof parts): Part => {
    const made = startPart(new URL(import.meta.url), role);
    started.push(made);
    return made;
  };
  try {
    const [ours, bare, load] = [part('ours'), part('bare'), part('load')];
    const sides = {
      ours: { part: ours, port: await ours.ask<number>(socket), requests: questions(devices) },
      bare: { part: bare, port: await bare.ask<number>(socket), requests: lookups(devices) },
    };
    const measure = async (side: keyof typeof sides, change: Partial<Load> = {}): Promise<Run> => {
      const { part: server, port: at, requests } = sides[side];
      const plan = { port: at, connections, seconds, warmUpSeconds: 0.5, requests, ...change };
      // The warm-up burns CPU too: it is part of the interval on both sides, so it is counted by rate.
      const before = cpuTicks(server.pid) + cpuTicks(postgres.pid);
      const measured = await load.ask<Measured>(plan);
      const ticks = cpuTicks(server.pid) + cpuTicks(postgres.pid) - before;
      const share = measured.seconds / (measured.seconds + plan.warmUpSeconds);
      return { ...measured, cpu: (ticks * 10_000 * share) / measured.requests };
    };
    // Long enough for the compiler to have seen everything, on both sides.
    for (const side of ['ours', 'bare'] as const) await measure(side, { seconds: 5 });
    const runs: Record<'ours' | 'bare', Run[]> = { ours: [], bare: [] };
    for (let round = 0; round < rounds; round += 1) {
      for (const side of ['bare', 'ours'] as const) {
        const measured = await measure(side);
        runs[side].push(measured);
        const rate = Math.round(measured.requests / measured.seconds).toLocaleString('en');
        console.error(
          `nac:   ${side} ${rate}/s, p99 ${measured.p99.toFixed(1)} ms, ${measured.cpu.toFixed(0)} µs CPU`,
        );
      }
    }
    // Latency is measured apart from throughput: a loop that keeps the server full measures its own queue.
    const calm: Record<'ours' | 'bare', Run[]> = { ours: [], bare: [] };
    for (let round = 0; round < rounds; round += 1) {
      for (const side of ['bare', 'ours'] as const) calm[side].push(await measure(side, { connections: 4 }));
    }
    const page = await measure('ours', { connections: 1, requests: [poll()] });
    return results(devices, runs, calm, page, scans);
  } finally {
    for (const each of started) each.stop();
  }
}

async function prepare(
  postgres: EmbeddedPostgres,
  address: DatabaseAddress,
  database: string,
  devices: number,
): Promise<string[]> {
  const server = new pg.Client({ ...postgres.connection(), database: 'postgres' });
  await server.connect();
  await server.query(`create database ${database}`);
  await server.end();
  await migrate(address);
  const owner = new pg.Client(connectAs(address, 'login'));
  await owner.connect();
  await owner.query('set search_path to gh; set statement_timeout to 0');
  await seedFleet(owner, devices, await createPasswords().hash(account.password));
  await owner.end();
  const application = new pg.Client(connectAs(address, 'gh_app'));
  await application.connect();
  const scans = await findTableScans(application);
  await application.end();
  return scans;
}

const authorization = `Basic ${Buffer.from(`${account.userName}:${account.password}`).toString('base64')}`;

function get(path: string, ...headers: string[]): string {
  return ['GET ' + path + ' HTTP/1.1', 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n');
}

const asIse = (path: string) => get(path, `Authorization: ${authorization}`, 'Accept: application/xml');

/** Devices in an order that no cache could guess, the same on both sides and in every run. */
function some<T>(devices: number, make: (n: number) => T): T[] {
  return Array.from({ length: Math.min(devices, 20_000) }, (_, index) =>
    make(1 + ((index * 7_919_993) % devices)),
  );
}

const questions = (devices: number) =>
  some(devices, (n) =>
    asIse(
      `/bench/ciscoise/mdmapi/v3/devices/?paging=0&querycriteria=macaddress&value=${macOf(n)}&filter=all`,
    ),
  );

const lookups = (devices: number) => some(devices, (n) => get(`/devices/${deviceId(n)}`));

const poll = () =>
  asIse('/bench/ciscoise/mdmapi/v3/devices/?paging=0&querycriteria=compliance&value=false&filter=all');

type Run = Measured & { readonly cpu: number };

type Sides = { readonly ours: readonly Run[]; readonly bare: readonly Run[] };

function results(
  devices: number,
  { ours, bare }: Sides,
  calm: Sides,
  page: Run,
  scans: readonly string[],
): Result[] {
  const ratePer = ({ requests, seconds }: Run) => requests / seconds;
  const rate = (runs: readonly Run[]) => median(runs.map(ratePer));
  const cpu = (runs: readonly Run[]) => median(runs.map((each) => each.cpu));
  const slowest = (runs: readonly Run[]) => median(runs.map((each) => each.p99));
  const p99 = slowest(calm.ours);
  // By pairs: what else the machine does changes slowly, and hits both of a pair.
  const ratio = 100 * median(ours.map((mine, round) => ratePer(mine) / ratePer(bare[round] ?? mine)));
  const named = (metric: string) => `${metric}, ${devices.toLocaleString('en')} devices`;
  for (const scan of scans) console.error(`nac: a whole table is read by ${scan}`);
  return [
    {
      metric: named('posture by hardware address, rate'),
      value: rate(ours),
      unit: '1/s',
      target: 'none',
      ok: true,
      baseline: rate(bare),
    },
    {
      metric: named('the same, of the bare route'),
      value: ratio,
      unit: '%',
      target: '>= 70',
      ok: ratio >= 70,
    },
    {
      metric: named('the same, p99 over four connections'),
      value: p99,
      unit: 'ms',
      target: '< 10',
      ok: p99 < 10,
      baseline: slowest(calm.bare),
    },
    {
      metric: named('the same, CPU of server and database'),
      value: cpu(ours),
      unit: 'µs',
      target: 'none',
      ok: true,
      baseline: cpu(bare),
    },
    {
      metric: named('a page of devices to shut out, p99'),
      value: page.p99,
      unit: 'ms',
      target: '< 200',
      ok: page.p99 < 200,
    },
    {
      metric: named('statements that read a whole table'),
      value: scans.length,
      unit: '',
      target: '0',
      ok: scans.length === 0,
    },
  ];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const role = process.argv[2] as keyof typeof parts;
  servePart(parts[role]);
}
