/**
 * `npm run bench -- simulate`: how long the question takes what a change would do to 100,000 devices, asked over the API of a real
 * server while devices go on reporting: a policy that a tenth of the fleet does not meet, one that all must mend within
 * a grace, an update of the operating system, and an assignment to a group. `GATEHOUSE_BENCH_FLEETS=300000` measures another fleet.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectAs } from '@gatehouse/server/kernel/db/address.ts';
import { connectLocalApi } from '@gatehouse/simulators/operator/local-api.ts';
import pg from 'pg';
import type { Result } from '../tools/benchmark.ts';
import { type Fleet, makeFleet } from './agent/fleet.ts';
import { type ServerUnderLoad, startServerUnderLoad } from './agent/server-under-load.ts';
import { servePart, startPart } from './nac/processes.ts';
import { type TrickleOrder, trickle, type Waits } from './policy/trickle.ts';

export interface SimulateOptions {
  readonly fleets?: readonly number[];
  readonly rounds?: number;
}

interface Measured {
  readonly devices: number;
  readonly question: string;
  readonly seconds: number;
  readonly cpu: number;
  readonly changed: number;
  readonly megabytes: number;
  readonly waits: Waits;
}

const limits = { seconds: 5, per: 100_000, memory: 512, waited: 500 } as const;
const fromEnvironment = process.env['GATEHOUSE_BENCH_FLEETS']?.split(',').map(Number);

export async function run({
  fleets = fromEnvironment ?? [100_000],
  rounds = 3,
}: SimulateOptions = {}): Promise<Result[]> {
  const measured: Measured[] = [];
  for (const devices of fleets) measured.push(...(await measureFleet(devices, rounds)));
  return measured.flatMap(resultsOf);
}

async function measureFleet(devices: number, rounds: number): Promise<Measured[]> {
  console.error(`simulate: a fleet of ${devices.toLocaleString('en')} …`);
  const server = await startServerUnderLoad(`simulate-${devices}`);
  const load = startPart(new URL(import.meta.url), 'trickle');
  const ask = (order: TrickleOrder) => load.ask<Waits>(order);
  try {
    const fleet = await makeFleet(server, devices, 200);
    const groupId = await makeMixed(server, fleet);
    const { anchors: ca, speakers } = fleet;
    await ask({ kind: 'start', port: server.devicePort, ca, speakers, perSecond: 20 });
    await wait(2_000);
    const measured: Measured[] = [];
    for (const [question, change] of await questions(server, groupId)) {
      const counted: Measured[] = [];
      for (let round = 0; round <= rounds; round += 1) {
        await ask({ kind: 'take' });
        const result = await simulate(server, change);
        const waits = await ask({ kind: 'take' });
        // The first is not counted: the compiler has not seen everything yet.
        if (round > 0) counted.push({ devices, question, ...result, waits });
      }
      const median = counted.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(counted.length / 2)];
      if (median === undefined) continue;
      measured.push(median);
      console.error(
        `simulate:   ${question}: ${median.seconds.toFixed(2)} s, ${median.cpu.toFixed(0)} µs a device; ${median.changed} would change; ` +
          `server ${median.megabytes.toFixed(0)} MiB; check-ins p99 ${median.waits.p99.toFixed(1)} ms`,
      );
    }
    await ask({ kind: 'stop' });
    return measured;
  } finally {
    load.stop();
    await server.stop();
  }
}

/** A tenth of the fleet has an older system, facts are of different ages, and half of it belongs to people of a group. */
async function makeMixed(server: ServerUnderLoad, { organizationId }: Fleet): Promise<string> {
  const api = connectLocalApi(server.dataDirectory, 'bench');
  const { id: groupId } = await api.request<{ id: string }>('POST', '/groups', { name: 'Half' });
  await api.close();
  const client = new pg.Client(connectAs(server.address, 'login'));
  await client.connect();
  await client.query('set search_path to gh; set statement_timeout to 0');
  await client.query(
    `update device_facts f set observed_at = f.observed_at - (d.device_no % 48) * interval '1 hour',
       facts = case when d.device_no % 10 = 0 and f.scan = 'device-information' then f.facts || '{"os.version": "11.2"}'
         else f.facts end
     from devices d where d.organization_id = f.organization_id and d.device_id = f.device_id`,
  );
  await client.query(
    `insert into users (organization_id, user_id, email, user_name)
     select $1, gen_random_uuid(), 'user-' || n || '@bench.example', 'user-' || n from generate_series(1, 1000) n`,
    [organizationId],
  );
  await client.query(
    `update devices d set user_id = u.user_id
     from (select user_id, row_number() over (order by user_id) as n from users where organization_id = $1) u
     where d.organization_id = $1 and u.n = d.device_no % 1000 + 1`,
    [organizationId],
  );
  await client.query(
    `insert into group_members (organization_id, group_id, user_id)
     select $1, $2, user_id from (select user_id, row_number() over (order by user_id) as n from users where organization_id = $1) u
     where u.n % 2 = 1`,
    [organizationId, groupId],
  );
  await client.query('vacuum analyze');
  await client.query('checkpoint');
  await client.end();
  return groupId;
}

