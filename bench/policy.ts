/**
 * `npm run bench -- policy`: how long it takes until a change of a policy that concerns the whole fleet is resolved, evaluated and
 * stored for every device, with history, audit entries and events, while devices go on reporting at a trickle. Four changes: one
 * that shuts every device out, one that lets all in again, one that changes no verdict, and one that changes nothing. The fleets
 * are of two sizes, so that growth shows; `GATEHOUSE_BENCH_FLEETS=100000,300000` measures others.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectAs } from '@gatehouse/server/kernel/db/address.ts';
import { connectLocalApi } from '@gatehouse/simulators/operator/local-api.ts';
import pg from 'pg';
import type { Result } from '../tools/benchmark.ts';
import { makeFleet } from './agent/fleet.ts';
import { type ServerUnderLoad, startServerUnderLoad } from './agent/server-under-load.ts';
import { servePart, startPart } from './nac/processes.ts';
import { type TrickleOrder, trickle, type Waits } from './policy/trickle.ts';

export interface PolicyOptions {
  readonly fleets?: readonly number[];
  /** Computers that go on reporting, and how many of their check-ins come in a second. */
  readonly speaking?: number;
  readonly perSecond?: number;
}

interface Change {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether every device's decision becomes another one. */
  readonly decides: boolean;
}

interface Measured {
  readonly devices: number;
  readonly change: Change;
  /** Until the decision of every device is stored, and until nothing follows from it any more. */
  readonly seconds: number;
  readonly settled: number;
  /** Microseconds of CPU per device, of server and database and of the database alone, until the decisions are stored. */
  readonly cpu: number;
  readonly database: number;
  readonly megabytes: number;
  readonly waits: Waits;
}

const limits = { seconds: 30, per: 100_000, growth: 25, memory: 512, waited: 500 } as const;

const fromEnvironment = process.env['GATEHOUSE_BENCH_FLEETS']?.split(',').map(Number);

export async function run({
  fleets = fromEnvironment ?? [25_000, 100_000],
  speaking = 200,
  perSecond = 20,
}: PolicyOptions = {}): Promise<Result[]> {
  const measured: Measured[] = [];
  for (const devices of fleets) measured.push(...(await measureFleet(devices, speaking, perSecond)));
  return results(measured);
}

async function measureFleet(devices: number, speaking: number, perSecond: number): Promise<Measured[]> {
  console.error(`policy: a fleet of ${devices.toLocaleString('en')} …`);
  const server = await startServerUnderLoad(`policy-${devices}`);
  const load = startPart(new URL(import.meta.url), 'trickle');
  const ask = (order: TrickleOrder) => load.ask<Waits>(order);
  const database = new pg.Client(connectAs(server.address, 'login'));
  try {
    const fleet = await makeFleet(server, devices, speaking);
    await database.connect();
    await database.query('set search_path to gh');
    const api = connectLocalApi(server.dataDirectory, 'bench');
    const [policy] = await api.list<{ id: string; settings: Record<string, unknown> }>('/policies');
    if (policy === undefined) throw new Error('the organization has no policy');
    const changes: Change[] = [
      { name: 'shuts all out', settings: { 'os.minimum-version.linux': '99' }, decides: true },
      { name: 'lets all in', settings: {}, decides: true },
      { name: 'changes no verdict', settings: { 'passcode.grace-minutes': 90 }, decides: false },
    ];
    await ask({
      kind: 'start',
      port: server.devicePort,
      ca: fleet.anchors,
      speakers: fleet.speakers,
      perSecond,
    });
    await wait(3_000);
    const before = await ask({ kind: 'take' });
    console.error(
      `policy:   at rest: check-ins p50 ${before.p50.toFixed(1)} ms, p99 ${before.p99.toFixed(1)} ms`,
    );
    const measured: Measured[] = [];
    for (const change of changes) {
      await database.query('vacuum analyze');
      await ask({ kind: 'take' });
      const settings = { ...policy.settings, ...change.settings };
      const result = await measureChange(server, database, devices, change, async () => {
        await api.request('PATCH', `/policies/${policy.id}`, { settings, confirmed: true });
      });
      const waits = await ask({ kind: 'take' });
      measured.push({ ...result, waits });
      console.error(
        `policy:   ${change.name}: ${result.seconds.toFixed(1)} s (all that follows: ${result.settled.toFixed(1)} s), ` +
          `${result.cpu.toFixed(0)} µs a device, of which database ${result.database.toFixed(0)}; ` +
          `server ${result.megabytes.toFixed(0)} MiB; check-ins p50 ${waits.p50.toFixed(1)} ms, p99 ${waits.p99.toFixed(1)} ms`,
      );
    }
    await ask({ kind: 'stop' });
    await api.close();
    return measured;
  } finally {
    load.stop();
    await database.end().catch(() => undefined);
    await server.stop();
  }
}

