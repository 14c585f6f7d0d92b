/**
 * `npm run bench -- gate`: how long a report that makes a device non-compliant takes until the network knows: a CoA-Request on the
 * wire, a security event token posted, and the answer to ISE's question. A fixed number of devices a second change, however long
 * the ones before take; time begins when a report is written to its connection. Server, database, devices and all receivers share the machine.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connectAs } from '@gatehouse/server/kernel/db/address.ts';
import { newComputer, scanComputer } from '@gatehouse/simulators/agent/index.ts';
import { startSimulatedNas } from '@gatehouse/simulators/nas/index.ts';
import { connectLocalApi } from '@gatehouse/simulators/operator/local-api.ts';
import pg from 'pg';
import type { Result } from '../tools/benchmark.ts';
import { type Fleet, makeFleet } from './agent/fleet.ts';
import { Line } from './agent/line.ts';
import { type ServerUnderLoad, startServerUnderLoad } from './agent/server-under-load.ts';
import { startSignalReceiver } from './gate/receiver.ts';

export interface GateOptions {
  readonly devices?: number;
  /** Devices that change, one after the other. */
  readonly changes?: number;
  readonly perSecond?: number;
  /** Changes before the measuring begins. */
  readonly warmUp?: number;
}

const gates = ['CoA-Request on the wire', 'SET posted', 'ISE pull answers false'] as const;
type Gate = (typeof gates)[number];

const mostMs = 1_000;
/** Each twentieth change is asked about until the answer is another. */
const asked = 20;
const ise = { email: 'ise@bench.example', password: 'a password that no other server has 42' };

interface Change {
  readonly at: number;
  readonly heard: Map<Gate, number>;
}

export async function run({
  devices = 10_000,
  changes = 2_000,
  perSecond = 200,
  warmUp = 400,
}: GateOptions = {}): Promise<Result[]> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-gate-'));
  const under = new Map<string, Change>();
  const note = (deviceId: string, gate: Gate) => {
    const change = under.get(deviceId);
    if (change !== undefined && !change.heard.has(gate))
      change.heard.set(gate, performance.now() - change.at);
  };
  const receiver = await startSignalReceiver(directory, (deviceId, status) => {
    if (status === 'not-compliant') note(deviceId, 'SET posted');
  });
  const nas = await startSimulatedNas({
    secret: 'bench-secret-of-a-switch',
    answer: (asking) => {
      note(asking.all('Acct-Session-Id')[0] ?? '', 'CoA-Request on the wire');
      return 'ack';
    },
  });
  const trustFile = join(directory, 'trust.pem');
  writeFileSync(trustFile, receiver.trust);
  const server = await startServerUnderLoad('gate', {
    GATEHOUSE_OUTBOUND_ALLOW: '127.0.0.1',
    GATEHOUSE_OUTBOUND_CA: trustFile,
  });
  const lines: Line[] = [];
  try {
    const total = changes + warmUp;
    console.error(
      `gate: a fleet of ${devices.toLocaleString('en')}, ${total.toLocaleString('en')} of which change …`,
    );
    const fleet = await makeFleet(server, devices, total);
    await openGates(server, fleet, receiver.url, nas.port);
    const ask = await iseAsker(server, fleet, lines);
    const computers = fleet.speakers.map(({ deviceId, key, chain }) => ({
      deviceId,
      line: new Line({ port: server.devicePort, ca: fleet.anchors, key, cert: chain }),
    }));
    for (let from = 0; from < computers.length; from += 32)
      await Promise.all(computers.slice(from, from + 32).map(({ line }) => getReady(line)));
    lines.push(...computers.map(({ line }) => line));

    const facts = scanComputer(newComputer('bench', { platform: 'linux' }), 'security');
    const broken = { ...facts, 'storage.encrypted': false };
    const reports: Promise<void>[] = [];
    const questions: Promise<void>[] = [];
    const cpu = server.cpu();
    const began = performance.now();
    for (const [place, { deviceId, line }] of computers.entries()) {
      const due = began + (place * 1_000) / perSecond;
      const early = due - performance.now();
      if (early > 0) await wait(early);
      // A connection that was silent for a minute was closed meanwhile.
      void computers[place + perSecond]?.line.open();
      under.set(deviceId, { at: performance.now(), heard: new Map() });
      const answered = report(line, fleet.policyVersion, broken);
      reports.push(answered);
      // Not before the device has its answer: questions without end would be another benchmark.
      if (place % asked === 0)
        questions.push(
          answered.then(() => ask(deviceId)).then(() => note(deviceId, 'ISE pull answers false')),
        );
    }
    const rate = (computers.length * 1_000) / (performance.now() - began);
    await Promise.all([...reports, ...questions]);
    await untilHeard(under, 10_000);
    console.error(
      `gate:   ${rate.toFixed(0)} changes a second, CPU ${((server.cpu() - cpu) / total).toFixed(0)} µs each`,
    );
    const measured = computers.slice(warmUp);
    return results(
      measured.map(({ deviceId }) => under.get(deviceId)),
      { rate, perSecond },
    );
  } finally {
    for (const line of lines) line.close();
    receiver.close();
    await nas[Symbol.asyncDispose]();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function openGates(
  server: ServerUnderLoad,
  fleet: Fleet,
  receiver: string,
  port: number,
): Promise<void> {
  const api = connectLocalApi(server.dataDirectory, 'bench');
  await api.request('POST', '/administrators', { ...ise, role: 'nac-service' });
  const { id } = await api.request<{ id: string }>('POST', '/network-access/nas', {
    name: 'switch',
    address: '127.0.0.1',
    template: 'generic',
    port,
    tell: 'reauthenticate',
    secret: 'bench-secret-of-a-switch',
    mostPerSecond: 1_000,
  });
  const { token } = await api.request<{ token: string }>('POST', '/tokens', {
    role: 'nac-service',
    expiresInSeconds: 3_600,
  });
  await api.close();
  const asking = request(`https://localhost:${server.mainPort}/ssf/bench/streams`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ca: fleet.anchors,
  });
  asking.end(
    JSON.stringify({
      events_requested: ['https://schemas.openid.net/secevent/caep/event-type/device-compliance-change'],
      delivery: { method: 'urn:ietf:rfc:8935', endpoint_url: receiver },
    }),
  );
  const [made] = (await once(asking, 'response')) as [IncomingMessage];
  made.resume();
  if (made.statusCode !== 201) throw new Error(`no stream: ${made.statusCode}`);
  // Each device has a session at the switch, as accounting would have told; its id is the device's, so that the CoA-Request says whose.
  const client = new pg.Client(connectAs(server.address, 'login'));
  await client.connect();
  await client.query(
    `insert into gh.nac_sessions (organization_id, session_id, nas_id, session_key, guid, attributes, started_at, expires_at)
     select $1, gen_random_uuid(), $2, d::text, d::text, jsonb_build_array(jsonb_build_array('Acct-Session-Id', d::text)),
       now(), now() + interval '1 day'
     from unnest($3::uuid[]) d`,
    [fleet.organizationId, id, fleet.speakers.map(({ deviceId }) => deviceId)],
  );
  // Copies of a device have its identifiers with a number behind; a certificate names the device itself.
  await client.query(
    `update gh.device_identifiers set value = device_id::text where organization_id = $1 and kind = 'guid'`,
    [fleet.organizationId],
  );
  await client.query('vacuum analyze');
  await client.end();
}

