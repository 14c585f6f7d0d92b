/**
 * `npm run bench -- apple`: telephones that sign their messages with RSA-2048 keys: enrolments, idle polls, and commands there and
 * back, over 16 connections, at 1,000 and at 100,000 telephones and with 1,000 finished commands for each. Driver, server and
 * database share the machine. Signing is the telephones' own work and is done before the clock runs; CPU is counted for server and
 * database together; medians count.
 *
 * Commands are measured as they flow: while one half of the telephones fetch and answer what was queued for them before, the same
 * number of commands is queued for the other half, and the halves change places. Between two such windows, which are all that is
 * timed, the half whose turn is next signs its answers, because an answer names its command. So each window holds as many commands
 * queued as delivered and acknowledged. Nobody is called meanwhile, for want of a push certificate; that is found out and noted each time.
 */
import { fileURLToPath } from 'node:url';
import type { Result } from '../tools/benchmark.ts';
import { type ServerUnderLoad, startServerUnderLoad } from './agent/server-under-load.ts';
import {
  addHistory,
  countAcknowledged,
  fillUp,
  makePhoneFleet,
  type PhoneFleet,
  untilQuiet,
} from './apple/fleet.ts';
import { type PhoneWork, workAsPhones } from './apple/load.ts';
import { makeKeys } from './apple/phones.ts';
import { type Part, servePart, startPart } from './nac/processes.ts';

export interface AppleOptions {
  readonly fleets?: readonly [number, number];
  /** Telephones with a key of their own; the others are rows only. */
  readonly speaking?: number;
  readonly rounds?: number;
  /** Idle polls per round and side. */
  readonly polls?: number;
  readonly connections?: number;
  /** Finished commands for each telephone of the small fleet, for the last measurement. */
  readonly history?: number;
}

interface Side {
  readonly name: string;
  readonly server: ServerUnderLoad;
  readonly fleet: PhoneFleet;
  readonly enrolments: Figures;
  readonly polls: Figures;
  readonly single: Figures;
  readonly commands: Figures;
}

/** Of each round. */
interface Figures {
  readonly rates: number[];
  readonly costs: number[];
  readonly driver: number[];
}

const targets = { cpu: 450, flatness: 10, polls: 3_800, commands: 2_300, enrolments: 1_050 } as const;
const group = 200;
/** How often the halves change places in one round. */
const windows = 3;

export async function run({
  fleets = [1_000, 100_000],
  speaking = 960,
  rounds = 3,
  polls = 6_000,
  connections = 16,
  history = 1_000,
}: AppleOptions = {}): Promise<Result[]> {
  const servers: ServerUnderLoad[] = [];
  const processes: Part[] = [];
  try {
    const load = startPart(new URL(import.meta.url), 'load');
    processes.push(load);
    const ask = (order: PhoneWork) => load.ask<{ seconds: number; driver: number }>(order);
    console.error(`apple: ${speaking} keys …`);
    const keys = await makeKeys(speaking);
    const sides: Side[] = [];
    for (const devices of fleets) {
      const name = `${devices.toLocaleString('en')} devices`;
      console.error(`apple: a fleet of ${name} …`);
      const server = await startServerUnderLoad(`apple-${devices}`);
      servers.push(server);
      const fleet = await makePhoneFleet(server, keys);
      const figures = (): Figures => ({ rates: [], costs: [], driver: [] });
      const side: Side = {
        name,
        server,
        fleet,
        enrolments: figures(),
        polls: figures(),
        single: figures(),
        commands: figures(),
      };
      const { anchors: ca, token, phones } = fleet;
      await ask({ kind: 'open', target: { name, port: server.mainPort, ca, token, phones, connections } });
      await enrolAll(ask, side, rounds, () => fillUp(server, fleet, devices));
      sides.push(side);
    }
    const [small, large] = sides;
    if (small === undefined || large === undefined) throw new Error('two fleets are compared');

    for (let round = 0; round <= rounds; round += 1) {
      // The first is not counted: the compiler has not seen everything yet.
      for (const side of [small, large]) {
        await settle(ask, side);
        await measure(ask, side, 'polls', round > 0, polls);
      }
    }
    let missing = 0;
    for (let round = 0; round <= rounds; round += 1) {
      for (const side of [small, large]) {
        await settle(ask, side);
        missing += await thereAndBack(ask, side, 'single', round > 0, 1);
        missing += await thereAndBack(ask, side, 'commands', round > 0, 4);
      }
    }
    for (const { server } of [small, large]) missing -= await countAcknowledged(server);

    console.error(`apple: ${history} finished commands for each of ${small.name} …`);
    await addHistory(small.server, small.fleet, history);
    const withHistory: Side = {
      ...small,
      polls: { rates: [], costs: [], driver: [] },
      commands: { rates: [], costs: [], driver: [] },
    };
    for (let round = 0; round <= rounds; round += 1) {
      await settle(ask, withHistory);
      await measure(ask, withHistory, 'polls', round > 0, polls);
      await thereAndBack(ask, withHistory, 'commands', round > 0, 4);
    }
    return results(small, large, withHistory, history, missing);
  } finally {
    for (const part of processes) part.stop();
    for (const server of servers) await server.stop();
  }
}

type Ask = (order: PhoneWork) => Promise<{ seconds: number; driver: number }>;

/** Enough for one to be the pattern of all that are rows only. */
const firstLot = 32;

/**
 * All telephones enrol: a few, from one of which the fleet then grows to its size; then a share in each round. The first round is
 * not counted: after the growth the database plans all statements anew, in each of its processes.
 */
