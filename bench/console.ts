/**
 * `npm run bench -- console`: what the pages of the console ask of a server with 100,000 devices, and how its list of them opens,
 * scrolls, filters and sorts in system Chromium. A server with 1,000 devices is asked the same in turn, so that what is the
 * machine’s is told from what is the fleet’s. `GATEHOUSE_BENCH_FLEETS=1000,1000000` measures other fleets.
 */
import { connectLocalApi } from '@gatehouse/simulators/operator/local-api.ts';
import type { Result } from '../tools/benchmark.ts';
import { buildWeb } from '../tools/web-build.ts';
import { type Fleet, makeFleet } from './agent/fleet.ts';
import { type ServerUnderLoad, startServerUnderLoad } from './agent/server-under-load.ts';
import { type Caller, connectCaller } from './console/ask.ts';
import { hasBrowser, lookThroughBrowser, type Seen } from './console/browser.ts';
import { type Known, lists, questions } from './console/questions.ts';
import { giveOwners, variety } from './console/variety.ts';

export interface ConsoleOptions {
  /** A small one to compare with, and the one that is meant. */
  readonly fleets?: readonly [number, number];
  readonly rounds?: number;
}

interface Side {
  readonly devices: number;
  readonly server: ServerUnderLoad;
  readonly fleet: Fleet;
  readonly caller: Caller;
  readonly known: Known;
}

const fromEnvironment = process.env['GATEHOUSE_BENCH_FLEETS']?.split(',').map(Number);
const limits = {
  first: 1_000,
  list: 500,
  longTask: 50,
  frame99: 50,
  nodes: 3_000,
  heap: 150,
  exportFirst: 1_000,
  exportMemory: 64,
  overview: 50,
  scrolled: 5_000,
} as const;

export async function run({
  fleets = [fromEnvironment?.[0] ?? 1_000, fromEnvironment?.[1] ?? 100_000],
  rounds = 9,
}: ConsoleOptions = {}): Promise<Result[]> {
  buildWeb();
  const sides: Side[] = [];
  try {
    for (const devices of fleets) sides.push(await makeSide(devices));
    const [small, large] = sides;
    if (small === undefined || large === undefined) throw new Error('two fleets are compared');
    return [
      ...(await askQuestions(small, large, rounds)),
      ...(await askOverview(small, large, rounds)),
      ...(await readThrough(small, large)),
      ...(await exportAll(large)),
      ...(hasBrowser ? await browse(large, Math.min(rounds, 5)) : []),
    ];
  } finally {
    for (const { caller, server } of sides) {
      caller.close();
      await server.stop();
    }
  }
}

async function makeSide(devices: number): Promise<Side> {
  console.error(`console: a fleet of ${devices.toLocaleString('en')} …`);
  const server = await startServerUnderLoad(`console-${devices}`);
  const fleet = await makeFleet(server, devices, 0, variety);
  await giveOwners(server, fleet, devices);
  const caller = connectCaller({ port: server.mainPort, ca: fleet.anchors, token: fleet.token });
  const { items } = await page(caller, lists({ sort: 'enrolled', limit: '50' }));
  const known = items.find(({ user, macs }) => user !== null && macs.length > 0);
  if (known === undefined) throw new Error('nobody has a device');
  return { devices, server, fleet, caller, known };
}

async function page(
  caller: Caller,
  path: string,
): Promise<{ items: readonly Known[]; nextCursor?: string | undefined }> {
  return JSON.parse((await caller.ask('GET', path)).text) as { items: Known[]; nextCursor?: string };
}

const at = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ??
  Number.NaN;
const median = (values: readonly number[]): number => at(values, 0.5);

interface Figures {
  readonly metric: string;
  readonly values: readonly number[];
  readonly most: number | null;
  readonly before?: readonly number[];
}

function told({ metric, values, most, before }: Figures): Result[] {
  const baseline = before === undefined ? {} : { baseline: median(before) };
  const value = median(values);
  console.error(`console:   ${metric}: p50 ${value.toFixed(0)} ms, p99 ${at(values, 0.99).toFixed(0)} ms`);
  return [
    {
      metric: `${metric}, p50`,
      value,
      unit: 'ms',
      target: most === null ? 'none' : `<= ${most}`,
      ok: most === null || value <= most,
      ...baseline,
    },
    { metric: `${metric}, p99`, value: at(values, 0.99), unit: 'ms', target: 'none', ok: true },
  ];
}

async function askQuestions(small: Side, large: Side, rounds: number): Promise<Result[]> {
  const ofSmall = questions(small.known);
  const results: Result[] = [];
  for (const [index, question] of questions(large.known).entries()) {
    const [before, values]: [number[], number[]] = [[], []];
    // The first answer of each is not counted: plans and programs are made then.
    for (let round = 0; round <= rounds; round += 1) {
      for (const [side, asked, times] of [
        [small, ofSmall[index], before],
        [large, question, values],
      ] as const) {
        const began = performance.now();
        await asked?.ask(side.caller);
        if (round > 0) times.push(performance.now() - began);
      }
    }
    results.push(...told({ metric: question.name, values, most: question.most, before }));
  }
  return results;
}

