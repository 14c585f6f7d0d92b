// A server with the ISE surface, an organization with devices, and simulated ISEs: what the tests of this folder share.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { ApiVersion } from '@gatehouse/protocols/cisco-ise/index.ts';
import {
  createSimulatedIse,
  type IseSettings,
  type SimulatedIse,
} from '@gatehouse/simulators/cisco-ise/index.ts';
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { type Clock, systemClock } from '../../../kernel/clock.ts';
import { openTestDatabase, type TestDatabase } from '../../../kernel/db/test-database.ts';
import { createHttpServer } from '../../../kernel/http/server.ts';
import { newId } from '../../../kernel/ids.ts';
import { silentLog } from '../../../kernel/log.ts';
import { createPasswords } from '../../../modules/administrators/index.ts';
import { registerIseSurface, renderUnroutedIse } from '../../../surfaces/ise.ts';
import { type CiscoIseOptions, openCiscoIse } from './index.ts';

export const password = 'correct horse battery staple 42';
/** Weak on purpose: these tests are not about how slow it is. */
const passwords = createPasswords({ memory: 1024, passes: 1 });

export interface TestDevice {
  readonly macs?: readonly string[];
  readonly access?: 'allow' | 'quarantine' | 'deny';
  readonly registered?: boolean;
  readonly imei?: string;
  readonly meid?: string;
  readonly udid?: string;
  readonly hostName?: string;
  readonly userName?: string;
  readonly model?: string;
  readonly failureReason?: string;
  readonly remediation?: string;
  readonly encrypted?: boolean | null;
  readonly pinLock?: boolean | null;
  readonly compromised?: boolean | null;
  readonly ownership?: 'corporate' | 'personal' | 'unspecified';
}

export interface TestOrganization {
  readonly organizationId: string;
  readonly slug: string;
  addAccount(email: string, role?: string): Promise<string>;
  /** @returns the device's id, which is its guid */
  addDevice(device?: TestDevice): Promise<string>;
  /** Good and bad devices by the thousand, one in `everyBad` shut out; addresses from `02…`. */
  addFleet(count: number, everyBad: number): Promise<void>;
}

export interface TestIse extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly admin: pg.Client;
  readonly server: FastifyInstance;
  readonly port: number;
  addOrganization(slug: string): Promise<TestOrganization>;
  /** Signs in as `ise@<slug>.example`; close is not needed, disposing the whole closes all. */
  ise(settings?: Partial<IseSettings>, version?: ApiVersion): SimulatedIse;
  /** The same request as any HTTP client would send it. */
  raw(path: string, init?: RequestInit & { userName?: string; password?: string }): Promise<Response>;
}

/** @param options.beside another server on the same database */
export async function startTestIse(
  options: Partial<CiscoIseOptions> & {
    readonly clock?: Clock;
    readonly beside?: TestIse;
    readonly tls?: SecureContextOptions;
  } = {},
): Promise<TestIse> {
  const db = options.beside?.db ?? (await openTestDatabase());
  const admin = await db.superuser();
  const server = createHttpServer({
    log: silentLog,
    renderUnrouted: renderUnroutedIse,
    ...(options.tls ? { tls: { context: options.tls } } : {}),
  });
  registerIseSurface(
    server,
    openCiscoIse({
      database: db.database,
      passwords,
      clock: systemClock,
      publicUrl: new URL('https://mdm.example'),
      productVersion: '0.1.0',
      pagingKey: Buffer.alloc(32, 7),
      queue: async () => {
        throw new Error('this test orders nothing');
      },
      mayFullWipe: async () => false,
      ...options,
    }),
  );
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const opened: SimulatedIse[] = [];
  const hash = await passwords.hash(password);
  return {
    db,
    admin,
    server,
    port,
    addOrganization: (slug) => addOrganization(admin, hash, slug),
    ise(settings = {}, version = 3) {
      const simulated = createSimulatedIse(
        { host: '127.0.0.1', port, userName: 'ise@acme.example', password, plaintext: true, ...settings },
        version,
      );
      opened.push(simulated);
      return simulated;
    },
    raw(path, { userName = 'ise@acme.example', password: secret = password, ...init } = {}) {
      const authorization = `Basic ${Buffer.from(`${userName}:${secret}`).toString('base64')}`;
      return fetch(`http://127.0.0.1:${port}${path}`, {
        redirect: 'manual',
        ...init,
        headers: { authorization, ...(init.headers as Record<string, string> | undefined) },
      });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((each) => each.close()));
      await server.close();
      if (server.server.listening) await once(server.server, 'close');
      if (!options.beside) await db[Symbol.asyncDispose]();
    },
  };
}

