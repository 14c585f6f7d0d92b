// A fleet in the database: one computer enrols and reports over the real protocol, and its rows are the pattern for all others.
// As many as speak have keys and certificates of their own, issued by the organization's authority; the rest are rows only.
import { createPublicKey } from 'node:crypto';
import { parsePublicKey } from '@gatehouse/protocols/x509/index.ts';
import { systemClock } from '@gatehouse/server/kernel/clock.ts';
import { connectAs } from '@gatehouse/server/kernel/db/address.ts';
import { openDatabase } from '@gatehouse/server/kernel/db/database.ts';
import { loadMasterKeys } from '@gatehouse/server/kernel/sealed/master-key.ts';
import { createSealer } from '@gatehouse/server/kernel/sealed/sealer.ts';
import { issueAgentCertificate } from '@gatehouse/server/modules/certificates/index.ts';
import { newComputer, newDeviceKey, SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import { connectLocalApi } from '@gatehouse/simulators/operator/local-api.ts';
import pg from 'pg';
import { copyDevice } from './copy-device.ts';
import type { ServerUnderLoad } from './server-under-load.ts';

export interface Speaker {
  readonly deviceId: string;
  /** PEM */
  readonly key: string;
  readonly chain: string;
}

export interface Fleet {
  readonly organizationId: string;
  /** PEM */
  readonly anchors: string;
  readonly policyVersion: string;
  /** With every permission of an administrator of the organization. */
  readonly token: string;
  readonly speakers: readonly Speaker[];
}

const idOf = (n: string) => `('01930001-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
const deviceId = (n: number) => `01930001-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** Columns of the copies that are not the pattern's, in addition to those that never are: SQL over `p`, the pattern, and `n`. */
export type Variety = Readonly<Record<string, Readonly<Record<string, string>>>>;

export async function makeFleet(
  server: ServerUnderLoad,
  devices: number,
  speaking: number,
  variety: Variety = {},
): Promise<Fleet> {
  const instance = connectLocalApi(server.dataDirectory);
  const organization = await instance.request<{ id: string }>('POST', '/organizations', {
    slug: 'bench',
    name: 'Bench',
  });
  await instance.close();
  const api = connectLocalApi(server.dataDirectory, 'bench');
  await api.request('POST', '/users', { email: 'ann@bench.example' });
  const { token } = await api.request<{ token: string }>('POST', '/tokens', {
    role: 'org-admin',
    expiresInSeconds: 86_400,
  });
  const agent = new SimulatedAgent({ computer: newComputer('pattern', { platform: 'linux' }) });
  const identity = await agent.enroll(
    await api.request('POST', '/enrollments', { user: 'ann@bench.example', platform: 'linux' }),
  );
  await agent.report();
  await agent.report();
  await agent.close();
  await api.close();
  if (agent.memory.posture?.compliant !== true || agent.memory.policyVersion === null) {
    throw new Error(`the pattern does not comply: ${agent.memory.posture?.reason}`);
  }
  await copyRows(server, organization.id, identity.deviceId, devices, variety);
  const speakers = await issueCertificates(server, organization.id, speaking);
  return {
    organizationId: organization.id,
    anchors: identity.tlsAnchors.join(''),
    policyVersion: agent.memory.policyVersion,
    token,
    speakers,
  };
}

/** Each new row is the pattern's, but for the device it belongs to. */
async function copyRows(
  server: ServerUnderLoad,
  organizationId: string,
  pattern: string,
  devices: number,
  variety: Variety,
): Promise<void> {
  const client = new pg.Client(connectAs(server.address, 'login'));
  await client.connect();
  await client.query('set search_path to gh; set statement_timeout to 0');
  const alike: Variety = {
    devices: { name: `'bench-' || n`, enrollment_id: 'null' },
    device_contacts: { report_counter: '1' },
    device_identifiers: { value: `p.value || '-' || n` },
    device_facts: {},
    device_posture: {
      device_no: `(select d.device_no from devices d where d.organization_id = $1 and d.device_id = ${idOf('n')})`,
      guid: `${idOf('n')}::text`,
      host_name: `'bench-' || n`,
    },
  };
  const tables = Object.fromEntries(
    Object.entries(alike).map(([table, columns]) => [table, { ...columns, ...variety[table] }]),
  );
  await copyDevice(client, { organizationId, pattern, count: devices, idOf, tables });
  await client.query(
    `insert into commands (organization_id, command_id, device_id, name, params, state, result, requested_by, created_at,
       delivered_at, finished_at, expires_at)
     select $1, gen_random_uuid(), ${idOf('n')}, 'refresh-device', '{}', 'acknowledged', '{}', 'token:bench', t, t, t, t
     from generate_series(1, $2::int) n, generate_series(now() - interval '3 days', now() - interval '1 day', '1 day') t`,
    [organizationId, devices],
  );
  await client.query('vacuum analyze');
  await client.query('checkpoint');
  await client.end();
}

/** What the computers that speak have been sent and have done in the past. */
export async function giveHistory(
  server: ServerUnderLoad,
  { organizationId, speakers }: Fleet,
  perDevice: number,
): Promise<void> {
  const client = new pg.Client(connectAs(server.address, 'login'));
  await client.connect();
  // Rows of devices that exist; asking for each again takes a minute.
  await client.query('set statement_timeout to 0; set session_replication_role to replica');
  await client.query(
    `insert into gh.commands (organization_id, command_id, device_id, name, params, state, result, requested_by, created_at,
       delivered_at, finished_at, expires_at)
     select $1, gen_random_uuid(), ${idOf('n')}, 'refresh-device', '{}', 'acknowledged', '{}', 'token:bench', t, t, t, t
     from generate_series(1, $3::int) age cross join generate_series(1, $2::int) n,
       lateral (select now() - age * interval '12 hours' as t) past
     order by t`,
    [organizationId, speakers.length, perDevice],
  );
  await client.query('vacuum analyze gh.commands');
  await client.query('checkpoint');
  await client.end();
}

/** A command waits for every device that does not speak, as when an administrator has asked the whole fleet for something. */
export async function queueForTheOthers(
  server: ServerUnderLoad,
  { organizationId, speakers }: Fleet,
  devices: number,
): Promise<void> {
  const client = new pg.Client(connectAs(server.address, 'login'));
  await client.connect();
  await client.query(
    `insert into gh.commands (organization_id, command_id, device_id, name, params, requested_by, expires_at)
     select $1, gen_random_uuid(), ${idOf('n')}, 'refresh-device', '{}', 'token:bench', now() + interval '1 day'
     from generate_series($2::int, $3::int) n`,
    [organizationId, speakers.length + 1, devices],
  );
  await client.end();
}

/** What autovacuum does within a minute: plans that were made for tables still small are made anew. */
export async function analyze(server: ServerUnderLoad): Promise<void> {
  const client = new pg.Client(connectAs(server.address, 'login'));
  await client.connect();
  await client.query('vacuum analyze');
  await client.end();
}

async function issueCertificates(
  server: ServerUnderLoad,
  organizationId: string,
  count: number,
): Promise<Speaker[]> {
  const database = await openDatabase(server.address);
  const masterKeys = loadMasterKeys(`${server.dataDirectory}/master.key`);
  const deps = { sealer: createSealer(() => masterKeys), clock: systemClock };
  const speakers: Speaker[] = [];
  for (let from = 1; from <= count; from += 100) {
    await database.withTenant(organizationId, async (tx) => {
      for (let n = from; n < from + 100 && n <= count; n += 1) {
        const key = newDeviceKey();
        const actor = { kind: 'system', id: 'bench', organizationId, label: 'bench' } as const;
        const { chain } = await issueAgentCertificate(tx, deps, {
          deviceId: deviceId(n),
          key: parsePublicKey(createPublicKey(key).export({ format: 'der', type: 'spki' })),
          actor,
        });
        speakers.push({
          deviceId: deviceId(n),
          key: key.export({ format: 'pem', type: 'pkcs8' }) as string,
          chain: chain.map(pemOf).join(''),
        });
      }
    });
  }
  await database.close();
  return speakers;
}

function pemOf(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