/** A server soon closes a connection over which nothing has been asked yet. */
async function getReady(line: Line): Promise<void> {
  await line.open();
  await line.send('GET /agent/v1/commands?wait=0 HTTP/1.1\r\nhost: localhost');
}

async function report(line: Line, policyVersion: string, facts: object): Promise<void> {
  const sentAt = Date.now();
  const answer = await line.send(
    'POST /agent/v1/check-in HTTP/1.1\r\nhost: localhost',
    JSON.stringify({
      counter: 2,
      bootId: 'bench',
      sentAt,
      scans: [{ scan: 'security', observedAt: sentAt, facts }],
      acknowledgedPolicyVersion: policyVersion,
    }),
  );
  if (answer.status !== 200 || !answer.body.includes('"compliant":false'))
    throw new Error(`the report changed nothing: ${answer.status} ${answer.body.slice(0, 300)}`);
}

/** Asks as ISE does, one question after the other, until the answer is that the device does not comply. */
async function iseAsker(
  server: ServerUnderLoad,
  fleet: Fleet,
  lines: Line[],
): Promise<(deviceId: string) => Promise<void>> {
  const authorization = `Basic ${Buffer.from(`${ise.email}:${ise.password}`).toString('base64')}`;
  const open = async () => {
    const line = new Line({ port: server.mainPort, ca: fleet.anchors });
    await line.open();
    await line.send('GET /healthz HTTP/1.1\r\nhost: localhost');
    lines.push(line);
    return line;
  };
  const free = await Promise.all(Array.from({ length: 16 }, open));
  const question = (deviceId: string) =>
    `GET /bench/ciscoise/mdmapi/v3/devices/?paging=0&querycriteria=guid&value=${deviceId}&filter=all HTTP/1.1\r\n` +
    `host: localhost\r\nauthorization: ${authorization}\r\naccept: application/xml`;
  return async (deviceId) => {
    const line = free.pop() ?? (await open());
    for (;;) {
      const { status, body } = await line.send(question(deviceId));
      const compliant = /<compliance>\s*<status>(true|false)<\/status>/.exec(body)?.[1];
      if (status !== 200 || compliant === undefined) throw new Error(`ISE: ${status} ${body.slice(0, 300)}`);
      if (compliant === 'false') break;
      await wait(20);
    }
    free.push(line);
  };
}

async function untilHeard(under: ReadonlyMap<string, Change>, milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds;
  const told = ({ heard }: Change) => heard.has('CoA-Request on the wire') && heard.has('SET posted');
  while (Date.now() < deadline && ![...under.values()].every(told)) await wait(50);
}

function results(
  measured: readonly (Change | undefined)[],
  { rate, perSecond }: { rate: number; perSecond: number },
): Result[] {
  const rows: Result[] = [
    {
      metric: 'changes',
      value: rate,
      unit: '1/s',
      target: `>= ${perSecond * 0.98}`,
      ok: rate >= perSecond * 0.98,
    },
  ];
  for (const gate of gates) {
    const times = measured.flatMap((change) => change?.heard.get(gate) ?? []).sort((a, b) => a - b);
    const expected =
      gate === 'ISE pull answers false' ? Math.floor(measured.length / asked) : measured.length;
    const at = (share: number) =>
      times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Infinity;
    rows.push(
      { metric: `${gate}, p50`, value: at(0.5), unit: 'ms', target: 'none', ok: true },
      { metric: `${gate}, p99`, value: at(0.99), unit: 'ms', target: `< ${mostMs}`, ok: at(0.99) < mostMs },
      {
        metric: `${gate}, changes that never came`,
        value: Math.max(0, expected - times.length),
        unit: '',
        target: '0',
        ok: times.length >= expected,
      },
    );
  }
  return rows;
}
