// A fleet of telephones in the database: as many as speak get their certificates by SCEP, one after the other, and wait to enrol;
// the others are rows only, each like those of the first that has enrolled, certificates included.
import { connectAs } from '@gatehouse/server/kernel/db/address.ts';
import { systemClock } from '@gatehouse/server/kernel/clock.ts';
import { type Database, openDatabase } from '@gatehouse/server/kernel/db/database.ts';
import { createChallenge } from '@gatehouse/server/modules/certificates/index.ts';
import { createPendingDevice } from '@gatehouse/server/modules/devices/index.ts';
import { newAppleDevice, obtainCertificate } from '@gatehouse/simulators/apple/index.ts';
import { connectLocalApi } from '@gatehouse/simulators/operator/local-api.ts';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { copyDevice } from '../agent/copy-device.ts';
import { everyOne } from '../agent/round-trips.ts';
import type { ServerUnderLoad } from '../agent/server-under-load.ts';
import { type Phone, udidOf } from './phones.ts';

export interface PhoneFleet {
  readonly organizationId: string;
  /** PEM */
  readonly anchors: string;
  readonly token: string;
  readonly phones: readonly Phone[];
}

export async function makePhoneFleet(server: ServerUnderLoad, keys: readonly string[]): Promise<PhoneFleet> {
  const instance = connectLocalApi(server.dataDirectory);
  const organization = await instance.request<{ id: string }>('POST', '/organizations', {
    slug: 'bench',
    name: 'Bench',
  });
  await instance.close();
  const api = connectLocalApi(server.dataDirectory, 'bench');
  const { token } = await api.request<{ token: string }>('POST', '/tokens', {
    role: 'org-admin',
    expiresInSeconds: 86_400,
  });
  await api.close();
  // The file holds the key as well.
  const anchors =
    /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(
      readFileSync(`${server.dataDirectory}/tls/root.pem`, 'utf8'),
    )?.[0] ?? '';
  const database = await openDatabase(server.address);
  const phones: Phone[] = [];
  try {
    await everyOne([...keys.entries()], 4, async ([index, key]) => {
      const deviceId = await certify(database, server, organization.id, anchors, key);
      phones.push({ ...deviceId, udid: udidOf(index + 1), key });
    });
  } finally {
    await database.close();
  }
  return { organizationId: organization.id, anchors, token, phones };
}

async function certify(
  database: Database,
  server: ServerUnderLoad,
  organizationId: string,
  anchors: string,
  key: string,
): Promise<{ deviceId: string; certificate: string }> {
  const { deviceId, challenge } = await database.withTenant(organizationId, async (tx) => {
    const device = await createPendingDevice(tx, {
      userId: null,
      platform: 'ios',
      ownership: 'corporate',
      enrollmentId: null,
      name: 'bench',
    });
    return { ...device, challenge: await createChallenge(tx, { clock: systemClock }, device) };
  });
  const { certificate } = await obtainCertificate(
    {
      URL: `https://localhost:${server.mainPort}/scep/bench`,
      Challenge: challenge,
      Subject: [[['CN', deviceId]]],
    },
    newAppleDevice('bench'),
    [anchors],
    { privateKey: key },
  );
  return { deviceId, certificate: Buffer.from(certificate).toString('base64') };
}

const idOf = (n: string) => `('01930002-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

/** Makes the fleet as large as it is to be, with three finished commands for each. The pattern has enrolled and answered a poll. */
export async function fillUp(server: ServerUnderLoad, fleet: PhoneFleet, devices: number): Promise<void> {
  const { organizationId, phones } = fleet;
  const [pattern] = phones;
  const missing = devices - phones.length;
  if (pattern === undefined || missing <= 0) return;
  const client = new pg.Client(connectAs(server.address, 'login'));
  await client.connect();
  await client.query('set search_path to gh; set statement_timeout to 0');
  const tables = {
    devices: { name: `'bench-' || n`, enrollment_id: 'null' },
    device_contacts: {},
    certificates: {
      serial: `sha256(('serial' || n)::bytea)`,
      fingerprint: `sha256(('certificate' || n)::bytea)`,
      public_key_fingerprint: `sha256(('key' || n)::bytea)`,
    },
    apple_channels: { channel_id: 'gen_random_uuid()', udid: `p.udid || '-' || n` },
    device_identifiers: { value: `p.value || '-' || n` },
    device_facts: {},
    device_posture: {
      device_no: `(select d.device_no from devices d where d.organization_id = $1 and d.device_id = ${idOf('n')})`,
      guid: `${idOf('n')}::text`,
      host_name: `'bench-' || n`,
    },
  };
  await copyDevice(client, { organizationId, pattern: pattern.deviceId, count: missing, idOf, tables });
  await insertFinished(client, organizationId, 3);
  await client.end();
}

/** Waits until nothing follows any more from what has happened: a job may order something of a device. */
export async function untilQuiet(server: ServerUnderLoad): Promise<void> {
  const client = new pg.Client(connectAs(server.address, 'login'));
  await client.connect();
  const end = performance.now() + 60_000;
  for (let quiet = 0; quiet < 3; ) {
    const { rows } = await client.query<{ waiting: boolean }>(
      `select exists (select 1 from gh.jobs where state = 'running' or (state = 'ready' and run_at <= now() + interval '1 second')) as waiting`,
    );
    quiet = rows[0]?.waiting === true ? 0 : quiet + 1;
    if (performance.now() > end) throw new Error('the server does not come to rest');
    await wait(100);
  }
  await client.end();
}

/** History: commands that every device has carried out long ago. */
export async function addHistory(
  server: ServerUnderLoad,
  { organizationId }: PhoneFleet,
  perDevice: number,
): Promise<void> {
  const client = new pg.Client(connectAs(server.address, 'login'));
  await client.connect();
  await client.query('set search_path to gh; set statement_timeout to 0');
  await insertFinished(client, organizationId, perDevice);
  await client.end();
}

async function insertFinished(client: pg.Client, organizationId: string, perDevice: number): Promise<void> {
  await client.query(
    `insert into commands (organization_id, command_id, device_id, name, params, state, result, requested_by, created_at,
       delivered_at, finished_at, expires_at)
     select $1, gen_random_uuid(), d.device_id, 'lock-device', '{}', 'acknowledged', '{}', 'token:bench', t, t, t, t
     from devices d, generate_series(1, $2::int) n, lateral (select now() - interval '3 days' + n * interval '1 second' as t) at
     where d.organization_id = $1`,
    [organizationId, perDevice],
  );
  await client.query('vacuum analyze');
  await client.query('checkpoint');
}

/** Commands of the organization that were acknowledged since the history ends. */
export async function countAcknowledged(server: ServerUnderLoad): Promise<number> {
  const client = new pg.Client(connectAs(server.address, 'login'));
  await client.connect();
  const { rows } = await client.query<{ count: string }>(
    `select count(*) from gh.commands
     where name = 'lock-device' and state = 'acknowledged' and finished_at > now() - interval '1 hour'`,
  );
  await client.end();
  return Number(rows[0]?.count);
}
