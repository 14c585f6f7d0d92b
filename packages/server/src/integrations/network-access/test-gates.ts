// An organization whose network is told: a server with the surface of RADIUS servers, its worker, devices whose decision a test
// changes, and simulated network devices. What the tests of this folder share.
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { RadiusSenderOptions } from '@gatehouse/clients/radius/index.ts';
import type { Principal } from '@gatehouse/core/actor.ts';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import { encodeRestRequest } from '@gatehouse/protocols/radius/index.ts';
import type { FastifyInstance } from 'fastify';
import client from 'prom-client';
import type pg from 'pg';
import { type Clock, systemClock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents, type Events } from '../../kernel/events.ts';
import { createAddressList } from '../../kernel/http/address-list.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { createHttpServer } from '../../kernel/http/server.ts';
import { newId } from '../../kernel/ids.ts';
import { startWorker } from '../../kernel/jobs/worker.ts';
import { createLog } from '../../kernel/log.ts';
import { createOutbound } from '../../kernel/outbound/outbound.ts';
import { masterKeysOf } from '../../kernel/sealed/master-key.ts';
import { createSealer, type Sealer } from '../../kernel/sealed/sealer.ts';
import { createCredentialLocator, createPasswords } from '../../modules/administrators/index.ts';
import { createOrganizationFinder } from '../../modules/organizations/index.ts';
import { registerIseSurface, renderUnroutedIse } from '../../surfaces/ise.ts';
import { registerNacSurface } from '../../surfaces/nac.ts';
import { openCiscoIse } from './cisco-ise/index.ts';
import { networkAccessSubscriptions, openNetworkAccess, type NetworkAccess } from './index.ts';

export const password = 'correct horse battery staple 42';
const passwords = createPasswords({ memory: 1024, passes: 1 });

export type Decision = 'allow' | 'quarantine' | 'deny';

export interface TestDevice {
  readonly deviceId: string;
  /** 12 digits. */
  readonly mac: string;
}

export interface TestGates extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly admin: pg.Client;
  readonly sealer: Sealer;
  readonly server: FastifyInstance;
  readonly port: number;
  readonly access: NetworkAccess;
  readonly events: Events;
  readonly actor: TenantPrincipal;
  readonly organizationId: string;
  readonly logged: readonly string[];
  addAccount(organizationId: string, email: string, role?: string): Promise<string>;
  addOrganization(slug: string): Promise<TenantPrincipal>;
  addDevice(device?: {
    readonly mac?: string;
    readonly access?: Decision;
    readonly ownership?: 'corporate' | 'personal';
    readonly registered?: boolean;
  }): Promise<TestDevice>;
  /** As the evaluation does it: the row, and the event in the same transaction. */
  decide(device: TestDevice, access: Decision, registered?: boolean): Promise<void>;
  /** As rlm_rest posts it. */
  post(
    question: string,
    attributes: Readonly<Record<string, readonly (string | number)[]>> | Uint8Array,
    options?: { readonly instance?: string; readonly authorization?: string },
  ): Promise<{ status: number; body: Record<string, { value?: unknown }> | undefined }>;
}

export const basic = (email: string, secret = password) =>
  `Basic ${Buffer.from(`${email}:${secret}`).toString('base64')}`;

let nextMac = 1;