async function questions(server: ServerUnderLoad, groupId: string): Promise<[string, object][]> {
  const api = connectLocalApi(server.dataDirectory, 'bench');
  const [policy] = await api.list<{ id: string; settings: Record<string, unknown> }>('/policies');
  if (policy === undefined) throw new Error('the organization has no policy');
  const strict = await api.request<{ id: string }>('POST', '/policies', {
    name: 'Strict',
    settings: { 'os.minimum-version.linux': '12' },
  });
  await api.close();
  const changed = (settings: object) => ({
    kind: 'policy',
    policyId: policy.id,
    settings: { ...policy.settings, ...settings },
  });
  return [
    ['a system that a tenth does not have', changed({ 'os.minimum-version.linux': '12' })],
    [
      'passcodes that all must mend',
      changed({ 'passcode.minimum-length': 40, 'passcode.grace-minutes': 120 }),
    ],
    ['an update of the operating system', { kind: 'os-version', platform: 'linux', version: '14' }],
    [
      'a policy for half of the fleet',
      {
        kind: 'assignment-added',
        item: { kind: 'policy', id: strict.id },
        target: { kind: 'group', id: groupId },
      },
    ],
  ];
}

async function simulate(
  server: ServerUnderLoad,
  change: object,
): Promise<Pick<Measured, 'seconds' | 'cpu' | 'changed' | 'megabytes'>> {
  const api = connectLocalApi(server.dataDirectory, 'bench');
  const [began, cpu] = [performance.now(), server.cpu()];
  let megabytes = server.memory();
  const watching = setInterval(() => {
    megabytes = Math.max(megabytes, server.memory());
  }, 100);
  const { counts, fleet } = await api.request<{ counts: { changed: number }; fleet: number }>(
    'POST',
    '/simulations',
    { change },
  );
  clearInterval(watching);
  await api.close();
  return {
    seconds: (performance.now() - began) / 1_000,
    cpu: (server.cpu() - cpu) / fleet,
    changed: counts.changed,
    megabytes,
  };
}

function resultsOf({ devices, question, seconds, cpu, changed, megabytes, waits }: Measured): Result[] {
  const named = (metric: string) => `${question}, ${devices.toLocaleString('en')} devices: ${metric}`;
  const held = (metric: string, value: number, unit: string, limit: number): Result => ({
    metric: named(metric),
    value,
    unit,
    target: `<= ${limit}`,
    ok: value <= limit,
  });
  const told = (metric: string, value: number, unit: string): Result => ({
    metric: named(metric),
    value,
    unit,
    target: 'none',
    ok: true,
  });
  return [
    held('until it is answered', seconds, 's', (limits.seconds * devices) / limits.per),
    told('CPU of server and database per device', cpu, 'µs'),
    told('devices that would change', changed, ''),
    held('memory of the server', megabytes, 'MiB', limits.memory),
    held('check-ins meanwhile, p99', waits.p99, 'ms', limits.waited),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) servePart(trickle);