async function addOrganization(admin: pg.Client, hash: string, slug: string): Promise<TestOrganization> {
  const organizationId = newId();
  await admin.query('insert into organizations (organization_id, slug, name) values ($1, $2, $2)', [
    organizationId,
    slug,
  ]);
  const organization: TestOrganization = {
    organizationId,
    slug,
    async addAccount(email, role = 'nac-service') {
      const id = newId();
      await admin.query(
        `insert into administrators (organization_id, administrator_id, email, role, state, password_hash, password_version,
           empowered_at) values ($1, $2, $3, $4, 'active', $5, 1, now() - interval '2 days')`,
        [organizationId, id, email, role, hash],
      );
      return id;
    },
    addDevice: (device = {}) => addDevice(admin, organizationId, device),
    addFleet: (count, everyBad) => addFleet(admin, organizationId, count, everyBad),
  };
  await organization.addAccount(`ise@${slug}.example`);
  return organization;
}

async function addDevice(admin: pg.Client, organizationId: string, device: TestDevice): Promise<string> {
  const id = newId();
  const { macs = [], access = 'allow', registered = true } = device;
  const { rows } = await admin.query<{ device_no: string }>(
    `insert into devices (organization_id, device_id, platform, ownership, state, registered_at)
     values ($1, $2, 'linux', $3, $4, now()) returning device_no`,
    [organizationId, id, device.ownership ?? 'corporate', registered ? 'registered' : 'pending'],
  );
  await admin.query(
    `insert into device_contacts (organization_id, device_id, last_check_in_at)
     values ($1, $2, timestamptz '2026-11-21 12:00:00Z')`,
    [organizationId, id],
  );
  await admin.query(
    `insert into device_posture (organization_id, device_id, device_no, registered, compliant, access_network, access_mail,
       access_vpn, failure_reason, remediation, evaluation, policy_version, evaluated_at, user_name, disk_encrypted,
       passcode_set, compromised, manufacturer, model, imei, meid, udid, serial_number, os_version, guid, host_name, macs)
     values ($1, $2, $3, $4, $5, $6, 'deny', 'deny', $7, $8, '{}', 'v', now(), $9, $10, $11, $12, 'Dell', $13, $14, $15,
       $16, 'SN1', 'Ubuntu 24.04', $2::uuid::text, $17, $18)`,
    [
      organizationId,
      id,
      rows[0]?.device_no,
      registered,
      access === 'allow',
      access,
      device.failureReason ?? (access === 'allow' ? null : 'The storage is not encrypted.'),
      device.remediation ?? (access === 'allow' ? null : 'Encrypt the storage.'),
      device.userName ?? null,
      device.encrypted === undefined ? access === 'allow' : device.encrypted,
      device.pinLock === undefined ? true : device.pinLock,
      device.compromised === undefined ? false : device.compromised,
      device.model ?? 'Latitude 7420',
      device.imei ?? null,
      device.meid ?? null,
      device.udid ?? null,
      device.hostName ?? null,
      macs,
    ],
  );
  const identifiers = [
    ['guid', id],
    ...macs.map((mac) => ['mac', mac]),
    ...Object.entries({
      imei: device.imei,
      meid: device.meid,
      udid: device.udid,
      'host-name': device.hostName,
    }).filter((pair): pair is [string, string] => pair[1] !== undefined),
  ];
  for (const [kind, value] of identifiers) {
    await admin.query(
      'insert into device_identifiers (organization_id, kind, value, device_id) values ($1, $2, $3, $4)',
      [organizationId, kind, value, id],
    );
  }
  return id;
}

async function addFleet(
  admin: pg.Client,
  organizationId: string,
  count: number,
  everyBad: number,
): Promise<void> {
  await admin.query(
    `with made as (
       insert into devices (organization_id, device_id, platform, ownership, state)
       select $1, gen_random_uuid(), 'linux', 'corporate', 'registered' from generate_series(1, $2::int)
       returning device_id, device_no
     ), numbered as (
       select device_id, device_no, row_number() over (order by device_no) as n from made
     ), identified as (
       insert into device_identifiers (organization_id, kind, value, device_id)
       select $1, 'mac', '02' || lpad(upper(to_hex(n)), 10, '0'), device_id from numbered
     )
     insert into device_posture (organization_id, device_id, device_no, registered, compliant, access_network, access_mail,
       access_vpn, evaluation, policy_version, evaluated_at, guid, macs)
     select $1, device_id, device_no, true, n % $3 <> 0, case when n % $3 = 0 then 'deny' else 'allow' end, 'deny', 'deny',
       '{}', 'v', now(), device_id::text, array['02' || lpad(upper(to_hex(n)), 10, '0')]
     from numbered`,
    [organizationId, count, everyBad],
  );
}