export async function startTestGates(
  options: {
    readonly clock?: Clock;
    readonly database?: (database: Database) => Database;
    readonly trust?: string;
    readonly tls?: SecureContextOptions;
    readonly sending?: RadiusSenderOptions;
  } = {},
): Promise<TestGates> {
  const db = await openTestDatabase();
  const admin = await db.superuser();
  const database = options.database?.(db.database) ?? db.database;
  const keys = masterKeysOf([randomBytes(32)]);
  const sealer = createSealer(() => keys);
  const clock = options.clock ?? systemClock;
  const logged: string[] = [];
  const log = createLog({ level: 'trace', console: (line) => logged.push(line) });
  const worker = { wake: () => undefined as void };
  const events = createEvents(networkAccessSubscriptions, () => worker.wake());
  const findOrganization = createOrganizationFinder({ database });
  const outbound = createOutbound({ allow: ['127.0.0.0/8'], trust: options.trust });
  const access = openNetworkAccess({
    database,
    sealer,
    clock,
    log,
    events,
    passwords,
    findOrganization,
    locateCredential: createCredentialLocator(database),
    reachable: createAddressList(['127.0.0.0/8', '::1']),
    outbound,
    metrics: { registry: new client.Registry() },
    ...(options.sending ? { sending: options.sending } : {}),
  });
  const running = startWorker({ database: db.database, log, definitions: access.jobs, pollMilliseconds: 50 });
  worker.wake = running.wake;
  const timer = setInterval(
    () => void Promise.all(access.tasks.map((task) => task.run())).catch(() => undefined),
    200,
  );
  const server = createHttpServer({
    log,
    renderUnrouted: renderUnroutedIse,
    ...(options.tls ? { tls: { context: options.tls } } : {}),
  });
  registerNacSurface(server, access.radius);
  registerIseSurface(
    server,
    openCiscoIse({
      database,
      passwords,
      clock,
      publicUrl: new URL('https://mdm.example'),
      productVersion: '0.1.0',
      pagingKey: Buffer.alloc(32, 7),
      queue: async () => {
        throw new Error('this test orders nothing');
      },
      mayFullWipe: async () => false,
    }),
  );
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const hash = await passwords.hash(password);

  async function addAccount(organizationId: string, email: string, role = 'nac-service'): Promise<string> {
    const id = newId();
    await admin.query(
      `insert into administrators (organization_id, administrator_id, email, role, state, password_hash, password_version,
         empowered_at) values ($1, $2, $3, $4, 'active', $5, 1, now() - interval '2 days')`,
      [organizationId, id, email, role, hash],
    );
    return id;
  }

  async function addOrganization(slug: string): Promise<TenantPrincipal> {
    const organizationId = newId();
    await admin.query('insert into organizations (organization_id, slug, name) values ($1, $2, $2)', [
      organizationId,
      slug,
    ]);
    await addAccount(organizationId, `radius@${slug}.example`);
    const operator: Principal = {
      kind: 'local',
      id: '1000',
      organizationId,
      label: 'operator',
      role: 'system-admin',
      permissions: new Set(permissions),
      empoweredAt: null,
    };
    return { ...operator, organizationId };
  }
  const actor = await addOrganization('acme');
  const { organizationId } = actor;

  return {
    db,
    admin,
    sealer,
    server,
    port,
    access,
    events,
    actor,
    organizationId,
    logged,
    addAccount,
    addOrganization,
    async addDevice({ mac, access: decision = 'allow', ownership = 'corporate', registered = true } = {}) {
      const deviceId = newId();
      const address = mac ?? `02${(nextMac += 1).toString(16).toUpperCase().padStart(10, '0')}`;
      const { rows } = await admin.query<{ device_no: string }>(
        `insert into devices (organization_id, device_id, platform, ownership, state, registered_at)
         values ($1, $2, 'linux', $3, $4, now()) returning device_no`,
        [organizationId, deviceId, ownership, registered ? 'registered' : 'pending'],
      );
      await admin.query(
        'insert into device_contacts (organization_id, device_id, last_check_in_at) values ($1, $2, now())',
        [organizationId, deviceId],
      );
      await admin.query(
        `insert into device_posture (organization_id, device_id, device_no, registered, compliant, access_network, access_mail,
           access_vpn, evaluation, policy_version, evaluated_at, guid, macs)
         values ($1, $2, $3, $4, $5, $6, 'deny', 'deny', '{}', 'v', now(), $2::uuid::text, $7)`,
        [organizationId, deviceId, rows[0]?.device_no, registered, decision === 'allow', decision, [address]],
      );
      await admin.query(
        `insert into device_identifiers (organization_id, kind, value, device_id)
         values ($1, 'guid', $2::uuid::text, $2), ($1, 'mac', $3, $2)`,
        [organizationId, deviceId, address],
      );
      return { deviceId, mac: address };
    },
    async decide({ deviceId }, decision, registered = true) {
      const { rows } = await admin.query<{ access_network: string; registered: boolean }>(
        'select access_network, registered from device_posture where organization_id = $1 and device_id = $2',
        [organizationId, deviceId],
      );
      await admin.query('begin');
      await admin.query(
        `update device_posture set access_network = $3, compliant = $3 = 'allow', registered = $4
         where organization_id = $1 and device_id = $2`,
        [organizationId, deviceId, decision, registered],
      );
      await admin.query('commit');
      await db.database.withTenant(organizationId, (tx) =>
        events.emit(tx, {
          name: 'device.posture-changed',
          subjectId: deviceId,
          payload: {
            deviceId,
            before: { network: rows[0]?.access_network, registered: rows[0]?.registered },
            after: { network: decision, registered },
          },
        }),
      );
    },
    async post(question, attributes, { instance = 'acme', authorization } = {}) {
      const answer = await fetch(`http://127.0.0.1:${port}/nac/v1/radius/${instance}/${question}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: authorization ?? basic('radius@acme.example'),
        },
        body:
          attributes instanceof Uint8Array
            ? Buffer.from(attributes)
            : Buffer.from(encodeRestRequest(attributes)),
      });
      const text = await answer.text();
      return {
        status: answer.status,
        body: text === '' ? undefined : (JSON.parse(text) as Record<string, { value?: unknown }>),
      };
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await server.close();
      await running.stop();
      await access.close();
      await outbound.close();
      await db[Symbol.asyncDispose]();
    },
  };
}

/** As network devices write it. */
export function dashed(mac: string): string {
  return (mac.match(/../g) ?? []).join('-');
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  milliseconds = 10_000,
): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