async function enrolAll(ask: Ask, side: Side, rounds: number, fill: () => Promise<void>): Promise<void> {
  const { phones } = side.fleet;
  const lot = async (from: number, count: number, counts: boolean) => {
    const part = { target: side.name, from, count };
    await ask({ kind: 'sign-enrolments', ...part });
    await measure(ask, side, 'enrolments', counts, count);
    await ask({ kind: 'settle', ...part });
    await untilQuiet(side.server);
  };
  await lot(0, firstLot, false);
  await fill();
  const share = Math.ceil((phones.length - firstLot) / (rounds + 1));
  for (let round = 0; round <= rounds; round += 1) {
    const from = firstLot + round * share;
    await lot(from, Math.min(share, phones.length - from), round > 0);
  }
}

/** What was ordered of telephones since they were last looked after is taken and answered: that happens while the others are measured. */
async function settle(ask: Ask, { name, fleet }: Side): Promise<void> {
  await ask({ kind: 'settle', target: name, from: 0, count: fleet.phones.length });
}

async function measure(
  ask: Ask,
  side: Side,
  what: 'enrolments' | 'polls',
  counts: boolean,
  count: number,
): Promise<void> {
  const before = side.server.cpu();
  const order = { kind: what === 'polls' ? 'poll' : 'enrol', target: side.name, count } as const;
  const { seconds, driver } = await ask(order as PhoneWork);
  note(side, what, counts, { seconds, driver, cpu: side.server.cpu() - before, count });
}

/** @returns how many commands were sent, timed or not. */
async function thereAndBack(
  ask: Ask,
  side: Side,
  what: 'single' | 'commands',
  counts: boolean,
  perDevice: number,
): Promise<number> {
  const target = side.name;
  const half = Math.floor(side.fleet.phones.length / 2);
  const order = (turn: number) => ({ from: (turn % 2) * half, count: half, perDevice, group });
  const total = { seconds: 0, driver: 0, cpu: 0, count: windows * half * perDevice };
  await ask({ kind: 'queue', target, order: order(0) });
  for (let turn = 1; turn <= windows; turn += 1) {
    await ask({ kind: 'sign-answers', target });
    const before = side.server.cpu();
    const { seconds, driver } = await ask({ kind: 'deliver', target, meanwhile: order(turn) });
    total.seconds += seconds;
    total.driver += driver;
    total.cpu += side.server.cpu() - before;
  }
  await ask({ kind: 'sign-answers', target });
  await ask({ kind: 'deliver', target });
  note(side, what, counts, total);
  return (windows + 1) * half * perDevice;
}

function note(
  side: Side,
  what: 'enrolments' | 'polls' | 'single' | 'commands',
  counts: boolean,
  { seconds, driver, cpu, count }: { seconds: number; driver: number; cpu: number; count: number },
): void {
  console.error(
    `apple:   ${what}, ${side.name}: ${(count / seconds).toFixed(0)}/s, ${(cpu / count).toFixed(0)} µs, driver ${(driver / count).toFixed(0)} µs`,
  );
  if (!counts) return;
  side[what].rates.push(count / seconds);
  side[what].costs.push(cpu / count);
  side[what].driver.push(driver / count);
}

function results(small: Side, large: Side, withHistory: Side, history: number, missing: number): Result[] {
  const past = `${small.name} with ${history.toLocaleString('en')} finished commands each`;
  const growth = (costs: readonly number[]) =>
    100 * (median(costs.map((cost, round) => cost / (small.polls.costs[round] ?? cost))) - 1);
  const flat = (name: string, value: number): Result => ({
    metric: `idle poll, growth from ${small.name} to ${name}`,
    value,
    unit: '%',
    target: `<= ${targets.flatness}`,
    ok: value <= targets.flatness,
  });
  return [
    ...[small, large].flatMap((side) => [
      rate(`enrolments, ${side.name}`, side.enrolments, targets.enrolments),
      information(`enrolment, CPU of server and database, ${side.name}`, side.enrolments.costs),
    ]),
    ...[small, large, { ...withHistory, name: past }].flatMap((side) => [
      {
        metric: `idle poll, CPU of server and database, ${side.name}`,
        value: median(side.polls.costs),
        unit: 'µs',
        target: `<= ${targets.cpu}`,
        ok: median(side.polls.costs) <= targets.cpu,
      },
      rate(`idle polls, ${side.name}`, side.polls, targets.polls),
    ]),
    flat(large.name, growth(large.polls.costs)),
    flat(past, growth(withHistory.polls.costs)),
    ...[small, large, { ...withHistory, name: past }].flatMap((side) => [
      rate(
        `commands queued, delivered and acknowledged, four to a device, ${side.name}`,
        side.commands,
        targets.commands,
      ),
      information(`the same, CPU of server and database, ${side.name}`, side.commands.costs),
    ]),
    ...[small, large].map((side) => ({
      ...rate(`the same, one to a device, ${side.name}`, side.single, 0),
      target: 'none',
    })),
    information('CPU of the driver for each idle poll', large.polls.driver),
    information('CPU of the driver for each command', large.commands.driver),
    {
      metric: 'commands missing in the end',
      value: missing,
      unit: '',
      target: '0',
      ok: missing === 0,
    },
  ];
}

function rate(metric: string, { rates }: Figures, target: number): Result {
  const value = median(rates);
  return { metric, value, unit: '1/s', target: `>= ${target}`, ok: value >= target };
}

function information(metric: string, values: readonly number[]): Result {
  return { metric, value: median(values), unit: 'µs', target: 'none', ok: true };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  servePart(workAsPhones as (message: never) => Promise<unknown>);
}