/** The figures of the overview are remembered for some seconds: whoever asks first waits for a look at the fleet. */
async function askOverview(small: Side, large: Side, rounds: number): Promise<Result[]> {
  const figures: Record<'cold' | 'warm', [number[], number[]]> = { cold: [[], []], warm: [[], []] };
  for (let round = 0; round < Math.min(rounds, 5); round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    for (const [index, { caller }] of [small, large].entries())
      for (const kind of ['cold', 'warm'] as const)
        figures[kind][index]?.push((await caller.ask('GET', '/overview')).milliseconds);
  }
  return [
    ...told({
      metric: 'overview, first look',
      values: figures.cold[1],
      most: limits.list,
      before: figures.cold[0],
    }),
    ...told({
      metric: 'overview, again',
      values: figures.warm[1],
      most: limits.overview,
      before: figures.warm[0],
    }),
  ];
}

/** Page after page, as who scrolls asks: a later page costs no more than the first. */
async function readThrough(small: Side, large: Side): Promise<Result[]> {
  const results: Result[] = [];
  for (const sort of ['name', 'enrolled', '-seen']) {
    const times: [number[], number[]] = [[], []];
    for (const [index, { caller, devices }] of [small, large].entries()) {
      let cursor: string | undefined;
      for (let count = 0; count < Math.min(20, devices / 500); count += 1) {
        const began = performance.now();
        const path = lists({ sort, limit: '500', ...(cursor === undefined ? {} : { cursor }) });
        ({ nextCursor: cursor } = await page(caller, path));
        times[index]?.push(performance.now() - began);
        if (cursor === undefined) break;
      }
    }
    const metric = `500 rows by ${sort}, up to 10,000 deep`;
    results.push(...told({ metric, values: times[1], most: limits.list, before: times[0] }));
  }
  return results;
}

async function exportAll({ server, fleet, devices, caller }: Side): Promise<Result[]> {
  const counting = connectCaller({
    port: server.mainPort,
    ca: fleet.anchors,
    token: fleet.token,
    keep: false,
  });
  const columns = 'columns=name,owner,standing,platform,os,serial,seen';
  await counting.ask(
    'GET',
    `/device-searches/export?${columns}&expression=posture.standing%20%3D%3D%20%22grace%22`,
  );
  const before = server.memory();
  let highest = before;
  const watching = setInterval(() => {
    highest = Math.max(highest, server.memory());
  }, 50);
  const { milliseconds, first } = await counting.ask('GET', `/device-searches/export?${columns}&sort=name`);
  clearInterval(watching);
  counting.close();
  const personal = { expression: 'device.ownership == "personal"' };
  const kept = JSON.parse((await caller.ask('POST', '/device-selections', personal)).text) as {
    devices: number;
  };
  const selecting: number[] = [];
  for (let round = 0; round < 5; round += 1)
    selecting.push((await caller.ask('POST', '/device-selections', personal)).milliseconds);
  return [
    ...told({ metric: 'CSV of everything, first byte', values: [first], most: limits.exportFirst }),
    {
      metric: 'CSV of everything, rows',
      value: (devices * 1_000) / milliseconds,
      unit: '1/s',
      target: 'none',
      ok: true,
    },
    {
      metric: 'CSV of everything, memory that the server takes for it',
      value: highest - before,
      unit: 'MiB',
      target: `<= ${limits.exportMemory}`,
      ok: highest - before <= limits.exportMemory,
    },
    ...told({
      metric: `all ${kept.devices.toLocaleString('en')} that match are kept as a list`,
      values: selecting,
      most: limits.first,
    }),
  ];
}

async function browse({ server, devices }: Side, rounds: number): Promise<Result[]> {
  const api = connectLocalApi(server.dataDirectory, 'bench');
  const visitor = {
    organization: 'bench',
    email: 'admin@bench.example',
    password: 'plinth ocelot quaver tumbril',
  };
  await api.request('PATCH', '/organization/settings', { secondFactorRequired: false });
  const { email, password } = visitor;
  await api.request('POST', '/administrators', { email, role: 'org-admin', password });
  await api.close();
  const rows = Math.min(limits.scrolled, devices - 10);
  const seen: Seen = await lookThroughBrowser(`https://localhost:${server.mainPort}`, visitor, {
    rows,
    rounds,
  });
  const { scrolled } = seen;
  const held = (metric: string, value: number, unit: string, most: number | null): Result => ({
    metric: `browser: ${metric}`,
    value,
    unit,
    target: most === null ? 'none' : `<= ${most}`,
    ok: most === null || value <= most,
  });
  return [
    ...told({ metric: 'browser: the list opens', values: seen.opened, most: limits.first }),
    ...told({ metric: 'browser: filter typed until rows', values: seen.filtered, most: limits.list }),
    ...told({ metric: 'browser: other order until rows', values: seen.sorted, most: limits.list }),
    ...told({ metric: 'browser: going to a name until rows', values: seen.jumped, most: limits.list }),
    held(`scrolling ${scrolled.rows.toLocaleString('en')} rows`, scrolled.seconds, 's', null),
    held('the same, longest task', scrolled.longestTask, 'ms', limits.longTask),
    held('the same, frames, p50', scrolled.frame50, 'ms', null),
    held('the same, frames, p99', scrolled.frame99, 'ms', limits.frame99),
    held('the same, longest frame', scrolled.longestFrame, 'ms', null),
    held(
      'the same, longest wait for rows at the end of what is loaded',
      scrolled.longestWait,
      'ms',
      limits.list,
    ),
    held('elements in the page after that', seen.nodes, '', limits.nodes),
    held('memory of the page after that', seen.heap, 'MiB', limits.heap),
  ];
}