async function measureChange(
  server: ServerUnderLoad,
  database: pg.Client,
  devices: number,
  change: Change,
  make: () => Promise<void>,
): Promise<Omit<Measured, 'waits'>> {
  const began = performance.now();
  const [cpuBefore, databaseBefore] = [server.cpu(), server.databaseCpu()];
  const before = await lastNumbers(database);
  await make();
  let megabytes = server.memory();
  const until = async (isDone: () => Promise<boolean>): Promise<number> => {
    while (!(await isDone())) {
      megabytes = Math.max(megabytes, server.memory());
      await wait(100);
      if (performance.now() - began > 900_000) throw new Error('the fleet is not through after 15 minutes');
    }
    return (performance.now() - began) / 1_000;
  };
  const seconds = await until(() => isQuiet(database, `and kind = 'reevaluate-devices'`));
  const cpu = server.cpu() - cpuBefore;
  const databaseCpu = server.databaseCpu() - databaseBefore;
  const settled = await until(() => isQuiet(database, ''));
  await assertStored(database, devices, change, before);
  return {
    devices,
    change,
    seconds,
    settled,
    cpu: cpu / devices,
    database: databaseCpu / devices,
    megabytes,
  };
}

/** By number and not by time: a check-in that waited is evaluated by the new rules as of the moment when it came. */
interface LastNumbers {
  readonly change: string;
  readonly event: string;
  readonly entry: string;
}

async function lastNumbers(database: pg.Client): Promise<LastNumbers> {
  const { rows } = await database.query<LastNumbers>(
    `select (select coalesce(max(change_id), 0) from posture_changes) as change,
       (select coalesce(max(event_id), 0) from events) as event, (select coalesce(max(entry_id), 0) from audit_entries) as entry`,
  );
  return rows[0] ?? { change: '0', event: '0', entry: '0' };
}

async function isQuiet(database: pg.Client, which: string): Promise<boolean> {
  const { rows } = await database.query<{ quiet: boolean }>(
    `select not exists (select 1 from jobs where state = 'running' or (state = 'ready' and run_at <= now()) ${which}) as quiet`,
  );
  return rows[0]?.quiet === true;
}

/** A fast mistake is no result: every device has the new policy and, where it decides, history, an audit entry and an event. */
async function assertStored(
  database: pg.Client,
  devices: number,
  change: Change,
  before: LastNumbers,
): Promise<void> {
  const { rows } = await database.query<{ versions: number; postures: number; changes: number }>(
    `select count(distinct policy_version)::int as versions, count(*)::int as postures,
       (select count(distinct device_id)::int from posture_changes where change_id > $1) as changes
     from device_posture where registered`,
    [before.change],
  );
  const [found] = rows;
  if (found?.versions !== 1) throw new Error(`${change.name}: ${found?.versions} policies are in force`);
  if (found.postures < devices) throw new Error(`${change.name}: ${found.postures} devices have a decision`);
  if (!change.decides) return;
  const told = await database.query<{ events: number; entries: number }>(
    `select (select count(distinct subject_id)::int from events where name = 'device.posture-changed' and event_id > $1) as events,
       (select count(distinct content -> 'target' ->> 'id')::int from audit_entries
        where entry_id > $2 and content ->> 'action' = 'compliance.decision-changed') as entries`,
    [before.event, before.entry],
  );
  const { events = 0, entries = 0 } = told.rows[0] ?? {};
  if (found.changes < devices || events < devices || entries < devices)
    throw new Error(`${change.name}: ${found.changes} histories, ${events} events, ${entries} audit entries`);
}

function results(measured: readonly Measured[]): Result[] {
  const sizes = [...new Set(measured.map(({ devices }) => devices))];
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  return [
    ...measured.flatMap(({ devices, change, ...figures }): Result[] => {
      const named = (metric: string) => `${change.name}, ${devices.toLocaleString('en')} devices: ${metric}`;
      const most = (limits.seconds * devices) / limits.per;
      const told = (metric: string, value: number, unit: string): Result => ({
        metric: named(metric),
        value,
        unit,
        target: 'none',
        ok: true,
      });
      const held = (metric: string, value: number, unit: string, limit: number): Result => ({
        metric: named(metric),
        value,
        unit,
        target: `<= ${limit}`,
        ok: value <= limit,
      });
      return [
        held('until every decision is stored', figures.seconds, 's', most),
        told('until nothing follows any more', figures.settled, 's'),
        told('CPU of server and database per device', figures.cpu, 'µs'),
        told('CPU of the database alone', figures.database, 'µs'),
        held('memory of the server', figures.megabytes, 'MiB', limits.memory),
        held('check-ins meanwhile, p99', figures.waits.p99, 'ms', limits.waited),
      ];
    }),
    ...(smallest === largest ? [] : [growth(measured, smallest, largest)]),
  ];
}

/** By CPU: how long it takes depends on what else the machine does. */
function growth(measured: readonly Measured[], smallest: number, largest: number): Result {
  const cost = (devices: number) =>
    measured.filter((each) => each.devices === devices).reduce((sum, each) => sum + each.cpu, 0);
  const value = 100 * (cost(largest) / cost(smallest) - 1);
  return {
    metric: `CPU per device, growth from ${smallest.toLocaleString('en')} to ${largest.toLocaleString('en')} devices`,
    value,
    unit: '%',
    target: `<= ${limits.growth}`,
    ok: value <= limits.growth,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) servePart(trickle);
